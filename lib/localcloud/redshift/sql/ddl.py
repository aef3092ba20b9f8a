"""CREATE TABLE: what Redshift keeps beside the columns is taken out and noted; keys are not enforced.

https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_TABLE_NEW.html
"""

from __future__ import annotations

from localcloud.redshift.errors import SqlError, not_supported, syntax_error
from localcloud.redshift.sql import reserved, table_rules
from localcloud.redshift.sql.blocks import folded
from localcloud.redshift.sql.lexer import Edit, Token, closing
from localcloud.redshift.sql.notes import Notes
from localcloud.redshift.sql.types import edit_type

_REFUSED = {"CHECK", "EXCLUDE", "INHERITS", "TABLESPACE", "PARTITION", "WITH", "USING", "DEFERRABLE"}
_ENDS = {
    *(
        "DEFAULT",
        "IDENTITY",
        "GENERATED",
        "ENCODE",
        "DISTKEY",
        "SORTKEY",
        "COLLATE",
        "NOT",
        "NULL",
        "UNIQUE",
        "PRIMARY",
    ),
    *("REFERENCES", "CONSTRAINT", *_REFUSED),
}


def name_end(words: list[Token], place: int) -> int:
    """Return the index after the (perhaps qualified) name that begins there."""
    place += 1
    while place + 1 < len(words) and words[place].text == ".":
        place += 2
    return place


def is_create_table(words: list[Token]) -> bool:
    """Tell whether it is a CREATE TABLE, temporary or not."""
    return (
        words[0].upper == "CREATE"
        and "TABLE" in [word.upper for word in words[1:4]]
        and "EXTERNAL" not in [word.upper for word in words[1:3]]
    )


def create_table(sql: str, words: list[Token]) -> tuple[list[Edit], str, int | None]:
    """Return the changes, the statement that stores the notes, and the index where the query of a CTAS begins."""
    place = next(index for index, word in enumerate(words) if word.upper == "TABLE") + 1
    edits = [Edit(word.start, word.end, "") for word in words[1:place] if word.upper in ("LOCAL", "GLOBAL")]
    notes = Notes(keep=[word.upper for word in words[place : place + 3]] == ["IF", "NOT", "EXISTS"])
    place += 3 if notes.keep else 0
    if place >= len(words):
        raise SqlError("42601", "syntax error at end of input")
    end = name_end(words, place)
    name = notes.table = sql[words[place].start : words[end - 1].end]
    reserved.check(words[end - 1])
    if words[place].text.startswith(("#", '"#')) and words[1].upper == "TABLE":
        edits.append(Edit(words[1].start, words[1].start, "TEMPORARY "))
    if end < len(words) and words[end].text == "(":
        last = closing(words, end)
        if words[end + 1].upper not in ("SELECT", "WITH", "(") and not _is_name_list(words, end, last):
            edits += _elements(sql, words, end + 1, last, notes)
        if words[end + 1].upper not in ("SELECT", "WITH", "("):
            end = last + 1
    taken, query = attributes(words, end, notes)
    check_distribution(words[end:query], notes)
    table_rules.check_keys(notes)
    return edits + taken, notes.statement(without_hash(name)), query


def check_distribution(words: list[Token], notes: Notes) -> None:
    """Raise SqlError where the style and the key of the distribution do not agree."""
    place = next((at for at, word in enumerate(words[:-1]) if word.upper == "DISTSTYLE"), None)
    style = words[place + 1].upper if place is not None else ""
    if style == "KEY" and not notes.distkey:
        raise SqlError("42601", "DISTSTYLE KEY needs a DISTKEY")
    if style in ("EVEN", "ALL", "AUTO") and notes.distkey:
        raise SqlError("42601", f"DISTSTYLE {style} cannot be combined with a DISTKEY")


def _is_name_list(words: list[Token], opening: int, last: int) -> bool:
    """Tell whether parentheses hold names alone, as before the AS of a query."""
    return all(first + 1 == end for first, end in column_parts(words, opening + 1, last))


def without_hash(name: str) -> str:
    return f'"{name}"' if name.startswith("#") else name


