"""What only PostgreSQL has: refused, so that no statement works here but fails or differs on AWS.

https://docs.aws.amazon.com/redshift/latest/dg/c_unsupported-postgresql-functions.html and -features.html
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

from localcloud.redshift.errors import SqlError, not_supported, syntax_error
from localcloud.redshift.sql import limits, recursion, windows
from localcloud.redshift.sql.engine_functions import FUNCTIONS, SERVER
from localcloud.redshift.sql.keywords import QUERIES
from localcloud.redshift.sql.lexer import Tokens
from localcloud.redshift.sql.names import is_name, name_end
from localcloud.redshift.sql.sources import sources_of
from localcloud.redshift.sql.tree import selects
from localcloud.redshift.sql.typenames import MOMENTS, TIMES
from localcloud.redshift.sql.types import UNKNOWN

_PAIRS = {
    ("DISTINCT", "ON"): "SELECT DISTINCT ON",
    ("ON", "CONFLICT"): "",
    ("FILTER", "("): "FILTER",
    ("TABLESAMPLE", ""): "TABLESAMPLE",
    ("RETURNING", ""): "",
    ("FOR", "UPDATE"): "SELECT FOR UPDATE",
    ("FOR", "SHARE"): "SELECT FOR SHARE",
    ("LATERAL", ""): "LATERAL",
    ("KEY", "UPDATE"): "SELECT FOR UPDATE",
    ("KEY", "SHARE"): "SELECT FOR SHARE",
    ("WITH", "ORDINALITY"): "WITH ORDINALITY",
    ("JSON_TABLE", "("): "JSON_TABLE",
    ("FROM", "ONLY"): "ONLY",
    ("UPDATE", "ONLY"): "ONLY",
    ("BY", "DISTINCT"): "GROUP BY DISTINCT",
    ("USING", "<"): "ORDER BY ... USING",
    ("USING", ">"): "ORDER BY ... USING",
    ("OVERRIDING", "USER"): "",
    ("OVERRIDING", "SYSTEM"): "",
    ("SET", "("): "",
    ("CHECK", "OPTION"): "",
    ("EXCEPT", "ALL"): "EXCEPT ALL",
    ("MINUS", "ALL"): "MINUS ALL",
    ("INTERSECT", "ALL"): "INTERSECT ALL",
}
_NEED_TABLE = {"LISTAGG", "MEDIAN", "PERCENTILE_CONT", "PERCENTILE_DISC"}
_LEADER = """
    GENERATE_SERIES CURRENT_SCHEMA CURRENT_SCHEMAS HAS_DATABASE_PRIVILEGE HAS_SCHEMA_PRIVILEGE HAS_TABLE_PRIVILEGE AGE
    ISFINITE NOW GET_BYTE SET_BIT SET_BYTE TO_ASCII
"""
LEADER = frozenset(_LEADER.split())
"""Functions that run on the leader node, so not with a table."""
_BEFORE_TABLE = ("INTO", "TABLE", "VIEW", "AS", "WITH")
"""What a name follows that is no function, as in INSERT INTO mode (a)."""
_LEADER_WORDS = {"CURRENT_TIME", "CURRENT_TIMESTAMP", "LOCALTIME", "LOCALTIMESTAMP"}


def refuse_functions(tokens: Tokens, refused: frozenset[str] = FUNCTIONS) -> None:
    """Raise SqlError at a function of the engine that Redshift does not have."""
    for index in range(len(tokens) - 1):
        name = tokens[index].text.lower().strip('"')
        if tokens[index + 1].text == "(" and name in refused and _is_call(tokens, index):
            raise not_supported(f"the function {name.upper()}")


def refuse_server_functions(tokens: Tokens) -> None:
    """Raise SqlError at a function that works on the engine's server, even in a query of the catalog."""
    refuse_functions(tokens, SERVER)


