"""The Power BI project: a data source file, the semantic model (TMDL) and a report of two pages (PBIR).

https://learn.microsoft.com/power-bi/developer/projects/projects-overview; the JSON follows the schemas that each file
names, published at https://github.com/microsoft/json-schemas/tree/main/fabric
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

from smartcity.bi import tmdl
from smartcity.bi.address import Address
from smartcity.bi.model import MEASURES, SHEETS, Measure, Sheet, column_of, measure

NAME: Final = "smartcity"
SCHEMAS: Final = "https://developer.microsoft.com/json-schemas/fabric"
_REPORT: Final = f"{SCHEMAS}/item/report/definition"
_VISUALS: Final = {"line": "lineChart", "bar": "clusteredBarChart"}
_PAGE: Final = (1280, 720)
_PAGES: Final = {"city": ("The city", "fact_trip_minute"), "incidents": ("Incidents", "fact_incident")}
Json = dict[str, Any]


def write(folder: Path, address: Address) -> list[Path]:
    """Write the project and the data source file; return the paths of all files."""
    texts = {f"{NAME}-postgresql.pbids": _dump(data_source(address)), f"{NAME}.pbip": _dump(_project())}
    model, report = f"{NAME}.SemanticModel", f"{NAME}.Report"
    texts |= {f"{model}/definition/{path}": text for path, text in tmdl.files(address).items()}
    settings = {"$schema": f"{SCHEMAS}/item/semanticModel/definitionProperties/1.0.0/schema.json", "version": "4.2"}
    texts |= {f"{model}/definition.pbism": _dump({**settings, "settings": {}})}
    texts |= {f"{report}/{path}": _dump(value) for path, value in report_files().items()}
    texts |= {f"{item}/.platform": _dump(_platform(item)) for item in (model, report)}
    for name, text in texts.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return [folder / name for name in texts]


def data_source(address: Address) -> Json:
    """Return the .pbids: a connection through Power BI's PostgreSQL connector, whose protocol the warehouse speaks."""
    server = {"server": address.server, "database": address.database}
    details = {"details": {"protocol": "postgresql", "address": server}, "mode": "Import"}
    return {"version": "0.1", "connections": [details]}


def report_files() -> dict[str, Json]:
    """Return the files of the report by their paths below its folder."""
    dataset = {"byPath": {"path": f"../{NAME}.SemanticModel"}}
    schema = f"{SCHEMAS}/item/report/definitionProperties/2.0.0/schema.json"
    files: dict[str, Json] = {
        "definition.pbir": {"$schema": schema, "version": "4.0", "datasetReference": dataset},
        "definition/version.json": {"$schema": f"{_REPORT}/versionMetadata/1.0.0/schema.json", "version": "2.0.0"},
        "definition/report.json": {"$schema": f"{_REPORT}/report/3.0.0/schema.json", "themeCollection": {}},
        "definition/pages/pages.json": {
            "$schema": f"{_REPORT}/pagesMetadata/1.0.0/schema.json",
            "pageOrder": list(_PAGES),
            "activePageName": next(iter(_PAGES)),
        },
    }
    for name, (title, fact) in _PAGES.items():
        folder = f"definition/pages/{name}"
        files[f"{folder}/page.json"] = _page(name, title)
        for visual in _visuals(fact):
            files[f"{folder}/visuals/{visual['name']}/visual.json"] = visual
    return files


def _page(name: str, title: str) -> Json:
    size = {"displayOption": "FitToPage", "height": _PAGE[1], "width": _PAGE[0]}
    return {"$schema": f"{_REPORT}/page/2.0.0/schema.json", "name": name, "displayName": title, **size}


def _visuals(fact: str) -> list[Json]:
    """Return the visuals of a page: a row of cards, the fact's measures, above its charts."""
    cards = [item for item in MEASURES if item.fact == fact]
    charts = [item for item in SHEETS if item.fact == fact and item.mark != "text"]
    made = [_card(item, (20 + number * 300, 20, 290, 110)) for number, item in enumerate(cards)]
    width = (_PAGE[0] - 20) // len(charts)
    return made + [_chart(item, (20 + number * width, 150, width - 20, 550)) for number, item in enumerate(charts)]


def _card(measure: Measure, where: tuple[int, int, int, int]) -> Json:
    return _visual(
        f"card_{MEASURES.index(measure) + 1}", "card", measure.name, where, {"Values": [_measure_field(measure)]}
    )


def _chart(sheet: Sheet, where: tuple[int, int, int, int]) -> Json:
    columns = [_column_field(sheet, by) for by in sheet.by]
    roles = {"Category": columns[:1], "Y": [_measure_field(measure(name)) for name in sheet.measures]}
    if columns[1:]:
        roles["Series"] = columns[1:]
    return _visual(f"chart_{SHEETS.index(sheet) + 1}", _VISUALS[sheet.mark], sheet.title, where, roles)


def _visual(name: str, kind: str, title: str, where: tuple[int, int, int, int], roles: dict[str, list[Json]]) -> Json:
    x, y, width, height = where
    states = {role: {"projections": projections} for role, projections in roles.items()}
    title_properties = {"show": _literal("true"), "text": _literal(f"'{title}'")}
    objects = {
        "title": [{"properties": title_properties}],
        "general": [{"properties": {"altText": _literal(f"'{title}'")}}],
    }
    return {
        "$schema": f"{_REPORT}/visualContainer/2.0.0/schema.json",
        "name": name,
        "position": {"x": x, "y": y, "z": 0, "width": width, "height": height, "tabOrder": x + y},
        "visual": {"visualType": kind, "query": {"queryState": states}, "visualContainerObjects": objects},
    }


def _literal(value: str) -> Json:
    return {"expr": {"Literal": {"Value": value}}}


def _measure_field(measure: Measure) -> Json:
    return _field("Measure", measure.fact, measure.name)


def _column_field(sheet: Sheet, by: str) -> Json:
    owner, column = column_of(sheet, by)
    return {**_field("Column", owner.name, column.name), "displayName": column.label, "active": True}


def _field(kind: str, owner: str, name: str) -> Json:
    source = {"Expression": {"SourceRef": {"Entity": owner}}, "Property": name}
    return {"field": {kind: source}, "queryRef": f"{owner}.{name}", "nativeQueryRef": name}


def _project() -> Json:
    schema = f"{SCHEMAS}/pbip/pbipProperties/1.0.0/schema.json"
    report = {"report": {"path": f"{NAME}.Report"}}
    return {"$schema": schema, "version": "1.0", "artifacts": [report], "settings": {"enableAutoRecovery": True}}


def _platform(item: str) -> Json:
    schema = f"{SCHEMAS}/gitIntegration/platformProperties/2.0.0/schema.json"
    metadata = {"type": item.rpartition(".")[2], "displayName": NAME}
    return {"$schema": schema, "metadata": metadata, "config": {"version": "2.0", "logicalId": tmdl.tag(item)}}


def _dump(value: Json) -> str:
    return json.dumps(value, indent=2) + "\n"
