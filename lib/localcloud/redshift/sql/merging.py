"""MERGE: the forms that Redshift has (https://docs.aws.amazon.com/redshift/latest/dg/r_MERGE.html)."""

from __future__ import annotations

from localcloud.redshift.errors import SqlError, not_supported, syntax_error
from localcloud.redshift.sql.edits import made
from localcloud.redshift.sql.lexer import Tokens
from localcloud.redshift.sql.names import folded, is_name, name_end
from localcloud.redshift.sql.tree import find_outer


def removes_duplicates(tokens: Tokens) -> bool:
    """Return whether it is a MERGE ... REMOVE DUPLICATES."""
    return [token.upper for token in tokens[-2:]] == ["REMOVE", "DUPLICATES"]


def remove_duplicates(tokens: Tokens) -> Tokens:
    """Return what becomes of MERGE ... REMOVE DUPLICATES."""
    using, on = _index_of(tokens, "USING"), _index_of(tokens, "ON")
    _check_tables(tokens, using, on)
    source, condition = tokens[using + 1 : on], tokens[on + 1 : -2]
    deleted = made("DELETE FROM ", tokens[2:using], " USING ", source, " WHERE ", condition, " RETURNING 1")
    name = tokens[2 : name_end(tokens, 2)]
    return made("WITH gone AS (", deleted, ") INSERT INTO ", name, " SELECT DISTINCT * FROM ", source)


def check(tokens: Tokens) -> None:
    """Raise SqlError if a MERGE of the one other form is the engine's rather than Redshift's."""
    if len(tokens) < 4 or tokens[1].upper != "INTO":
        raise SqlError("42601", "syntax error at end of input")
    using = _index_of(tokens, "USING")
    if name_end(tokens, 2) != using:
        raise syntax_error(tokens[name_end(tokens, 2)].text)
    _check_tables(tokens, using, _index_of(tokens, "ON"))
    _check_paths(tokens, using)
    actions = [_action(tokens, index) for index in _whens(tokens)]
    if [kind for kind, _ in actions] != ["MATCHED", "NOT MATCHED"]:
        raise not_supported(
            "MERGE without both WHEN MATCHED and WHEN NOT MATCHED, once each", hint="or MERGE ... REMOVE DUPLICATES"
        )
    if actions[0][1] not in ("UPDATE", "DELETE") or actions[1][1] != "INSERT":
        raise not_supported(f"MERGE ... THEN {actions[0][1]} and {actions[1][1]}")


def _check_tables(tokens: Tokens, using: int, on: int) -> None:
    """Raise SqlError if the source is not a table, or the target itself; a condition must say what equals what."""
    if tokens[using + 1].text == "(":
        raise SqlError("0A000", "the source of MERGE cannot be a subquery")
    names = ["".join(token.text.lower() for token in tokens[at : name_end(tokens, at)]) for at in (2, using + 1)]
    if names[0] == names[1]:
        raise SqlError("0A000", "the source and the target of MERGE cannot be the same table")
    stop = next((index for index in range(on, len(tokens)) if tokens[index].upper in ("WHEN", "REMOVE")), len(tokens))
    if not any(token.text == "=" for token in tokens[on:stop]):
        raise SqlError("0A000", "the condition of MERGE must compare columns of both tables by =")


def _check_paths(tokens: Tokens, using: int) -> None:
    """Raise SqlError at a part of a SUPER column: `source.value[0]`, `source.value.name`."""
    end = name_end(tokens, using + 1)
    source = folded(tokens[end + 1 if tokens[end].upper == "AS" else end if is_name(tokens[end]) else end - 1])
    names = {source, folded(tokens[name_end(tokens, 2) - 1])} - {"on"}
    names |= {folded(tokens[end - 1])}
    for index in range(end, len(tokens) - 3):
        starts = is_name(tokens[index]) and folded(tokens[index]) in names and tokens[index - 1].text != "."
        if starts and tokens[index + 1].text == "." and tokens[index + 3].text in ("[", "."):
            raise SqlError("0A000", "Partial reference of SUPER column is not supported in MERGE statement.")


def _index_of(tokens: Tokens, name: str) -> int:
    """Return where a word of the outermost level is. Raises SqlError if it is absent."""
    index = find_outer(tokens, (name,))
    if index is None:
        raise SqlError("42601", f"MERGE needs {name}")
    return index


def _whens(tokens: Tokens) -> list[int]:
    depth, cases, whens = 0, 0, list[int]()
    for index, token in enumerate(tokens):
        depth += (token.text == "(") - (token.text == ")")
        cases += (token.upper == "CASE") - (token.upper == "END")
        if token.upper == "WHEN" and not depth and not cases:
            whens.append(index)
    return whens


def _action(tokens: Tokens, index: int) -> tuple[str, str]:
    kind, index = ("NOT MATCHED", index + 3) if tokens[index + 1].upper == "NOT" else ("MATCHED", index + 2)
    if tokens[index].upper != "THEN":
        raise not_supported("MERGE ... WHEN with a further condition")
    return kind, tokens[index + 1].upper
