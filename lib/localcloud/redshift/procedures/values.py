"""Expressions of a procedure, and what its variables take.

https://docs.aws.amazon.com/redshift/latest/dg/c_PLpgSQL-statements.html
"""

from __future__ import annotations

from localcloud.redshift.errors import SqlError
from localcloud.redshift.procedures.binding import Bound, bind
from localcloud.redshift.procedures.engine import Answer
from localcloud.redshift.procedures.frame import Frame
from localcloud.redshift.procedures.scope import Record, Scope, Value, Variable, type_of
from localcloud.redshift.procedures.tree import Declaration
from localcloud.redshift.sql.lexer import lex
from localcloud.redshift.sql.names import folded, is_name, string_value

_INTEGERS = {"smallint", "integer", "bigint", "int", "int2", "int4", "int8"}
_SAME = {"int": "integer", "int4": "integer", "int2": "smallint", "int8": "bigint", "bool": "boolean"}


class Values:
    """Works out expressions by the engine, and puts values into variables."""

    def __init__(self, frame: Frame) -> None:
        self._frame = frame

    async def run(self, sql: str, scope: Scope) -> Answer:
        """Run a statement with the variables in it."""
        return await self._noted(bind(sql, scope))

    async def run_text(self, sql: str) -> Answer:
        """Run a statement as it is."""
        return await self._noted(Bound(sql, (), sql))

    async def _noted(self, bound: Bound) -> Answer:
        _refuse(bound.sql)
        transactions, log = self._frame.transactions, self._frame.host.log
        if bound.sql.lstrip()[:8].upper() == "TRUNCATE":
            transactions.check("TRUNCATE")
        record = log.inner(bound.shown)
        try:
            answer = await self._frame.statements.run(bound, lambda: transactions.end("TRUNCATE"))
        except SqlError as error:
            log.inner_ended(record, error.message)
            raise
        log.inner_ended(record)
        return answer

    async def value(self, expression: str, scope: Scope) -> Value:
        """Return what an expression gives, which may be a query without its SELECT."""
        plain = _plain(expression, scope)
        if plain is not None:
            return plain
        answer = await self._frame.statements.run(bind(f"SELECT {expression}\n", scope), self._never)
        if len(answer.rows) > 1:
            raise SqlError("21000", "query returned more than one row")
        if len(answer.types) != 1:
            raise SqlError("42601", f"an expression gives {len(answer.types)} values instead of one")
        return answer.first()[0]

    async def _never(self) -> None:
        raise SqlError("XX000", "an expression has ended the transaction")

    async def holds(self, condition: str, scope: Scope) -> bool:
        """Return whether a condition is true; null is not."""
        value, kind = await self.value(condition, scope)
        if kind != "boolean" and value is not None:
            value, _ = await self.cast((value, kind), "boolean")
        return value == "t"

    async def integer(self, expression: str, scope: Scope) -> int:
        """Return a bound of a loop. Raises SqlError at null."""
        value, kind = await self.value(expression, scope)
        if kind not in _INTEGERS:
            value, _ = await self.cast((value, kind), "integer")
        if value is None:
            raise SqlError("22004", "a bound of a FOR loop cannot be null")
        return int(value)

    async def shown(self, expression: str, scope: Scope) -> str | None:
        """Return a variable as RAISE shows it. Raises SqlError at an expression, as Redshift does."""
        tokens = lex(expression)
        if not all(is_name(token) or token.text == "." or token.kind == "parameter" for token in tokens):
            raise SqlError("42601", f'syntax error at or near "{expression}"', hint="RAISE accepts only variables")
        name = "".join(folded(token) if is_name(token) else token.text for token in tokens)
        value = scope.read(name)
        if value is None:
            return (await self.value(expression, scope))[0]
        return value[0]

    async def cast(self, value: Value, kind: str) -> Value:
        """Return a value as one of another type."""
        source = "varchar" if value[1] in ("unknown", "text", "refcursor") else value[1]
        inner = "CAST($1 AS text)" if source.startswith("numeric") else f"CAST(CAST($1 AS text) AS {source})"
        if source.startswith("numeric") and not kind.startswith("numeric"):  # an assignment rounds, a cast may cut
            inner = "round(CAST($1 AS numeric))" if _SAME.get(kind, kind) in _INTEGERS else "CAST($1 AS numeric)"
        sql = f"SELECT CAST({inner} AS {kind})"
        rows = await self._frame.host.link.query(sql, value[0])
        return None if rows[0][0] is None else rows[0][0].decode(), kind

    async def assign(self, target: str, value: Value, scope: Scope) -> None:
        """Put a value into a variable, converted to its type. Raises SqlError."""
        first, _, rest = target.partition(".")
        record = scope.find(first)
        if isinstance(record, Record):
            _assign_field(record, rest, value)
            return
        variable = scope.variable(target)
        if variable.constant:
            raise SqlError("22005", f'variable "{variable.name}" is declared CONSTANT')
        await self.put(variable, value)

    async def put(self, variable: Variable, value: Value) -> None:
        """Put a value into a scalar, converted to its type."""
        text, kind = value
        same = _SAME.get(variable.type, variable.type) == kind
        if text is not None and not same and not (variable.is_text and kind != "super" and kind != "boolean"):
            bare = "varchar" if variable.is_text else variable.type
            text, _ = await self.cast(value, bare)
        variable.put(text)

    async def take(self, targets: tuple[str, ...], answer: Answer, scope: Scope) -> None:
        """Put the first row into variables, or into one record; nulls if there is no row. Raises SqlError."""
        row = answer.first()
        record = scope.find(targets[0])
        if len(targets) == 1 and isinstance(record, Record):
            record.fields = dict(zip(answer.names, row, strict=True))
            return
        if answer.types and len(targets) != len(row):
            raise SqlError("42601", f"the query gives {len(row)} values for {len(targets)} variables")
        for index, target in enumerate(targets):
            await self.assign(target, row[index] if row else (None, "unknown"), scope)

    async def declare(self, declarations: tuple[Declaration, ...], scope: Scope) -> None:
        """Make the variables of a block, each with its default."""
        for declaration in declarations:
            scope.names[declaration.name] = await self._declared(declaration, scope)

    async def _declared(self, declaration: Declaration, scope: Scope) -> Variable | Record:
        if declaration.alias:
            return _aliased(declaration, scope)
        if declaration.type.upper() == "RECORD" or declaration.type.upper().endswith("%ROWTYPE"):
            return Record(declaration.name)
        kind = await self.type(declaration.type)
        made = Variable(
            declaration.name,
            kind,
            constant=declaration.constant,
            query=declaration.query,
            parameters=declaration.parameters,
        )
        if declaration.default:
            await self.put(made, await self.value(declaration.default, scope))
        elif declaration.query:
            made.value = declaration.name
        made.not_null = declaration.not_null
        if declaration.not_null:
            made.put(made.value)
        return made

    async def type(self, written: str) -> str:
        """Return a type in the engine's words; that of a column for table.column%TYPE."""
        if not written.upper().endswith("%TYPE"):
            return type_of(written)
        table, _, column = written[:-5].strip().rpartition(".")
        answer = await self._frame.statements.run(Bound(f"SELECT {column} FROM {table} LIMIT 0", (), ""), self._never)
        return answer.types[0]


