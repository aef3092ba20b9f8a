"""The page `docs/athena.md`, made from the code: `python -m localcloud.athena.reference`."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

from moto.core.utils import camelcase_to_underscores, get_service_model

from localcloud.athena import reference_serdes
from localcloud.athena.api import AthenaResponse
from localcloud.athena.statements import families, properties, storage, targets

DIFFERENCES = (
    (
        "Decimal literals",
        "`1.5` is a double in Athena and a decimal in the engine: it is sent as `1.5e0`, and positions in errors "
        "are put back. A decimal is written `DECIMAL '1.5'`.",
    ),
    (
        "A newer engine",
        "Trino 476 is newer than Athena engine version 3. It takes some things more: `[1, 2]` as an array, "
        "`listagg(...) FILTER`, the functions `euclidean_distance` and `bitwise_xor_agg`; an unknown field of a row "
        "is `INVALID_COLUMN_REFERENCE` in place of `COLUMN_NOT_FOUND`.",
    ),
    (
        "Syntax errors",
        "A query with a syntax error is FAILED. AWS refuses some of them in StartQueryExecution already.",
    ),
    (
        "Bytes scanned",
        "What the engine read from S3: column chunks, row groups and partitions, and 48 kB at the end of each file for "
        "its footer. A file below 64 kB is read whole.",
    ),
    (
        "Encryption of results",
        "SSE_S3 and SSE_KMS are done by the lab's S3 with keys of the lab's KMS; what the engine has written (CTAS, "
        "INSERT, UNLOAD) is encrypted when the query ends. CSE_KMS is refused.",
    ),
    (
        "Nesting",
        f"Parentheses deeper than {families.MAX_DEPTH} are refused: the engine's parser needs memory by their square.",
    ),
    (
        "UNLOAD",
        "The engine writes through a table that lives as long as the query; `SHOW TABLES` may see it meanwhile.",
    ),
    ("Data catalogs", "Type GLUE only: LAMBDA and HIVE need services that the lab does not have."),
    ("Spark", "Sessions and calculations of Athena for Spark are not there; the lab has Spark itself."),
)


_BOOKS = (
    "",
    "`tests/localcloud/athena/rules.py` lists every kind of statement on every kind of table, with its outcome and the "
    "page of the reference. A test runs them all and compares the objects on S3 before and after. No statement deletes "
    "or rewrites an object of a table except DROP TABLE, DROP DATABASE CASCADE and VACUUM of Iceberg tables. DROP "
    "deletes the files that the table's own metadata names, and leaves other files in its folder alone.",
    "",
    "INSERT, CREATE TABLE AS and UNLOAD count the rows of the query and the rows that can be read back from the files "
    "they wrote. A difference, for example because of a line feed in a TEXTFILE, is a HIVE_WRITER_DATA_ERROR.",
)


def page() -> str:
    """Return the page as Markdown."""
    return "\n".join([*_head(), *_statements(), *_formats(), *_operations(), *_differences()]) + "\n"


def _head() -> Iterator[str]:
    yield "# Athena in the lab"
    yield ""
    yield "Made from the code by `python -m localcloud.athena.reference > docs/athena.md`."
    yield ""
    yield "The SQL is answered by a real Trino. What is listed here is what the lab adds, refuses, or does otherwise."


def _statements() -> Iterator[str]:
    yield from (
        "",
        "## Statements",
        "",
        "| First words | StatementType | SubstatementType | What it does |",
        "|---|---|---|---|",
    )
    for family in families.FAMILIES:
        does = (inspect.getdoc(family.run) or "Describe data as a table, or make one from a query.").splitlines()[0]
        yield f"| `{' '.join(family.words)}` | {family.statement_type} | {family.substatement_type} | {_cell(does)} |"
    yield "| `EXECUTE` | DML | EXECUTE | Run a prepared statement with values for its question marks. |"
    yield ""
    refused = ", ".join(sorted(families.REFUSED))
    yield (
        f"Athena has no other statements. NOT_SUPPORTED are {refused} in any other form, `WITH FUNCTION` and "
        "`WITH SESSION`; any other first word is a SYNTAX_ERROR. EXPLAIN and PREPARE take SELECT, INSERT, "
        "CREATE TABLE AS and UNLOAD."
    )
    yield from _targets()


def _targets() -> Iterator[str]:
    yield from (
        "",
        "### Which tables a statement can change",
        "",
        "| Statement | External table | Iceberg table | View |",
    )
    yield "|---|---|---|---|"
    kinds: tuple[targets.Kind, ...] = ("hive", "iceberg", "view")
    for statement, refusals in targets.REFUSALS.items():
        yield f"| {statement} | {' | '.join(refusals.get(kind, 'yes') for kind in kinds)} |"
    yield from _BOOKS


def _formats() -> Iterator[str]:
    yield from ("", "## Formats", "")
    yield f"- CREATE EXTERNAL TABLE ... STORED AS: {', '.join(storage.FORMATS)}, or one of the SerDes below"
    yield f"- CTAS, INSERT and UNLOAD write: {', '.join(properties.FORMATS)}"
    yield f"- `write_compression`: {', '.join(properties.CODECS)}"
    yield from reference_serdes.section()


def _operations() -> Iterator[str]:
    yield from ("", "## Operations of the API", "", "| Operation | What it does |", "|---|---|")
    for operation in sorted(get_service_model("athena").operation_names):
        method = getattr(AthenaResponse, camelcase_to_underscores(operation), None)
        if method is not None:
            yield f"| {operation} | {_cell((inspect.getdoc(method) or '').splitlines()[0])} |"
    yield ""
    yield "Any other operation is answered with an error that names it."


def _differences() -> Iterator[str]:
    yield from ("", "## What is other than on AWS", "")
    for name, text in DIFFERENCES:
        yield f"- **{name}.** {text}"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    print(page(), end="")
