"""Which options of COPY go together, and what their values may be, each with the page that says so.

Pages: https://docs.aws.amazon.com/redshift/latest/dg/ and the name in `_EXCLUDED`.
"""

from __future__ import annotations

import re
from typing import Any

from localcloud.redshift.errors import SqlError
from localcloud.redshift.transfer.dateformats import EPOCHS, compiled

WITHOUT_EFFECT = ("compupdate", "statupdate", "comprows")
"""Options on statistics and compression. They are checked, and change no row."""
_KEYS = {"iam_role", "access_key", "secret_key", "session_token"}
_COLUMNAR = {
    *_KEYS,
    *("format", "manifest", "serializetojson", "acceptinvchars", "fillrecord", "statupdate", "explicit_ids"),
}
"""copy-usage_notes-copy-from-columnar: "Only the following COPY parameters are supported"."""
_NOT_OF_RECORDS = ("delimiter", "escape", "fillrecord", "ignoreblanklines", "null_as", "removequotes", "quote")
_EXCLUDED: dict[str, tuple[str, ...]] = {
    "delimited": ("quote",),  # copy-parameters-data-format: QUOTE can be used only with CSV
    "csv": ("escape", "removequotes"),  # copy-parameters-data-format
    "fixedwidth": ("delimiter", "escape", "quote", "removequotes"),  # -data-format, -data-conversion (ESCAPE)
    "json": _NOT_OF_RECORDS,  # copy-parameters-data-format: "options aren't supported with JSON"
    "avro": (*_NOT_OF_RECORDS, "ignoreheader", "encoding"),  # options that read text
}
_PAIRS = (
    ("maxerror", "ignoreallerrors"),  # copy-parameters-data-load
)
_RANGES = {
    "maxerror": (0, 100_000),  # copy-parameters-data-load
    "comprows": (1000, 2_147_483_647),  # copy-parameters-data-load
    "ignoreheader": (0, 2**31 - 1),
}
_NAMES = {"null_as": "NULL AS"}


def check(options: dict[str, Any]) -> None:
    """Raise SqlError if options exclude each other, or a value is out of its range."""
    form = options.get("format", "delimited")
    if form in ("parquet", "orc"):
        for name in sorted(options.keys() - _COLUMNAR - _at_default(options)):
            raise SqlError("0A000", f"{_shown(name)} argument is not supported for {form.upper()} based COPY")
    for name in _EXCLUDED.get(form, ()):
        if name in options:
            other = "only compatible with CSV" if name == "quote" else f"not compatible with {form.upper()}"
            raise SqlError("42601", f"{_shown(name)} is {other}")
    for name, other in _PAIRS:
        if name in options and other in options:
            raise SqlError("42601", f"{_shown(name)} is not compatible with {_shown(other)}")
    for name, (low, high) in _RANGES.items():
        if not low <= options.get(name, low) <= high:
            raise SqlError("22023", f"{_shown(name)} must be between {low} and {high}")
    _check_characters(options)
    _check_formats(options)


def _at_default(options: dict[str, Any]) -> set[str]:
    """Return MAXERROR 0, which says that any error fails the load: dlt writes it with PARQUET, too."""
    return {"maxerror"} if options.get("maxerror") == 0 else set()


def _shown(name: str) -> str:
    return _NAMES.get(name, name.upper())


def _check_characters(options: dict[str, Any]) -> None:
    quote, mark = options.get("quote", '"'), options.get("delimiter", ",")
    if len(quote) != 1 or not quote.isascii() or quote in "\n\r\0":
        raise SqlError("22023", "QUOTE must be one ASCII character")
    if options.get("format") == "csv" and quote == mark:
        raise SqlError("22023", "DELIMITER and QUOTE must be different characters")
    if options.get("escape") and mark == "\\":
        raise SqlError("22023", "DELIMITER must not be the escape character")
    replacement = options.get("acceptinvchars", "?")
    if len(replacement) != 1 or not replacement.isascii() or replacement == "\0":
        raise SqlError("22023", "ACCEPTINVCHARS needs one ASCII character that is not NULL")
    if options.get("null_as") in ("\n", "\\n"):
        raise SqlError("22023", "NULL AS must not be a newline, which ends a line")
    if options.get("format") == "fixedwidth" and options.get("encoding", "utf8") != "utf8":
        raise SqlError("42601", "FIXEDWIDTH needs ENCODING UTF8")


def _check_formats(options: dict[str, Any]) -> None:
    for name, keywords in (("dateformat", ("auto",)), ("timeformat", ("auto", *EPOCHS))):
        form = options.get(name, "auto")
        if form not in keywords:
            compiled(form)


def check_table(form: str, fixedwidth: str, removequotes: bool, types: list[str]) -> None:
    """Raise SqlError if options cannot be combined with the columns that are loaded.

    copy-parameters-data-format (FIXEDWIDTH), copy-usage-varbyte.
    """
    if form == "fixedwidth" and fixedwidth.count(",") + 1 != len(types):
        count = fixedwidth.count(",") + 1
        raise SqlError("42601", f"FIXEDWIDTH describes {count} column(s), the table or column list has {len(types)}")
    if "varbyte" in types and (form == "fixedwidth" or removequotes):
        other = "FIXEDWIDTH" if form == "fixedwidth" else "REMOVEQUOTES"
        raise SqlError("0A000", f"{other} is not supported for VARBYTE columns")


def json_option(value: str, *others: str) -> str:
    """Return the argument of JSON or AVRO. Raises SqlError if it is none."""
    if value in ("auto", "auto ignorecase", *others) or re.match(r"s3://[^/]+/.", value):
        return value
    raise SqlError("22023", f"invalid argument '{value}'", hint="'auto', 'auto ignorecase' or 's3://jsonpaths_file'")


def widths(value: str) -> str:
    """Return a fixedwidth_spec. Raises SqlError if it is none."""
    if not re.fullmatch(r"\s*[^:,]*:\s*[1-9][0-9]*\s*(,\s*[^:,]*:\s*[1-9][0-9]*\s*)*", value):
        raise SqlError("22023", f"invalid FIXEDWIDTH '{value}'", hint="'label:width, label:width'")
    return value
