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
        "`1.5` is a double in Athena and a decimal in Trino. The lab sends it as `1.5e0` and corrects the positions "
        "in error messages. Write a decimal as `DECIMAL '1.5'`.",
    ),
    (
        "A newer engine",
        "Trino 476 is newer than Athena engine version 3. It also accepts `[1, 2]` as an array, "
        "`listagg(...) FILTER`, and the functions `euclidean_distance` and `bitwise_xor_agg`. An unknown field of a "
        "row is `INVALID_COLUMN_REFERENCE` instead of `COLUMN_NOT_FOUND`.",
    ),
    (
        "Syntax errors",
        "A query with a syntax error ends as FAILED. AWS already refuses some of them in StartQueryExecution.",
    ),
    (
        "Bytes scanned",
        "The lab counts what the engine reads from S3: column chunks, row groups and partitions, and 48 kB at the end "
        "of each file for its footer. The engine reads a file below 64 kB as a whole.",
    ),
    (
        "Encryption of results",
        "The lab's S3 does SSE_S3 and SSE_KMS with keys from the lab's KMS. Files that the engine "
        "writes (CTAS, INSERT, "
        "UNLOAD) are encrypted when the query ends. CSE_KMS is refused.",
    ),
    (
        "Nesting",
        f"Parentheses nested deeper than {families.MAX_DEPTH} are refused, because the engine's parser needs memory "
        "proportional to the square of the depth.",
    ),
    (
        "UNLOAD",
        "The engine writes through a temporary table. `SHOW TABLES` may list it while the query runs.",
    ),
    ("Data catalogs", "Only type GLUE works. LAMBDA and HIVE need services that the lab doesn't have."),
    ("Spark", "There are no sessions or calculations of Athena for Spark. Use the lab's Spark directly."),
)


_BOOKS = (
    "",
    "`tests/localcloud/athena/rules.py` lists every kind of statement on every kind of table, with its outcome and a "
    "link to the reference. A test runs them all and compares the objects on S3 before and after. No statement deletes "
    "or rewrites an object of a table except DROP TABLE, DROP DATABASE CASCADE and VACUUM of Iceberg tables. DROP "
    "deletes the files listed in the table's own metadata, and leaves other files in its folder alone.",
    "",
    "INSERT, CREATE TABLE AS and UNLOAD count the rows of the query and the rows that can be read back from the files "
    "they wrote. If they differ, for example because of a line feed in a TEXTFILE, the statement fails with "
    "HIVE_WRITER_DATA_ERROR. ORC cannot store a moment in the last second before 1970. All statements that would write "
    "one, UPDATE and MERGE on Iceberg tables included, fail with the same error.",
)


def page() -> str:
    """Return the page as Markdown."""
    return "\n".join([*_head(), *_statements(), *_formats(), *_operations(), *_differences()]) + "\n"


def _head() -> Iterator[str]:
    yield "# Athena in the lab"
    yield ""
    yield "This page is generated from the code by `python -m localcloud.athena.reference > docs/athena.md`."
    yield ""
    yield "Trino runs the SQL. This page lists what the lab adds, what it refuses, and what differs from AWS."


def _statements() -> Iterator[str]:
    yield from (
        "",
        "## Statements",
        "",
        "| First words | StatementType | SubstatementType | What it does |",
        "|---|---|---|---|",
    )
    for family in families.FAMILIES:
        does = (inspect.getdoc(family.run) or "Define a table over data, or create one from a query.").splitlines()[0]
        kinds = f"{family.statement_type} | {family.substatement_type}"
        yield f"| `{' '.join(family.keywords)}` | {kinds} | {_cell(does)} |"
    yield "| `EXECUTE` | DML | EXECUTE | Run a prepared statement with values for its question marks. |"
    yield ""
    refused = ", ".join(sorted(families.REFUSED))
    yield (
        f"Athena has no other statements. These fail with NOT_SUPPORTED: any other form of {refused}; `WITH FUNCTION`; "
        "`WITH SESSION`. Any other first word is a SYNTAX_ERROR. EXPLAIN and PREPARE accept SELECT, INSERT, "
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
    yield from ("", "## API operations", "", "| Operation | What it does |", "|---|---|")
    for operation in sorted(get_service_model("athena").operation_names):
        method = getattr(AthenaResponse, camelcase_to_underscores(operation), None)
        if method is not None:
            yield f"| {operation} | {_cell((inspect.getdoc(method) or '').splitlines()[0])} |"
    yield ""
    yield "Any other operation fails with an error that names it."


def _differences() -> Iterator[str]:
    yield from ("", "## Differences from AWS", "")
    for name, text in DIFFERENCES:
        yield f"- **{name}.** {text}"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    print(page(), end="")
