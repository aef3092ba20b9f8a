"""What PostgreSQL has and Redshift has not: refused, so that no statement works here and fails, or differs, on AWS.

https://docs.aws.amazon.com/redshift/latest/dg/c_unsupported-postgresql-functions.html and -features.html
"""

from __future__ import annotations

from localcloud.redshift.errors import SqlError, not_supported, syntax_error
from localcloud.redshift.sql import limits, recursion, windows
from localcloud.redshift.sql.blocks import is_name, select_levels
from localcloud.redshift.sql.lexer import Token
from localcloud.redshift.sql.sources import sources

_PAIRS = {
    ("DISTINCT", "ON"): "SELECT DISTINCT ON",
    ("ON", "CONFLICT"): "",
    ("FILTER", "("): "FILTER",
    ("TABLESAMPLE", ""): "TABLESAMPLE",
    ("RETURNING", ""): "",
    ("FOR", "UPDATE"): "SELECT FOR UPDATE",
    ("FOR", "SHARE"): "SELECT FOR SHARE",
    ("LATERAL", ""): "LATERAL",
    ("EXCEPT", "ALL"): "EXCEPT ALL",
    ("MINUS", "ALL"): "MINUS ALL",
    ("INTERSECT", "ALL"): "INTERSECT ALL",
}
_NAMES = """
    string_agg array_agg every xmlagg corr covar_pop covar_samp regr_avgx regr_avgy regr_count regr_intercept regr_r2
    regr_slope regr_sxx regr_sxy regr_syy json_agg jsonb_agg json_object_agg jsonb_object_agg mode range_agg
    array_append array_prepend array_cat array_length array_dims array_lower array_upper array_ndims array_remove
    array_replace array_fill array_to_json cardinality unnest string_to_array string_to_table trim_array
    clock_timestamp statement_timestamp transaction_timestamp justify_days justify_hours justify_interval pg_sleep
    make_date make_time make_timestamp make_timestamptz make_interval date_bin
    div setseed width_bucket gcd lcm factorial min_scale trim_scale scale erf erfc gamma lgamma random_normal
    generate_subscripts overlay bit_length convert_from convert_to encode format quote_nullable regexp_matches
    regexp_match regexp_split_to_array regexp_split_to_table regexp_like starts_with unistr normalize
    concat_ws to_json to_jsonb row_to_json json_build_object json_build_array json_object jsonb_build_object
    jsonb_build_array jsonb_object json_each json_each_text jsonb_each json_array_elements jsonb_array_elements
    json_array_elements_text json_populate_record json_to_record json_strip_nulls jsonb_set jsonb_insert jsonb_pretty
    jsonb_path_query json_extract_path jsonb_extract_path gen_random_uuid uuidv4 uuidv7 to_tsvector to_tsquery ts_rank
    xmlelement xmlforest xpath int4range numrange daterange tsrange nextval currval setval lastval num_nulls
    num_nonnulls bit_count levenshtein metaphone dmetaphone pg_typeof xmlparse merge_action
"""
FUNCTIONS = frozenset(_NAMES.split())
"""Functions of the engine that a client's query may not call."""
_NEED_TABLE = {"LISTAGG", "MEDIAN", "PERCENTILE_CONT", "PERCENTILE_DISC"}
_LEADER = """
    GENERATE_SERIES CURRENT_SCHEMA CURRENT_SCHEMAS HAS_DATABASE_PRIVILEGE HAS_SCHEMA_PRIVILEGE HAS_TABLE_PRIVILEGE AGE
    ISFINITE NOW GET_BYTE SET_BIT SET_BYTE TO_ASCII
"""
LEADER = frozenset(_LEADER.split())
"""Functions that run on the leader node, so not with a table."""
_LEADER_WORDS = {"CURRENT_TIME", "CURRENT_TIMESTAMP", "LOCALTIME", "LOCALTIMESTAMP"}


def refuse_functions(words: list[Token]) -> None:
    """Raise SqlError at a function of the engine that Redshift has not."""
    for place, word in enumerate(words[:-1]):
        called = words[place + 1].text == "(" and word.kind == "word" and not _follows_dot(words, place)
        if called and word.text.lower() in FUNCTIONS:
            raise not_supported(f"the function {word.upper}")


