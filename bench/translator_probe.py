"""What the translator of one tree costs: readings of a text, and microseconds a statement.

Run: `PYTHONPATH=TREE/lib python bench/translator_probe.py CASES...`, as `translator.py` does; it prints a line of JSON.
Questions about columns are answered with none, so that no engine is needed. A tree of before December 2026 asks by
exceptions, and starts over.
"""

from __future__ import annotations

import contextlib
import json
import sys
import time
from pathlib import Path
from types import FrameType
from typing import Any

from localcloud.redshift import planning
from localcloud.redshift.errors import SqlError
from localcloud.redshift.sql import Session, split_statements

EXAMPLES = {
    "SELECT 1": "SELECT 1",
    "QUALIFY": "SELECT road_id, kind, speed_kmh FROM speeds WHERE kind <> 'bus' QUALIFY row_number() OVER "
    "(PARTITION BY road_id ORDER BY speed_kmh DESC) = 1 ORDER BY speed_kmh LIMIT 10",
    "four levels": "SELECT a FROM (SELECT a FROM (SELECT a FROM (SELECT a + 1 AS a FROM t) x) y) z "
    "WHERE a IN (SELECT 1)",
}
ROUNDS = 5


class Answers:
    """Knows no columns and no rows."""

    async def columns(self, query: str) -> list[Any]:
        return []

    async def rows(self, query: str, *values: str) -> list[list[str]]:
        return []

    async def copies(self, wanted: object) -> dict[Any, str]:
        return {}


def translate_now(sql: str) -> None:
    """Translate as this tree does."""
    from localcloud.redshift.sql import Facts, split

    for statement in split(sql):
        with contextlib.suppress(StopIteration):
            planning.plan(statement, Session("u"), Facts(Answers())).send(None)


def translate_before(sql: str) -> None:
    """Translate as trees of before did, which start over with each answer."""
    for statement in split_statements(sql):
        known: dict[str, Any] = {}
        while True:
            try:
                planning.plan(statement, Session("u"), known)  # type: ignore[call-arg, arg-type, unused-coroutine]
                break
            except SqlError:
                raise
            except Exception as need:
                key = getattr(need, "query", None) if type(need).__name__ == "NeedsColumns" else None
                if (key or getattr(need, "key", "")) in known or not (key or hasattr(need, "key")):
                    raise
                known[key or need.key] = []  # type: ignore[attr-defined]


def is_before() -> bool:
    """Return whether the tree asks by exceptions."""
    return not hasattr(sys.modules["localcloud.redshift.sql"], "Facts")


def readings(sql: str) -> int:
    """Return how often a text is read into tokens (templates of rules aside) while a statement is translated."""
    translate, count = (translate_before if is_before() else translate_now), 0

    def watch(frame: FrameType, event: str, _argument: object) -> None:
        nonlocal count
        code = frame.f_code
        if event == "call" and code.co_filename.endswith("sql/lexer.py"):
            count += code.co_name in (("tokens",) if is_before() else ("lex", "split"))

    translate(sql)  # so that the templates of the rules are read before
    sys.setprofile(watch)
    try:
        translate(sql)
    finally:
        sys.setprofile(None)
    return count


def microseconds(statements: list[str]) -> float:
    """Return the least over some rounds of the mean processor time of a statement."""
    translate, times = (translate_before if is_before() else translate_now), list[float]()
    for _ in range(ROUNDS + 1):
        start = time.process_time()
        for sql in statements:
            with contextlib.suppress(SqlError, Exception):
                translate(sql)
        times.append((time.process_time() - start) / len(statements) * 1e6)
    return min(times[1:])


def main() -> None:
    """Measure the tree that is on the path."""
    cases = [json.loads(line) for name in sys.argv[1:] for line in Path(name).read_text().splitlines()]
    statements = [one for case in cases for one in split_statements(case.get("sql", ""))]
    found = {f"readings of {name}": readings(sql) for name, sql in EXAMPLES.items()}
    print(json.dumps({"statements": len(statements), "us a statement": round(microseconds(statements), 1), **found}))


if __name__ == "__main__":
    main()
