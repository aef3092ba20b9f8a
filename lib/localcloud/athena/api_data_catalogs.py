"""The operations on data catalogs, and on the tags of workgroups and data catalogs."""

from __future__ import annotations

from moto.core.responses import ActionResult

from localcloud.athena.api_base import PAGE, AthenaService
from localcloud.athena.state import PRIMARY, InvalidRequest
from localcloud.aws.service import exclusive


class DataCatalogOperations(AthenaService):
    """https://docs.aws.amazon.com/athena/latest/ug/data-sources-glue.html"""

    @exclusive
    def create_data_catalog(self) -> ActionResult:
        """Register a data catalog; the lab can only query its own Glue."""
        if self.parameters["Type"] != "GLUE":
            raise self.refuse(f"Type {self.parameters['Type']}", "The lab has data catalogs of type GLUE only.")
        self.backend.create_catalog(self.parameters)
        return self.answer({"DataCatalog": self.backend.catalog(self.parameters["Name"])})

    @exclusive
    def get_data_catalog(self) -> ActionResult:
        """Describe a data catalog."""
        return self.answer({"DataCatalog": self.backend.catalog(self.parameters["Name"])})

    @exclusive
    def list_data_catalogs(self) -> ActionResult:
        """List the data catalogs."""
        catalogs = [
            {"CatalogName": catalog["Name"], "Type": catalog["Type"], "Status": catalog["Status"]}
            for catalog in self.backend.catalogs.values()
        ]
        return self.paged("DataCatalogsSummary", catalogs, PAGE)

    @exclusive
    def update_data_catalog(self) -> ActionResult:
        """Change a data catalog."""
        catalog = self.backend.catalog(self.parameters["Name"])
        catalog.update(self.given("Description", "Parameters"))
        return self.answer({})

    @exclusive
    def delete_data_catalog(self) -> ActionResult:
        """Remove a data catalog."""
        catalog = self.backend.catalog(self.parameters["Name"])
        if catalog["Name"] == "AwsDataCatalog":
            raise InvalidRequest("The data catalog AwsDataCatalog cannot be deleted")
        del self.backend.catalogs[catalog["Name"]]
        return self.answer({"DataCatalog": {**catalog, "Status": "DELETE_COMPLETE"}})

    @exclusive
    def tag_resource(self) -> ActionResult:
        """Add tags."""
        self.backend.tag(self._existing(self.parameters["ResourceARN"]), self.parameters["Tags"])
        return self.answer({})

    @exclusive
    def untag_resource(self) -> ActionResult:
        """Remove tags."""
        tags = self.backend.tags.get(self._existing(self.parameters["ResourceARN"]), {})
        for key in self.parameters["TagKeys"]:
            tags.pop(key, None)
        return self.answer({})

    @exclusive
    def list_tags_for_resource(self) -> ActionResult:
        """List the tags of a workgroup or a data catalog."""
        tags = self.backend.tags.get(self._existing(self.parameters["ResourceARN"]), {})
        return self.paged("Tags", [{"Key": key, "Value": value} for key, value in tags.items()], PAGE)

    def _existing(self, arn: str) -> str:
        kind, _, name = arn.rpartition(":")[2].partition("/")
        named = {"workgroup": self.backend.workgroups, "datacatalog": self.backend.catalogs}.get(kind, {})
        if name not in named:
            raise InvalidRequest(f"Resource {arn} was not found (workgroup {PRIMARY} and data catalogs can be tagged)")
        return arn
