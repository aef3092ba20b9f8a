"""Files for BI tools, made from the star in Redshift: a Tableau extract and workbook, a Power BI project."""

from smartcity.bi.address import Address
from smartcity.bi.model import (
    MEASURES,
    RELATIONS,
    SHEETS,
    STAR,
    Column,
    Measure,
    Relation,
    Sheet,
    Table,
    measure,
    table,
)

__all__ = [
    "MEASURES",
    "RELATIONS",
    "SHEETS",
    "STAR",
    "Address",
    "Column",
    "Measure",
    "Relation",
    "Sheet",
    "Table",
    "measure",
    "table",
]
