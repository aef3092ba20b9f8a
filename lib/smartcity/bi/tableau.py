"""The Tableau workbook: three sheets and a dashboard, over Redshift (.twb) or packaged with the extract (.twbx)."""

from __future__ import annotations

import uuid
import zipfile
from pathlib import Path
from typing import Final
from xml.etree import ElementTree as ET

from smartcity.bi.address import Address
from smartcity.bi.model import SHEETS, Measure, Sheet, column_of, measure, table
from smartcity.bi.tableau_source import (
    EXTRACT,
    VERSION,
    Field,
    calculation_element,
    calculation_name,
    column_element,
    data_source,
    field,
    source_name,
)

CHARTS: Final = tuple(sheet for sheet in SHEETS if sheet.mark != "text")
DASHBOARD: Final = "City"
_MARKS: Final = {"line": "Line", "bar": "Bar"}
_ZONES: Final = ((0, 0, 100_000, 55_000), (0, 55_000, 50_000, 45_000), (50_000, 55_000, 50_000, 45_000))
"""x, y, width and height of the three sheets, in thousandths of a percent of the dashboard."""


def write(folder: Path, address: Address, extract: Path) -> list[Path]:
    """Write a .tds a fact, the .twb over Redshift, and the .twbx with the extract in it; return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    made = []
    for fact in dict.fromkeys(sheet.fact for sheet in CHARTS):
        source = data_source(fact, address)
        source.set("formatted-name", source.attrib.pop("name"))
        made.append(_write(folder / f"{table(fact).label.lower()}.tds", source))
    made.append(_write(folder / "smartcity.twb", workbook(address)))
    packaged = folder / "smartcity.twbx"
    with zipfile.ZipFile(packaged, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("smartcity.twb", _text(workbook(None)))
        archive.write(extract, EXTRACT)
    return [*made, packaged]


def workbook(address: Address | None) -> ET.Element:
    """Return the workbook over Redshift at `place`, or over the extract if there is none."""
    attributes = {"original-version": VERSION, "source-build": "0.0.0 (0000.0.0.0)", "source-platform": "win"}
    book = ET.Element("workbook", {**attributes, "version": VERSION})
    ET.SubElement(ET.SubElement(book, "document-format-change-manifest"), "ManifestByVersion")
    sources = ET.SubElement(book, "datasources")
    sources.extend(data_source(fact, address) for fact in dict.fromkeys(sheet.fact for sheet in CHARTS))
    ET.SubElement(book, "worksheets").extend(_worksheet(sheet) for sheet in CHARTS)
    ET.SubElement(book, "dashboards").append(_dashboard())
    ET.SubElement(book, "windows").extend(_windows())
    explain = {"enabled-for-viewer": "true", "extreme-values-enabled-for-all": "true"}
    ET.SubElement(ET.SubElement(book, "explain-data", explain), "explanation-types")
    return book


def _worksheet(sheet: Sheet) -> ET.Element:
    page = ET.Element("worksheet", name=sheet.name)
    page.append(_title(sheet.title, "layout-options"))
    grid = ET.SubElement(page, "table")
    grid.append(_view(sheet))
    ET.SubElement(grid, "style")
    pane = ET.SubElement(ET.SubElement(grid, "panes"), "pane")
    ET.SubElement(ET.SubElement(pane, "view"), "breakdown", value="auto")
    ET.SubElement(pane, "mark", {"class": _MARKS[sheet.mark]})
    first, *others = [_full(sheet, _instance_name(each)) for each in _fields(sheet)]
    if others:
        ET.SubElement(ET.SubElement(pane, "encodings"), "color", column=others[0])
    figures = [_full(sheet, f"[usr:{calculation_name(each)}:qk]") for each in _measures(sheet)]
    shelf = figures[0] if len(figures) == 1 else f"({' + '.join(figures)})"
    upright = sheet.mark == "line"
    ET.SubElement(grid, "rows").text = shelf if upright else first
    ET.SubElement(grid, "cols").text = first if upright else shelf
    page.append(_id(sheet.name))
    return page


def _view(sheet: Sheet) -> ET.Element:
    view = ET.Element("view")
    ET.SubElement(ET.SubElement(view, "datasources"), "datasource", name=source_name(sheet.fact))
    uses = ET.SubElement(view, "datasource-dependencies", datasource=source_name(sheet.fact))
    uses.extend(calculation_element(each) for each in _measures(sheet))
    uses.extend(column_element(each) for each in [*_fields(sheet), *_inputs(sheet)])
    for each in _fields(sheet):
        kind = {"type": "quantitative" if each.column.kind == "timestamp" else "nominal"}
        uses.append(_instance(f"[{each.name}]", "None", _instance_name(each), kind["type"]))
    for figure in _measures(sheet):
        name = calculation_name(figure)
        uses.append(_instance(f"[{name}]", "User", f"[usr:{name}:qk]", "quantitative"))
    ET.SubElement(view, "aggregation", value="true")
    return view


def _instance(column: str, derivation: str, name: str, kind: str) -> ET.Element:
    return ET.Element("column-instance", column=column, derivation=derivation, name=name, pivot="key", type=kind)


def _instance_name(field: Field) -> str:
    return f"[none:{field.name}:{'qk' if field.column.kind == 'timestamp' else 'nk'}]"


def _full(sheet: Sheet, instance: str) -> str:
    return f"[{source_name(sheet.fact)}].{instance}"


def _fields(sheet: Sheet) -> list[Field]:
    places = [column_of(sheet, name) for name in sheet.by]
    return [field(sheet.fact, owner.name, column.name) for owner, column in places]


def _inputs(sheet: Sheet) -> list[Field]:
    """Return the columns that the sheet's calculated fields use."""
    formulas = " ".join(measure.tableau for measure in _measures(sheet))
    owner = table(sheet.fact)
    return [field(sheet.fact, owner.name, column.name) for column in owner.columns if f"[{column.name}]" in formulas]


