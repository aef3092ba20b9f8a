"""Tableau data sources: a fact joined with its dimensions, over Redshift or over the extract.

The vendor's schema of such documents: https://github.com/tableau/tableau-document-schemas
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from xml.etree import ElementTree as ET

from smartcity.bi.address import Address
from smartcity.bi.hyper import SCHEMA
from smartcity.bi.model import MEASURES, RELATIONS, Column, Kind, Measure, Relation, Table, table

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
    return [relation for relation in RELATIONS if relation.fact == fact]


def fields(fact: str) -> list[Field]:
    """Return the columns of a fact and its dimensions; a duplicate name gets its table's name appended."""
    listed: list[Field] = []
    taken: set[str] = set()
    for owner in (table(fact), *(table(relation.dimension) for relation in relations(fact))):
        for column in owner.columns:
            name = column.name if column.name not in taken else f"{column.name} ({owner.name})"
            taken.add(name)
            listed.append(Field(owner, column, name))
    return listed


def field(fact: str, owner: str, column: str) -> Field:
    """Return the field of a table's column in the data source of a fact."""
    return next(each for each in fields(fact) if (each.table.name, each.column.name) == (owner, column))


def calculation_name(measure: Measure) -> str:
    """Return the name of a measure's calculated field."""
    return f"Calculation_{MEASURES.index(measure) + 1:03d}"


def data_source(fact: str, address: Address | None) -> ET.Element:
    """Return the data source of a fact: over Redshift at `place`, or over the extract if there is none."""
    caption = f"{table(fact).label} ({'Redshift' if address else 'extract'})"
    source = ET.Element(
        "datasource", caption=caption, inline="true", name=source_name(fact), version=VERSION, hasconnection="true"
    )
    source.append(_connection(fact, address))
    ET.SubElement(source, "aliases", enabled="yes")
    for each in fields(fact):
        source.append(column_element(each))
    for measure in MEASURES:
        if measure.fact == fact:
            source.append(calculation_element(measure))
    return source


def column_element(field: Field) -> ET.Element:
    """Return the declaration of a field."""
    attributes = {"caption": field.column.label, "datatype": field.datatype, "name": f"[{field.name}]"}
    if field.column.name in field.table.keys:
        attributes["hidden"] = "true"
    role = ("measure", "quantitative") if field.is_measure else ("dimension", _dimension_type(field))
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


def _dimension_type(field: Field) -> str:
    return "ordinal" if field.column.kind in ("timestamp", "date", "integer") else "nominal"


def _connection(fact: str, address: Address | None) -> ET.Element:
    federated = ET.Element("connection", {"class": "federated"})
    name = f"{'redshift' if address else 'hyper'}.smartcity"
    named = ET.SubElement(ET.SubElement(federated, "named-connections"), "named-connection")
    named.attrib |= {"caption": address.host if address else "smartcity", "name": name}
    ET.SubElement(named, "connection", _address(address))
    federated.append(_joined(fact, name, address.schema if address else SCHEMA))
    columns = ET.SubElement(federated, "cols")
    for each in fields(fact):
        ET.SubElement(columns, "map", key=f"[{each.name}]", value=f"[{each.table.name}].[{each.column.name}]")
    return federated


def _address(address: Address | None) -> dict[str, str]:
    if address is None:
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
        "dbname": address.database,
        "odbc-connect-string-extras": "",
        "one-time-sql": "",
        "port": str(address.port),
        "schema": address.schema,
        "server": address.host,
        "sslmode": "require",
        "username": address.user,
    }


def _joined(fact: str, connection: str, schema: str) -> ET.Element:
    """Return the fact, left joined with each dimension in turn."""
    tree = _relation(fact, connection, schema)
    for relation in relations(fact):
        join = ET.Element("relation", join="left", type="join")
        equal = ET.SubElement(ET.SubElement(join, "clause", type="join"), "expression", op="=")
        for owner in (relation.fact, relation.dimension):
            ET.SubElement(equal, "expression", op=f"[{owner}].[{relation.column}]")
        join.extend([tree, _relation(relation.dimension, connection, schema)])
        tree = join
    return tree


def _relation(name: str, connection: str, schema: str) -> ET.Element:
    return ET.Element("relation", connection=connection, name=name, table=f"[{schema}].[{name}]", type="table")
