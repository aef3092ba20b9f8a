"""The base of the stand-in's own AWS services: a checked request, pages of lists, refusals by name, and locking."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import cached_property, wraps
from typing import Any, ClassVar, ParamSpec, TypeVar

from moto.core.base_backend import BackendDict
from moto.core.common_types import TYPE_RESPONSE
from moto.core.model import OperationModel
from moto.core.request import Request
from moto.core.responses import ActionContext, ActionResult, BaseResponse
from moto.core.utils import get_service_model

from localcloud.aws import persistence
from localcloud.aws.paging import start_of, token_at
from localcloud.aws.refusal import Refusal
from localcloud.aws.validation import validate

Json = dict[str, Any]
"""A structure of an API, in its wire format."""
T = TypeVar("T")
P = ParamSpec("P")
Answer = TypeVar("Answer")


class JsonResult(ActionResult):
    """An answer in JSON as it is, without moto's serializer, which takes half a second for 1,000 partitions.

    It is written at once, while the caller holds the lock of the state that it shows. Members that are None are left
    out; times become seconds since 1970.
    """

    def __init__(self, content: Json) -> None:
        super().__init__(content)
        members = {key: value for key, value in content.items() if value is not None}
        self._body = json.dumps(members, default=_epoch_seconds, separators=(",", ":"))

    def execute_result(self, context: ActionContext) -> TYPE_RESPONSE:
        """Return status, headers and body."""
        return 200, {"Content-Type": "application/x-amz-json-1.1"}, self._body


def exclusive(method: Callable[P, Answer]) -> Callable[P, Answer]:
    """Let a method of a concurrent service run alone: it reads or changes state that moto's services share."""

    @wraps(method)
    def alone(*arguments: P.args, **named: P.kwargs) -> Answer:
        with persistence.lock:
            return method(*arguments, **named)

    return alone


class AwsService(BaseResponse):
    """One AWS API. Each operation is a method in snake case; it reads `self.parameters` and returns `self.answer(...)`.

    A request is checked against the API's model before its method runs.
    """

    backends: ClassVar[BackendDict[Any]]
    """The state that is kept on disk."""
    title: ClassVar[str]
    """The service's name in messages."""
    concurrent: ClassVar[bool] = False
    """Whether operations run side by side, except those marked `@exclusive`. Otherwise all run one at a time."""
    invalid: ClassVar[str] = "ValidationException"
    """The error code for a request that breaks a rule of the API's model."""
    invalid_page: ClassVar[str] = "ValidationException"
    """The error code for a token of a page that was never given."""
    page_members: ClassVar[tuple[str, str]] = ("NextToken", "MaxResults")
    """What the API calls the token of a page, and the size of a page."""
    pages_of_moto: ClassVar[frozenset[str]] = frozenset()
    """Operations whose tokens moto gives and checks."""

    @property
    def operation(self) -> str:
        """The name of the operation that is called."""
        return self._get_action()

    @property
    def operation_model(self) -> OperationModel:
        """Its model. The endpoint lets no operation pass that is not in the service's model."""
        model: OperationModel = get_service_model(self.boto3_service_name).operation_model(self.operation)
        return model

    @cached_property
    def parameters(self) -> Json:
        """The members of the request."""
        if self.automated_parameter_parsing:
            return dict(self.params)
        try:
            members = json.loads(self.body or "{}")
        except (ValueError, RecursionError):
            raise Refusal("SerializationException", "The request is not valid JSON.") from None
        if not isinstance(members, dict):
            raise Refusal("SerializationException", "The request must be a JSON object.")
        return members

    def parse_parameters(self, request: Request) -> None:
        """Read the form of a query service. An invalid number or date is the caller's error."""
        try:
            super().parse_parameters(request)
        except ValueError as error:
            raise Refusal(self.invalid, f"The request has a value of the wrong type: {error}") from None

    def call_action(self) -> TYPE_RESPONSE:
        """Check the request, then carry it out."""
        self.check()
        return super().call_action()

    def check(self) -> None:
        """Check the request against the API's model, and that its page token was issued by the lab."""
        if self.operation_model.input_shape is not None:
            validate(self.parameters, self.operation_model.input_shape, self.invalid)
        if self.operation not in self.pages_of_moto:
            self.page_start()

    def answer(self, content: Json) -> ActionResult:
        """Return an answer; members that are None are left out."""
        return JsonResult(content)

    def paged(self, key: str, items: Sequence[Any], default: int) -> ActionResult:
        """Answer with the page of `items` that the request names: `default` of them if it names no number."""
        page, token = self.page(items, default)
        return self.answer({key: page, self.page_members[0]: token})

    def page(self, items: Sequence[T], default: int) -> tuple[list[T], str | None]:
        """Return the page of `items` that the request names, and the token of the next page (None at the end)."""
        start = self.page_start() or 0
        end = start + self.page_size(default)
        return list(items[start:end]), token_at(self.operation, end) if end < len(items) else None

    def page_size(self, default: int) -> int:
        """Return how many items the request wants at a time."""
        size = int(self.parameters.get(self.page_members[1]) or default)
        if size < 1:
            raise Refusal(self.invalid, f"{self.page_members[1]} must be at least 1, not {size}.")
        return size

    def page_start(self) -> int | None:
        """Return where the page begins that the request names; None if it names none.

        Raises:
            Refusal: the token was not given by this operation. Remedy: pass the token of the last answer as it is.
        """
        name = self.page_members[0]
        token = self.parameters.get(name)
        if not token:
            return None
        start = start_of(self.operation, token)
        if start is None:
            raise Refusal(self.invalid_page, f"{name} is not valid. Pass the {name} from the last response unchanged.")
        return start

    def refuse(self, parameter: str, reason: str) -> Refusal:
        """Return the refusal of a parameter that the lab does not support."""
        text = f"{self.title} {self.operation} with {parameter} is not supported. {reason}"
        return Refusal("UnsupportedOperation", text, 501)

    @staticmethod
    def _enrich_response(headers: dict[str, str], body: Any) -> tuple[dict[str, str], Any]:
        # moto writes the request's id between `<RequestId>` tags wherever an answer has them. That is meant for XML;
        # in the rows of a query or the comment of a table it would change a value.
        headers, _ = BaseResponse._enrich_response(headers, "")
        return headers, body


def _epoch_seconds(value: Any) -> float:
    if isinstance(value, datetime):
        return value.replace(tzinfo=value.tzinfo or UTC).timestamp()
    raise TypeError(f"{type(value).__name__} has no form in JSON")
