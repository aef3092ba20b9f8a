"""Partitions, one by one and in batches, and partition indexes."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable
from zlib import crc32

from moto.core.responses import ActionResult, EmptyResult
from moto.glue.exceptions import EntityNotFoundException, GlueClientError, PartitionNotFoundException

from localcloud.athena.engine_view import partition_for_engine, problem
from localcloud.aws.errors import ApiError
from localcloud.aws.service import JsonResult
from localcloud.glue.api_base import GlueBase
from localcloud.glue.names import InvalidInput
from localcloud.glue.state import AlreadyExists
from localcloud.glue.tables import Json, Partition, Table

PAGE = 1000


class PartitionCalls(GlueBase):
    """https://docs.aws.amazon.com/glue/latest/dg/aws-glue-api-catalog-partitions.html"""

    def create_partition(self) -> ActionResult:
        self._table().create_partition(self.parameters["PartitionInput"])
        return EmptyResult()

    def get_partition(self) -> ActionResult:
        table = self._table()
        [shown] = self._shown(table, [table.partition(self.parameters["PartitionValues"])])
        return ActionResult({"Partition": shown})

    def get_partitions(self) -> ActionResult:
        table, given = self._table(), self.parameters
        matching = _segment(self._matching(table, given.get("Expression")), given.get("Segment"))
        page, token = self.page(matching, PAGE)
        columns = not given.get("ExcludeColumnSchema", False)
        return JsonResult({"Partitions": self._shown(table, page, columns), "NextToken": token})

    def _matching(self, table: Table, expression: str | None) -> list[Partition]:
        """Return the partitions that match; all of them if the engine quoted a value that contains a quote.

        The engine does not escape such a quote, so the expression is ambiguous. It filters the answer again itself.
        """
        if not self.from_engine or not expression:
            return table.matching_partitions(expression)
        if "''" in expression:
            return table.matching_partitions(None)
        try:
            return table.matching_partitions(expression)
        except InvalidInput:
            return table.matching_partitions(None)

    def _shown(self, table: Table, partitions: list[Partition], columns: bool = True) -> list[Json]:
        shown = [table.partition_dict(partition, columns) for partition in partitions]
        if not self.from_engine:
            return shown
        described = table.as_dict()
        for reason in filter(None, (problem(described, partition) for partition in shown)):
            raise InvalidInput(reason)
        return [partition_for_engine(described, partition, self.parameters["TableName"]) for partition in shown]

    def update_partition(self) -> ActionResult:
        self._table().update_partition(self.parameters["PartitionValueList"], self.parameters["PartitionInput"])
        return EmptyResult()

    def delete_partition(self) -> ActionResult:
        self._table().delete_partition(self.parameters["PartitionValues"])
        return EmptyResult()

    def batch_get_partition(self) -> ActionResult:
        table, known = self._table(), []
        for wanted in self.parameters["PartitionsToGet"]:
            with contextlib.suppress(PartitionNotFoundException):
                known.append(table.partition(wanted["Values"]))
        return ActionResult({"Partitions": self._shown(table, known), "UnprocessedKeys": []})

    def batch_create_partition(self) -> ActionResult:
        given = self.parameters["PartitionInputList"]
        return self._each(
            "PartitionValues", given, lambda partition: partition.get("Values", []), self._table().create_partition
        )

    def batch_update_partition(self) -> ActionResult:
        table = self._table()
        return self._each(
            "PartitionValueList",
            self.parameters["Entries"],
            lambda entry: entry["PartitionValueList"],
            lambda entry: table.update_partition(entry["PartitionValueList"], entry["PartitionInput"]),
        )

    def batch_delete_partition(self) -> ActionResult:
        table = self._table()
        given = self.parameters["PartitionsToDelete"]
        return self._each(
            "PartitionValues",
            given,
            lambda partition: partition["Values"],
            lambda partition: table.delete_partition(partition["Values"]),
        )

    def _each(
        self,
        key: str,
        entries: Iterable[Json],
        values: Callable[[Json], list[str]],
        apply: Callable[[Json], None],
    ) -> ActionResult:
        """Apply a change to every entry; one that fails is listed and does not stop the others."""
        errors = []
        for entry in entries:
            try:
                apply(entry)
            except GlueClientError as error:
                problem = {"ErrorCode": error.error_type, "ErrorMessage": error.message}
                errors.append({key: values(entry), "ErrorDetail": problem})
            except ApiError as error:
                problem = {"ErrorCode": error.code, "ErrorMessage": error.message}
                errors.append({key: values(entry), "ErrorDetail": problem})
        return ActionResult({"Errors": errors})

    def create_partition_index(self) -> ActionResult:
        table, index = self._table(), self.parameters["PartitionIndex"]
        keys = {key["Name"] for key in table.keys}
        if index["IndexName"] in table.indexes:
            raise AlreadyExists(f"Index {index['IndexName']} already exists.")
        if not set(index["Keys"]) <= keys:
            raise InvalidInput(f"Index keys {index['Keys']} are not all partition keys of the table.")
        table.indexes[index["IndexName"]] = index
        return EmptyResult()

    def get_partition_indexes(self) -> ActionResult:
        table = self._table()
        types = {key["Name"]: key.get("Type", "string") for key in table.keys}
        indexes = [
            {
                "IndexName": name,
                "Keys": [{"Name": key, "Type": types.get(key, "string")} for key in index["Keys"]],
                "IndexStatus": "ACTIVE",
            }
            for name, index in table.indexes.items()
        ]
        return ActionResult({"PartitionIndexDescriptorList": indexes})

    def delete_partition_index(self) -> ActionResult:
        if self._table().indexes.pop(self.parameters["IndexName"], None) is None:
            raise EntityNotFoundException(f"Index {self.parameters['IndexName']} not found.")
        return EmptyResult()


def _segment(partitions: list[Partition], segment: Json | None) -> list[Partition]:
    """Return one segment of a parallel read. Together, the segments contain every partition once."""
    if not segment:
        return partitions
    number, total = segment["SegmentNumber"], segment["TotalSegments"]
    if number >= total:
        raise InvalidInput(f"SegmentNumber {number} must be less than TotalSegments {total}.")
    return [partition for partition in partitions if crc32("\0".join(partition.values).encode()) % total == number]
