"""Calls that make SUPERs: ARRAY, OBJECT, OBJECT_TRANSFORM."""

from __future__ import annotations

from localcloud.redshift.errors import SqlError
from localcloud.redshift.sql.call import Call
from localcloud.redshift.sql.lexer import Token, tokens


def array(call: Call) -> str:
    """Return an ARRAY of values."""
    if call.arguments and tokens(call.arguments[0])[0].upper in ("SELECT", "WITH"):
        return call.plain()
    return f"redshift_lab.made(redshift_lab.array_of({_items(call)}))"


def object_(call: Call) -> str:
    """Return an OBJECT of names and values."""
    return f"redshift_lab.made(redshift_lab.object_of({_items(call, names=True)}))"


def _items(call: Call, names: bool = False) -> str:
    """Return the arguments as JSON values; of an object, each first of two is a name."""
    return ", ".join(
        one if names and place % 2 == 0 else f"redshift_lab.item({one})" for place, one in enumerate(call.arguments)
    )


def of_super(call: Call) -> str:
    """Return a call of a function on SUPER, for which a text literal is a string; the engine would read it as JSON."""
    literals = [tokens(argument) for argument in call.arguments]
    bare = [len(words) == 1 and words[0].kind == "string" for words in literals]
    pairs = zip(call.arguments, bare, strict=True)
    call.arguments = [f"redshift_lab.as_super({text})" if is_text else text for text, is_text in pairs]
    return call.plain(f'"{call.name.lower()}"')


def transform(call: Call) -> str:
    """Return an OBJECT_TRANSFORM(value KEEP path, ... SET path, value, ...). Raises SqlError where it is none."""
    value, parts = _clauses(call)
    given = parts.get("SET", [])
    if not value or len(given) % 2:
        raise SqlError("42601", "OBJECT_TRANSFORM needs a value, and a value for each path of SET")
    keep = "true" if "KEEP" in parts else "false"
    paths, set_paths = (", ".join(one) for one in (parts.get("KEEP", []), given[::2]))
    items = ", ".join(f"redshift_lab.item({one})" for one in given[1::2])
    listed = f"ARRAY[{paths}]::text[], ARRAY[{set_paths}]::text[]"
    return f"redshift_lab.object_transform({value}, {keep}, {listed}, NULL::json{', ' + items if items else ''})"


def _clauses(call: Call) -> tuple[str, dict[str, list[str]]]:
    """Return the value, and the arguments after KEEP and SET."""
    value, found, clause = "", dict[str, list[str]](), ""
    for argument in call.arguments:
        words = tokens(argument)
        starts = [
            place for place, word in enumerate(words) if word.upper in ("KEEP", "SET") and _is_clause(words, place)
        ]
        place = 0
        for start in [*starts, len(words)]:
            if start > place:
                text = argument[words[place].start : words[start - 1].end]
                if clause:
                    found[clause].append(text)
                else:
                    value = text
            if start < len(words):
                clause = words[start].upper
                found.setdefault(clause, [])
            place = start + 1
    return value, found


def _is_clause(words: list[Token], place: int) -> bool:
    depth = sum((word.text == "(") - (word.text == ")") for word in words[:place])
    return depth == 0 and place + 1 < len(words) and words[place + 1].kind == "string"


def search(call: Call) -> str:
    """Return an ARRAY_CONTAINS or ARRAY_POSITION, which look for any value."""
    rest = "".join(f", {one}" for one in call.arguments[2:])
    name = call.name.lower()
    return f"redshift_lab.{name}({call.argument(0)}, redshift_lab.item({call.argument(1)}){rest})"
