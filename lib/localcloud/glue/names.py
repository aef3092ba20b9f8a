"""Names in the catalog: lower case, as Hive requires."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fnmatch import translate

from localcloud.aws.errors import ApiError


class InvalidInput(ApiError):
    """The input provided was not valid."""

    code = "InvalidInputException"


def fold(name: str) -> str:
    """Return the name as the catalog stores it, in lower case.

    https://docs.aws.amazon.com/glue/latest/webapi/API_TableInput.html
    """
    if not name or len(name) > 255 or re.search(r"[\x00-\x1f\ud800-\udfff/]", name):
        raise InvalidInput(f"Invalid name {name[:100]!r}: use 1 to 255 characters without '/' and control characters.")
    return name.lower()


def matching(names: Sequence[str], expression: str) -> list[str]:
    """Return the names that a GetTables pattern matches: one of `*`, `.*` and `|`, or an RE2 pattern."""
    pattern = expression.lower()
    if re.fullmatch(r"[\w*.|\- ]+", pattern):
        globs = [translate(part.replace(".*", "*")) for part in pattern.split("|")]
        return [name for name in names if any(re.match(glob, name) for glob in globs)]
    from pyarrow import ArrowInvalid, array, string  # noqa: PLC0415  late: 30 MB that few expressions need
    from pyarrow.compute import match_substring_regex  # noqa: PLC0415  as above

    try:  # RE2 needs linear time whatever the pattern; Python's engine can be made to hang
        hits = match_substring_regex(array(names, string()), pattern=f"^(?:{pattern})$").to_pylist()
    except ArrowInvalid as error:
        raise InvalidInput(f"Invalid expression {expression[:100]!r}: {error}") from None
    return [name for name, hit in zip(names, hits, strict=True) if hit]
