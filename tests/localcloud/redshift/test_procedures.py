"""Stored procedures: the examples of the Developer Guide, and what its pages say of errors and transactions."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg
import pytest

from localcloud.redshift.errors import SqlError
from localcloud.redshift.procedures import create, tree
from localcloud.redshift.procedures.binding import bind
from localcloud.redshift.procedures.parser import parse
from localcloud.redshift.procedures.scope import Record, Scope, Variable
from localcloud.redshift.sql import split_statements
from localcloud.redshift.sql.lexer import lex

Connection = psycopg.Connection[Any]
CASES = [json.loads(line) for line in Path(__file__).with_name("procedures.jsonl").read_text().splitlines()]


@pytest.mark.stack
@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_the_pages_hold(schema: Connection, case: dict[str, Any]) -> None:
    """A CALL gives the rows, messages and error of the page, and leaves what the page says."""
    heard: list[str] = []
    schema.add_notice_handler(lambda notice: heard.append(notice.message_primary or ""))
    for statement in split_statements(case["setup"]):
        schema.execute(statement.encode())
    heard.clear()
    if "error" in case:
        with pytest.raises(psycopg.Error) as failure:
            schema.execute(case["call"].encode())
        assert case["error"] in str(failure.value)
    else:
        cursor = schema.execute(case["call"].encode())
        assert cursor.statusmessage == "CALL"
        assert [list(row) for row in (cursor.fetchall() if cursor.description else [])] == case.get("rows", [])
    assert [text for text in heard if "does not exist and will be skipped" not in text] == case.get("notices", [])
    for query, rows in case.get("then", []):
        found = schema.execute(query.encode())
        assert [list(row) for row in (found.fetchall() if found.description else [])] == rows


LOGS = """
    CREATE TABLE l (m varchar);
    CREATE PROCEDURE logs() AS $$ BEGIN INSERT INTO l VALUES ('body'); INSERT INTO nosuch VALUES (1);
      EXCEPTION WHEN OTHERS THEN INSERT INTO l VALUES ('handler'); END $$ LANGUAGE plpgsql;
    CREATE PROCEDURE ends() AS $$ BEGIN INSERT INTO l VALUES ('ends'); COMMIT; END $$ LANGUAGE plpgsql;
    CREATE PROCEDURE ends_nonatomic() NONATOMIC AS $$ BEGIN INSERT INTO l VALUES ('a'); COMMIT;
      INSERT INTO l VALUES ('b'); END $$ LANGUAGE plpgsql
