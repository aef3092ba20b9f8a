"""Names in the catalog: lower case, as Hive wants them, and pages of lists."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Sequence
from fnmatch import translate
from typing import TypeVar

from localcloud.aws.errors import ApiError

T = TypeVar("T")


class InvalidInput(ApiError):
    """The input provided was not valid."""

    code = "InvalidInputException"


def fold(name: str) -> str:
    """Return the name as the catalog stores it, in lower case.

    https://docs.aws.amazon.com/glue/latest/webapi/API_TableInput.html
    """
    if not name or len(name) > 255 or re.search(r"[\x00-\x1f\ud800-\udfff/]", name):
        raise InvalidInput(f"Invalid name {name[:100]!r}: 1 to 255 characters without '/' and control characters.")
    return name.lower()


def matching(names: Sequence[str], expression: str) -> list[str]:
    """Return the names that a GetTables pattern matches: one of `*`, `.*` and `|`, or an RE2 pattern."""
    pattern = expression.lower()
    if re.fullmatch(r"[\w*.|\- ]+", pattern):
        globs = [translate(part.replace(".*", "*")) for part in pattern.split("|")]
        return [name for name in names if any(re.match(glob, name) for glob in globs)]
    from pyarrow import ArrowInvalid, array, string
    from pyarrow.compute import match_substring_regex

    try:  # RE2 needs linear time whatever the pattern; Python's engine can be made to hang
        hits = match_substring_regex(array(names, string()), pattern=f"^(?:{pattern})$").to_pylist()
    except ArrowInvalid as error:
        raise InvalidInput(f"Invalid expression {expression[:100]!r}: {error}") from None
    return [name for name, hit in zip(names, hits, strict=True) if hit]


def page(items: Sequence[T], token: str | None, size: int | None, most: int = 1000) -> tuple[list[T], str | None]:
    """Return one page of `items` and the token of the next one (None at the end).

    Raises:
        InvalidInput: the token is not one of ours. Remedy: pass the NextToken of the last answer as it is.
    """
    start = 0
    if token:
        try:
            start = int(base64.urlsafe_b64decode(token.encode()).decode().removeprefix("page:"))
        except (ValueError, binascii.Error, UnicodeError):
            raise InvalidInput(
                f"Invalid NextToken {token[:100]!r}: pass the one of the last answer as it is."
            ) from None
    end = start + min(size or most, most)
    following = base64.urlsafe_b64encode(f"page:{end}".encode()).decode() if end < len(items) else None
    return list(items[start:end]), following
