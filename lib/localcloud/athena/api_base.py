"""What all Athena calls share: how a request is checked, and its state."""

from __future__ import annotations

from localcloud.athena.state import AthenaBackend, athena_backends
from localcloud.aws.service import AwsService, Json

PAGE = 50
"""Items in a page of a list."""


class AthenaService(AwsService):
    """An Athena request. Calls that read or change the set-up of the account are marked `@exclusive`."""

    backends = athena_backends
    concurrent = True
    title = "Athena"
    invalid = invalid_page = "InvalidRequestException"

    def __init__(self) -> None:
        super().__init__(service_name="athena")

    @property
    def backend(self) -> AthenaBackend:
        """The set-up of the calling account."""
        return athena_backends[self.current_account][self.region]

    def given(self, *names: str) -> Json:
        """Return those of the named parameters that the request has."""
        return {name: self.parameters[name] for name in names if self.parameters.get(name) is not None}