"""


@pytest.fixture
def logging(schema: Connection) -> Connection:
    """A table, and procedures that write into it."""
    for statement in split_statements(LOGS):
        schema.execute(statement.encode())
    return schema


@pytest.mark.stack
def test_in_the_callers_transaction_the_caller_decides(logging: Connection) -> None:
    """A procedure in a block is rolled back with it, and may not end it (stored-procedure-transaction-management)."""
    logging.execute("CREATE PROCEDURE adds() AS $$ BEGIN INSERT INTO l VALUES ('x'); END $$ LANGUAGE plpgsql")
    logging.execute("BEGIN")
    logging.execute("CALL adds()")
    logging.execute("ROLLBACK")
    assert logging.execute("SELECT * FROM l").fetchall() == []
    logging.execute("BEGIN")
    with pytest.raises(psycopg.Error, match="COMMIT cannot be invoked from a procedure"):
        logging.execute("CALL ends()")
    assert logging.info.transaction_status == psycopg.pq.TransactionStatus.INERROR
    logging.execute("ROLLBACK")
    assert logging.execute("SELECT * FROM l").fetchall() == []


@pytest.mark.stack
def test_a_handler_in_the_callers_transaction(logging: Connection) -> None:
    """What the caller did is rolled back, the handler's row stays, and the caller's block is a failed one."""
    logging.execute("BEGIN")
    logging.execute("INSERT INTO l VALUES ('caller')")
    with pytest.raises(psycopg.errors.UndefinedTable):
        logging.execute("CALL logs()")
    with pytest.raises(psycopg.errors.InFailedSqlTransaction):
        logging.execute("SELECT 1")
    logging.execute("ROLLBACK")
    assert logging.execute("SELECT * FROM l").fetchall() == [("handler",)]


@pytest.mark.stack
def test_a_nonatomic_procedure_ends_the_callers_transaction(logging: Connection) -> None:
    """Its COMMIT commits what the caller did, and begins another transaction of the caller."""
    logging.execute("BEGIN")
    logging.execute("INSERT INTO l VALUES ('caller')")
    logging.execute("CALL ends_nonatomic()")
    assert logging.info.transaction_status == psycopg.pq.TransactionStatus.INTRANS
    logging.execute("ROLLBACK")
    assert logging.execute("SELECT * FROM l ORDER BY 1").fetchall() == [("a",), ("caller",)]


@pytest.mark.stack
def test_several_statements_in_one_text(logging: Connection) -> None:
    """BEGIN and CALL in one text are a block, too."""
    with pytest.raises(psycopg.Error, match="atomic context"):
        logging.execute(b"BEGIN; CALL ends()")
    logging.execute("ROLLBACK")
    assert logging.execute("SELECT * FROM l").fetchall() == []


@pytest.mark.stack
def test_the_session_goes_on_after_errors(logging: Connection) -> None:
    """After a call that failed, alone or in a pipeline, the next statements run as ever."""
    for _ in range(3):
        with pytest.raises(psycopg.errors.UndefinedTable):
            logging.execute("CALL logs()")
    with contextlib.suppress(psycopg.errors.UndefinedTable, psycopg.errors.PipelineAborted), logging.pipeline():
        logging.execute("CALL logs()")
        logging.execute("INSERT INTO l VALUES ('skipped')")
    assert logging.execute("SELECT m, count(*) FROM l GROUP BY m").fetchall() == [("handler", 4)]


@pytest.mark.stack
def test_parameters_of_drivers(schema: Connection) -> None:
    """Arguments come as parameters in text and in binary, and results go in the format that was asked."""
    schema.execute(
        "CREATE PROCEDURE p(a int, b varchar(10), c numeric(10,2), d date, o OUT int, e INOUT timestamp) AS "
        "$$ BEGIN o := a + len(b); e := dateadd(day, 1, e); END $$ LANGUAGE plpgsql"
    )
    given = (3, "four", Decimal("2.5"), "2024-02-28", "2024-02-28 12:00:00")
    for binary in (False, True):
        cursor = schema.cursor(binary=binary)
        cursor.execute("CALL p(%s, %s, %s, %s, %s)", given)
        number, moment = cursor.fetchall()[0]
        assert (number, str(moment)) == (7, "2024-02-29 12:00:00")


@pytest.mark.stack
def test_a_cursor_that_is_returned(schema: Connection) -> None:
    """A refcursor is read by the caller within its transaction (stored-procedure-result-set)."""
    schema.execute("CREATE TABLE fact_tbl AS SELECT 1 AS id, 'Joe' AS name UNION ALL SELECT 2, 'Mary'")
    schema.execute(
        "CREATE PROCEDURE get_result_set (param IN integer, rs_out INOUT refcursor) AS "
        "$$ BEGIN OPEN rs_out FOR SELECT * FROM fact_tbl where id >= param ORDER BY id; END; $$ LANGUAGE plpgsql"
    )
    schema.execute("BEGIN")
    assert schema.execute("CALL get_result_set(1, 'mycursor')").fetchall() == [("mycursor",)]
    assert schema.execute("FETCH ALL FROM mycursor").fetchall() == [(1, "Joe"), (2, "Mary")]
    schema.execute("COMMIT")


@pytest.mark.stack
def test_rights(schema: Connection, connect: Callable[..., Connection]) -> None:
    """Only its owner may call a new procedure; DEFINER lends the owner's rights, INVOKER none (-security-and-privileges)."""
    schema.execute("DROP USER IF EXISTS caller")
    schema.execute("CREATE USER caller PASSWORD 'Abcdef123'")
    schema.execute("GRANT USAGE ON SCHEMA gateway_test TO caller")
    schema.execute("CREATE TABLE test_tbl (id int)")
    schema.execute("INSERT INTO test_tbl VALUES (1), (2)")
    body = "$$ BEGIN TRUNCATE gateway_test.test_tbl; END $$"
    schema.execute(f"CREATE PROCEDURE invoker() AS {body} LANGUAGE plpgsql".encode())
    schema.execute(f"CREATE PROCEDURE definer() AS {body} LANGUAGE plpgsql SECURITY DEFINER".encode())
    other = connect(user="caller", password="Abcdef123")
    for name in ("invoker", "definer"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            other.execute(f"CALL gateway_test.{name}()".encode())
        schema.execute(f"GRANT EXECUTE ON PROCEDURE {name}() TO caller".encode())
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        other.execute("CALL gateway_test.invoker()")
    other.execute("CALL gateway_test.definer()")
    assert schema.execute("SELECT count(*) FROM test_tbl").fetchall() == [(0,)]
    other.close()
    schema.execute("DROP SCHEMA gateway_test CASCADE")
    schema.execute("DROP USER caller")
    schema.execute("CREATE SCHEMA gateway_test")


LOGGED = (
    "SELECT type, trim(text), dense_rank() OVER (ORDER BY xid) FROM svl_statementtext WHERE pid = pg_backend_pid() "
    "AND xid >= (SELECT max(xid) FROM svl_statementtext WHERE text LIKE 'CALL outer_one%') ORDER BY xid, starttime"
)


def logged(connection: Connection, count: int) -> list[tuple[str, str, int]]:
    """Return the first entries of the log since the last call of outer_one: kind, text, number of the transaction."""
    rows = connection.execute(LOGGED.encode()).fetchall()[:count]
    return [(kind, " ".join(text.split()), number) for kind, text, number in rows]


@pytest.mark.stack
def test_nested_calls_are_logged(schema: Connection) -> None:
    """A CALL within a procedure is logged before its statements, and a COMMIT at the end only once."""
    schema.execute("CREATE TABLE a (n int)")
    schema.execute("CREATE PROCEDURE inner_one(x int) AS $$ BEGIN INSERT INTO a VALUES (x); END $$ LANGUAGE plpgsql")
    schema.execute("CREATE PROCEDURE outer_one(x int) AS $$ BEGIN CALL inner_one(x); COMMIT; END $$ LANGUAGE plpgsql")
    schema.execute("CALL outer_one(1)")
    assert logged(schema, 5)[:4] == [
        ("UTILITY", "CALL outer_one(1)", 1),
        ("UTILITY", "CALL inner_one( $1 )", 1),
        ("QUERY", "INSERT INTO a VALUES ( $1 )", 1),
        ("UTILITY", "COMMIT", 1),
    ]
    assert not [text for _, text, _ in logged(schema, 5)[4:] if text == "COMMIT"]


@pytest.mark.stack
def test_the_commits_of_a_nonatomic_procedure_are_logged(schema: Connection) -> None:
    """Each statement of a NONATOMIC procedure has a transaction of its own; START TRANSACTION begins another."""
    schema.execute("CREATE TABLE a (n int)")
    schema.execute(
        "CREATE PROCEDURE outer_one(x int) NONATOMIC AS $$ BEGIN INSERT INTO a VALUES (x); START TRANSACTION; "
        "DELETE FROM a; UPDATE a SET n = x; COMMIT; END $$ LANGUAGE plpgsql"
    )
    schema.execute("CALL outer_one(1)")
    assert logged(schema, 6) == [
        ("UTILITY", "CALL outer_one(1)", 1),
        ("QUERY", "INSERT INTO a VALUES ( $1 )", 1),
        ("UTILITY", "COMMIT", 1),
        ("QUERY", "DELETE FROM a", 2),
        ("QUERY", "UPDATE a SET n = $1", 2),
        ("UTILITY", "COMMIT", 2),
    ]


@pytest.mark.stack
def test_a_text_names_a_table_rather_than_a_cursor(schema: Connection) -> None:
    """Of two procedures, a text argument chooses the one with VARCHAR, not the one with REFCURSOR."""
    schema.execute("CREATE PROCEDURE p(n INOUT refcursor) AS $$ BEGIN OPEN n FOR SELECT 1; END $$ LANGUAGE plpgsql")
    schema.execute("CREATE PROCEDURE p(n INOUT varchar(9)) AS $$ BEGIN n := n || '!'; END $$ LANGUAGE plpgsql")
    assert schema.execute("CALL p('name')").fetchall() == [("name!",)]


@pytest.mark.stack
def test_the_log_tells_what_a_procedure_ran(schema: Connection) -> None:
    """svl_statementtext has the CALL, its statements and its commits, each transaction with its number."""
    schema.execute("CREATE TABLE a (n int)")
    schema.execute(
        "CREATE PROCEDURE sp_commit(x int) AS $$ BEGIN INSERT INTO a VALUES (x); COMMIT; INSERT INTO a VALUES (x); "
        "END $$ LANGUAGE plpgsql"
    )
    schema.execute("CALL sp_commit(1)")
    text = (
        "SELECT type, trim(text), dense_rank() OVER (ORDER BY xid) FROM svl_statementtext WHERE pid = pg_backend_pid() "
        "AND xid >= (SELECT max(xid) FROM svl_statementtext WHERE text LIKE 'CALL sp_commit%') ORDER BY xid, starttime"
    )
    found = schema.execute(text.encode()).fetchall()[:5]
    assert [(kind, number) for kind, _, number in found] == [
        ("UTILITY", 1),
        ("QUERY", 1),
        ("UTILITY", 1),
        ("QUERY", 2),
        ("UTILITY", 2),
    ]
    assert [" ".join(words.split()) for _, words, _ in found] == [
        "CALL sp_commit(1)",
        "INSERT INTO a VALUES ( $1 )",
        "COMMIT",
        "INSERT INTO a VALUES ( $1 )",
        "COMMIT",
    ]


REFUSED = [
    ("BEGIN NULL; EXCEPTION WHEN division_by_zero THEN NULL; END", "", "division_by_zero", "trapping-errors"),
    ("BEGIN NULL; EXCEPTION WHEN no_data OR OTHERS THEN NULL; END", "", "no_data OR OTHERS", "trapping-errors"),
    ("BEGIN RAISE; END", "", "NONATOMIC procedures only", "c_PLpgSQL-statements"),
    ("BEGIN START TRANSACTION; END", "", "NONATOMIC procedures only", "c_PLpgSQL-statements"),
    ("BEGIN NULL; EXCEPTION CONTINUE_HANDLER WHEN OTHERS THEN NULL; END", "", "NONATOMIC", "trapping-errors"),
    ("BEGIN NULL; END", "NONATOMIC SECURITY DEFINER", "not supported for a NONATOMIC", "r_CREATE_PROCEDURE"),
    ("BEGIN NULL; END", "NONATOMIC SET search_path = x", "not supported for a NONATOMIC", "r_CREATE_PROCEDURE"),
    ("BEGIN EXECUTE 'select 1' USING 1; END", "", "USING", "c_PLpgSQL-statements"),
    ("BEGIN RETURN 1; END", "", "RETURN cannot have a parameter", "c_PLpgSQL-statements"),
    ("BEGIN RAISE INFO 'a %'; END", "", "too few parameters", "c_PLpgSQL-statements"),
    ("DECLARE n int NOT NULL; BEGIN NULL; END", "", "must have a default value", "c_PLpgSQL-structure"),
    ("BEGIN x := 1 END", "", "syntax error", "c_PLpgSQL-structure"),
    ("DECLARE " + "".join(f"v{n} int; " for n in range(1025)) + "BEGIN NULL; END", "", "1024", "constraints"),
]


@pytest.mark.parametrize(("body", "options", "message", "page"), REFUSED)
def test_what_is_refused_at_create(body: str, options: str, message: str, page: str) -> None:
    """CREATE PROCEDURE refuses what the page says Redshift does not have."""
    sql = f"CREATE PROCEDURE p() {options} AS $$ {body} $$ LANGUAGE plpgsql"
    with pytest.raises(SqlError, match=message):
        create.plan(lex(sql))
    assert page


def test_more_than_32_arguments_are_refused() -> None:
    """A procedure has at most 32 input and 32 output arguments (stored-procedure-constraints)."""
    for mode in ("IN", "OUT"):
        listed = ", ".join(f"a{number} {mode} int" for number in range(33))
        sql = f"CREATE PROCEDURE p({listed}) AS $$ BEGIN NULL; END $$ LANGUAGE plpgsql"
        with pytest.raises(SqlError, match="at most 32"):
            create.plan(lex(sql))


def test_variables_become_parameters_where_they_are_values() -> None:
    """Columns that INSERT lists and UPDATE sets, names of tables, functions and aliases stay names."""
    scope = Scope(names={"a": Variable("a", "integer", "1"), "r": Record("r", {"b": ("x", "varchar")})})
    cases = {
        "insert into a (a, b) values (a, r.b)": "insert into a (a, b) values (CAST($1 AS integer), CAST($2 AS varchar))",
        "update t set a = a, b = r.b where t.a = a": (
            "update t set a = CAST($1 AS integer), b = CAST($2 AS varchar) where t.a = CAST($3 AS integer)"
        ),
        "select a(1) as a from a": "select a(1) as a from a",
        "create table a (a int)": "create table a (a int)",
        "select 'a' || \"r\".b": "select 'a' || CAST($1 AS varchar)",
    }
    assert {sql: bind(sql, scope).sql for sql in cases} == cases


def test_lines_are_counted() -> None:
    """Each statement knows its line in the body."""
    block = parse(lex("DECLARE\n x int;\nBEGIN\n x := 1;\n\n INSERT INTO t\n VALUES (1);\nEND"))
    assert [type(one) for one in block.body] == [tree.Assign, tree.Sql]
    assert [one.line for one in block.body] == [4, 6]


@pytest.mark.stack
def test_its_text_is_what_was_written(schema: Connection) -> None:
    """SHOW PROCEDURE and pg_proc_info have the body as it was created, and its mode (r_SHOW_PROCEDURE)."""
    body = "\nBEGIN\n  INSERT INTO nosuch VALUES (1);  -- a comment\nEND;\n"
    schema.execute(f"CREATE PROCEDURE p(a int) NONATOMIC AS $${body}$$ LANGUAGE plpgsql".encode())
    shown = schema.execute("SHOW PROCEDURE p(int)").fetchall()[0][0]
    assert shown == (
        f"CREATE OR REPLACE PROCEDURE gateway_test.p(a integer)\nNONATOMIC\nLANGUAGE plpgsql\nAS $_${body}$_$"
    )
    own = "pronamespace = 'gateway_test'::regnamespace"
    assert schema.execute(f"SELECT prosrc FROM pg_proc_info WHERE {own}".encode()).fetchall() == [(body,)]
    schema.execute("DROP PROCEDURE p(int)")
    schema.execute(shown.encode())
    assert schema.execute("SHOW PROCEDURE p").fetchall()[0][0] == shown
