"""The recorded cases, and how an answer is compared with one."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

Case = dict[str, Any]
CASES: list[Case] = [json.loads(line) for line in Path(__file__).with_name("cases.jsonl").read_text().splitlines()]

# The engine is some releases newer than the one that recorded the cases (Trino 422); what it can do more, or says
# otherwise, is listed here and in docs/athena.md.
NEWER = {
    "array-052": "euclidean_distance exists",
    "row-010": "the error is INVALID_COLUMN_REFERENCE",
    "aggregate-009": "listagg takes FILTER",
    "aggregate-062": "bitwise_xor_agg exists",
    "error-054": "an array can be written [1, 2]",
}


def readings(case: Case) -> list[Case]:
    """Return the answers that count as right: Athena reads decimal literals as doubles, where the case says so."""
    return [case.get("double_literals", case)]


def problem(case: Case, state: str, reason: str, rows: list[Any], types: list[str]) -> str:
    """Return what is wrong with an answer; nothing where it is right."""
    found = [_problem(case, reading, state, reason, rows, types) for reading in readings(case)]
    return "" if "" in found else found[0]


def _problem(case: Case, wanted: Case, state: str, reason: str, rows: list[Any], types: list[str]) -> str:
    if wanted.get("error"):
        right = state == "FAILED" and reason.startswith(f"{wanted['error']['name']}: ")
        return "" if right else f"wanted {wanted['error']['name']}, got {state} {reason[:200]} {rows}"
    if state != "SUCCEEDED":
        return f"wanted {wanted['rows']}, got {state} {reason[:300]}"
    if types != [base_type(column["type"]) for column in wanted["columns"]]:
        return f"wanted types {wanted['columns']}, got {types}"
    return "" if _same(case, rows, wanted["rows"]) else f"wanted {wanted['rows']}, got {rows}"


def base_type(name: str) -> str:
    """Return the name of a type as ColumnInfo has it."""
    if name.startswith(("row(", "map(", "array(")):
        return name.partition("(")[0]
    plain = re.sub(r"\([\d, ]+\)", "", name).lower()
    return {"real": "float"}.get(plain, plain)


def _same(case: Case, rows: list[Any], wanted: list[Any]) -> bool:
    if not case["ordered"]:
        rows, wanted = sorted(rows, key=repr), sorted(wanted, key=repr)
    if len(rows) != len(wanted) or any(len(a) != len(b) for a, b in zip(rows, wanted, strict=True)):
        return False
    return all(
        _equal(case, a, b) for got, want in zip(rows, wanted, strict=True) for a, b in zip(got, want, strict=True)
    )


def _equal(case: Case, got: str | None, want: str | None) -> bool:
    if got == want or got is None or want is None:
        return got == want
    if "map_order_free" in case.get("flags", []):
        return sorted(re.split(r"[{},]\s*", got)) == sorted(re.split(r"[{},]\s*", want))
    return bool(case.get("approx")) and abs(float(got) - float(want)) <= case["tolerance"] * max(1, abs(float(want)))
