"""Each exercise of each lesson: a right answer, wrong ones, and the untouched placeholder."""

from __future__ import annotations

import importlib
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from botocore.exceptions import ClientError

from course import sources
from course.checks import Sheet, Status
from localcloud.glue.registry import avro_schema as avro
from localcloud.glue.registry.avro_rules import why_unreadable
from smartcity.avro_records import avro_schema
from smartcity.aws import estimate, stack
from smartcity.errors import SchemaRefused
from smartcity.settings import Settings
from smartcity.simulate import city

SOURCES = Path(__file__).resolve().parents[3] / "notebooks" / "source"
CITY = Settings(run_id="test")
MINUTE = pd.Timedelta("1min")


class Glue:
    """A catalog in which the partition columns of each table are strings."""

    def get_table(self, **_asked: str) -> dict[str, Any]:
        """Return the table's partition keys."""
        return {"Table": {"PartitionKeys": [{"Name": name, "Type": "string"} for name in ("event_date", "hour")]}}


def wider(*fields: dict[str, Any]) -> dict[str, Any]:
    """The schema of the weather records, with more fields."""
    schema = avro_schema("weather_data")
    return {**schema, "fields": [*schema["fields"], *fields]}


def scanned(_city: object, sql: str) -> int:
    """Stand in for Athena's statistics: the bytes of the questions that lesson 07 compares."""
    if "gps_by_district" in sql:
        return 100
    return 900 if "WHERE" in sql else 2000 if "*" in sql else 500


def registered(_glue: object, _name: str, schema: Any) -> None:
    """Stand in for the registry, which has the schema of the city's weather records."""
    known = avro_schema("weather_data")
    try:
        pair = [avro.parse(known), avro.parse(schema)]
    except avro.InvalidAvro as error:
        answer = {"Error": {"Code": "InvalidInputException", "Message": str(error)}}
        raise ClientError(answer, "RegisterSchemaVersion") from error  # type: ignore[arg-type]
    if why_unreadable(*pair) or why_unreadable(*reversed(pair)):
        raise SchemaRefused("not compatible")


@pytest.fixture
def sheets(lake: Any, monkeypatch: pytest.MonkeyPatch) -> dict[str, Sheet]:
    """The sheets of all lessons on the city in memory; what asks a service gets a set answer."""
    module = {f"{n:02}": importlib.import_module(f"course.checks.lesson_{n:02}") for n in range(12)}
    for number in ("05", "06", "07"):
        monkeypatch.setattr(module[number], "Lake", lambda _uri: lake)
    monkeypatch.delenv("AWS_ENDPOINT_URL_GLUE", raising=False)
    monkeypatch.setattr(module["02"], "_devices", lambda *_: 31)
    monkeypatch.setattr(module["02"], "_end", lambda *_: 1500)
    monkeypatch.setattr(module["04"], "glue", lambda: None)
    monkeypatch.setattr(module["04"], "register", registered)
    monkeypatch.setattr(module["05"], "_bytes", lambda _city, folder: 600 if folder == module["05"].SMALL else 200)
    monkeypatch.setattr(module["06"].boto3, "client", lambda _name: Glue())
    monkeypatch.setattr(module["07"], "_scanned", scanned)
    given: dict[str, tuple[Any, ...]] = {
        **dict.fromkeys(("00", "11"), ()),
        "01": (lake.config, lake.chunks),
        "02": ("broker:9092", {"gps_data": {"0": 300}}),
        **dict.fromkeys(("03", "04", "08", "09", "10"), (lake,)),
        **dict.fromkeys(("05", "06", "07"), (CITY,)),
    }
    return {name: module[name].sheet(*values) for name, values in given.items()}


def of(lake: Any, topic: str, *columns: str) -> pd.DataFrame:
    """The clean events of a topic as a table."""
    return lake.read("transformed", topic, columns or ("event_time", "device_id")).to_pandas()


def verdicts(lake: Any, topic: str) -> pd.Series:
    """How many records of a topic have which verdict."""
    return lake.frame.query("topic == @topic")["verdict"].value_counts()


def slower(lake: Any) -> float:
    """How much slower free trunk roads are in heavy rain; NaN where it did not rain so."""
    roads = city(lake.config).roads.to_pandas().query("road_class == 'trunk'")[["road_id", "lanes"]]
    seen = of(lake, "traffic_data", "event_time", "road_id", "vehicle_count", "density_veh_km", "mean_speed_kmh")
    rain = of(lake, "weather_data", "event_time", "precipitation_mm_h").groupby("event_time").mean()
    seen = seen.merge(roads, on="road_id").merge(rain, on="event_time").query("vehicle_count > 0")
    free = seen[seen["density_veh_km"] < 15 * seen["lanes"]]
    wet, dry = free.query("precipitation_mm_h > 7"), free.query("precipitation_mm_h == 0")
    return 1 - wet["mean_speed_kmh"].mean() / dry["mean_speed_kmh"].mean()


def help_after(lake: Any, since: str) -> float:
    """The mean minutes until help was there."""
    incidents = pd.concat(chunk.incidents.to_pandas() for chunk in lake.chunks)
    return float(((incidents["on_scene_time"] - incidents[since]) / MINUTE).mean())


