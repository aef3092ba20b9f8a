"""Column statistics of tables and partitions, as Trino and Spark write and read them."""

from __future__ import annotations

from moto.core.responses import ActionResult, EmptyResult

from localcloud.glue.api_base import GlueBase
from localcloud.glue.names import InvalidInput
from localcloud.glue.tables import Json


class StatisticsCalls(GlueBase):
    """https://docs.aws.amazon.com/glue/latest/dg/aws-glue-api-catalog-column-statistics.html"""

    def check(self) -> None:
        # An average length over no values is nothing, or no number, in what Trino sends; the API's model wants one.
        for column in self._statistics():
            for data in _texts(column):
                if data.get("AverageLength") in (None, "NaN"):
                    data["AverageLength"] = 0.0
        super().check()

    def _statistics(self) -> list[object]:
        given = self.parameters.get("ColumnStatisticsList")
        return given if isinstance(given, list) else []

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
        statistics_list = [statistics[name] for name in wanted if name in statistics]
        return ActionResult({"ColumnStatisticsList": statistics_list, "Errors": []})

    def _write(self, statistics: dict[str, Json]) -> ActionResult:
        columns = {column["Name"] for column in self._columns()}
        for column in self.parameters["ColumnStatisticsList"]:
            if column["ColumnName"] not in columns:
                raise InvalidInput(f"Column {column['ColumnName'][:100]} is not a column of the table.")
        statistics.update({column["ColumnName"]: column for column in self.parameters["ColumnStatisticsList"]})
        return ActionResult({"Errors": []})

    def _delete(self, statistics: dict[str, Json]) -> ActionResult:
        # No error where there are none: Trino deletes those of every column before it writes a partitioned table.
        statistics.pop(self.parameters["ColumnName"], None)
        return EmptyResult()

    def _columns(self) -> list[Json]:
        table = self._table()
        return [*(table.input.get("StorageDescriptor") or {}).get("Columns", []), *table.keys]


def _texts(statistics: object) -> list[Json]:
    """Return what is known of the lengths of a column's values, as far as the request is of the API's form."""
    data = statistics.get("StatisticsData") if isinstance(statistics, dict) else None
    texts = [data.get(f"{kind}ColumnStatisticsData") for kind in ("String", "Binary")] if isinstance(data, dict) else []
    return [text for text in texts if isinstance(text, dict)]
