"""Custom classifiers: pages custom-classifier, add-classifier and aws-glue-api-crawler-classifiers."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from localcloud.glue.classifier_definition import check
from localcloud.glue.crawler.crawled import CrawledTable
from localcloud.glue.names import InvalidInput
from localcloud.glue.table_input import table_input

Survey = Callable[..., dict[str, Any]]

AUTHORS = """<?xml version="1.0"?>
<catalog>
   <book id="bk101">
     <AnyCompany>
       <author>Rivera, Martha</author>
       <title>AnyCompany Developer Guide</title>
     </AnyCompany>
   </book>
   <book id="bk102">
     <AnyCompany>
       <author>Stiles, John</author>
       <title>Style Guide for AnyCompany</title>
     </AnyCompany>
   </book>
</catalog>
"""
AREAS = json.dumps(
    {
        "type": "constituency",
        "identifiers": [{"scheme": "dmoz", "identifier": "x/"}, {"scheme": "fips", "identifier": "US02"}],
        "other_names": [{"lang": "en", "name": "Alaska"}],
        "id": "ocd-division/country:us/state:ak",
        "bounds": {"west": [1, 2.5], "east": [3]},
    }
)
LOG = "2017-03-30T17:26:15 [a-b-c-d-e] INFO : started\n2017-03-30T17:26:16 [a-b-c-d-e] WARN : slow\n"
GROK = {
    "Name": "g",
    "Classification": "special-logs",
    "GrokPattern": r"%{TIMESTAMP_ISO8601:timestamp} \[%{PREFIX:Prefix}\] %{WORD:level} : %{GREEDYDATA:message}",
    "CustomPatterns": "PREFIX .*-.*-.*-.*-.*",
}


def one(survey: Survey, body: str, *classifiers: dict[str, Any]) -> CrawledTable:
    """Return the table of one file that these classifiers are asked about."""
    (table,) = survey({"t/f": body}, classifiers=list(classifiers)).values()
    return table


def test_grok(survey: Survey) -> None:
    """The fields are the columns, and the table gets the GrokSerDe with the pattern and the custom patterns."""
    table = one(survey, LOG, {"GrokClassifier": GROK})
    assert table.classification == "special-logs"
    assert table.columns == [(name, "string") for name in ("timestamp", "prefix", "level", "message")]
    storage = table_input("t", table, "c", True)["StorageDescriptor"]
    assert storage["SerdeInfo"] == {
        "SerializationLibrary": "com.amazonaws.glue.serde.GrokSerDe",
        "Parameters": {"input.format": GROK["GrokPattern"], "input.grokCustomPatterns": GROK["CustomPatterns"]},
    }
    assert storage["InputFormat"] == "org.apache.hadoop.mapred.TextInputFormat"
    assert storage["Parameters"]["grokPattern"] == GROK["GrokPattern"]


def test_types_of_grok_fields(survey: Survey) -> None:
    """A field's data type is the column's: "%{NUMBER:num:int}"."""
    pattern = "%{NUMBER:num:int} %{NUMBER:ratio:double} %{WORD:ok:boolean}"
    table = one(survey, "1 2.5 true\n", {"GrokClassifier": {**GROK, "GrokPattern": pattern}})
    assert dict(table.columns) == {"num": "int", "ratio": "double", "ok": "boolean"}


@pytest.mark.parametrize(("tag", "columns"), [("AnyCompany", ["author", "title"]), ("book", ["_id", "anycompany"])])
def test_xml_row_tag(survey: Survey, tag: str, columns: list[str]) -> None:
    """The page's example: the row tag AnyCompany makes a table of author and title, with two rows."""
    table = one(survey, AUTHORS, {"XMLClassifier": {"Name": "x", "Classification": "xml", "RowTag": tag}})
    assert ([name for name, _ in table.columns], table.parts[0].records) == (columns, 2)
    assert (table.parameters["rowTag"], table.classification) == (tag, "xml")
    assert "SerializationLibrary" not in table_input("t", table, "c", True)["StorageDescriptor"]["SerdeInfo"]