def trips(lake: Any) -> pd.DataFrame:
    """One row per vehicle and minute, with its mean and top speed."""
    rows = of(lake, "gps_data", "vehicle_id", "vehicle_type", "event_time", "district", "speed_kmh")
    by = [rows["vehicle_id"], rows["vehicle_type"], rows["district"], rows["event_time"].dt.floor("min")]
    return rows.groupby(by)["speed_kmh"].agg(["mean", "max"]).reset_index()


def fastest_of_type(lake: Any) -> pd.DataFrame:
    """The fastest vehicle of each type."""
    return trips(lake).sort_values("max", ascending=False).drop_duplicates("vehicle_type")


def standing(lake: Any) -> pd.Series:
    """The share of standing minutes by district."""
    return trips(lake).assign(stands=lambda rows: rows["mean"] < 5).groupby("district")["stands"].mean()


def late_min(lake: Any) -> pd.Series:
    """The delays of late GPS records, in minutes."""
    rows = lake.read("late", "gps_data", ("event_time", "kafka_timestamp")).to_pandas()
    return (rows["kafka_timestamp"] - rows["event_time"]) / MINUTE


def share(lake: Any, *wanted: str) -> pd.Series:
    """The share of records with these verdicts, by topic."""
    return lake.frame["verdict"].isin(wanted).groupby(lake.frame["topic"]).mean()


def weather_text(lake: Any) -> str:
    """A sound weather record."""
    return lake.frame.query("topic == 'weather_data' and verdict == 'transformed'")["value"].iloc[0].decode()


def slow_speed(lake: Any) -> pd.Series:
    """The mean speed by district, without ambulances."""
    rows = of(lake, "vehicle_data", "vehicle_type", "district", "speed_kmh").query("vehicle_type != 'emergency'")
    return rows.groupby("district")["speed_kmh"].mean()


def rain_minutes(lake: Any) -> int:
    """The rainy minutes of the first hour."""
    rows = of(lake, "weather_data", "event_time", "precipitation_mm_h").query("precipitation_mm_h > 0")
    first = of(lake, "weather_data")["event_time"].min().floor("h")
    return int(rows.loc[rows["event_time"].dt.floor("h") == first, "event_time"].dt.floor("min").nunique())


def taxi_kmh(lake: Any) -> float:
    """The mean speed of all readings of taxis."""
    return float(of(lake, "gps_data", "vehicle_type", "speed_kmh").query("vehicle_type == 'taxi'")["speed_kmh"].mean())


def resources_of_a_plain_stack() -> int:
    """How many resources the template makes without Spark and Kafka, counted by their types and conditions."""
    lines = stack.template().partition("\nResources:\n")[2].splitlines()
    types = [line for line in lines if line.startswith("    Type: AWS::")]
    others = [line for line in lines if re.match(r"    Condition: Has(Spark|Kafka)$", line)]
    return len(types) - len(others)