def _is_call(tokens: Tokens, index: int) -> bool:
    """Return whether a name before a parenthesis is a built-in function; it may be a table with its columns."""
    if _follows_dot(tokens, index):
        return tokens[index - 2].text.lower().strip('"') == "pg_catalog"
    return tokens[index].kind in ("word", "quoted") and not (index and tokens[index - 1].upper in _BEFORE_TABLE)


def refuse(tokens: Tokens) -> None:
    """Raise SqlError at a construct or a function of the engine that Redshift does not have."""
    refuse_functions(tokens)
    for index, token in enumerate(tokens):
        if (check := _CHECKS.get(token.upper)) is not None:
            check(tokens, index)
        elif token.kind == "string" and token.text[0] in "bBxX":
            raise not_supported(f"the bit string {token.text}")
    _check_tables(tokens)
    _check_clauses(tokens)
    limits.check(tokens)
    if any(token.upper == "RECURSIVE" for token in tokens):
        recursion.check(tokens)


def _follows_dot(tokens: Tokens, index: int) -> bool:
    return index > 0 and tokens[index - 1].text == "."


def _text_after(tokens: Tokens, index: int) -> str:
    return tokens[index + 1].text if index + 1 < len(tokens) else ""


def _refuse_pair(tokens: Tokens, index: int) -> None:
    first, after = tokens[index].upper, tokens[index + 1].upper if index + 1 < len(tokens) else ""
    if index > 0 and tokens[index - 1].upper in (".", "AS"):
        return
    for second in (after, ""):
        what = _PAIRS.get((first, second))
        if what is None or (second == "" and after in (",", "", ".", "FROM")):
            continue
        raise not_supported(what) if what else syntax_error(tokens[index].text if second != "CONFLICT" else "on")


def _refuse_exclusion(tokens: Tokens, index: int) -> None:
    """Refuse EXCLUDE in the frame of a window; in a SELECT list it leaves columns out."""
    if index > 0 and tokens[index - 1].upper in ("ROW", "FOLLOWING", "PRECEDING"):
        raise not_supported("EXCLUDE in a window frame")


def _refuse_insert_alias(tokens: Tokens, index: int) -> None:
    end = name_end(tokens, index + 2) if index + 2 < len(tokens) else 0
    if tokens[index + 1].upper == "INTO" and end < len(tokens) and tokens[end].upper == "AS":
        raise syntax_error(tokens[end].text)


def _refuse_type(tokens: Tokens, index: int) -> None:
    """Refuse a cast to, and a literal of, a type that Redshift does not have."""
    follows = tokens[index + 1] if index + 1 < len(tokens) else None
    cast = index > 0 and tokens[index - 1].text == "::"
    if cast or (follows is not None and follows.kind == "string"):
        raise not_supported(f"the type {tokens[index].upper}")


def _refuse_precision(tokens: Tokens, index: int) -> None:
    """Refuse a literal such as TIMESTAMP(3) '...'."""
    sized = _text_after(tokens, index) == "(" and index + 4 < len(tokens)
    if sized and tokens[index + 2].kind == "number" and tokens[index + 4].kind == "string":
        raise SqlError("0A000", f"{tokens[index].text.lower()} does not support precision.")


def _refuse_array_type(tokens: Tokens, index: int) -> None:
    """Refuse a cast to an array, as in `::int[]`."""
    if [token.text for token in tokens[index + 2 : index + 4]] == ["[", "]"]:
        raise not_supported(f'the type "{tokens[index + 1].text}[]"', hint="SUPER holds arrays")


def _refuse_array(tokens: Tokens, index: int) -> None:
    if _text_after(tokens, index) == "(" and _text_after(tokens, index + 1).upper() in QUERIES:
        raise not_supported("ARRAY of a subquery")
    if _text_after(tokens, index) == "[" and not _follows_dot(tokens, index):
        raise not_supported("the constructor ARRAY[]", hint="ARRAY(...) makes a SUPER")


