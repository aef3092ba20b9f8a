"""What all Glue calls share: the checked request, and the state it works on."""

from __future__ import annotations

from typing import Any, cast

from moto.core.responses import ActionResult
from moto.glue.models import glue_backends
from moto.glue.responses import GlueResponse as MotoGlueResponse

from localcloud.athena.engine_view import is_engine, real_name
from localcloud.aws.refusal import Refusal
from localcloud.aws.service import AwsService, Json
from localcloud.glue.state import GlueBackend
from localcloud.glue.tables import Table


class GlueBase(AwsService, MotoGlueResponse):
    """A Glue request; what is not overridden in the families of calls is moto's."""

    backends = glue_backends
    title = "Glue"
    invalid_page = "InvalidInputException"
    pages_of_moto = frozenset({"GetConnections"})

    @property
    def glue_backend(self) -> GlueBackend:
        """The state of the calling account."""
        return cast(GlueBackend, glue_backends[self.current_account][self.region])

    @property
    def from_engine(self) -> bool:
        """Whether the caller is Athena's engine rather than a client."""
        return is_engine(self.headers.get("User-Agent", ""))

    def check(self) -> None:
        """Check the request, and that it names no catalog but the account's own."""
        super().check()
        catalog = self.parameters.get("CatalogId")
        if catalog not in (None, self.current_account):
            raise Refusal("EntityNotFoundException", f"Catalog {catalog[:100]} not found.")

    def answer(self, content: Json) -> ActionResult:
        """Return an answer in the form that moto's own Glue calls have."""
        return ActionResult(content)

    def _get_param(self, param_name: str, if_none: Any = None) -> Any:
        value = self.parameters.get(param_name)
        return if_none if value is None else value

    def _table(self, parameter: str = "TableName") -> Table:
        name = self.parameters[parameter]
        return self.glue_backend.get_table(
            self.parameters["DatabaseName"], real_name(name) if self.from_engine else name
        )