HOURS = [["2026-03-02", "07"], ["2026-03-02", "08"]]
RIGHT: dict[str, Callable[[Any], Any]] = {
    "00.topics": lambda _: 5,
    "00.variable": lambda _: "AWS_ENDPOINT_URL",
    "01.densest_road": lambda lake: (
        of(lake, "traffic_data", "road_id", "density_veh_km").nlargest(1, "density_veh_km").iloc[0, 0]
    ),
    "01.slower_by": slower,
    "01.help_after_min": lambda lake: help_after(lake, "reported_time"),
    "02.devices": lambda _: 31,
    "02.lag": lambda _: 1000,
    "03.counted": lambda lake: {
        "records": len(lake.frame.query("topic == 'gps_data'")),
        "events": verdicts(lake, "gps_data")[["transformed", "duplicate"]].sum(),
    },
    "03.copies": lambda lake: verdicts(lake, "gps_data")["duplicate"],
    "04.broken": lambda lake: re.sub(r'"humidity_pct":[\d.]+', '"humidity_pct":900', weather_text(lake)),
    "04.rescued": lambda lake: int((late_min(lake) <= 20).sum()),
    "04.compatible": lambda _: wider({"name": "humidity", "type": ["null", "double"], "default": None}),
    "05.fastest": lambda lake: of(lake, "gps_data", "vehicle_id", "speed_kmh").nlargest(1, "speed_kmh").iloc[0, 0],
    "05.times_larger": lambda _: 3.0,
    "06.partitions": lambda _: HOURS,
    "06.hour_type": lambda _: "string",
    "06.largest": lambda _: "gps_data",
    "07.rain_minutes": rain_minutes,
    "07.times_less": lambda _: 9.0,
    "07.usd_a_year": lambda _: 26.28,
    "08.standing": lambda lake: standing(lake).idxmax(),
    "08.fastest": fastest_of_type,
    "08.culprit": lambda _: "severity",
    "09.slowest": lambda lake: slow_speed(lake).idxmin(),
    "09.least_clean": lambda lake: share(lake, "duplicate", "late", "dead_letter").idxmax(),
    "10.taxi_kmh": lambda lake: taxi_kmh(lake),
    "10.joined_by": lambda _: "minute_start",
    "11.month_usd": lambda _: 730 * estimate.total(estimate.idle_hour(estimate.Stack())),
    "11.resources": lambda _: resources_of_a_plain_stack(),
}
WRONG: dict[str, list[Any]] = {
    "00.topics": [4, "five", []],
    "00.variable": ["AWS_ENDPOINT_URL_S3", "PATH", 5],
    "01.densest_road": ["road-9999", 5, ["road-0001"]],
    "01.slower_by": [0.5, "5 %", True],
    "01.help_after_min": [0, -1.0, "seven"],
    "02.devices": [200, 30, "31"],
    "02.lag": [1500, 1200, 999],
    "03.counted": [{"records": 1, "events": 1}, {"records": 5}, 5, "x"],
    "03.copies": [0, -1, "many"],
    "04.broken": ["{}", b"", 5, "no json"],
    "04.rescued": [-1, 10**9, "all"],
    "04.compatible": [
        *({}, "a schema", wider(), json.loads(json.dumps(wider()).replace("humidity_pct", "humidity"))),
        wider({"name": "humidity", "type": ["null", "double"]}),
        wider({"name": "humidity", "type": "double", "default": None}),
        wider({"name": "humidity", "type": ["double", "null"], "default": None}),
    ],
    "05.fastest": ["veh-999999", 88.0, ["veh-000001"]],
    "05.times_larger": [1 / 3, 2.0, "three"],
    "06.partitions": [HOURS[:1], [["07"]], "07", 2, [1, 2]],
    "06.hour_type": ["int", "varchar", 7],
    "06.largest": ["weather_data", "late", 5],
    "07.rain_minutes": [-1, 61, "none"],
    "07.times_less": [1 / 9, 20.0, 5.0, 1, "less"],
    "07.usd_a_year": [0.072, 1576.8, "free"],
    "08.standing": ["district x", 0.5, pd.DataFrame({"district": ["a", "b"]})],
    "08.fastest": [
        pd.DataFrame({"vehicle_type": ["bus"], "vehicle_id": ["x"]}),
        pd.DataFrame({"a": [1]}),
        "veh-000001",
    ],
    "08.culprit": ["incident_type", 3, ["severity"]],
    "09.slowest": ["district x", 20.0, 5],
    "09.least_clean": ["all", 0.1, 5],
    "10.taxi_kmh": [0.0, -5, "fast"],
    "10.joined_by": ["vehicle_id", "dim_time", 5],
    "11.month_usd": [0, -1.0, "cheap"],
    "11.resources": [1, 500, "many"],
}


def exercise(sheets: dict[str, Sheet], name: str) -> Callable[[Any], Any]:
    """The exercise `LESSON.NAME`."""
    lesson, _, short = name.partition(".")
    return sheets[lesson].exercises[short]


@pytest.mark.parametrize("name", RIGHT)
def test_a_right_answer_is_right(name: str, sheets: dict[str, Sheet], lake: Any) -> None:
    """The answer worked out here, apart from the check, is taken as right."""
    outcome = exercise(sheets, name)(RIGHT[name](lake))
    assert outcome.status is Status.RIGHT, outcome


@pytest.mark.parametrize("name", WRONG)
def test_wrong_answers_are_not_quite(name: str, sheets: dict[str, Sheet]) -> None:
    """Wrong values and wrong kinds of values get a hint each, and never an error."""
    outcomes = [exercise(sheets, name)(wrong) for wrong in WRONG[name]]
    assert {outcome.status for outcome in outcomes} == {Status.NOT_QUITE}, outcomes


@pytest.mark.parametrize("name", RIGHT)
def test_the_placeholder_passes_nowhere(name: str, sheets: dict[str, Sheet]) -> None:
    """The text in the learner's notebook is not an answer yet."""
    assert exercise(sheets, name)(...).status is Status.NOT_YET


def test_each_exercise_has_its_cases(sheets: dict[str, Sheet]) -> None:
    """No exercise of any lesson is without a right and wrong answers here."""
    there = {f"{lesson}.{name}" for lesson, sheet in sheets.items() for name in sheet.exercises}
    assert there == set(RIGHT) == set(WRONG)


@pytest.mark.parametrize("source", sorted(SOURCES.glob("[01][0-9]_*.py")), ids=lambda path: path.stem)
def test_each_exercise_is_asked_and_starts_with_the_placeholder(source: Path, sheets: dict[str, Sheet]) -> None:
    """In the learner's form each check gets a name that was set to `...` just before it; the solution demands all."""
    learner, solved = sources.build(source, solved=False), sources.build(source, solved=True)
    asked = {
        found[1]: found[2] + " = ..." in cell.source
        for cell in learner.cells
        if (found := re.search(r"^check\.(\w+)\((\w+)\)$", cell.source, re.MULTILINE))
    }
    assert asked == dict.fromkeys(sheets[source.stem[:2]].exercises, True)
    assert "check.require_all()" in [cell.source for cell in solved.cells]
    assert "require_all" not in "".join(cell.source for cell in learner.cells)
