"""CREATE PROCEDURE and CREATE FUNCTION: their bodies in the engine's SQL, and what it drops of their arguments."""

from __future__ import annotations

from localcloud.redshift.errors import SqlError, not_supported
from localcloud.redshift.sql import absent, udf
from localcloud.redshift.sql.blocks import parts
from localcloud.redshift.sql.calls import rewrite_calls
from localcloud.redshift.sql.lexer import Edit, Token, apply, closing, literal, string_value, tokens
from localcloud.redshift.sql.types import edit_type, engine_type
from localcloud.redshift.sql.words import rewrite_words

_MODES = ("IN", "OUT", "INOUT")
_LATER_WORDS = {"VARYING", "PRECISION", "WITH", "WITHOUT", "YEAR", "MONTH", "DAY", "HOUR", "MINUTE", "SECOND"}
"""Second words of types: what stands before one is no name."""
_LANGUAGES = {"PROCEDURE": ("PLPGSQL",), "FUNCTION": ("SQL",)}


def create(sql: str, words: list[Token]) -> tuple[str, str]:
    """Return the engine's statement, and the one that stores what the engine drops of a procedure's arguments.

    Raises SqlError at a language that the lab does not have.
    """
    kind = next(word.upper for word in words if word.upper in _LANGUAGES)
    language = _language(words)
    if language not in _LANGUAGES[kind]:
        raise not_supported(f"LANGUAGE {language.lower()} for a {kind.lower()}")
    opening = next(place for place, word in enumerate(words) if word.text == "(")
    for start, end in parts(words, opening + 1, closing(words, opening)):
        argument = words[start:end]
        check_type(argument[type_start(argument) :])
    edits = argument_edits(words)
    edits += [Edit(word.start, word.end, "") for word in words if word.upper == "NONATOMIC"]
    body = next((word for word in words if word.kind == "string" and word.text.startswith("$")), None)
    body = body or next(
        (word for place, word in enumerate(words) if word.kind == "string" and words[place - 1].upper == "AS"), None
    )
    if body is None:
        raise SqlError("42601", "the body of the routine is missing")
    text = string_value(body)
    if kind == "FUNCTION":
        udf.check(text)
    absent.refuse_functions(tokens(text))
    changed = rewrite_calls(rewrite_words(text))
    mark = "$lab_body$" if "$lab_body$" not in changed else "$lab_routine_body$"
    edits.append(Edit(body.start, body.end, mark + changed + mark))
    return apply(sql, edits), _noted(sql, words, opening) if kind == "PROCEDURE" else ""


def check_type(written: list[Token]) -> None:
    """Raise SqlError where an argument or a variable is of a type that no column can have, or has a default."""
    if not written or written[0].upper in ("REFCURSOR", "RECORD") or any(word.text in ("%", ".") for word in written):
        return
    edit_type(written, 0, declared=True)
    default = next((word.text for word in written if word.upper in ("DEFAULT", "=", ":=")), None)
    if default is not None:
        raise SqlError("42601", f'syntax error at or near "{default}"')


def _noted(sql: str, words: list[Token], opening: int) -> str:
    name, given, written = signature(sql, words, opening)
    return f"SELECT redshift_lab.note_arguments({name}, {given}, {written})"


def signature(sql: str, words: list[Token], opening: int | None = None) -> tuple[str, str, str]:
    """Return, as literals, the name of a procedure, the types of what a CALL gives, and those of all arguments."""
    first = next(place for place, word in enumerate(words) if word.upper == "PROCEDURE") + 1
    if opening is None:
        opening = next(place for place, word in enumerate(words) if word.text == "(")
    written = [words[start:end] for start, end in parts(words, opening + 1, closing(words, opening)) if start < end]
    given = [_type(one) for one in written if "OUT" not in [word.upper for word in one[:2]]]
    name = literal(sql[words[first].start : words[opening - 1].end])
    return name, _array(given), _array([_type(one) for one in written])


def _array(texts: list[str]) -> str:
    return f"ARRAY[{', '.join(map(literal, texts))}]::text[]"


def _type(argument: list[Token]) -> str:
    """Return the type of an argument in the engine's words."""
    return engine_type(argument[type_start(argument) :])


def type_start(argument: list[Token]) -> int:
    """Return where the type begins, after a name and a mode, of which each may be left out."""
    start = next((place + 1 for place, word in enumerate(argument[:2]) if word.upper in _MODES), 0)
    if start == 2 or len(argument) <= start + 1:
        return start
    first, second = argument[start], argument[start + 1]
    goes_on = second.text in ("(", ".", "[") or second.upper in _LATER_WORDS or first.upper == "NATIONAL"
    return start if goes_on else start + 1


def _language(words: list[Token]) -> str:
    for place, word in enumerate(words[:-1]):
        if word.upper == "LANGUAGE":
            return words[place + 1].text.strip("'\"").upper()
    raise SqlError("42P13", "no language specified")


def argument_edits(words: list[Token]) -> list[Edit]:
    """Return the changes to the types of the arguments."""
    edits, opening = list[Edit](), next(place for place, word in enumerate(words) if word.text == "(")
    last = closing(words, opening)
    for first, end in parts(words, opening + 1, last):
        modes = [place for place in range(first, end) if words[place].upper in _MODES]
        start = max([*modes, first - 1]) + 1
        if start < end and words[end - 1].upper == "MAX":
            continue
        for place in range(start, end):
            if words[place].upper in ("VARCHAR", "NUMERIC", "DECIMAL", "INTERVAL"):
                # The engine drops lengths of arguments; without one, NUMERIC is (18,0), which it would drop too.
                edits += [] if words[place].upper == "VARCHAR" else edit_type(words, place, declared=False)[0]
                break
    return edits
