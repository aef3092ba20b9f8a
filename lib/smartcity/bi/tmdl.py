"""The semantic model in TMDL, the text form of a Power BI model: one file per table, indented with tabs.

https://learn.microsoft.com/analysis-services/tmdl/tmdl-overview
"""

from __future__ import annotations

import json
import uuid
from typing import Final

from smartcity.bi.address import Address
from smartcity.bi.model import MEASURES, RELATIONS, STAR, Column, Kind, Measure, Table

DATE_TABLE: Final = "Date"
_TYPES: Final[dict[Kind, str]] = {
    "text": "string",
    "integer": "int64",
    "real": "double",
    "timestamp": "dateTime",
    "date": "dateTime",
    "boolean": "boolean",
}
_FORMATS: Final[dict[Kind, str]] = {
    "integer": "0",
    "real": "0.0",
    "timestamp": "yyyy-mm-dd hh:nn:ss",
    "date": "yyyy-mm-dd",
}


def files(address: Address) -> dict[str, str]:
    """Return the files of the model's `definition` folder by their paths below it."""
    tables = {f"tables/{each.name}.tmdl": _table(each) for each in STAR}
    return {
        "database.tmdl": "database\n\tcompatibilityLevel: 1567\n",
        "model.tmdl": _model(),
        "expressions.tmdl": _parameters(address),
        "relationships.tmdl": _relationships(),
        **tables,
        f"tables/{DATE_TABLE}.tmdl": _date_table(),
    }


def tag(*names: str) -> str:
    """Return the identifier of a part: the same in each run, so that a report keeps its fields."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, "/".join(("https://smartcity.example/powerbi", *names))))


def _quoted(name: str) -> str:
    """Return a name as TMDL writes it, in quotes unless it has only letters, digits and underscores."""
    return name if name.replace("_", "").isalnum() else "'" + name.replace("'", "''") + "'"


def _model() -> str:
    names = [*(each.name for each in STAR), DATE_TABLE]
    lines = [
        "model Model",
        "\tculture: en-US",
        "\tdefaultPowerBIDataSourceVersion: powerBI_V3",
        "\tsourceQueryCulture: en-US",
        "",
        # Power BI would else add a hidden date table for each date column.
        "annotation __PBI_TimeIntelligenceEnabled = 0",
        "",
        f"annotation PBI_QueryOrder = {json.dumps(['Server', 'Database', 'Schema', *(each.name for each in STAR)])}",
        "",
        *(f"ref table {_quoted(name)}" for name in names),
    ]
    return "\n".join(lines) + "\n"


def _parameters(address: Address) -> str:
    values = {"Server": address.server, "Database": address.database, "Schema": address.schema}
    blocks = []
    for name, value in values.items():
        text = value.replace('"', '""')
        meta = 'meta [IsParameterQuery=true, Type="Text", IsParameterQueryRequired=true]'
        blocks.append(
            f'expression {name} = "{text}" {meta}\n\tlineageTag: {tag(name)}\n\n\tannotation PBI_ResultType = Text\n'
        )
    return "\n".join(blocks)


def _relationships() -> str:
    ends = [(relation.fact, relation.column, relation.dimension, relation.column) for relation in RELATIONS]
    ends.append(("dim_time", "event_date", DATE_TABLE, "Date"))
    return "\n".join(
        f"relationship {tag(*end)}\n\tfromColumn: {end[0]}.{end[1]}\n\ttoColumn: {_quoted(end[2])}.{end[3]}\n"
        for end in ends
    )


def _table(owner: Table) -> str:
    parts = [f"table {owner.name}\n\tlineageTag: {tag(owner.name)}\n"]
    parts += [_measure(measure) for measure in MEASURES if measure.fact == owner.name]
    parts += [_column(owner, column) for column in owner.columns]
    parts.append(_partition(owner))
    return "\n".join(parts)


def _measure(measure: Measure) -> str:
    return (
        f"\tmeasure {_quoted(measure.name)} = {measure.dax}\n"
        f"\t\tformatString: {measure.format}\n\t\tlineageTag: {tag(measure.fact, measure.name)}\n"
    )


def _column(owner: Table, column: Column) -> str:
    lines = [f"\tcolumn {column.name}", f"\t\tdataType: {_TYPES[column.kind]}"]
    lines += ["\t\tisHidden"] * (column.name in owner.keys)
    if column.kind in _FORMATS:
        lines.append(f"\t\tformatString: {_FORMATS[column.kind]}")
    lines += [
        f"\t\tlineageTag: {tag(owner.name, column.name)}",
        "\t\tsummarizeBy: none",
        f"\t\tsourceColumn: {column.name}",
    ]
    return "\n".join(lines) + "\n"


def _partition(owner: Table) -> str:
    """Return how Power Query reads the table: by the Redshift connector that comes with Power BI Desktop."""
    steps = (
        "let",
        "    Source = AmazonRedshift.Database(Server, Database),",
        "    Star = Source{[Name = Schema]}[Data],",
        f'    Rows = Star{{[Name = "{owner.name}"]}}[Data]',
        "in",
        "    Rows",
    )
    lines = (
        f"\tpartition {owner.name} = m",
        "\t\tmode: import",
        "\t\tsource =",
        *(f"\t\t\t\t{step}" for step in steps),
    )
    return "\n".join(lines) + "\n"


def _date_table() -> str:
    """Return the table of all days that the star covers, marked as the model's date table."""
    days = "CALENDAR ( MIN ( dim_time[event_date] ), MAX ( dim_time[event_date] ) )"
    lines = (
        f"table {_quoted(DATE_TABLE)}",
        f"\tlineageTag: {tag(DATE_TABLE)}",
        "\tdataCategory: Time",
        "",
        "\tcolumn Date",
        "\t\tisKey",
        "\t\tdataType: dateTime",
        "\t\tformatString: yyyy-mm-dd",
        f"\t\tlineageTag: {tag(DATE_TABLE, 'Date')}",
        "\t\tsummarizeBy: none",
        "\t\tisNameInferred",
        "\t\tsourceColumn: [Date]",
        "",
        f"\tpartition {_quoted(DATE_TABLE)} = calculated",
        "\t\tmode: import",
        f"\t\tsource = {days}",
    )
    return "\n".join(lines) + "\n"
