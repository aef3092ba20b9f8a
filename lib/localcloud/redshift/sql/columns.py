"""Column definitions and constraints of CREATE TABLE and ALTER TABLE ADD; keys are not enforced, but noted.

https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_TABLE_NEW.html
"""

from __future__ import annotations

from localcloud.redshift.errors import SqlError, not_supported, syntax_error
from localcloud.redshift.sql import table_rules
from localcloud.redshift.sql.edits import Edit, after, made, replace, written
from localcloud.redshift.sql.lexer import Tokens, closing
from localcloud.redshift.sql.names import folded, name_end
from localcloud.redshift.sql.notes import Notes
from localcloud.redshift.sql.typenames import BYTES
from localcloud.redshift.sql.types import edit_type

REFUSED = {"CHECK", "EXCLUDE", "INHERITS", "TABLESPACE", "PARTITION", "WITH", "USING", "DEFERRABLE"}
_ATTRIBUTES = "DEFAULT IDENTITY GENERATED ENCODE DISTKEY SORTKEY COLLATE NOT NULL UNIQUE PRIMARY REFERENCES CONSTRAINT"
_ENDS = REFUSED | set(_ATTRIBUTES.split())
_CONSTRAINTS = ("PRIMARY", "UNIQUE", "FOREIGN", "CHECK", "EXCLUDE")
_PLAIN = ("DEFAULT", "NOT", "NULL", "UNIQUE", "PRIMARY", "KEY")
"""What the engine has as well."""
Step = tuple[list[Edit], int]
"""The changes to an attribute, and the index after it."""


def element(tokens: Tokens, notes: Notes) -> list[Edit]:
    """Return the changes to one column or table constraint."""
    first = tokens[0].upper
    if first == "CONSTRAINT" and len(tokens) > 2:
        return _constraint(tokens, 2, notes, folded(tokens[1]))
    if first in _CONSTRAINTS:
        return _constraint(tokens, 0, notes)
    if first == "LIKE" and len(tokens) > 1:
        end = name_end(tokens, 1)
        notes.like = written(tokens[1:end])
        _check_like(tokens[end:])
        return []
    return _column(tokens, notes)


def _check_like(options: Tokens) -> None:
    """Raise SqlError if a LIKE takes over more than columns and their defaults."""
    keywords = [token.upper for token in options]
    if keywords and (len(keywords) != 2 or keywords[0] not in ("INCLUDING", "EXCLUDING")):
        raise syntax_error(options[0].text)
    if keywords and keywords[1] != "DEFAULTS":
        raise syntax_error(options[1].text)


def _constraint(tokens: Tokens, index: int, notes: Notes, name: str = "") -> list[Edit]:
    kind = tokens[index].upper
    if kind in REFUSED:
        raise not_supported(f"{kind} constraint")
    if kind != "FOREIGN":
        return []
    if index + 2 >= len(tokens) or tokens[index + 2].text != "(":
        raise syntax_error(tokens[-1].text)
    end = closing(tokens, index + 2)
    names = [folded(token) for token in tokens[index + 3 : end] if token.text != ","]
    _reference(tokens, end + 1, names, notes, name)
    # A constraint that is always true takes its place, since the comma before it stays.
    return [replace(tokens[0], tokens[-1], "CHECK (true)")]


def _reference(tokens: Tokens, index: int, names: list[str], notes: Notes, name: str = "") -> int:
    """Note a foreign key, perhaps with a name, from its REFERENCES on; return the index after it."""
    if index + 1 >= len(tokens) or tokens[index].upper != "REFERENCES":
        raise syntax_error(tokens[min(index, len(tokens) - 1)].text)
    end = name_end(tokens, index + 1)
    table, others = written(tokens[index + 1 : end]), list[str]()
    if end < len(tokens) and tokens[end].text == "(":
        last = closing(tokens, end)
        others = [folded(token) for token in tokens[end + 1 : last] if token.text != ","]
        end = last + 1
    notes.foreign_keys.append({"name": name, "columns": names, "table": table, "references": others})
    return end


def _column(tokens: Tokens, notes: Notes) -> list[Edit]:
    if len(tokens) < 2:
        raise syntax_error(tokens[-1].text)
    name = folded(tokens[0])
    table_rules.check_column(tokens, notes)
    edits, index = _type(tokens, name, notes)
    while index < len(tokens):
        change, index = _attribute(tokens, index, name, notes)
        edits += change
    return edits


