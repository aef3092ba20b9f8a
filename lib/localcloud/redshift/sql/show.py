"""SHOW of lists, which newer drivers read their metadata by, and of the definitions of tables, views and procedures.

A list may be of another database of the cluster; names and patterns may be parameters, as drivers send them.
https://docs.aws.amazon.com/redshift/latest/dg/r_SHOW_TABLES.html and its neighbours
"""

from __future__ import annotations

from localcloud.redshift.errors import SqlError, not_supported, syntax_error
from localcloud.redshift.sql.lexer import Token, Tokens, closing
from localcloud.redshift.sql.listings import LISTINGS, Listing
from localcloud.redshift.sql.names import folded, identifier, is_name, literal, name_end, string_value, without_hash
from localcloud.redshift.sql.plan import Named, Plan
from localcloud.redshift.sql.tree import parts
from localcloud.redshift.sql.types import engine_type

_LIMIT = 10_000
DEFINITIONS = {
    "TABLE": "Show Table DDL statement",
    "VIEW": "Show View DDL statement",
    "PROCEDURE": "Stored Procedure Definition",
}
"""What prints one definition, and the name of its column."""
_WITH_EXTERNAL = ("redshift_lab.show_tables", "redshift_lab.show_columns")
FORMS = {tokens.split()[0] for tokens in LISTINGS} | set(DEFINITIONS)


def plan(tokens: Tokens) -> Plan:
    """Return the plan of a SHOW of these forms. Raises SqlError at a form that the lab does not have."""
    if tokens[1].upper in DEFINITIONS:
        return Plan(_definition(tokens), tag="SHOW")
    keywords = [token.upper for token in tokens[1:7]]
    forms = [form for form in LISTINGS if keywords[: len(form.split())] == form.split()]
    if not forms:
        raise not_supported(f"SHOW {' '.join(word for word in keywords[:3] if word)}")
    form = max(forms, key=len)
    listing, index = LISTINGS[form], len(form.split()) + 1
    if form == "DATABASES" and index < len(tokens) and tokens[index].upper == "FROM":
        raise not_supported("SHOW DATABASES FROM DATA CATALOG")
    path, index = _path(tokens, index, listing.keys)
    named = dict(zip(listing.keys[len(listing.keys) - len(path) :], path, strict=True))
    conditions = [f"{key} = {_written(token)}" for key, token in named.items()]
    if listing.condition:
        conditions.append(listing.condition)
    if form.startswith("PARAMETERS"):
        arguments, index = _arguments(tokens, index)
        conditions.append(f"argument_list = redshift_lab.argument_list({arguments})")
    more, limit = _clauses(tokens, index, listing, grants="GRANTS" in form)
    where = f" WHERE {' AND '.join(conditions + more)}" if conditions + more else ""
    text = f"SELECT {listing.fields} FROM {listing.view}{where} ORDER BY {listing.order}{limit}"
    database = named.get(listing.keys[0]) if listing.keys else None
    schema = named.get("schema_name") if listing.view in _WITH_EXTERNAL else None
    return Plan(text, tag="SHOW", database=_named(database), schema=_named(schema))


def _named(token: Token | None) -> Named:
    if token is None:
        return ""
    return int(token.text[1:]) if token.kind == "parameter" else folded(token)


def _written(token: Token) -> str:
    return token.text if token.kind == "parameter" else literal(folded(token))


def _name(tokens: Tokens, index: int) -> Token:
    """Return a name, or the parameter that stands for one."""
    if index >= len(tokens):
        raise SqlError("42601", "syntax error at end of input")
    if tokens[index].kind != "parameter" and not is_name(tokens[index]):
        raise syntax_error(tokens[index].text)
    return tokens[index]


def _path(tokens: Tokens, index: int, keys: tuple[str, ...]) -> tuple[Tokens, int]:
    """Return the names of a path, which may leave out the database before a schema, and the index after it."""
    names = Tokens()
    while len(names) < len(keys):
        names.append(_name(tokens, index))
        index += 1
        if index >= len(tokens) or tokens[index].text != ".":
            break
        index += 1
    if len(names) < max(len(keys) - 1, min(len(keys), 1)):
        raise SqlError("42601", f"SHOW needs a name with its schema: {'.'.join(keys)}")
    return names, index


def _arguments(tokens: Tokens, index: int) -> tuple[str, int]:
    """Return an array of the types between parentheses, and the index after them."""
    if index >= len(tokens) or tokens[index].text != "(":
        raise syntax_error(tokens[min(index, len(tokens) - 1)].text)
    end = closing(tokens, index)
    written = list[str]()
    for first, last in parts(tokens, index + 1, end) if end > index + 1 else []:
        argument = tokens[first:last]
        single = len(argument) == 1 and argument[0].kind == "parameter"
        written.append(argument[0].text if single else literal(engine_type(argument)))
    return f"ARRAY[{', '.join(written)}]::text[]", end + 1


def _clauses(tokens: Tokens, index: int, listing: Listing, *, grants: bool) -> tuple[list[str], str]:
    """Return the conditions of FOR and LIKE, and the LIMIT."""
    conditions, limit = list[str](), ""
    if grants and index < len(tokens) and tokens[index].upper == "FOR":
        condition, index = _grantee(tokens, index + 1)
        conditions.append(condition)
    if listing.pattern and index + 1 < len(tokens) and tokens[index].upper == "LIKE":
        token = tokens[index + 1]
        if token.kind not in ("string", "parameter"):
            raise syntax_error(token.text)
        pattern = token.text if token.kind == "parameter" else literal(string_value(token))
        conditions.append(f"{listing.pattern} LIKE {pattern}")
        index += 2
    if index + 1 < len(tokens) and tokens[index].upper == "LIMIT":
        token = tokens[index + 1]
        if token.kind != "parameter" and not (token.text.isdigit() and int(token.text) <= _LIMIT):
            raise SqlError("22023", f"LIMIT of SHOW must be between 0 and {_LIMIT}")
        limit = f" LIMIT {token.text}"
        index += 2
    if index < len(tokens):
        raise syntax_error(tokens[index].text)
    return conditions, limit


def _grantee(tokens: Tokens, index: int) -> tuple[str, int]:
    kind = tokens[index].upper if index < len(tokens) else ""
    if kind == "PUBLIC":
        return "identity_type = 'public'", index + 1
    index += kind == "ROLE"
    who = "role" if kind == "ROLE" else "user"
    return f"identity_type = '{who}' AND identity_name = {_written(_name(tokens, index))}", index + 1


def _definition(tokens: Tokens) -> str:
    form, index = tokens[1].upper, 2
    if index >= len(tokens):
        raise SqlError("42601", "syntax error at end of input")
    end = name_end(tokens, index)
    name = "".join(token.text if token.kind == "quoted" else token.text.lower() for token in tokens[index:end])
    arguments = [literal(without_hash(name))]
    if form == "PROCEDURE":
        given = "NULL"
        if end < len(tokens) and tokens[end].text == "(":
            last = closing(tokens, end)
            given, end = literal(" ".join(token.text for token in tokens[end + 1 : last])), last + 1
        arguments.append(given)
    if end < len(tokens):
        raise syntax_error(tokens[end].text)
    call = f"redshift_lab.show_{form.lower()}({', '.join(arguments)})"
    return f"SELECT {call} AS {identifier(DEFINITIONS[form])}"
