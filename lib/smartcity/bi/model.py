"""What the BI tools see: the tables of the star, their relations, the measures, and the sheets.

Everything else is derived from here: extract, data sources, workbook, semantic model, report, and the SQL that compares
each figure across engines. Times are UTC; a null district is a position near no road.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Kind = Literal["text", "integer", "real", "timestamp", "date", "boolean"]


@dataclass(frozen=True)
class Column:
    """A column of the star: its name in the warehouse, its kind, and the label that people see."""

    name: str
    kind: Kind
    label: str


@dataclass(frozen=True)
class Table:
    """A table of the star. `keys` are the columns that joins need and people do not."""

    name: str
    label: str
    columns: tuple[Column, ...]
    keys: tuple[str, ...] = ()


@dataclass(frozen=True)
class Relation:
    """A many-to-one relation from a fact to a dimension by a column of the same name."""

    fact: str
    dimension: str
    column: str


@dataclass(frozen=True)
class Measure:
    """A figure in the three languages of the tools. In `sql` the fact is called f; all three mean the same number."""

    name: str
    fact: str
    sql: str
    dax: str
    tableau: str
    format: str = "0.0"
    whole: bool = False


@dataclass(frozen=True)
class Sheet:
    """One chart: measures of a fact by columns (of the fact, or of a dimension as `table.column`)."""

    name: str
    title: str
    fact: str
    by: tuple[str, ...]
    measures: tuple[str, ...]
    mark: Literal["line", "bar", "text"]


STAR: Final = (
    Table(
        "dim_vehicle",
        "Vehicle",
        (
            Column("vehicle_id", "text", "Vehicle"),
            Column("vehicle_type", "text", "Vehicle type"),
            Column("make", "text", "Make"),
            Column("model", "text", "Model"),
            Column("year", "integer", "Year"),
            Column("fuel_type", "text", "Fuel"),
        ),
    ),
    Table(
        "dim_district",
        "District",
        (Column("district", "text", "District"), Column("roads", "integer", "Roads seen")),
    ),
    Table(
        "dim_time",
        "Minute",
        (
            Column("minute_start", "timestamp", "Minute (UTC)"),
            Column("event_date", "date", "Date"),
            Column("hour", "integer", "Hour"),
            Column("minute", "integer", "Minute of the hour"),
            Column("is_rush_hour", "boolean", "Rush hour"),
        ),
    ),
    Table(
        "fact_trip_minute",
        "Trips",
        (
            Column("vehicle_id", "text", "Vehicle id"),
            Column("minute_start", "timestamp", "Minute of the trip (UTC)"),
            Column("district", "text", "District of the trip"),
            Column("readings", "integer", "Readings of the minute"),
            Column("mean_speed_kmh", "real", "Mean speed of the minute (km/h)"),
            Column("max_speed_kmh", "real", "Top speed of the minute (km/h)"),
        ),
        keys=("vehicle_id", "minute_start", "district"),
    ),
    Table(
        "fact_incident",
        "Incidents",
        (
            Column("incident_id", "text", "Incident"),
            Column("incident_type", "text", "Incident type"),
            Column("severity", "integer", "Severity"),
            Column("road_id", "text", "Road"),
            Column("district", "text", "District of the incident"),
            Column("reported_at", "timestamp", "Reported (UTC)"),
            Column("on_scene_at", "timestamp", "Help on the scene (UTC)"),
            Column("resolved_at", "timestamp", "Resolved (UTC)"),
            Column("response_s", "integer", "Response (s)"),
        ),
        keys=("district",),
    ),
)
"""The tables that `lib/smartcity/sql/mart` builds, column for column."""

RELATIONS: Final = (
    Relation("fact_trip_minute", "dim_vehicle", "vehicle_id"),
    Relation("fact_trip_minute", "dim_district", "district"),
    Relation("fact_trip_minute", "dim_time", "minute_start"),
    Relation("fact_incident", "dim_district", "district"),
)

MEASURES: Final = (
    Measure(
        "Mean speed (km/h)",
        "fact_trip_minute",
        "SUM(f.mean_speed_kmh * f.readings) / SUM(f.readings)",
        "DIVIDE ( SUMX ( fact_trip_minute, fact_trip_minute[mean_speed_kmh] * fact_trip_minute[readings] ), "
        "SUM ( fact_trip_minute[readings] ) )",
        "SUM([mean_speed_kmh] * [readings]) / SUM([readings])",
    ),
    Measure(
        "Minutes at a standstill (share)",
        "fact_trip_minute",
        "SUM(CASE WHEN f.mean_speed_kmh < 5 THEN 1 ELSE 0 END) / CAST(COUNT(*) AS DOUBLE PRECISION)",
        "DIVIDE ( COUNTROWS ( FILTER ( fact_trip_minute, fact_trip_minute[mean_speed_kmh] < 5 ) ) + 0, "
        "COUNTROWS ( fact_trip_minute ) )",
        "SUM(IF [mean_speed_kmh] < 5 THEN 1 ELSE 0 END) / COUNT([mean_speed_kmh])",
        "0.0%",
    ),
    Measure(
        "GPS readings",
        "fact_trip_minute",
        "SUM(f.readings)",
        "SUM ( fact_trip_minute[readings] )",
        "SUM([readings])",
        "#,0",
        whole=True,
    ),
    Measure(
        "Vehicles seen",
        "fact_trip_minute",
        "COUNT(DISTINCT f.vehicle_id)",
        "DISTINCTCOUNT ( fact_trip_minute[vehicle_id] )",
        "COUNTD([vehicle_id])",
        "#,0",
        whole=True,
    ),
    Measure(
        "Incidents reported",
        "fact_incident",
        "COUNT(*)",
        "COUNTROWS ( fact_incident )",
        "COUNT([incident_id])",
        "#,0",
        whole=True,
    ),
    Measure(
        "Mean response (min)",
        "fact_incident",
        "SUM(f.response_s) / CAST(NULLIF(COUNT(f.response_s), 0) AS DOUBLE PRECISION) / 60",
        "DIVIDE ( AVERAGE ( fact_incident[response_s] ), 60 )",
        "SUM([response_s]) / COUNT([response_s]) / 60",
    ),
)

SHEETS: Final = (
    Sheet(
        "Speed by district",
        "How fast each district moves, minute by minute",
        "fact_trip_minute",
        ("dim_time.minute_start", "dim_district.district"),
        ("Mean speed (km/h)",),
        "line",
    ),
    Sheet(
        "Speed by vehicle type",
        "Which vehicles are slow, and which stand still",
        "fact_trip_minute",
        ("dim_vehicle.vehicle_type",),
        ("Mean speed (km/h)", "Minutes at a standstill (share)"),
        "bar",
    ),
    Sheet(
        "Response by incident type",
        "How fast help arrives",
        "fact_incident",
        ("incident_type",),
        ("Mean response (min)", "Incidents reported"),
        "bar",
    ),
    Sheet("Trips in all", "The trips in figures", "fact_trip_minute", (), ("GPS readings", "Vehicles seen"), "text"),
)
"""The charts. The first three are Tableau's sheets; all are visuals of the Power BI report."""


def table(name: str) -> Table:
    """Return the table of that name."""
    return next(each for each in STAR if each.name == name)


def measure(name: str) -> Measure:
    """Return the measure of that name."""
    return next(each for each in MEASURES if each.name == name)


def column_of(sheet: Sheet, by: str) -> tuple[Table, Column]:
    """Return the table and the column that a sheet's `by` names."""
    owner, _, name = by.rpartition(".")
    owner_table = table(owner or sheet.fact)
    return owner_table, next(column for column in owner_table.columns if column.name == name)
