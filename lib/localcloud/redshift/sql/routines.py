"""CREATE PROCEDURE and CREATE FUNCTION: their bodies in the engine's SQL, and what it drops of their arguments.

https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_PROCEDURE.html, r_CREATE_FUNCTION.html
"""

from __future__ import annotations

from itertools import pairwise

from localcloud.redshift.errors import SqlError, not_supported
from localcloud.redshift.sql import absent, udf
from localcloud.redshift.sql.calls import rewrite_calls
from localcloud.redshift.sql.dialect import rewrite_dialect
from localcloud.redshift.sql.edits import Edit, apply, replace, swap, text, written
from localcloud.redshift.sql.lexer import Token, Tokens, closing, lex
from localcloud.redshift.sql.names import literal, string_value
from localcloud.redshift.sql.tree import parts
from localcloud.redshift.sql.types import edit_type, engine_type

_MODES = ("IN", "OUT", "INOUT")
_LATER_WORDS = {"VARYING", "PRECISION", "WITH", "WITHOUT", "YEAR", "MONTH", "DAY", "HOUR", "MINUTE", "SECOND"}
"""Second words of types: what comes before one is not a name."""
_LANGUAGES = {"PROCEDURE": ("PLPGSQL",), "FUNCTION": ("SQL",)}


def create(tokens: Tokens) -> tuple[str, str]:
    """Return the engine's statement, and the one that stores what the engine drops of a procedure's arguments.

    Raises SqlError at a language that the lab does not have.
    """
    kind = next(token.upper for token in tokens if token.upper in _LANGUAGES)
    language = _language(tokens)
    if language not in _LANGUAGES[kind]:
        raise not_supported(f"LANGUAGE {language.lower()} for a {kind.lower()}")
    for argument in _arguments(tokens):
        check_type(argument[type_start(argument) :])
    edits = argument_edits(tokens)
    edits += [replace(token, token) for token in tokens if token.upper == "NONATOMIC"]
    body = _body(tokens)
    source_text = string_value(body)
    source = lex(source_text)
    if kind == "FUNCTION":
        returned = [token.upper for before, token in pairwise(tokens) if before.upper == "RETURNS"]
        if returned[:1] in (["SETOF"], ["TABLE"]):
            raise not_supported(f"a function that returns {returned[0]}")
        udf.check(source)
    absent.refuse_functions(source)
    changed = text(rewrite_calls(rewrite_dialect(source))) + source_text[len(text(source)) :]
    mark = "$lab_body$" if "$lab_body$" not in changed else "$lab_routine_body$"
    edits.append(swap(body, mark + changed + mark))
    return text(apply(tokens, edits)), _noted(tokens) if kind == "PROCEDURE" else ""


def check_type(written: Tokens) -> None:
    """Raise SqlError if an argument or a variable is of a type that no column can have, or has a default."""
    if not written or written[0].upper in ("REFCURSOR", "RECORD") or any(token.text in ("%", ".") for token in written):
        return
    edit_type(written, 0, declared=True)
    default = next((token.text for token in written if token.upper in ("DEFAULT", "=", ":=")), None)
    if default is not None:
        raise SqlError("42601", f'syntax error at or near "{default}"')


def _arguments(tokens: Tokens) -> list[Tokens]:
    """Return the tokens of each argument."""
    opening = next(index for index, token in enumerate(tokens) if token.text == "(")
    spans = parts(tokens, opening + 1, closing(tokens, opening))
    return [tokens[start:end] for start, end in spans if start < end]


def _body(tokens: Tokens) -> Token:
    """Return the string that is the body. Raises SqlError if there is none."""
    strings = [index for index, token in enumerate(tokens) if token.kind == "string"]
    bodies = [index for index in strings if tokens[index].text.startswith("$")]
    bodies += [index for index in strings if tokens[index - 1].upper == "AS"]
    if not bodies:
        raise SqlError("42601", "the body of the routine is missing")
    return tokens[bodies[0]]


def _noted(tokens: Tokens) -> str:
    name, given, declared = signature(tokens)
    return f"SELECT redshift_lab.note_arguments({name}, {given}, {declared})"


def signature(tokens: Tokens) -> tuple[str, str, str]:
    """Return, as literals, the name of a procedure, the types of what a CALL gives, and those of all arguments."""
    first = next(index for index, token in enumerate(tokens) if token.upper == "PROCEDURE") + 1
    opening = next(index for index, token in enumerate(tokens) if token.text == "(")
    arguments = _arguments(tokens)
    given = [_type(argument) for argument in arguments if "OUT" not in [token.upper for token in argument[:2]]]
    return literal(written(tokens[first:opening])), _array(given), _array([_type(argument) for argument in arguments])


def _array(texts: list[str]) -> str:
    return f"ARRAY[{', '.join(map(literal, texts))}]::text[]"


def _type(argument: Tokens) -> str:
    """Return the type of an argument in the engine's words."""
    return engine_type(argument[type_start(argument) :])


def type_start(argument: Tokens) -> int:
    """Return where the type begins, after a name and a mode, of which each may be left out."""
    start = next((index + 1 for index, token in enumerate(argument[:2]) if token.upper in _MODES), 0)
    if start == 2 or len(argument) <= start + 1:
        return start
    first, second = argument[start], argument[start + 1]
    goes_on = second.text in ("(", ".", "[") or second.upper in _LATER_WORDS or first.upper == "NATIONAL"
    return start if goes_on else start + 1


def _language(tokens: Tokens) -> str:
    for index, token in enumerate(tokens[:-1]):
        if token.upper == "LANGUAGE":
            return tokens[index + 1].text.strip("'\"").upper()
    raise SqlError("42P13", "no language specified")


def argument_edits(tokens: Tokens) -> list[Edit]:
    """Return the changes to the types of the arguments."""
    edits, opening = list[Edit](), next(index for index, token in enumerate(tokens) if token.text == "(")
    last = closing(tokens, opening)
    for first, end in parts(tokens, opening + 1, last):
        modes = [index for index in range(first, end) if tokens[index].upper in _MODES]
        start = max([*modes, first - 1]) + 1
        if start < end and tokens[end - 1].upper == "MAX":
            continue
        for index in range(start, end):
            if tokens[index].upper in ("VARCHAR", "NUMERIC", "DECIMAL", "INTERVAL"):
                # The engine drops lengths of arguments; without one, NUMERIC is (18,0), which it would drop too.
                edits += [] if tokens[index].upper == "VARCHAR" else edit_type(tokens, index, declared=False)[0]
                break
    return edits
