"""The page `docs/redshift.md`, generated from the code: `python -m localcloud.redshift.reference`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib import resources

from localcloud.redshift.differences import DIFFERENCES
from localcloud.redshift.printed import SUBJECTS
from localcloud.redshift.sql import engine_functions, functions, listings, settings, show, types, windows
from localcloud.redshift.sql.translate import CREATE, FAMILIES, PASSED
from localcloud.redshift.transfer import statements as copy
from localcloud.redshift.transfer import unload_statement as unload

_OF_THE_GATEWAY = (
    "ALTER EXTERNAL SCHEMA",
    "COPY",
    "CREATE EXTERNAL SCHEMA",
    "CREATE EXTERNAL TABLE",
    "REFRESH",
    "UNLOAD",
)


def page() -> str:
    """Return the page in Markdown."""
    return "\n".join([*_head(), *_statements(), *_functions(), *_transfer(), *_rest()]) + "\n"


def _head() -> Iterator[str]:
    yield "# Redshift in the lab\n"
    yield "This page is generated from the code by `python -m localcloud.redshift.reference > docs/redshift.md`.\n"
    yield (
        "A gateway speaks Redshift's protocol and SQL. It translates statements "
        "for PostgreSQL, which runs them. Anything"
    )
    yield "not listed here works as in PostgreSQL. Anything that Redshift doesn't have is refused by name.\n"


def _listed(names: Iterator[str] | list[str] | set[str] | frozenset[str]) -> str:
    return ", ".join(f"`{name}`" for name in sorted(names)) + "\n"


def _statements() -> Iterator[str]:
    yield "## Statements\n"
    yield "Translated, or run by the gateway:\n"
    yield _listed({*FAMILIES, *_OF_THE_GATEWAY})
    yield "Passed on, with their queries translated:\n"
    yield _listed([name for name in PASSED if name != "("])
    yield "CREATE works for: " + _listed(CREATE)
    yield "SHOW works for: " + _listed({*listings.LISTINGS, *show.DEFINITIONS})
    yield "Parameters that only Redshift has, kept per session:\n"
    yield _listed(set(settings.DEFAULTS))


def _functions() -> Iterator[str]:
    refused = {name for name, rule in functions.RULES.items() if rule is functions.refuse}
    yield "## Functions\n"
    yield "Rewritten in the statement:\n"
    yield _listed(set(functions.RULES) - refused)
    yield "Added to or changed in the engine's catalog:\n"
    yield _listed({name.upper() for name in _made("FUNCTION")})
    yield "Redshift functions that are refused:\n"
    yield _listed(refused)
    yield "PostgreSQL functions that are refused, as on AWS:\n"
    yield _listed({name.upper() for name in engine_functions.FUNCTIONS})
    yield "With an ORDER BY in the window, these need a ROWS frame: " + _listed(windows.FRAMED)


def _made(kind: str) -> set[str]:
    folder = resources.files("localcloud.redshift.engine")
    texts = [entry.read_text() for entry in folder.iterdir() if entry.name.endswith(".sql")]
    pattern = re.compile(rf"CREATE {kind} pg_catalog\.(\w+)")
    made = {name for text in texts for name in pattern.findall(text)}
    # Spatial functions that are made from a list.
    return made | {name for text in texts for name in _LISTED.findall(text) if kind == "FUNCTION"}


_LISTED = re.compile(r"^  \('(\w+)[(']", re.MULTILINE)


def _transfer() -> Iterator[str]:
    yield "## COPY and UNLOAD\n"
    yield "COPY options (unknown ones are refused):\n"
    yield _listed(set(copy.COPY))
    yield "UNLOAD options:\n"
    yield _listed(set(unload.UNLOAD))


def _rest() -> Iterator[str]:
    yield "## Types\n"
    yield "Refused: " + _listed(types.REFUSED | types.UNKNOWN)
    yield "## Catalog\n"
    yield _listed({name for name in _made("VIEW") if name.startswith(("sv", "st", "sys", "pg"))})
    yield "## Differences from AWS\n"
    for name, text in DIFFERENCES:
        yield f"- **{name}.** {text}"
    yield from _printed()


def _printed() -> Iterator[str]:
    yield "\n## Printed examples\n"
    yield "The Developer Guide's examples on these subjects run as printed, and give the results that it prints,"
    yield "where the data can be had. `tests/localcloud/redshift/printed.jsonl` has those that the tests run. These"
    yield "don't run, or come out differently:\n"
    yield "| Subject | Pages | Example | In the lab | Reason |"
    yield "| --- | --- | --- | --- | --- |"
    for subject, differences in SUBJECTS.items():
        for row in differences:
            cells = (subject, row.pages, row.example, row.difference, row.reason)
            yield "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


if __name__ == "__main__":
    print(page(), end="")