def _measures(sheet: Sheet) -> list[Measure]:
    return [measure(name) for name in sheet.measures]


def _title(text: str, tag: str) -> ET.Element:
    holder = ET.Element(tag)
    ET.SubElement(ET.SubElement(ET.SubElement(holder, "title"), "formatted-text"), "run").text = text
    return holder


def _dashboard() -> ET.Element:
    board = ET.Element("dashboard", name=DASHBOARD)
    ET.SubElement(board, "style")
    size = {"maxheight": "800", "maxwidth": "1300", "minheight": "800", "minwidth": "1300"}
    ET.SubElement(board, "size", size)
    zones = ET.SubElement(board, "zones")
    whole = _zone(zones, 1, (0, 0, 100_000, 100_000))
    whole.set("type-v2", "layout-basic")
    for number, (sheet, where) in enumerate(zip(CHARTS, _ZONES, strict=True), start=2):
        _zone(whole, number, where).attrib |= {"name": sheet.name, "alt-text": sheet.title}
    board.append(_id(DASHBOARD))
    return board


def _zone(parent: ET.Element, number: int, where: tuple[int, int, int, int]) -> ET.Element:
    x, y, width, height = map(str, where)
    return ET.SubElement(parent, "zone", h=height, id=str(number), w=width, x=x, y=y)


def _windows() -> list[ET.Element]:
    windows = [ET.Element("window", {"class": "worksheet", "name": sheet.name}) for sheet in CHARTS]
    for window in windows:
        ET.SubElement(window, "cards")
        window.append(_id(f"window {window.get('name')}"))
    board = ET.Element("window", {"class": "dashboard", "maximized": "true", "name": DASHBOARD})
    points = ET.SubElement(board, "viewpoints")
    for sheet in CHARTS:
        ET.SubElement(points, "viewpoint", name=sheet.name)
    ET.SubElement(board, "active", id="-1")
    board.append(_id(f"window {DASHBOARD}"))
    return [*windows, board]


def _id(name: str) -> ET.Element:
    """Return the identifier of a part: the same in each run, so that files can be compared."""
    made = uuid.uuid5(uuid.NAMESPACE_URL, f"https://smartcity.example/tableau/{name}")
    return ET.Element("simple-id", uuid=f"{{{str(made).upper()}}}")


def _text(root: ET.Element) -> bytes:
    ET.indent(root, " ")
    text: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return text + b"\n"


def _write(path: Path, root: ET.Element) -> Path:
    path.write_bytes(_text(root))
    return path