def refuse(words: list[Token]) -> None:
    """Raise SqlError at a construct or a function of the engine that Redshift has not."""
    refuse_functions(words)
    for place, word in enumerate(words):
        _refuse_pair(words, place)
        _refuse_constructor(words, place)
        after = words[place + 1].text if place + 1 < len(words) else ""
        if after == "(" and word.upper == "OVER" and not _follows_dot(words, place):
            windows.check(words, place)
        if word.upper == "IS" and {one.upper for one in words[place + 1 : place + 3]} >= {"DISTINCT"}:
            raise not_supported("IS DISTINCT FROM")
        if word.upper == "VALUES" and place and words[place - 1].text == "(" and _is_source(words, place - 1):
            raise not_supported("VALUES as a table", hint="SELECT ... UNION ALL SELECT ...")
    _check_tables(words)
    _check_clauses(words)
    limits.check(words)
    recursion.check(words)


def _follows_dot(words: list[Token], place: int) -> bool:
    return place > 0 and words[place - 1].text == "."


def _refuse_pair(words: list[Token], place: int) -> None:
    first = words[place].upper
    after = words[place + 1].upper if place + 1 < len(words) else ""
    named = place > 0 and words[place - 1].text in (".", "AS", "as")
    for second in (after, ""):
        what = _PAIRS.get((first, second))
        if what is None or named:
            continue
        if first in ("RETURNING", "LATERAL", "TABLESAMPLE") and after in (",", "", ".", "FROM"):
            continue
        raise not_supported(what) if what else syntax_error(words[place].text if second != "CONFLICT" else "on")


def _refuse_constructor(words: list[Token], place: int) -> None:
    """Refuse ARRAY[...] and ROW(...): Redshift has neither constructor."""
    after = words[place + 1].text if place + 1 < len(words) else ""
    if words[place].upper == "ARRAY" and after == "[" and not _follows_dot(words, place):
        raise not_supported("the constructor ARRAY[]", hint="ARRAY(...) makes a SUPER")
    if words[place].upper == "COLLATE":
        raise not_supported("another collation", hint="LOWER(...), or ILIKE")
    if words[place].upper == "ROW" and after == "(" and words[place - 1].upper != "AS":
        raise not_supported("the constructor ROW()")


def _is_source(words: list[Token], opening: int) -> bool:
    """Tell whether a parenthesis stands where FROM or JOIN reads a table."""
    return opening > 0 and words[opening - 1].upper in ("FROM", "JOIN", ",")


def _check_clauses(words: list[Token]) -> None:
    """Refuse clauses that Redshift's SELECT has not."""
    for _, block in select_levels(words):
        if "WINDOW" in block.clauses:
            raise not_supported("the clause WINDOW", hint="write the window after OVER")
        if "FETCH" in block.clauses:
            raise not_supported("FETCH FIRST in a SELECT", hint="LIMIT")


def _check_tables(words: list[Token]) -> None:
    """Refuse what runs on the nodes only without a table, and what runs on the leader only with one."""
    called = {word.upper for place, word in enumerate(words[:-1]) if words[place + 1].text == "("}
    bare = {word.upper for place, word in enumerate(words) if place and words[place - 1].text != "."} & _LEADER_WORDS
    if words[0].upper not in ("SELECT", "WITH") or not (called & (_NEED_TABLE | LEADER) or bare):
        return
    tables = reads_table(words)
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


def reads_table(words: list[Token]) -> bool:
    """Tell whether a query reads a stored table, on any level."""
    common = {
        words[place].text.lower()
        for place in range(len(words) - 1)
        if words[place + 1].upper == "AS" and _opens(words, place + 2)
    }
    return any(
        is_name(source.path[0]) and source.path[-1].text != ")" and source.path[0].text.lower() not in common
        for level, block in select_levels(words)
        if "FROM" in block.clauses
        for source in sources(level, *block.clauses["FROM"])
    )


def _opens(words: list[Token], place: int) -> bool:
    return place < len(words) and words[place].text == "("
