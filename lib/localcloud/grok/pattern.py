"""A Grok pattern as a regular expression with its columns.

The expression is written so that both Java and Python read it alike: only fields are capturing groups, in the order of
`fields`. Grok searches a line for the pattern (it is not anchored), one line at a time.
https://docs.aws.amazon.com/glue/latest/dg/custom-classifier.html#custom-classifier-grok
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from localcloud.grok.library import LIBRARY
from localcloud.grok.regex import Normalizer

TYPES = {
    "string": "string",
    "byte": "tinyint",
    "boolean": "boolean",
    "double": "double",
    "short": "smallint",
    "int": "int",
    "long": "bigint",
    "float": "float",
}
"""Data type of a field in a pattern -> Hive type."""

UNWANTED = "UNWANTED"
"""The name of fields that are matched and dropped."""

MAX_LINE = 64 * 1024
"""Characters of a line above which it is not a line of a log; some patterns need time by the square of the length."""
MAX_DEPTH = 40
MAX_LENGTH = 200_000
_REFERENCE = re.compile(r"%\{(\w+)(?:[:;]\s*([\w.@\[\]-]+?)\s*(?:[:;]\s*(\w*)\s*)?)?\}")


class GrokError(ValueError):
    """A pattern that cannot be used; the text says why."""


@dataclass(frozen=True)
class Field:
    """A named part of a line. `kind` is a Hive type."""

    name: str
    kind: str = "string"


@dataclass(frozen=True)
class Grok:
    """A compiled pattern: group n of `regex` (from 1) holds the text of `fields[n - 1]`."""

    regex: str
    fields: tuple[Field, ...]

    @property
    def columns(self) -> tuple[tuple[str, str], ...]:
        """The columns of the table: names in lower case, each once, and their Hive types."""
        kinds: dict[str, str] = {}
        for field in self.fields:
            kinds.setdefault(field.name.lower(), field.kind)
        return tuple(kinds.items())

    def matches(self, line: str, whole: bool = False) -> bool:
        """Return whether a line has the pattern (or, if `whole`, is the pattern from end to end)."""
        if len(line) > MAX_LINE:
            return False
        compiled = _compiled(self.regex)
        return bool(compiled.fullmatch(line) if whole else compiled.search(line))


@lru_cache(maxsize=64)
def compile_grok(pattern: str, custom: str = "") -> Grok:
    """Return a pattern, compiled with the built-in library and `custom` definitions (`NAME regex`, one per line).

    Raises:
        GrokError: an unknown name or type, a definition that needs itself, or a bad regular expression.
    """
    if "\n" in pattern or "\r" in pattern:
        raise GrokError("a Grok pattern is one line; line breaks in a pattern are not supported")
    fields: list[Field] = []
    expanded = _expand(pattern, {**LIBRARY, **definitions(custom)}, fields, 0)
    normalizer = Normalizer(expanded)
    try:
        regex = normalizer.run()
        _compiled(regex)
    except (re.error, ValueError) as error:
        raise GrokError(f"the pattern is not a valid regular expression: {error}") from None
    order = tuple(fields[int(name[2:])] if re.fullmatch(r"_f\d+", name) else Field(name) for name in normalizer.names)
    return Grok(regex, order)


def definitions(custom: str) -> dict[str, str]:
    """Return the patterns that a text of custom patterns defines; blank lines and comments (#) are left out.

    Raises:
        GrokError: a line that is not a name, a blank and a regular expression.
    """
    patterns = {}
    for number, line in enumerate(custom.splitlines(), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        name, blank, regex = line.strip().partition(" ")
        if not blank or not re.fullmatch(r"\w+", name):
            raise GrokError(f"line {number} of the custom patterns is not a name, a blank and a regular expression")
        patterns[name] = regex.strip()
    return patterns


def _expand(pattern: str, library: dict[str, str], fields: list[Field], depth: int) -> str:
    if depth > MAX_DEPTH or len(pattern) > MAX_LENGTH:
        raise GrokError("the patterns refer to each other in a circle, or are too large")

    def replace(reference: re.Match[str]) -> str:
        name, field, kind = reference.groups()
        if name not in library:
            raise GrokError(f"no pattern is called {name}; it is neither built in nor among the custom patterns")
        if kind and kind not in TYPES:
            raise GrokError(f"{kind} is not a field type; the types are {', '.join(TYPES)}")
        if not field or field == UNWANTED:
            return f"(?:{_expand(library[name], library, fields, depth + 1)})"
        fields.append(Field(field, TYPES[kind or "string"]))
        return f"(?<_f{len(fields) - 1}>{_expand(library[name], library, fields, depth + 1)})"

    expanded = _REFERENCE.sub(replace, pattern)
    if "%{" in expanded:
        at = expanded.index("%{")
        raise GrokError(f"{expanded[at : at + 40]!r} is not a reference such as %{{PATTERN:field:type}}")
    return expanded


@lru_cache(maxsize=64)
def _compiled(regex: str) -> re.Pattern[str]:
    return re.compile(regex)
