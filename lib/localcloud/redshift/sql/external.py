"""External schemas in statements: CREATE EXTERNAL SCHEMA, and the external tables that a query reads.

https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_EXTERNAL_SCHEMA.html
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from localcloud.redshift.errors import SqlError, not_supported, syntax_error
from localcloud.redshift.sql.blocks import folded, is_name
from localcloud.redshift.sql.lexer import Edit, Token, apply, tokens
from localcloud.redshift.sql.plan import NeedsTables, Session, TableName
from localcloud.redshift.transfer.options import Reader, iam_role

_READS = ("FROM", "JOIN", ",", "USING")
_WRITES = {"INSERT": 2, "UPDATE": 1, "DELETE": 2, "MERGE": 2, "TRUNCATE": 1, "ALTER": 2}


@dataclass(frozen=True)
class ExternalSchema:
    """A CREATE EXTERNAL SCHEMA."""

    name: str
    database: str
    role: str
    if_not_exists: bool = False
    make_database: bool = False


def parse(sql: str) -> ExternalSchema:
    """Read a CREATE EXTERNAL SCHEMA ... FROM DATA CATALOG. Raises SqlError at other sources."""
    reader = Reader(tokens(sql))
    for word in ("CREATE", "EXTERNAL", "SCHEMA"):
        reader.expect(word)
    calm = reader.accept("IF")
    if calm:
        reader.expect("NOT")
        reader.expect("EXISTS")
    name = reader.name()
    reader.accept("LOCAL")
    reader.expect("FROM")
    if not reader.accept("DATA"):
        raise not_supported(f"CREATE EXTERNAL SCHEMA FROM {reader.next().upper}", hint="FROM DATA CATALOG")
    reader.expect("CATALOG")
    found = {"database": "", "iam_role": "", "made": ""}
    while not reader.ended:
        _option(reader, found)
    if not found["database"] or not found["iam_role"]:
        raise syntax_error("CATALOG")
    return ExternalSchema(name, found["database"].lower(), found["iam_role"], calm, bool(found["made"]))


def _option(reader: Reader, found: dict[str, str]) -> None:
    token = reader.next()
    if token.upper == "DATABASE":
        # The documented form is a string; a bare name is what many write.
        found["database"] = reader.string() if not reader.peek() else reader.name()
    elif token.upper in ("REGION", "CATALOG_ROLE", "CATALOG_ID"):
        reader.string()
    elif token.upper == "IAM_ROLE":
        found["iam_role"] = str(iam_role(reader)["iam_role"])
    elif token.upper == "CREATE":
        for word in ("EXTERNAL", "DATABASE", "IF", "NOT", "EXISTS"):
            reader.expect(word)
        found["made"] = "yes"
    else:
        raise syntax_error(token.text)


def resolve(sql: str, session: Session, known: Mapping[str, object]) -> str:
    """Return a text that reads the session's copies of its external tables. Raises NeedsTables to have them made."""
    words = tokens(sql) if session.external_schemas else []
    tables = _tables(words, session)
    if not tables:
        return sql
    names = sorted({name for _, _, name in tables})
    wanted = _columns(words)
    key = "external tables:" + ",".join(".".join(name) for name in names)
    if key not in known:
        raise NeedsTables(key, names, wanted)
    copies = known[key]
    assert isinstance(copies, dict)
    edits = [edit for first, end, name in tables if (edit := _edit(words, first, end, copies.get(name)))]
    return apply(sql, [*edits, *_qualified(words, copies.keys())])


def refuse(sql: str, session: Session) -> None:
    """Raise SqlError where a view that is bound to its tables reads an external one (r_CREATE_EXTERNAL_TABLE)."""
    if session.external_schemas and _tables(tokens(sql), session):
        raise SqlError("0A000", "External tables are not supported in views", hint="WITH NO SCHEMA BINDING")


def _qualified(words: list[Token], names: Collection[TableName]) -> Iterator[Edit]:
    """Yield the changes to columns that are written with schema and table: the copy has the table's name alone."""
    for place in range(len(words) - 4):
        if [word.text for word in words[place + 1 : place + 4 : 2]] != [".", "."] or not is_name(words[place + 2]):
            continue
        starts = place == 0 or (words[place - 1].text != "." and words[place - 1].upper not in _READS[:2])
        if starts and is_name(words[place]) and (folded(words[place]), folded(words[place + 2])) in names:
            yield Edit(words[place].start, words[place + 1].end, "")


def _edit(words: list[Token], first: int, end: int, copy: str | None) -> Edit | None:
    if copy is None:
        return None
    after = words[end] if end < len(words) else None
    aliased = after is not None and (after.upper == "AS" or (is_name(after) and after.upper not in _CLAUSES))
    alias = "" if aliased else f" AS {words[end - 1].text}"
    return Edit(words[first].start, words[end - 1].end, copy + alias)


_CLAUSES = {
    *("WHERE", "GROUP", "ORDER", "HAVING", "LIMIT", "OFFSET", "FETCH", "QUALIFY", "UNION", "EXCEPT", "INTERSECT"),
    *("MINUS", "JOIN", "INNER", "LEFT", "RIGHT", "FULL", "CROSS", "NATURAL", "ON", "USING", "PIVOT", "UNPIVOT", "WHEN"),
    *("SET", "WITH"),
}


def _tables(words: list[Token], session: Session) -> list[tuple[int, int, TableName]]:
    """Return where `schema.table` of an external schema stands as a table, and its name."""
    found = list[tuple[int, int, TableName]]()
    for place in range(1, len(words) - 2):
        if not is_name(words[place]) or words[place + 1].text != "." or not is_name(words[place + 2]):
            continue
        if folded(words[place]) not in session.external_schemas:
            continue
        before = words[place - 1]
        verb = words[0].upper
        if place == _WRITES.get(verb) or (verb == "ALTER" and place < 4):
            raise not_supported(f"{verb} of an external table")
        if before.upper in _READS and not (
            place + 3 < len(words) and words[place + 3].text == "." and before.text == ","
        ):
            found.append((place, place + 3, (folded(words[place]), folded(words[place + 2]))))
    return found


def _columns(words: list[Token]) -> frozenset[str] | None:
    """Return the names that could be columns; None where a star asks for all.

    Raises SqlError where a star stands beside a pseudo column, which it does not include.
    """
    pseudo = {folded(word) for word in words if word.kind == "quoted" and word.text.startswith('"$')}
    if "$spectrum_oid" in pseudo:
        raise not_supported('the pseudo column "$spectrum_oid"')
    for place, word in enumerate(words):
        if word.text == "*" and words[place - 1].upper in ("SELECT", ",", ".", "DISTINCT", "ALL"):
            if pseudo & {"$path", "$size"}:
                raise not_supported('* beside "$path" or "$size"', hint="name the columns")
            return None
    return frozenset(folded(word) for word in words if is_name(word))
