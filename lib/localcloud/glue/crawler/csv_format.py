"""Delimited text: the delimiter, the header and the types are guessed as AWS's built-in CSV classifier guesses them.

https://docs.aws.amazon.com/glue/latest/dg/add-classifier.html#classifier-builtin-rules
"""

from __future__ import annotations

import csv
from typing import Any

from localcloud.glue.crawler.content import Content, NotRecognized
from localcloud.glue.crawler.csv_columns import columns, is_header
from localcloud.glue.crawler.csv_rules import CsvRules
from localcloud.glue.crawler.sample import Sample

DELIMITERS = (",", "|", "\t", ";", "\x01")
OPEN_CSV = "org.apache.hadoop.hive.serde2.OpenCSVSerde"
QUOTED = (
    "values are quoted; LazySimpleSerDe keeps the quotes and splits at delimiters inside them. "
    "Use a CSV classifier with the SerDe OpenCSVSerDe"
)
BROKEN = "quoted values hold line breaks; Athena ends a row at every line break"
MARKED = "the file starts with a byte order mark, which Athena reads as part of the first value"


def sample_csv(content: Content, rules: CsvRules | None = None) -> Sample:
    """Return what a delimited text holds.

    A custom classifier (`rules`) needs one row; the built-in one two rows and two columns.

    Raises:
        NotRecognized: no delimiter makes regular rows of it.
    """
    custom, rules = rules is not None, rules or CsvRules()
    reasons = []
    for delimiter in [rules.delimiter] if rules.delimiter else DELIMITERS:
        try:
            rows = _rows(content, delimiter, rules)
        except NotRecognized as error:
            reasons.append(str(error))
            continue
        if len(rows[0]) < 2 and not rules.single_column:
            reasons.append(f"with the delimiter {delimiter!r} there is one column")
        elif not custom and len(rows) < 2:
            reasons.append("there is only one row; the CSV classifier needs two")
        else:
            return _sample(content, rows, delimiter, rules)
    raise NotRecognized(reasons[0] if len(reasons) == 1 else _best(reasons))


def _best(reasons: list[str]) -> str:
    """Return the most informative reason: a delimiter that made columns, before those that the text does not have."""
    telling = [reason for reason in reasons if "one column" not in reason]
    return telling[0] if telling else "none of the delimiters , | tab ; Ctrl-A gives two columns"


def _rows(content: Content, delimiter: str, rules: CsvRules) -> list[list[str]]:
    """Return the rows if they are regular: all of one length (a trailing delimiter apart)."""
    try:
        rows = list(csv.reader(content.lines, delimiter=delimiter, quotechar=rules.quote or '"'))
    except csv.Error as error:
        raise NotRecognized(f"with the delimiter {delimiter!r}: {error}") from None
    if not rows:
        raise NotRecognized("it has no lines")
    widths = {len(row) for row in rows}
    odd = next((number for number, row in enumerate(rows, start=1) if len(row) != len(rows[0])), 0)
    if odd and not (len(widths) == 2 and max(widths) - min(widths) == 1 and _trailing(rows, max(widths))):
        raise NotRecognized(
            f"with the delimiter {delimiter!r}, row {odd} has {len(rows[odd - 1])} columns and row 1 has {len(rows[0])}"
        )
    return [[value.strip() if rules.trim else value for value in row] for row in rows]


def _trailing(rows: list[list[str]], width: int) -> bool:
    return all(row[-1] == "" for row in rows if len(row) == width)


def _sample(content: Content, rows: list[list[str]], delimiter: str, rules: CsvRules) -> Sample:
    has_header = rules.header == "PRESENT" or (
        rules.header == "UNKNOWN" and (_is_given(rows, rules) or is_header(rows))
    )
    body = rows[1:] if has_header else rows
    names = rules.names or (tuple(rows[0]) if has_header else ())
    width = max(map(len, rows))
    if rules.names and len(rules.names) not in (width, len(rows[0])):
        raise NotRecognized(f"the classifier's Header has {len(rules.names)} names, the rows have {width} columns")
    quoted = _is_quoted(content, rules)
    library = _library(rules, quoted)
    parameters = {
        "areColumnsQuoted": "true" if rules.quote else "false",
        "columnsOrdered": "true",
        "delimiter": delimiter,
    }
    if has_header:
        parameters["skip.header.line.count"] = "1"
    return Sample(
        "csv",
        columns=columns(names, body, rules, (width, library == "OpenCSVSerDe", content.has_bom and not has_header)),
        records=len(body),
        parameters=parameters,
        serde=_serde(delimiter, rules, library),
        notes=_notes(content, rows, quoted and library != "OpenCSVSerDe", has_header),
    )


def _is_given(rows: list[list[str]], rules: CsvRules) -> bool:
    """Return whether the first row repeats the names that the classifier gives."""
    return [name.strip().lower() for name in rows[0]] == [name.strip().lower() for name in rules.names]


def _is_quoted(content: Content, rules: CsvRules) -> bool:
    """Return whether a value starts with a quote; a quote inside a value does not count."""
    quote = rules.quote or '"'
    return any(f"{before}{quote}" in content.text for before in ("\n", *DELIMITERS)) or content.text.startswith(quote)


def _library(rules: CsvRules, quoted: bool) -> str:
    """Return the SerDe: with "None", the crawler detects it, and quoted values need OpenCSVSerDe."""
    if rules.serde != "None":
        return rules.serde
    return "OpenCSVSerDe" if quoted and rules.quote else "LazySimpleSerDe"


def _notes(content: Content, rows: list[list[str]], quoted: bool, has_header: bool) -> tuple[str, ...]:
    notes = [QUOTED] if quoted else []
    if len(rows) < len(content.lines):
        notes.append(BROKEN)
    if content.has_bom and not has_header:
        notes.append(MARKED)
    return tuple(notes)


def _serde(delimiter: str, rules: CsvRules, library: str) -> dict[str, Any]:
    if library == "OpenCSVSerDe":
        return {"library": OPEN_CSV, "separatorChar": delimiter, "quoteChar": rules.quote or '"'}
    return {"field.delim": delimiter}