def _type(tokens: Tokens, name: str, notes: Notes) -> Step:
    """Return the changes to a column's type. Raises SqlError, with the column, at an unknown one."""
    try:
        edits, index = edit_type(tokens, 1, declared=True)
    except SqlError as error:
        if error.code != "0A000":
            raise
        table = notes.table.replace('"', "")
        where = f"{table}.{name}".removeprefix(".")
        raise SqlError(error.code, f'Column "{where}" has unsupported type: {error.message}', hint=error.hint) from None
    return (_sized(tokens, edits, index) if tokens[1].upper in BYTES else edits), index


def _sized(tokens: Tokens, edits: list[Edit], end: int) -> list[Edit]:
    """Return the changes to a type of bytes, whose length the engine does not know: a check keeps it."""
    size = tokens[3].text if end > 3 and tokens[3].kind == "number" else "64000"
    check = f" CHECK (octet_length({tokens[0].text}) <= {size})"
    if not edits:
        return [after(tokens[end - 1], check)]
    return [edit._replace(new=made(edit.new, check)) for edit in edits]


def _attribute(tokens: Tokens, index: int, name: str, notes: Notes) -> Step:
    word = tokens[index].upper
    if word in REFUSED:
        raise not_supported(f"{word} in a column definition")
    if word in ("DISTKEY", "SORTKEY", "ENCODE", "COLLATE"):
        return _noted(tokens, index, name, notes)
    if word in ("IDENTITY", "GENERATED"):
        return _identity(tokens, index, name, notes)
    if word == "REFERENCES":
        end = _reference(tokens, index, [name], notes)
        return [replace(tokens[index], tokens[end - 1])], end
    if word == "CONSTRAINT" and index + 2 < len(tokens):
        return [], index + 2
    if word not in _PLAIN:
        raise syntax_error(tokens[index].text)
    return [], _expression_end(tokens, index + 1) if word == "DEFAULT" else index + 1


def _noted(tokens: Tokens, index: int, name: str, notes: Notes) -> Step:
    """Take an attribute that the engine does not have, and note it."""
    word, end = tokens[index].upper, index
    if word == "DISTKEY":
        notes.distribute_by(name)
    elif word == "SORTKEY":
        notes.sortkeys.append(name)
    else:
        end = index + 1
        if word == "ENCODE":
            notes.encodings[name] = tokens[end].text.lower()
        elif tokens[end].upper not in ("CASE_SENSITIVE", "CS"):
            raise not_supported(f"COLLATE {tokens[end].text}")
    return [replace(tokens[index], tokens[end])], end + 1


def _identity(tokens: Tokens, index: int, name: str, notes: Notes) -> Step:
    by_default = tokens[index].upper == "GENERATED"
    end = next((at for at in range(index, len(tokens)) if tokens[at].upper == "IDENTITY"), None)
    if end is None:
        raise syntax_error(tokens[-1].text)
    numbers, start = ["1", "1"], end
    if end + 1 < len(tokens) and tokens[end + 1].text == "(":
        end = closing(tokens, end + 1)
        numbers = "".join(token.text for token in tokens[start + 2 : end]).split(",")
    if len(numbers) != 2:
        raise SqlError("42601", "IDENTITY needs a seed and a step", hint="IDENTITY(0, 1)")
    seed, step = (int(number) for number in numbers)
    bound = f"MINVALUE {min(seed, 1)}" if step > 0 else f"MAXVALUE {max(seed, -1)}"
    mode = "BY DEFAULT" if by_default else "ALWAYS"
    new = f"GENERATED {mode} AS IDENTITY (START WITH {seed} INCREMENT BY {step} {bound})"
    notes.identities[name] = ("default " if by_default else "") + ",".join(numbers)
    return [replace(tokens[index], tokens[end], new)], end + 1


def _expression_end(tokens: Tokens, start: int) -> int:
    """Return the index of the next attribute after a DEFAULT expression."""
    index = start
    while index < len(tokens) and (index == start or tokens[index].upper not in _ENDS):
        index = closing(tokens, index) + 1 if tokens[index].text == "(" else index + 1
    return index