def _elements(sql: str, words: list[Token], start: int, end: int, notes: Notes) -> list[Edit]:
    edits = list[Edit]()
    for first, last in column_parts(words, start, end):
        if first == last:
            raise syntax_error(words[last].text)
        edits += element(sql, words[first:last], notes)
    return edits


def column_parts(words: list[Token], start: int, end: int) -> list[tuple[int, int]]:
    """Return where the parts between commas begin and end."""
    parts, first, place = list[tuple[int, int]](), start, start
    while place < end:
        if words[place].text in ("(", "["):
            place = closing(words, place)
        elif words[place].text == ",":
            parts.append((first, place))
            first = place + 1
        place += 1
    return [*parts, (first, end)]


def element(sql: str, words: list[Token], notes: Notes) -> list[Edit]:
    """Return the changes to one column or table constraint."""
    first = words[0].upper
    if first == "CONSTRAINT" and len(words) > 2:
        return _constraint(sql, words, 2, notes, folded(words[1]))
    if first in ("PRIMARY", "UNIQUE", "FOREIGN", "CHECK", "EXCLUDE"):
        return _constraint(sql, words, 0, notes)
    if first == "LIKE" and len(words) > 1:
        notes.like = sql[words[1].start : words[name_end(words, 1) - 1].end]
        return []
    return column(sql, words, notes)


def _constraint(sql: str, words: list[Token], place: int, notes: Notes, name: str = "") -> list[Edit]:
    kind = words[place].upper
    if kind in _REFUSED:
        raise not_supported(f"{kind} constraint")
    if kind != "FOREIGN":
        return []
    if place + 2 >= len(words) or words[place + 2].text != "(":
        raise syntax_error(words[-1].text)
    end = closing(words, place + 2)
    names = [folded(word) for word in words[place + 3 : end] if word.text != ","]
    _reference(sql, words, end + 1, names, notes, name)
    # A constraint that is always true stands in the place, since the comma before it stays.
    return [Edit(words[0].start, words[-1].end, "CHECK (true)")]


def _reference(sql: str, words: list[Token], place: int, names: list[str], notes: Notes, name: str = "") -> int:
    """Note a foreign key, perhaps with a name, from its REFERENCES on; return the index after it."""
    if place + 1 >= len(words) or words[place].upper != "REFERENCES":
        raise syntax_error(words[min(place, len(words) - 1)].text)
    end = name_end(words, place + 1)
    table, others = sql[words[place + 1].start : words[end - 1].end], list[str]()
    if end < len(words) and words[end].text == "(":
        last = closing(words, end)
        others = [folded(word) for word in words[end + 1 : last] if word.text != ","]
        end = last + 1
    notes.foreign_keys.append({"name": name, "columns": names, "table": table, "references": others})
    return end


def column(sql: str, words: list[Token], notes: Notes) -> list[Edit]:
    """Return the changes to one column definition."""
    if len(words) < 2:
        raise syntax_error(words[-1].text)
    name = folded(words[0])
    table_rules.check_column(words, notes)
    try:
        edits, place = edit_type(words, 1, declared=True)
    except SqlError as error:
        if error.code != "0A000":
            raise
        table = notes.table.replace('"', "")
        where = f"{table}.{name}".removeprefix(".")
        raise SqlError(error.code, f'Column "{where}" has unsupported type: {error.message}', hint=error.hint) from None
    if words[1].upper in ("VARBYTE", "VARBINARY", "BINARY"):
        size = words[3].text if place > 3 and words[3].kind == "number" else "64000"
        check = f" CHECK (octet_length({words[0].text}) <= {size})"
        edits = [*edits, Edit(words[place - 1].end, words[place - 1].end, check)]
    while place < len(words):
        change, place = _column_attribute(sql, words, place, name, notes)
        edits += change
    return edits


