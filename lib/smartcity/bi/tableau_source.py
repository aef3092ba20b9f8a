"""Tableau data sources: a fact joined with its dimensions, over Redshift or over the extract.

The vendor's schema of such documents: https://github.com/tableau/tableau-document-schemas
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from xml.etree import ElementTree as ET

from smartcity.bi.hyper import SCHEMA
from smartcity.bi.model import MEASURES, RELATIONS, Column, Kind, Measure, Relation, Table, table
from smartcity.bi.place import Place

VERSION: Final = "26.1"
EXTRACT: Final = "Data/Extracts/smartcity.hyper"
"""Where the extract is in a packaged workbook."""

_DATATYPES: Final[dict[Kind, str]] = {
    "text": "string",
    "integer": "integer",
    "real": "real",
    "timestamp": "datetime",
    "date": "date",
    "boolean": "boolean",
}


@dataclass(frozen=True)
class Field:
    """A column under Tableau's name for it, with its table."""

    table: Table
    column: Column
    name: str

    @property
    def datatype(self) -> str:
        """Return Tableau's word for the column's kind."""
        return _DATATYPES[self.column.kind]

    @property
    def is_measure(self) -> bool:
        """Return whether Tableau sums the column instead of grouping by it."""
        return self.table.name.startswith("fact_") and self.column.kind in ("integer", "real")


def source_name(fact: str) -> str:
    """Return the name by which a workbook refers to the data source of a fact."""
    return f"federated.{fact}"


def relations(fact: str) -> list[Relation]:
    """Return the relations of a fact."""
    return [one for one in RELATIONS if one.fact == fact]


def fields(fact: str) -> list[Field]:
    """Return the columns of a fact and its dimensions; a duplicate name gets its table's name appended."""
    found: list[Field] = []
    taken: set[str] = set()
    for owner in (table(fact), *(table(one.dimension) for one in relations(fact))):
        for column in owner.columns:
            name = column.name if column.name not in taken else f"{column.name} ({owner.name})"
            taken.add(name)
            found.append(Field(owner, column, name))
    return found


def field(fact: str, owner: str, column: str) -> Field:
    """Return the field of a table's column in the data source of a fact."""
    return next(one for one in fields(fact) if (one.table.name, one.column.name) == (owner, column))


def calculation_name(measure: Measure) -> str:
    """Return the name of a measure's calculated field."""
    return f"Calculation_{MEASURES.index(measure) + 1:03d}"


def data_source(fact: str, place: Place | None) -> ET.Element:
    """Return the data source of a fact: over Redshift at `place`, or over the extract if there is none."""
    caption = f"{table(fact).label} ({'Redshift' if place else 'extract'})"
    source = ET.Element(
        "datasource", caption=caption, inline="true", name=source_name(fact), version=VERSION, hasconnection="true"
    )
    source.append(_connection(fact, place))
    ET.SubElement(source, "aliases", enabled="yes")
    for one in fields(fact):
        source.append(column_element(one))
    for measure in MEASURES:
        if measure.fact == fact:
            source.append(calculation_element(measure))
    return source


def column_element(one: Field) -> ET.Element:
    """Return the declaration of a field."""
    attributes = {"caption": one.column.label, "datatype": one.datatype, "name": f"[{one.name}]"}
    if one.column.name in one.table.keys:
        attributes["hidden"] = "true"
    role = ("measure", "quantitative") if one.is_measure else ("dimension", _dimension_type(one))
    return ET.Element("column", {**attributes, "role": role[0], "type": role[1]})


def calculation_element(measure: Measure) -> ET.Element:
    """Return the declaration of a measure's calculated field."""
    column = ET.Element(
        "column",
        {
            "caption": measure.name,
            "datatype": "integer" if measure.whole else "real",
            "default-format": "p0.0%"
            if measure.format.endswith("%")
            else "n#,##0" + (";-#,##0" if measure.whole else ".0"),
            "name": f"[{calculation_name(measure)}]",
            "role": "measure",
            "type": "quantitative",
        },
    )
    ET.SubElement(column, "calculation", {"class": "tableau", "formula": measure.tableau})
    return column


def _dimension_type(one: Field) -> str:
    return "ordinal" if one.column.kind in ("timestamp", "date", "integer") else "nominal"


def _connection(fact: str, place: Place | None) -> ET.Element:
    federated = ET.Element("connection", {"class": "federated"})
    name = f"{'redshift' if place else 'hyper'}.smartcity"
    named = ET.SubElement(ET.SubElement(federated, "named-connections"), "named-connection")
    named.attrib |= {"caption": place.host if place else "smartcity", "name": name}
    ET.SubElement(named, "connection", _address(place))
    federated.append(_joined(fact, name, place.schema if place else SCHEMA))
    columns = ET.SubElement(federated, "cols")
    for one in fields(fact):
        ET.SubElement(columns, "map", key=f"[{one.name}]", value=f"[{one.table.name}].[{one.column.name}]")
    return federated


def _address(place: Place | None) -> dict[str, str]:
    if place is None:
        return {
            "authentication": "auth-none",
            "class": "hyper",
            "dbname": EXTRACT,
            "default-settings": "yes",
            "schema": SCHEMA,
            "sslmode": "",
            "username": "tableau_internal_user",
        }
    return {
        "class": "redshift",
        "dbname": place.database,
        "odbc-connect-string-extras": "",
        "one-time-sql": "",
        "port": str(place.port),
        "schema": place.schema,
        "server": place.host,
        "sslmode": "require",
        "username": place.user,
    }


def _joined(fact: str, connection: str, schema: str) -> ET.Element:
    """Return the fact, left joined with each dimension in turn."""
    tree = _relation(fact, connection, schema)
    for one in relations(fact):
        join = ET.Element("relation", join="left", type="join")
        equal = ET.SubElement(ET.SubElement(join, "clause", type="join"), "expression", op="=")
        for owner in (one.fact, one.dimension):
            ET.SubElement(equal, "expression", op=f"[{owner}].[{one.column}]")
        join.extend([tree, _relation(one.dimension, connection, schema)])
        tree = join
    return tree


def _relation(name: str, connection: str, schema: str) -> ET.Element:
    return ET.Element("relation", connection=connection, name=name, table=f"[{schema}].[{name}]", type="table")
