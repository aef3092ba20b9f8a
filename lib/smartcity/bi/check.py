"""Whether the files follow their vendors' rules, and whether each figure is the same in every engine."""

from __future__ import annotations

import hashlib
import json
import re
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree as ET

from smartcity.bi import figures, hyper
from smartcity.bi.files import Files
from smartcity.bi.model import SHEETS, STAR
from smartcity.bi.schemas import Schemas
from smartcity.bi.tableau_source import EXTRACT
from smartcity.errors import BiFailed

Ask = Callable[[str], Sequence[figures.Row]]
"""Asks an engine: SQL in, rows out."""


@dataclass(frozen=True)
class Check:
    """What was checked, what is wrong with it (empty if nothing is), and how much was checked."""

    name: str
    wrong: tuple[str, ...]
    seen: str


def offline_checks(files: Files) -> Iterator[Check]:
    """Yield the checks that need neither network nor a running lab."""
    actual = hyper.types(files.extract)
    expected = {table.name: hyper.expected_types(table) for table in STAR}
    wrong = [
        f"{name}: {actual.get(name)} instead of {types}"
        for name, types in expected.items()
        if actual.get(name) != types
    ]
    yield Check("extract: tables and types (Hyper API)", tuple(wrong), f"{len(actual)} tables")
    yield packaged_extract(files)
    for name, text in files.workbooks().items():
        yield _references(name, text)
    yield _report_fields(files)


def vendor_checks(files: Files, schemas: Schemas) -> Iterator[Check]:
    """Yield the checks by the vendors' schemas; one that can't be had is a failed check."""
    for name, text in files.workbooks().items():
        yield _by_schema(f"{name}: Tableau's XSD 2026.1", lambda text=text: schemas.workbook_errors(text))  # type: ignore[misc]
    for path in files.json_documents():
        document = json.loads(path.read_text())
        name = f"{path.relative_to(files.powerbi)}: Microsoft's schema"
        yield _by_schema(name, lambda document=document: schemas.json_errors(document))  # type: ignore[misc]


def figure_checks(files: Files, redshift: Ask, athena: Ask, schema: str) -> Iterator[Check]:
    """Yield, for each sheet, whether Redshift, Athena and the extract give the same figures."""
    for table in STAR:
        count = f"SELECT COUNT(*) FROM {{}}.{table.name}"  # noqa: S608  names of our own
        rows = [redshift(count.format(schema))[0][0], hyper.read(files.extract, count.format(hyper.SCHEMA))[0][0]]
        wrong = (
            () if rows[0] == rows[1] else (f"{rows[0]} in Redshift, {rows[1]} in the extract: ./lab bi rebuilds it",)
        )
        yield Check(f"{table.name}: rows of extract and Redshift", wrong, f"{rows[0]:,} rows")
    for sheet in SHEETS:
        there = redshift(figures.sql_of(sheet, schema))
        others = {
            "Athena": athena(figures.athena_sql_of(sheet)),
            "extract": hyper.read(files.extract, figures.sql_of(sheet, hyper.SCHEMA)),
        }
        unlike = [
            text for name, rows in others.items() for text in figures.differences(f"Redshift and {name}", there, rows)
        ]
        yield Check(f"{sheet.name}: Redshift, Athena and extract", tuple(unlike), f"{len(there):,} rows")


def _by_schema(name: str, errors: Callable[[], list[str]]) -> Check:
    try:
        return Check(name, tuple(errors()), "by its vendor's schema")
    except BiFailed as error:
        return Check(name, (str(error),), "not checked")


def packaged_extract(files: Files) -> Check:
    """Look whether the packaged workbook holds exactly the extract that is next to it."""
    with zipfile.ZipFile(files.packaged) as archive:
        inside = hashlib.sha256(archive.read(EXTRACT)).hexdigest()
    same = inside == hashlib.sha256(files.extract.read_bytes()).hexdigest()
    return Check("smartcity.twbx holds the extract", () if same else (f"{EXTRACT} is a different extract",), EXTRACT)


def _references(name: str, text: bytes) -> Check:
    """Look whether each field that a sheet uses is in its data source, and each zone of the dashboard is a sheet."""
    book = ET.fromstring(text)  # noqa: S314  a file of our own
    known = {
        source.get("name"): {column.get("name") for column in source.findall("column")}
        for source in book.findall("datasources/datasource")
    }
    uses = [
        (block.get("datasource"), column.get("name"))
        for block in book.iter("datasource-dependencies")
        for column in block.findall("column")
    ]
    formulas = [calculation.get("formula", "") for calculation in book.iter("calculation")]
    columns = {column for names in known.values() for column in names}
    sheets = {sheet.get("name") for sheet in book.findall("worksheets/worksheet")}
    wrong = [f"{source} has no {column}" for source, column in uses if column not in known.get(source, set())]
    wrong += [
        f"{part} of {formula!r} is not a field"
        for formula in formulas
        for part in _fields(formula)
        if part not in columns
    ]
    wrong += [
        f"{zone.get('name')} is not a sheet" for zone in book.iter("zone") if zone.get("name", "") not in {"", *sheets}
    ]
    return Check(f"{name}: every field and sheet exists", tuple(wrong), f"{len(uses)} fields, {len(sheets)} sheets")


def _fields(formula: str) -> list[str]:
    return re.findall(r"\[[^\]]+\]", formula)


def _report_fields(files: Files) -> Check:
    """Look whether each field of the report's visuals is a column or measure of the semantic model."""
    text = {path.stem: path.read_text() for path in files.tables()}
    known = {
        (table, name.strip("'"))
        for table, content in text.items()
        for name in re.findall(r"^\t(?:column|measure) ('[^']+'|\w+)", content, re.MULTILINE)
    }
    uses = [use for path in files.visuals() for use in _uses(json.loads(path.read_text()))]
    wrong = [f"{table} has no {name}" for table, name in uses if (table, name) not in known]
    return Check("report: every field exists in the semantic model", tuple(wrong), f"{len(uses)} fields")


def _uses(visual: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for role in visual["visual"]["query"]["queryState"].values():
        for projection in role["projections"]:
            (field,) = projection["field"].values()
            yield field["Expression"]["SourceRef"]["Entity"], field["Property"]
