"""The page `docs/redshift.md`, made from the code: `python -m localcloud.redshift.reference`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib import resources

from localcloud.redshift.sql import absent, calls, settings, show, statements, types, windows
from localcloud.redshift.sql.translate import FAMILIES
from localcloud.redshift.transfer import statements as copy
from localcloud.redshift.transfer import unload_statement as unload

DIFFERENCES = (
    (
        "Division of decimals",
        "is cut to the scale that Redshift's page on computations gives. Where the precision of an operand is not "
        "known, it has the engine's digits (16 or more): in bodies of routines, in MERGE, in a table defined by "
        "itself, with EXTRACT, a subquery or a parameter as operand. Cast the result where the digits matter.",
    ),
    (
        "Decimals in binary",
        "Version 2 of the drivers' protocol sends a decimal as a number of the scale of its column. Where nothing "
        "tells that scale (those above, LN, TO_NUMBER) the column is described as DECIMAL(38,20), "
        "and a value that does not fit is an error that says to CAST. Version 3 (columns' case) is answered with 2.",
    ),
    (
        "Intervals",
        "A date with an interval is a timestamp. COPY does not load columns of intervals. A number alone as text is "
        "read by its fields in a literal (`INTERVAL '23' MONTH`), and not in a cast.",
    ),
    (
        "COPY",
        "refuses columns of intervals, LZOP, shapefiles, and sources other than S3. Text cannot hold the character "
        "NUL: a record with one is rejected, unless NULL AS declares it. So is a record with a carriage return that "
        "does not end its line. The guide lists the codes of load errors, but not every reason: those of overflows "
        "are the lab's words. A position is the byte of the line at which the field starts.",
    ),
    (
        "Approximate functions",
        "`APPROXIMATE COUNT(DISTINCT)`, `HLL` and `APPROXIMATE PERCENTILE_DISC` give the exact number; sketches are "
        "refused.",
    ),
    ("Floating numbers", "come with all their digits, as with `extra_float_digits` 2; Redshift shows 15 at first."),
    ("Arguments of functions", "keep no length, precision or scale; the value is as the caller gave it."),
    (
        "Procedures",
        "run statement by statement in the gateway, each statement translated as a client's. One with SECURITY DEFINER "
        "runs in the engine, which alone can take its owner's rights: EXCEPTION, COMMIT and ROLLBACK are refused, "
        "TRUNCATE does not commit, dynamic SQL is the engine's own, and it cannot call procedures without SECURITY "
        "DEFINER. After an error whose handler ran within the caller's transaction block, the block is a failed one, "
        "which ROLLBACK ends.",
    ),
    (
        "Late-binding views",
        "are read with the rights of the reader on the tables, too, and not only those of the view's owner. Catalogs "
        "show the columns that the view had when it was created.",
    ),
    ("Counts of rows", "in `svv_table_info` and `stv_tbl_perm` are of visible rows, without deleted ones."),
    ("Names", "have at most 63 bytes, on AWS 127; a longer one is refused."),
    (
        "SHOW of another database",
        "is asked of that database as the user who logged in, and sees what is committed. The views `svv_all_*` and "
        "`svv_redshift_*` list the database at hand.",
    ),
    (
        "SHOW",
        "knows no times of changes and no Data Catalog (`awsdatacatalog`); functions are those that "
        "users made; grants are those on tables and columns.",
    ),
    (
        "GRANT ALL",
        "on a table is shown with ALTER, DROP and RULE, as on AWS; the engine lets only the owner alter or drop it.",
    ),
    ("SET SESSION AUTHORIZATION", "is the admin's, and changes `current_user`; `session_user` stays who logged in."),
    (
        "Columns without AS",
        "have the labels that the Developer Guide's examples show, but for AT TIME ZONE, which is `timezone` here.",
    ),
    (
        "CREATE TABLE AS",
        "with an expression of text gives a column of VARCHAR(65535); a literal alone has its own length. Cast it "
        "where the type matters.",
    ),
    (
        "Mixed decimals",
        "CASE, COALESCE, DECODE, GREATEST, LEAST and set operations have the precision and scale of the page on "
        "computations, whose limit for short decimals is 19 digits: a value that does not fit is an overflow. In "
        "bodies of routines each value keeps its own scale; AVG there takes the largest.",
    ),
    (
        "Casts of decimals",
        "to fewer digits cut what is left over, as with `enable_numeric_rounding` off; literals, and statements "
        "without a table, round. In bodies of routines a literal is cut, too.",
    ),
    (
        "Text and numbers",
        "are compared as the page on types says: a decimal takes the text as a decimal, every other number, date or "
        "boolean becomes text (1 does not equal '01'). `+`, SUM and UNION of a text column and a number are errors.",
    ),
    ("Operators", "`@` and `|/` bind as in PostgreSQL: put parentheses around what they belong to."),
    ("EXPLAIN", "shows the plan of the engine, not one with `XN` steps."),
    (
        "Materialized views",
        "are computed anew at each REFRESH, never by increments. With AUTO REFRESH YES a view is refreshed in the "
        "background as soon as the transaction that changed its tables has ended; AWS may wait for a quiet moment. "
        "A refresh waits until no open transaction reads the view. REFRESH ... CASCADE is refused, and so is a "
        "change to a column that a view reads; AWS allows it, and the view can then not be refreshed.",
    ),
    (
        "UNLOAD",
        'writes for two slices, and a result below 4 MB into the first. JSON writes booleans as `"t"` and `"f"`, '
        "in quotes so that each line is JSON. ESCAPE escapes in columns of every type. FIXEDWIDTH refuses a value with "
        "the end of a line. Not every form comes back as it was, on AWS neither: without NULL AS a null text is an "
        "empty one; without ESCAPE a delimiter or line end in a value breaks the row, and without ADDQUOTES ESCAPE a "
        "quote; FIXEDWIDTH loses blanks at the end; an empty VARBYTE is null. Client-side encryption is refused.",
    ),
    (
        "External tables",
        "are read whole, in the columns that the statement names, into the session when it runs; conditions are not "
        "pushed down, and a read-only transaction cannot read them. A value of a text file that its column cannot "
        'hold is null. `SELECT *` beside `"$path"` or `"$size"`, `"$spectrum_oid"` and the data handling '
        "properties are refused. A materialized view over them is filled at CREATE and REFRESH. INSERT and "
        "CREATE EXTERNAL TABLE AS into TEXTFILE refuse a value with the delimiter, a line end or the null string, "
        "which reads as another. A manifest as LOCATION and `spectrum_enable_pseudo_columns` are not supported.",
    ),
    (
        "SUPER",
        "Two SUPERs are compared where both are paths (`a.c.x = b.c.x`); whole columns, and COALESCE of a SUPER with "
        "another type, are refused, as are paths in SET and in an UPDATE or DELETE with another table or a subquery. "
        "`<>` between values of two kinds is true, as `=` is false.",
    ),
    (
        "Query history",
        "and the log of connections hold the last few thousand entries, without delay. Steps, slices and bytes are not "
        "measured; statements that were refused or could not be read are not in it.",
    ),
    ("Analytics", "Scans are the engine's, by rows: see the decision 'No columnar copy'."),
    ("One cluster", "There is one node of one cluster: slices, WLM queues, data sharing and snapshots are refused."),
)
"""What is otherwise than on AWS: a word for it, and how."""


def page() -> str:
    """Return the page in Markdown."""
    return "\n".join([*_head(), *_statements(), *_functions(), *_transfer(), *_rest()]) + "\n"


def _head() -> Iterator[str]:
    yield "# Redshift in the lab\n"
    yield "Made from the code by `python -m localcloud.redshift.reference > docs/redshift.md`.\n"
    yield "A gateway speaks Redshift's protocol and SQL; PostgreSQL runs what it translates. What is in none of these"
    yield "lists is PostgreSQL's own; what Redshift does not have is refused by name.\n"


def _listed(names: Iterator[str] | list[str] | set[str] | frozenset[str]) -> str:
    return ", ".join(f"`{name}`" for name in sorted(names)) + "\n"


def _statements() -> Iterator[str]:
    yield "## Statements\n"
    yield "Translated, or run by the gateway:\n"
    yield _listed({*FAMILIES, "COPY", "UNLOAD", "CREATE EXTERNAL SCHEMA", "CREATE EXTERNAL TABLE"})
    yield "Passed on, with the queries in them translated:\n"
    yield _listed([name for name in statements.PASSED if name != "("])
    yield "CREATE of: " + _listed(statements.CREATE)
    yield "SHOW of: " + _listed({*show.LISTINGS, *show.DEFINITIONS})
    yield "Parameters that only Redshift has, kept in the session:\n"
    yield _listed(set(settings.DEFAULTS))


def _functions() -> Iterator[str]:
    refused = {name for name, rule in calls.RULES.items() if rule is calls.refuse}
    yield "## Functions\n"
    yield "Rewritten in the statement:\n"
    yield _listed(set(calls.RULES) - refused)
    yield "Made or changed in the engine's catalog:\n"
    yield _listed({name.upper() for name in _made("FUNCTION")})
    yield "Of Redshift, and refused:\n"
    yield _listed(refused)
    yield "Of PostgreSQL, and refused, as AWS does:\n"
    yield _listed({name.upper() for name in absent.FUNCTIONS})
    yield "With an ORDER BY in their window these need ROWS: " + _listed(windows.FRAMED)


def _made(kind: str) -> set[str]:
    folder = resources.files("localcloud.redshift.engine")
    texts = [entry.read_text() for entry in folder.iterdir() if entry.name.endswith(".sql")]
    pattern = re.compile(rf"CREATE {kind} pg_catalog\.(\w+)")
    return {name for text in texts for name in pattern.findall(text)}


def _transfer() -> Iterator[str]:
    yield "## COPY and UNLOAD\n"
    yield "Options of COPY (an unknown one is refused):\n"
    yield _listed(set(copy.COPY))
    yield "Options of UNLOAD:\n"
    yield _listed(set(unload.UNLOAD))


def _rest() -> Iterator[str]:
    yield "## Types\n"
    yield "Refused: " + _listed(types.REFUSED | types.UNKNOWN)
    yield "## Catalog\n"
    yield _listed({name for name in _made("VIEW") if name.startswith(("sv", "st", "sys", "pg"))})
    yield "## Otherwise than on AWS\n"
    for name, text in DIFFERENCES:
        yield f"- **{name}.** {text}"


if __name__ == "__main__":
    print(page(), end="")
