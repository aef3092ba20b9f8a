"""Files that the engine would read differently from Athena, or would not survive: both ways in look at them before it.

Athena and Redshift Spectrum ask the same engine. Each version of a file is looked at once in a process.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import Any

from localcloud.athena.failure import QueryFailed
from localcloud.athena.serdes import json_check
from localcloud.athena.serdes.classes import GROK, HIVE_JSON, LAZY, OPEN_CSV, OPENX_JSON, REGEX, library
from localcloud.athena.serdes.lines import S3File, UnknownCompression, is_hadoop_block, lines
from localcloud.athena.serdes.table_files import Values, table_files

Table = dict[str, Any]

_KEPT = 200_000
_TEXT = (LAZY, OPEN_CSV, REGEX, GROK, HIVE_JSON, OPENX_JSON)
_BLOCKS = (".lz4", ".snappy")
_checked: set[tuple[str, str, str]] = set()
"""Address, version and table definition of the files that have been read and were right."""
_lock = Lock()


@dataclass(frozen=True)
class Guard:
    """Looks at the files of tables that a query reads."""

    glue: Any
    s3: Any
    reads: Callable[[Table, Values], bool] = lambda _table, _values: True
    """Whether the query reads the partitions that a file is in; only asked about a file that is wrong."""

    def check(self, table: Table) -> None:
        """Look at the files of a table of the catalog.

        Raises:
            QueryFailed: text compressed as the engine cannot read it, or a record that Athena refuses.
        """
        serde = library(table)
        if serde not in _TEXT or table.get("TableType") == "VIRTUAL_VIEW":
            return
        rules = json_check.rules_of(table) if serde == OPENX_JSON else None
        definition = repr((table["StorageDescriptor"].get("Columns"), table["StorageDescriptor"].get("SerdeInfo")))
        for file, values in table_files(self, table):
            key = (file.url, file.version, definition)
            if key in _checked or not (rules or file.key.endswith(_BLOCKS)):
                continue
            try:
                self._check_file(file, rules)
            except QueryFailed:
                if self.reads(table, values):
                    raise
                continue
            _remember(key)

    def _check_file(self, file: S3File, rules: json_check.Rules | None) -> None:
        if file.key.endswith(_BLOCKS) and not is_hadoop_block(self.s3, file):
            raise QueryFailed(
                "HIVE_CANNOT_OPEN_SPLIT",
                f"{file.url} is not compressed the way Hadoop does it. The lab can't read framed or raw LZ4 and "
                "Snappy text. Try: gzip or zstd",
            )
        if rules is None:
            return
        try:
            json_check.check(lines(self.s3, file), file, rules)
        except UnknownCompression:
            return


def _remember(key: tuple[str, str, str]) -> None:
    with _lock:
        if len(_checked) >= _KEPT:
            _checked.clear()
        _checked.add(key)
