"""The BI files hang together, hold the star, and hold no secret."""

from __future__ import annotations

import json
import re
import sqlite3
from datetime import datetime
from pathlib import Path

import pytest

from smartcity.bi import MEASURES, RELATIONS, SHEETS, STAR, Address, check, figures, hyper, powerbi
from smartcity.bi.files import Files
from smartcity.errors import BiFailed, NotConfigured
from smartcity.sql import statements

pytest.importorskip("tableauhyperapi", reason="Tableau's Hyper API has no wheel for this machine", exc_type=ImportError)
MEAN = "SELECT SUM(mean_speed_kmh * readings) / SUM(readings), MIN(minute_start) FROM mart.fact_trip_minute"


def test_the_model_is_the_star_of_the_warehouse() -> None:
    """Each table and column of the model is in the SQL that builds the star, in the same order."""
    sql = "\n".join(statements("mart", mart="mart"))
    for table in STAR:
        (body,) = re.findall(rf"CREATE TABLE IF NOT EXISTS mart\.{table.name} \((.*?)\n\)", sql, re.DOTALL)
        assert re.findall(r"^  (\w+)", body, re.MULTILINE) == [one.name for one in table.columns]


def test_the_extract_holds_the_star(files: Files) -> None:
    """Hyper reads back types, times, nulls and sums."""
    assert hyper.types(files.extract) == {table.name: hyper.expected_types(table) for table in STAR}
    assert hyper.read(files.extract, MEAN) == [(11.0, datetime(2026, 3, 2, 7, 0))]
    assert hyper.read(files.extract, "SELECT response_s FROM mart.fact_incident ORDER BY incident_id") == [
        (90,),
        (None,),
    ]


def test_files_as_made_pass_the_checks(files: Files) -> None:
    """Fields, sheets, extract and report fit each other."""
    found = list(check.offline_checks(files))
    assert len(found) == 5
    assert not [one for one in found if one.wrong]


@pytest.mark.parametrize(
    ("pattern", "old", "new", "told"),
    [
        pytest.param(
            "tableau/smartcity.twb", r"SUM\(\[readings\]\)", "SUM([reading])", "[reading]", id="a formula's field"
        ),
        pytest.param(
            "tableau/smartcity.twb", r'(<zone[^>]*name=")Speed by d', r"\1Heat by d", "not a sheet", id="a zone"
        ),
        pytest.param(
            "powerbi/*/definition/tables/fact_incident.tmdl", "Mean resp", "Mean x", "Mean resp", id="a measure"
        ),
        pytest.param(
            "powerbi/*/definition/tables/dim_vehicle.tmdl", "vehicle_type", "kind", "vehicle_type", id="a column"
        ),
    ],
)
def test_a_name_that_leads_nowhere_is_found(copy: Files, pattern: str, old: str, new: str, told: str) -> None:
    """One wrong name in a workbook or a model fails a check, which names it."""
    (path,) = copy.folder.glob(pattern)
    text, count = re.subn(old, new, path.read_text())
    assert count
    path.write_text(text)
    wrong = [text for one in check.offline_checks(copy) for text in one.wrong]
    assert wrong
    assert all(told in text for text in wrong)


def test_another_extract_in_the_package_is_found(copy: Files) -> None:
    """The packaged workbook must hold exactly the extract next to it."""
    copy.tableau.joinpath("trips.tds").replace(copy.extract)
    assert check.packaged_extract(copy).wrong == ("Data/Extracts/smartcity.hyper is a different extract",)


def test_figures_of_every_sheet_agree_between_two_engines(files: Files, plain_engine: sqlite3.Connection) -> None:
    """The SQL of each sheet gives the same in Hyper and in SQLite, rows without a dimension included."""
    for sheet in SHEETS:
        one = hyper.read(files.extract, figures.sql_of(sheet, hyper.SCHEMA))
        other = plain_engine.execute(figures.sql_of(sheet)).fetchall()
        plain = [tuple(str(v) if isinstance(v, datetime) else v for v in row) for row in one]
        assert not figures.differences(sheet.name, plain, other)


@pytest.mark.parametrize(
    ("other", "told"),
    [
        pytest.param([("a", 1.0 + 1e-12), (None, 2)], [], id="the last digits of a sum"),
        pytest.param([(None, 2.0), ("a", 1)], [], id="another order"),
        pytest.param([("a", 1.0)], ["x: 2 rows against 1"], id="a row less"),
        pytest.param([("a", 1.0001), (None, 2)], ["x: ('a', 1.0) against ('a', 1.0001)"], id="another sum"),
        pytest.param([("a", None), (None, 2)], ["x: ('a', 1.0) against ('a', None)"], id="a null"),
    ],
)
def test_differences_are_told(other: list[tuple[object, ...]], told: list[str]) -> None:
    """Only what is another figure is a difference."""
    assert figures.differences("x", [("a", 1.0), (None, 2)], other) == told


def test_the_files_are_the_same_in_each_run(files: Files, tmp_path: Path) -> None:
    """Making a project again gives the same bytes, so that a report keeps its fields."""
    powerbi.write(tmp_path, Address("127.0.0.1", 5439, "city", "awsuser"))
    made = {path.relative_to(tmp_path): path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert all((files.powerbi / name).read_bytes() == text for name, text in made.items())
    assert len(made) > 25


def test_the_semantic_model_has_all_relations_and_measures(files: Files) -> None:
    """Each relation of the star is in the model, each measure in its fact's table, and the date table is marked."""
    folder = files.powerbi / "smartcity.SemanticModel" / "definition"
    ends = re.findall(r"fromColumn: (\S+)\n\ttoColumn: (\S+)", (folder / "relationships.tmdl").read_text())
    assert [(f"{one.fact}.{one.column}", f"{one.dimension}.{one.column}") for one in RELATIONS] == ends[:-1]
    assert ends[-1] == ("dim_time.event_date", "Date.Date")
    for one in MEASURES:
        assert f"\tmeasure '{one.name}' = {one.dax}\n" in (folder / "tables" / f"{one.fact}.tmdl").read_text()
    assert "dataCategory: Time" in (folder / "tables" / "Date.tmdl").read_text()


def test_the_data_source_file_names_server_and_database(files: Files) -> None:
    """The .pbids holds what PostgreSQL's connector asks for."""
    (connection,) = json.loads((files.powerbi / "smartcity-postgresql.pbids").read_text())["connections"]
    assert connection["details"]["address"] == {"server": "127.0.0.1:5439", "database": "city"}


def test_a_missing_file_says_what_to_do(tmp_path: Path) -> None:
    """Checking before making names the command that makes."""
    with pytest.raises(BiFailed, match="Try: ./lab bi"):
        Files(tmp_path).require()


def test_a_secret_without_a_host_is_refused() -> None:
    """A secret that lacks a part names the part."""
    with pytest.raises(NotConfigured, match="lacks host, dbname"):
        Address.of({"port": 1, "username": "u"}, "mart")