def _aliased(declaration: Declaration, scope: Scope) -> Variable | Record:
    argument = scope.find(f"${declaration.alias}")
    if argument is None:
        raise SqlError("42601", f"there is no argument ${declaration.alias}")
    return argument


def _assign_field(record: Record, name: str, value: Value) -> None:
    if record.fields is None:
        raise SqlError("55000", f'record "{record.name}" is not assigned yet')
    if name not in record.fields:
        raise SqlError("42703", f'record "{record.name}" has no field "{name}"')
    record.fields[name] = value


def _plain(expression: str, scope: Scope) -> Value | None:
    """Return the value of a literal or a variable alone, which needs no engine."""
    tokens = lex(expression)
    if len(tokens) != 1:
        return None
    token = tokens[0]
    if token.kind == "string" and token.text[0] in "'$":
        return string_value(token), "varchar"
    if token.kind == "number" and token.text.isdigit() and int(token.text) < 2**31:
        return token.text, "integer"
    if token.upper in ("TRUE", "FALSE"):
        return token.upper[0].lower(), "boolean"
    if token.upper == "NULL":
        return None, "unknown"
    return (
        scope.read(folded(token)) if is_name(token) else scope.read(token.text) if token.kind == "parameter" else None
    )


_OWN_TRANSACTION = (
    ("PREPARE",),
    ("VACUUM",),
    ("CREATE", "DATABASE"),
    ("DROP", "DATABASE"),
    ("CREATE", "EXTERNAL", "TABLE"),
    ("SET", "LOCAL"),
)


def _refuse(sql: str) -> None:
    """Raise SqlError at a statement that needs a transaction of its own, which no procedure can run."""
    keywords = [word.upper for word in lex(sql)[:8]]
    for form in _OWN_TRANSACTION:
        if tuple(keywords[: len(form)]) == form:
            raise _not_here(" ".join(form))
    if keywords[:2] == ["ALTER", "TABLE"] and "APPEND" in keywords[3:]:
        raise _not_here("ALTER TABLE APPEND")


def _not_here(what: str) -> SqlError:
    return SqlError("0A000", f"{what} cannot be executed from a function or multi-command string")
