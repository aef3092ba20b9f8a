"""What CreateClassifier and UpdateClassifier refuse: definitions that no crawl could apply.

https://docs.aws.amazon.com/glue/latest/dg/custom-classifier.html
"""

from __future__ import annotations

import re
from collections.abc import Callable

from localcloud.glue.crawler.csv_rules import CUSTOM_TYPES
from localcloud.glue.crawler.json_path import is_path
from localcloud.glue.names import InvalidInput
from localcloud.glue.tables import Json
from localcloud.grok.pattern import GrokError, compile_grok

_TAG = re.compile(r"[^\W\d][\w.\-]*(?::[^\W\d][\w.\-]*)?")


def check(kind: str, members: Json) -> None:
    """Check a classifier of a kind, after the API model's own checks.

    Raises:
        InvalidInput: a member cannot be applied; the message says why.
    """
    KINDS[kind](members)


def _grok(members: Json) -> None:
    _classification(members)
    try:
        grok = compile_grok(members["GrokPattern"], members.get("CustomPatterns") or "")
    except GrokError as error:
        raise InvalidInput(f"Invalid Grok pattern: {error}.") from None
    if not grok.columns:
        raise InvalidInput("Invalid Grok pattern: it names no field, so the table would have no column.")


def _xml(members: Json) -> None:
    _classification(members)
    tag = members.get("RowTag")
    if tag is not None and not _TAG.fullmatch(tag):
        raise InvalidInput(f"Invalid RowTag {tag[:100]!r}: write the name of an XML tag without angle brackets.")


def _json(members: Json) -> None:
    path = members["JsonPath"]
    if not is_path(path):
        raise InvalidInput(f"Invalid JsonPath {path[:100]!r}: write $, .name, ['name'], [0], and * for any of them.")


def _csv(members: Json) -> None:
    if members.get("Delimiter") and members["Delimiter"] == members.get("QuoteSymbol"):
        raise InvalidInput("QuoteSymbol must be different from the column delimiter.")
    wrong = [kind for kind in members.get("CustomDatatypes") or [] if kind.upper() not in CUSTOM_TYPES]
    if wrong:
        raise InvalidInput(
            f"Invalid CustomDatatypes {', '.join(wrong)[:100]}: the types are {', '.join(CUSTOM_TYPES)}."
        )


def _classification(members: Json) -> None:
    if not members.get("Classification"):
        raise InvalidInput("Classification cannot be null or empty.")


KINDS: dict[str, Callable[[Json], None]] = {
    "GrokClassifier": _grok,
    "XMLClassifier": _xml,
    "JsonClassifier": _json,
    "CsvClassifier": _csv,
}
"""Member of the request -> the check of its kind."""
