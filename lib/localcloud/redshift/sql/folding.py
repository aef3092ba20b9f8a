"""Names as Redshift folds them: quoted ones in small letters too, those of temporary tables that begin with #.

https://docs.aws.amazon.com/redshift/latest/dg/r_names.html
"""

from __future__ import annotations

from localcloud.redshift.errors import SqlError
from localcloud.redshift.sql.edits import Edit, apply, swap
from localcloud.redshift.sql.lexer import Tokens
from localcloud.redshift.sql.names import folded, is_name, lowered
from localcloud.redshift.sql.plan import Session

_NAME_BYTES = 63


def fold(tokens: Tokens, session: Session) -> Tokens:
    """Return the tokens with such names as the engine knows them. Raises SqlError at one that is too long."""
    edits, makes = list[Edit](), bool(tokens) and tokens[0].upper in ("CREATE", "ALTER")
    for index, token in enumerate(tokens):
        if not is_name(token):
            continue
        if len(token.text) > _NAME_BYTES // 4:
            _check_length(tokens, index, makes=makes)
        if token.kind == "quoted":
            attribute = session.case_sensitive_attributes and index > 1 and tokens[index - 1].text == "."
            small = token.text if session.case_sensitive or attribute else lowered(token.text)
            edits += [swap(token, small)] if small != token.text else []
        elif token.text[0] == "#":
            edits.append(swap(token, f'"{lowered(token.text)}"'))
    return apply(tokens, edits) if edits else tokens


def _check_length(tokens: Tokens, index: int, *, makes: bool) -> None:
    """Raise SqlError at a name that the engine would cut, so that two names could become one."""
    # After a dot it may be a path into a SUPER, or a column, which cannot exist.
    if (makes or tokens[index - 1].text != ".") and len(folded(tokens[index]).encode()) > _NAME_BYTES:
        raise SqlError(
            "42622",
            f'identifier "{folded(tokens[index])}" is too long: the lab allows {_NAME_BYTES} bytes, Redshift 127',
            hint="use a shorter name",
        )
