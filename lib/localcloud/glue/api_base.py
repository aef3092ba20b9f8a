"""What all Glue calls share: the checked request, and the state it works on."""

from __future__ import annotations

import json
from functools import cached_property
from typing import Any, cast

from botocore.model import OperationNotFoundError
from moto.core.common_types import TYPE_RESPONSE
from moto.core.utils import get_service_model
from moto.glue.models import glue_backends
from moto.glue.responses import GlueResponse as MotoGlueResponse

from localcloud.athena.engine_view import is_engine, real_name
from localcloud.aws.json_answers import JsonAnswers
from localcloud.aws.refusal import Refusal
from localcloud.aws.validation import validate
from localcloud.glue.state import GlueBackend
from localcloud.glue.tables import Json, Table


class GlueBase(JsonAnswers, MotoGlueResponse):
    """A Glue request, parsed once and checked against the API model before any operation sees it."""

    backends = glue_backends

    @property
    def glue_backend(self) -> GlueBackend:
        return cast(GlueBackend, glue_backends[self.current_account][self.region])

    @property
    def asked_by_engine(self) -> bool:
        """Whether Athena's engine asks, and not a client."""
        return is_engine(self.headers.get("User-Agent", ""))

    @cached_property
    def parameters(self) -> Json:
        """The members of the request."""
        try:
            found = json.loads(self.body or "{}")
        except (ValueError, RecursionError):
            raise Refusal("SerializationException", "The request is not valid JSON.") from None
        if not isinstance(found, dict):
            raise Refusal("SerializationException", "The request must be a JSON object.")
        return found

    def call_action(self) -> TYPE_RESPONSE:
        self._check()
        return super().call_action()

    def _check(self) -> None:
        try:
            operation = get_service_model("glue").operation_model(self._get_action())
        except OperationNotFoundError:
            raise Refusal("UnknownOperationException", f"Glue has no {self._get_action()!r}.") from None
        if operation.input_shape:
            validate(self.parameters, operation.input_shape)
        catalog = self.parameters.get("CatalogId")
        if catalog not in (None, self.current_account):
            raise Refusal("EntityNotFoundException", f"Catalog {catalog[:100]} not found.")

    def _get_param(self, param_name: str, if_none: Any = None) -> Any:
        value = self.parameters.get(param_name)
        return if_none if value is None else value

    def _table(self, name: str = "TableName") -> Table:
        wanted = self.parameters[name]
        return self.glue_backend.get_table(
            self.parameters["DatabaseName"], real_name(wanted) if self.asked_by_engine else wanted
        )
