"""The columns of delimited text: whether a row is a header, the names, and the types of the values.

https://docs.aws.amazon.com/glue/latest/dg/add-classifier.html#classifier-builtin-rules
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from localcloud.glue.crawler.csv_rules import CUSTOM_TYPES, CsvRules
from localcloud.glue.crawler.schema import Columns

_HEADER_LENGTH = 150
_NAME = re.compile(r"[^\W\d][^\x00-\x1f\x7f]*")
_INTEGER = re.compile(r"[+-]?\d+", re.ASCII)
_DOUBLE = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)


def is_header(rows: list[list[str]]) -> bool:
    """Return whether the first row names the columns: all short, valid names, and a later value is not text."""
    first, rest = rows[0], rows[1:]
    if not rest or any(_kind(value.strip()) != "string" or not _NAME.fullmatch(value.strip()) for value in first[:-1]):
        return False
    last = first[-1].strip()
    if last and (_kind(last) != "string" or not _NAME.fullmatch(last)):
        return False
    if any(len(value) >= _HEADER_LENGTH for value in first[:-1]):
        return False
    return any(_kind(value.strip()) != "string" for row in rest for value in row if value.strip())


def columns(names: Sequence[str], rows: list[list[str]], rules: CsvRules, layout: tuple[int, bool, bool]) -> Columns:
    """Return the columns of the rows, `col0`, `col1`, ... if there is no name.

    `layout`: the number of columns, whether the SerDe is OpenCSVSerDe, whether a byte order mark is in the first value.
    """
    width, is_open_csv, is_marked = layout
    kinds: dict[str, str] = {}
    for index in range(width):
        given = names[index].strip().lower() if index < len(names) else ""
        name = given or f"col{index}"
        if name in kinds:
            name = f"{name}_{index}"
        if index < len(rules.types):
            kinds[name] = CUSTOM_TYPES.get(rules.types[index].upper(), "string")
        elif is_open_csv or (is_marked and not index):
            kinds[name] = "string"
        else:
            kinds[name] = infer([row[index] for row in rows if index < len(row)])
    return tuple(kinds.items())


def infer(values: list[str]) -> str:
    """Return bigint, double or string; a number that Athena would not read as it stands is text.

    Such are numbers with blanks around them, and whole numbers of more than 64 bits, whose digits a double loses.
    """
    kinds = set()
    for value in values:
        if value:
            kinds.add(_kind(value))
            if "string" in kinds:
                return "string"
    if "huge" in kinds:
        return "string"
    return "double" if "double" in kinds else "bigint" if kinds else "string"


def _kind(value: str) -> str:
    if _INTEGER.fullmatch(value):
        return "bigint" if len(value) < 19 or -(1 << 63) <= int(value) < 1 << 63 else "huge"
    return "double" if _DOUBLE.fullmatch(value) else "string"
