"""MERGE: the forms that Redshift has (https://docs.aws.amazon.com/redshift/latest/dg/r_MERGE.html)."""

from __future__ import annotations

from localcloud.redshift.errors import SqlError, not_supported, syntax_error
from localcloud.redshift.sql.blocks import folded, is_name
from localcloud.redshift.sql.ddl import name_end
from localcloud.redshift.sql.lexer import Token, closing
from localcloud.redshift.sql.plan import Plan


def remove_duplicates(sql: str, words: list[Token]) -> Plan | None:
    """Return what becomes of MERGE ... REMOVE DUPLICATES, None for other forms."""
    if [word.upper for word in words[-2:]] != ["REMOVE", "DUPLICATES"]:
        return None
    using, on = _place(words, "USING"), _place(words, "ON")
    _check_tables(words, using, on)
    target = sql[words[2].start : words[using - 1].end]
    source = sql[words[using + 1].start : words[on - 1].end]
    condition = sql[words[on + 1].start : words[-3].end]
    name = sql[words[2].start : words[name_end(words, 2) - 1].end]
    gone = f"WITH gone AS (DELETE FROM {target} USING {source} WHERE {condition} RETURNING 1)"
    return Plan(f"{gone} INSERT INTO {name} SELECT DISTINCT * FROM {source}", tag="MERGE")


def checked(sql: str, words: list[Token]) -> str:
    """Return a MERGE of the one other form. Raises SqlError where it is the engine's rather than Redshift's."""
    if len(words) < 4 or words[1].upper != "INTO":
        raise SqlError("42601", "syntax error at end of input")
    using = _place(words, "USING")
    if name_end(words, 2) != using:
        raise syntax_error(words[name_end(words, 2)].text)
    _check_tables(words, using, _place(words, "ON"))
    _check_paths(words, using)
    actions = [_action(words, place) for place in _whens(words)]
    if [kind for kind, _ in actions] != ["MATCHED", "NOT MATCHED"]:
        raise not_supported(
            "MERGE without both WHEN MATCHED and WHEN NOT MATCHED, once each", hint="or MERGE ... REMOVE DUPLICATES"
        )
    if actions[0][1] not in ("UPDATE", "DELETE") or actions[1][1] != "INSERT":
        raise not_supported(f"MERGE ... THEN {actions[0][1]} and {actions[1][1]}")
    return sql


def _check_tables(words: list[Token], using: int, on: int) -> None:
    """Raise SqlError where the source is no table, or the target itself; a condition must say what equals what."""
    if words[using + 1].text == "(":
        raise SqlError("0A000", "the source of MERGE cannot be a subquery")
    names = ["".join(word.text.lower() for word in words[at : name_end(words, at)]) for at in (2, using + 1)]
    if names[0] == names[1]:
        raise SqlError("0A000", "the source and the target of MERGE cannot be the same table")
    stop = next((place for place in range(on, len(words)) if words[place].upper in ("WHEN", "REMOVE")), len(words))
    if not any(word.text == "=" for word in words[on:stop]):
        raise SqlError("0A000", "the condition of MERGE must compare columns of both tables by =")


def _check_paths(words: list[Token], using: int) -> None:
    """Raise SqlError at a part of a SUPER column: `source.value[0]`, `source.value.name`."""
    end = name_end(words, using + 1)
    source = folded(words[end + 1 if words[end].upper == "AS" else end if is_name(words[end]) else end - 1])
    names = {source, folded(words[name_end(words, 2) - 1])} - {"on"}
    names |= {folded(words[end - 1])}
    for place in range(end, len(words) - 3):
        starts = is_name(words[place]) and folded(words[place]) in names and words[place - 1].text != "."
        if starts and words[place + 1].text == "." and words[place + 3].text in ("[", "."):
            raise SqlError("0A000", "Partial reference of SUPER column is not supported in MERGE statement.")


def _place(words: list[Token], name: str) -> int:
    """Return where a word of the outermost level stands. Raises SqlError where it is absent."""
    place = 0
    while place < len(words):
        if words[place].text == "(":
            place = closing(words, place)
        elif words[place].upper == name:
            return place
        place += 1
    raise SqlError("42601", f"MERGE needs {name}")


def _whens(words: list[Token]) -> list[int]:
    depth, cases, found = 0, 0, list[int]()
    for place, word in enumerate(words):
        depth += (word.text == "(") - (word.text == ")")
        cases += (word.upper == "CASE") - (word.upper == "END")
        if word.upper == "WHEN" and not depth and not cases:
            found.append(place)
    return found


def _action(words: list[Token], place: int) -> tuple[str, str]:
    kind, place = ("NOT MATCHED", place + 3) if words[place + 1].upper == "NOT" else ("MATCHED", place + 2)
    if words[place].upper != "THEN":
        raise not_supported("MERGE ... WHEN with a further condition")
    return kind, words[place + 1].upper