@pytest.mark.parametrize(
    ("body", "rows"),
    [
        ('<r><row a="1" b="2"></row></r>', 1),
        ('<r><row a="1" b="2"> </row></r>', 1),
        ('<r><row a="1" b="2"/></r>', 0),
        ('<r><row a="1"/><row a="2"></row></r>', 1),
    ],
)
def test_self_closing_rows_are_not_parsed(survey: Survey, body: str, rows: int) -> None:
    """A self-closing row element is skipped; an empty one with a closing tag is a row."""
    table = one(survey, body, {"XMLClassifier": {"Name": "x", "Classification": "mine", "RowTag": "row"}})
    assert (table.parts[0].records if table.classification == "mine" else 0) == rows


@pytest.mark.parametrize(
    ("path", "columns", "records"),
    [
        ("$", {"type": "string", "identifiers": "array<struct<scheme:string,identifier:string>>",
               "other_names": "array<struct<lang:string,name:string>>", "id": "string",
               "bounds": "struct<west:array<double>,east:array<int>>"}, 2),
        ("$.id", {"record": "string"}, 2),
        ("$.identifiers[*].identifier", {"record": "string"}, 4),
        ("$['other_names'][0]", {"lang": "string", "name": "string"}, 2),
        ("$.identifiers[*]", {"scheme": "string", "identifier": "string"}, 4),
        ("$.bounds.*", {"array": "array<double>"}, 4),
        ("$.bounds.west[1]", {"record": "double"}, 2),
        ('$["bounds"]', {"west": "array<double>", "east": "array<int>"}, 2),
    ],
)  # fmt: skip
def test_json_paths(survey: Survey, path: str, columns: dict[str, str], records: int) -> None:
    """The page's examples and operators: $, *, .name, ['name'], [number]."""
    table = one(survey, f"{AREAS}\n{AREAS}\n", {"JsonClassifier": {"Name": "j", "JsonPath": path}})
    assert (dict(table.columns), table.parts[0].records) == (columns, records)
    assert table.parameters == {"jsonPath": path}


def test_records_of_an_array(survey: Survey) -> None:
    """ "$[*]" makes each element of an array a record; without it, the file is one array."""
    body = '[{"type": "c", "id": "1"}, {"type": "c", "id": "2"}]'
    table = one(survey, body, {"JsonClassifier": {"Name": "j", "JsonPath": "$[*]"}})
    assert (dict(table.columns), table.parts[0].records) == ({"type": "string", "id": "string"}, 2)
    assert dict(one(survey, body).columns) == {"array": "array<struct<type:string,id:string>>"}


def test_a_path_that_selects_nothing_is_passed_over(survey: Survey) -> None:
    """ "$[*]" is for arrays: a file of objects is left to the built-in classifier."""
    table = one(survey, '{"a": 1}\n', {"JsonClassifier": {"Name": "j", "JsonPath": "$[*]"}})
    assert (dict(table.columns), table.parameters) == ({"a": "int"}, {})


CSV = "x,y\na,1\nb,2\n"


@pytest.mark.parametrize(
    ("rules", "body", "columns", "serde"),
    [
        ({"ContainsHeader": "PRESENT", "QuoteSymbol": '"'}, 'x,y\n"a,b",1\n', ["x string", "y string"], "OpenCSVSerde"),
        ({"Serde": "LazySimpleSerDe", "QuoteSymbol": '"'}, 'x,y\n"a",1\n', ["x string", "y bigint"], ""),
        ({"Serde": "OpenCSVSerDe", "CustomDatatypeConfigured": True, "CustomDatatypes": ["STRING", "INT"]}, CSV,
         ["x string", "y int"], "OpenCSVSerde"),
        ({"CustomDatatypeConfigured": True, "CustomDatatypes": ["binary", "DECIMAL"]}, CSV,
         ["x binary", "y decimal(38,18)"], ""),
        ({"Header": ["x", "Y"], "ContainsHeader": "UNKNOWN"}, "x,y\na,b\n", ["x string", "y string"], ""),
        ({"Header": ["p", "q"], "ContainsHeader": "ABSENT"}, "1,2\n", ["p bigint", "q bigint"], ""),
        ({"DisableValueTrimming": False}, "1, 2\n3, 4\n", ["col0 bigint", "col1 bigint"], ""),
        ({"Delimiter": "^"}, "1^2\n", ["col0 bigint", "col1 bigint"], ""),
        ({"AllowSingleColumn": True, "ContainsHeader": "PRESENT"}, "n\n1\n", ["n bigint"], ""),
    ],
)  # fmt: skip
def test_csv_rules(survey: Survey, rules: dict[str, Any], body: str, columns: list[str], serde: str) -> None:
    """Each value of a CSV classifier does what the page says of it."""
    table = one(survey, body, {"CsvClassifier": {"Name": "c", **rules}})
    assert [f"{name} {kind}" for name, kind in table.columns] == columns
    assert table.serde.get("library", "").rpartition(".")[2] == serde