def _column_attribute(sql: str, words: list[Token], place: int, name: str, notes: Notes) -> tuple[list[Edit], int]:
    word = words[place].upper
    if word in _REFUSED:
        raise not_supported(f"{word} in a column definition")
    if word in ("DISTKEY", "SORTKEY"):
        if word == "DISTKEY":
            notes.distribute_by(name)
        else:
            notes.sortkeys.append(name)
        return [Edit(words[place].start, words[place].end, "")], place + 1
    if word == "ENCODE":
        notes.encodings[name] = words[place + 1].text.lower()
        return [Edit(words[place].start, words[place + 1].end, "")], place + 2
    if word == "COLLATE":
        if words[place + 1].upper not in ("CASE_SENSITIVE", "CS"):
            raise not_supported(f"COLLATE {words[place + 1].text}")
        return [Edit(words[place].start, words[place + 1].end, "")], place + 2
    if word in ("IDENTITY", "GENERATED"):
        return _identity(words, place, name, notes)
    if word == "REFERENCES":
        end = _reference(sql, words, place, [name], notes)
        return [Edit(words[place].start, words[end - 1].end, "")], end
    if word == "DEFAULT":
        return [], _expression_end(words, place + 1)
    return [], place + 1


def _identity(words: list[Token], place: int, name: str, notes: Notes) -> tuple[list[Edit], int]:
    by_default = words[place].upper == "GENERATED"
    end = next((at for at in range(place, len(words)) if words[at].upper == "IDENTITY"), None)
    if end is None:
        raise syntax_error(words[-1].text)
    numbers, start = ["1", "1"], end
    if end + 1 < len(words) and words[end + 1].text == "(":
        end = closing(words, end + 1)
        numbers = "".join(word.text for word in words[start + 2 : end]).split(",")
    if len(numbers) != 2:
        raise SqlError("42601", "IDENTITY needs a seed and a step", hint="IDENTITY(0, 1)")
    seed, step = (int(number) for number in numbers)
    bound = f"MINVALUE {min(seed, 1)}" if step > 0 else f"MAXVALUE {max(seed, -1)}"
    mode = "BY DEFAULT" if by_default else "ALWAYS"
    text = f"GENERATED {mode} AS IDENTITY (START WITH {seed} INCREMENT BY {step} {bound})"
    notes.identities[name] = ("default " if by_default else "") + ",".join(numbers)
    return [Edit(words[place].start, words[end].end, text)], end + 1


def _expression_end(words: list[Token], place: int) -> int:
    """Return the index of the next attribute after a DEFAULT expression."""
    first = place
    while place < len(words) and (place == first or words[place].upper not in _ENDS):
        place = closing(words, place) + 1 if words[place].text == "(" else place + 1
    return place


def attributes(words: list[Token], place: int, notes: Notes) -> tuple[list[Edit], int | None]:
    """Take the table's attributes out; return the index where the query of a CTAS begins, if it is one."""
    edits = list[Edit]()
    while place < len(words):
        word, start = words[place].upper, place
        if word == "AS":
            return edits, place + 1
        place = _attribute(words, place, word, notes)
        edits.append(Edit(words[start].start, words[place - 1].end, ""))
    return edits, None


def _attribute(words: list[Token], place: int, word: str, notes: Notes) -> int:
    follows = words[place + 1].upper if place + 1 < len(words) else ""
    if word == "BACKUP" and follows in ("YES", "NO"):
        return place + 2
    if word == "ENCODE" and follows == "AUTO":
        return place + 2
    if word == "DISTSTYLE" and follows in ("AUTO", "EVEN", "KEY", "ALL"):
        notes.diststyle = "AUTO(ALL)" if follows == "AUTO" else follows
        return place + 2
    if word in ("COMPOUND", "INTERLEAVED") and follows == "SORTKEY":
        notes.interleaved = word == "INTERLEAVED"
        return _attribute(words, place + 1, "SORTKEY", notes)
    if word in ("DISTKEY", "SORTKEY") and follows == "(":
        end = closing(words, place + 1)
        names = [folded(one) for one in words[place + 2 : end] if one.text != ","]
        if word == "DISTKEY":
            notes.distribute_by(*names)
        else:
            notes.sortkeys = names
        return end + 1
    if word == "SORTKEY" and follows in ("AUTO", "NONE"):
        return place + 2
    raise syntax_error(words[place].text) if word not in _REFUSED else not_supported(f"{word} in CREATE TABLE")