def _refuse_collation(_tokens: Tokens, _index: int) -> None:
    raise not_supported("another collation", hint="LOWER(...), or ILIKE")


def _refuse_row(tokens: Tokens, index: int) -> None:
    if _text_after(tokens, index) == "(" and tokens[index - 1].upper != "AS":
        raise not_supported("the constructor ROW()")


def _check_window(tokens: Tokens, index: int) -> None:
    if _text_after(tokens, index) == "(" and not _follows_dot(tokens, index):
        windows.check(tokens, index)


def _refuse_distinct_from(tokens: Tokens, index: int) -> None:
    if any(token.upper == "DISTINCT" for token in tokens[index + 1 : index + 3]):
        raise not_supported("IS DISTINCT FROM")


def _refuse_values(tokens: Tokens, index: int) -> None:
    """Refuse VALUES where FROM or JOIN reads a table."""
    opened = index > 1 and tokens[index - 1].text == "("
    if opened and tokens[index - 2].upper in ("FROM", "JOIN", ","):
        raise not_supported("VALUES as a table", hint="SELECT ... UNION ALL SELECT ...")


_CHECKS: dict[str, Callable[[Tokens, int], None]] = {
    **{first: _refuse_pair for first, _ in _PAIRS},
    **dict.fromkeys(UNKNOWN, _refuse_type),
    **dict.fromkeys(MOMENTS | TIMES, _refuse_precision),
    "::": _refuse_array_type,
    "EXCLUDE": _refuse_exclusion,
    "INSERT": _refuse_insert_alias,
    "ARRAY": _refuse_array,
    "COLLATE": _refuse_collation,
    "ROW": _refuse_row,
    "OVER": _check_window,
    "IS": _refuse_distinct_from,
    "VALUES": _refuse_values,
}
"""Word -> what is checked where it stands."""


def _check_clauses(tokens: Tokens) -> None:
    """Refuse clauses that Redshift's SELECT does not have."""
    if not any(token.upper in ("WINDOW", "FETCH") for token in tokens):
        return
    for select in selects(tokens):
        if "WINDOW" in select.clauses:
            raise not_supported("the clause WINDOW", hint="write the window after OVER")
        if "FETCH" in select.clauses:
            raise not_supported("FETCH FIRST in a SELECT", hint="LIMIT")


def _check_tables(tokens: Tokens) -> None:
    """Refuse what runs on the nodes only without a table, and what runs on the leader only with one."""
    if tokens[0].upper not in QUERIES:
        return
    called = {name.upper for name, follows in pairwise(tokens) if follows.text == "("}
    bare = {word.upper for before, word in pairwise(tokens) if before.text != "."} & _LEADER_WORDS
    if not (called & (_NEED_TABLE | LEADER) or bare):
        return
    tables = reads_table(tokens)
    if called & _NEED_TABLE and not tables:
        raise SqlError(
            "0A000",
            "One or more of the used functions must be applied on at least one user created tables. "
            "Examples of user table only functions are LISTAGG, MEDIAN, PERCENTILE_CONT, etc",
        )
    if tables and (alone := sorted(called & LEADER | bare)):
        raise SqlError(
            "0A000",
            "Specified types or functions (one per INFO message) not supported on Redshift tables.",
            detail=f"{', '.join(alone)} runs only on the leader node.",
        )


def reads_table(tokens: Tokens) -> bool:
    """Return whether a query reads a stored table, on any level."""
    common = {
        tokens[index].text.lower()
        for index in range(len(tokens) - 1)
        if tokens[index + 1].upper == "AS" and _opens(tokens, index + 2)
    }
    return any(
        is_name(source.path[0]) and source.path[-1].text != ")" and source.path[0].text.lower() not in common
        for select in selects(tokens)
        for source in sources_of(tokens, select)
    )


def _opens(tokens: Tokens, index: int) -> bool:
    return index < len(tokens) and tokens[index].text == "("
