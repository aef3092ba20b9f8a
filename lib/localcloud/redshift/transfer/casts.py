"""The engine's own reading of texts as dates and times, for DATEFORMAT and TIMEFORMAT 'auto'.

The guide says of 'auto' that it recognizes what CAST does: .../redshift/latest/dg/automatic-recognition.html.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence

from localcloud.redshift.engine import Engine
from localcloud.redshift.transfer.moments import is_finite

_READ = """
SELECT CASE WHEN pg_catalog.pg_input_is_valid(t.v, '{kind}')
            THEN pg_catalog.encode(pg_catalog.{kind}_send(t.v::pg_catalog.{kind}), 'hex') END
FROM pg_catalog.json_array_elements_text($1::json) WITH ORDINALITY AS t(v, n) ORDER BY t.n
"""
_DAYS = 10_957
"""Days from 1970-01-01, from which Arrow counts, to 2000-01-01, from which the engine counts."""
_KEPT = 100_000


class EngineCasts:
    """Asks the engine, from the thread that reads files, and remembers the answers."""

    def __init__(self, engine: Engine, database: str) -> None:
        self._engine, self._database, self._loop = engine, database, asyncio.get_running_loop()
        self._known: dict[tuple[str, str], int | None] = {}

    def __call__(self, kind: str, texts: Sequence[str | None]) -> list[int | None]:
        """Return days for `date`, microseconds for `timestamp` and `timestamptz`; None for what is no such value."""
        new = [text for text in dict.fromkeys(texts) if text is not None and (kind, text) not in self._known]
        if new:
            if len(self._known) > _KEPT:
                self._known.clear()
                new = [text for text in dict.fromkeys(texts) if text is not None]
            rows = self._engine.run(_READ.format(kind=kind), json.dumps(new), database=self._database)
            answers = asyncio.run_coroutine_threadsafe(rows, self._loop).result()
            for text, (answer,) in zip(new, answers, strict=True):
                self._known[kind, text] = _number(kind, answer)
        return [None if text is None else self._known[kind, text] for text in texts]


def _number(kind: str, answer: bytes | None) -> int | None:
    if answer is None:
        return None
    value = int.from_bytes(bytes.fromhex(answer.decode()), "big", signed=True)
    if not is_finite(kind, value):
        return None
    return value + (_DAYS if kind == "date" else _DAYS * 86_400_000_000)