@pytest.mark.parametrize(
    ("rules", "body"),
    [({"Delimiter": "^"}, CSV), ({"Header": ["p", "q", "r"]}, CSV), ({"AllowSingleColumn": False}, "n\n1\n")],
)
def test_a_csv_classifier_that_does_not_fit_is_passed_over(survey: Survey, rules: dict[str, Any], body: str) -> None:
    """Where the delimiter, the number of names or the single column does not fit, the built-in classifier decides."""
    table = one(survey, body, {"CsvClassifier": {"Name": "c", **rules}})
    assert [name for name, _ in table.columns] == ([] if body.startswith("n") else ["x", "y"])


SOME = {"GrokClassifier": {**GROK, "Classification": "some", "GrokPattern": "^%{INT:n} %{WORD:w}$"}}
FEW = {"GrokClassifier": {**GROK, "Classification": "few", "GrokPattern": "^%{INT:n} b$"}}
ALL = {"GrokClassifier": {**GROK, "Classification": "all", "GrokPattern": "%{GREEDYDATA:line}"}}


@pytest.mark.parametrize(
    ("classifiers", "body", "classification"),
    [
        ([SOME, ALL], "1 a\n2 b\n", "some"),
        ([ALL, SOME], "1 a\n2 b\n", "all"),
        ([SOME, ALL], "1 a\n2 b\nthree c\n", "all"),
        ([FEW, SOME], "1 a\n2 b\nthree c d\n", "some"),
        ([SOME], '{"a": 1}\n', "json"),
        ([SOME], "1 a,x\n2 b,y\n3 c,4\n", "csv"),
    ],
)
def test_the_order_and_the_certainty(survey: Survey, classifiers: list[Any], body: str, classification: str) -> None:
    """The first certain custom classifier decides, then the built-in ones, then the surest custom one (add-classifier)."""
    assert one(survey, body, *classifiers).classification == classification


@pytest.mark.parametrize(
    ("kind", "members"),
    [
        ("GrokClassifier", {**GROK, "GrokPattern": "%{NOPE:x}"}),
        ("GrokClassifier", {**GROK, "GrokPattern": "%{INT:x:money}"}),
        ("GrokClassifier", {**GROK, "GrokPattern": "no field"}),
        ("GrokClassifier", {**GROK, "Classification": ""}),
        ("XMLClassifier", {"Name": "x", "Classification": "xml", "RowTag": "<row>"}),
        ("XMLClassifier", {"Name": "x", "Classification": "xml", "RowTag": "1row"}),
        ("JsonClassifier", {"Name": "j", "JsonPath": "items"}),
        ("JsonClassifier", {"Name": "j", "JsonPath": "$..items"}),
        ("JsonClassifier", {"Name": "j", "JsonPath": "$.items[?(@.a)]"}),
        ("JsonClassifier", {"Name": "j", "JsonPath": "$['a','b']"}),
        ("CsvClassifier", {"Name": "c", "Delimiter": ",", "QuoteSymbol": ","}),
        ("CsvClassifier", {"Name": "c", "CustomDatatypes": ["MONEY"]}),
    ],
)
def test_classifiers_that_no_crawl_could_apply(kind: str, members: dict[str, Any]) -> None:
    """What the pages do not allow is refused when the classifier is made."""
    with pytest.raises(InvalidInput):
        check(kind, members)
