"""Exclusion patterns of a crawler: Java-like globs, relative to the include path.

https://docs.aws.amazon.com/glue/latest/dg/define-crawler-choose-data-sources.html#crawler-source-type
"""

from __future__ import annotations

import re

_TOKENS = re.compile(r"\\(.)|(\*\*)|(\*)|(\?)|(\[[^\]]+\])|([{},])|(.)", re.DOTALL)


def excluder(patterns: list[str]) -> re.Pattern[str] | None:
    """Return one pattern that matches every excluded relative path, or None."""
    if not patterns:
        return None
    return re.compile("|".join(f"(?:{_regex(pattern)})" for pattern in patterns), re.DOTALL)


def _regex(glob: str) -> str:
    out, depth = [], 0
    for match in _TOKENS.finditer(glob):
        escaped, deep, star, single, bracket, brace, plain = match.groups()
        if brace == "{":
            depth += 1
            out.append("(?:")
        elif brace == "}" and depth:
            depth -= 1
            out.append(")")
        elif brace == "," and depth:
            out.append("|")
        elif bracket:
            out.append(f"(?!/){_bracket(bracket)}")
        elif deep or star or single:
            out.append(".*" if deep else "[^/]*" if star else "[^/]")
        else:
            out.append(re.escape(escaped or brace or plain))
    return "".join(out) + ")" * depth


def _bracket(text: str) -> str:
    inside = text[1:-1].replace("\\", r"\\").replace("[", r"\[")
    return f"[^{inside[1:]}]" if inside.startswith("!") else f"[{inside}]"
