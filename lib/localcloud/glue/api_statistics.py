"""Column statistics of tables and partitions, as Trino and Spark write and read them."""

from __future__ import annotations

from moto.core.responses import ActionResult, EmptyResult

from localcloud.glue.api_base import GlueBase
from localcloud.glue.names import InvalidInput
from localcloud.glue.tables import Json


class StatisticsCalls(GlueBase):
    """https://docs.aws.amazon.com/glue/latest/dg/aws-glue-api-catalog-column-statistics.html"""

    def get_column_statistics_for_table(self) -> ActionResult:
        return self._read(self._table().statistics)

    def update_column_statistics_for_table(self) -> ActionResult:
        return self._write(self._table().statistics)

    def delete_column_statistics_for_table(self) -> ActionResult:
        return self._delete(self._table().statistics)

    def get_column_statistics_for_partition(self) -> ActionResult:
        return self._read(self._table().partition(self.parameters["PartitionValues"]).statistics)

    def update_column_statistics_for_partition(self) -> ActionResult:
        return self._write(self._table().partition(self.parameters["PartitionValues"]).statistics)

    def delete_column_statistics_for_partition(self) -> ActionResult:
        return self._delete(self._table().partition(self.parameters["PartitionValues"]).statistics)

    def _read(self, statistics: dict[str, Json]) -> ActionResult:
        wanted = self.parameters["ColumnNames"]
        found = [statistics[name] for name in wanted if name in statistics]
        return ActionResult({"ColumnStatisticsList": found, "Errors": []})

    def _write(self, statistics: dict[str, Json]) -> ActionResult:
        columns = {column["Name"] for column in self._columns()}
        for one in self.parameters["ColumnStatisticsList"]:
            if one["ColumnName"] not in columns:
                raise InvalidInput(f"Column {one['ColumnName'][:100]} is not a column of the table.")
        statistics.update({one["ColumnName"]: _counted(one) for one in self.parameters["ColumnStatisticsList"]})
        return ActionResult({"Errors": []})

    def _delete(self, statistics: dict[str, Json]) -> ActionResult:
        # No error where there are none: Trino deletes those of every column before it writes a partitioned table.
        statistics.pop(self.parameters["ColumnName"], None)
        return EmptyResult()

    def _columns(self) -> list[Json]:
        table = self._table()
        return [*(table.input.get("StorageDescriptor") or {}).get("Columns", []), *table.keys]


def _counted(statistics: Json) -> Json:
    """Return the statistics of a column; an average length over no values, which Trino sends as NaN, is 0."""
    data = {
        kind: {**values, "AverageLength": 0.0}
        if isinstance(values, dict) and values.get("AverageLength") == "NaN"
        else values
        for kind, values in statistics["StatisticsData"].items()
    }
    return {**statistics, "StatisticsData": data}
