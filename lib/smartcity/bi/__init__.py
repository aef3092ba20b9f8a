"""Files for BI tools, made from the star in Redshift: a Tableau extract and workbook, a Power BI project."""

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
from smartcity.bi.place import Place

__all__ = [
    "MEASURES",
    "RELATIONS",
    "SHEETS",
    "STAR",
    "Column",
    "Measure",
    "Place",
    "Relation",
    "Sheet",
    "Table",
    "measure",
    "table",
]
