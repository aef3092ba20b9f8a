"""The text of values and the description of columns."""

from __future__ import annotations

from typing import Any

import pytest

from localcloud.athena.values import column_info, text_of


def kind(raw: str, *arguments: dict[str, Any]) -> dict[str, Any]:
    return {"rawType": raw, "arguments": list(arguments)}


def long(value: int) -> dict[str, Any]:
    return {"kind": "LONG", "value": str(value)}


def inner(signature: dict[str, Any]) -> dict[str, Any]:
    return {"kind": "TYPE", "value": signature}


def named(name: str | None, signature: dict[str, Any]) -> dict[str, Any]:
    field = {"typeSignature": signature} | ({"fieldName": {"name": name}} if name else {})
    return {"kind": "NAMED_TYPE", "value": field}


INTEGER, VARCHAR, BOOLEAN = kind("integer"), kind("varchar"), kind("boolean")


@pytest.mark.parametrize(
    ("signature", "value", "text"),
    [
        (BOOLEAN, True, "true"),
        (kind("varbinary"), "AP8=", "00 ff"),
        (kind("timestamp", long(0)), "2026-01-02 03:04:05", "2026-01-02 03:04:05.000"),
        (
            kind("timestamp with time zone", long(1)),
            "2026-01-02 03:04:05.1 Asia/Tokyo",
            "2026-01-02 03:04:05.100 Asia/Tokyo",
        ),
        (kind("timestamp", long(0)), "-0044-03-15 12:00:00", "-0044-03-15 12:00:00.000"),
        (kind("array", inner(INTEGER)), ["1", None], "[1, null]"),
        (kind("map", inner(VARCHAR), inner(BOOLEAN)), {"a": False, "b": None}, "{a=false, b=null}"),
        (kind("row", named("x", INTEGER), named(None, VARCHAR)), ["1", "y"], "{x=1, field1=y}"),
        (kind("array", inner(kind("row", named("x", kind("varbinary"))))), [["QQ=="]], "[{x=41}]"),
    ],
)
def test_text_forms(signature: dict[str, Any], value: Any, text: str) -> None:
    """Values of every kind of type have Athena's text."""
    convert = text_of(signature)
    assert convert is not None
    assert convert(value) == text


@pytest.mark.parametrize("raw", ["varchar", "bigint", "double", "decimal", "date", "json", "uuid"])
def test_other_types_are_their_own_text(raw: str) -> None:
    """The engine's text is passed on untouched where Athena shows the same."""
    assert text_of(kind(raw)) is None


@pytest.mark.parametrize(
    ("signature", "name", "precision", "scale"),
    [
        (kind("decimal", long(10), long(2)), "decimal", 10, 2),
        (kind("varchar", long(5)), "varchar", 5, 0),
        (kind("varchar", long(2147483647)), "varchar", 2147483647, 0),
        (kind("real"), "float", 17, 0),
        (kind("timestamp", long(0)), "timestamp", 3, 0),
        (kind("timestamp with time zone", long(6)), "timestamp with time zone", 6, 0),
        (kind("row", named("x", INTEGER)), "row", 0, 0),
        (kind("Geometry"), "geometry", 0, 0),
    ],
)
def test_column_info(signature: dict[str, Any], name: str, precision: int, scale: int) -> None:
    """Type name, precision and scale are those that Athena's clients expect."""
    info = column_info({"name": "c", "typeSignature": signature})
    assert (info["Type"], info["Precision"], info["Scale"]) == (name, precision, scale)
