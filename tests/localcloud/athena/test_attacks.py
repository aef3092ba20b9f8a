"""SQL that means harm: it never reaches the machine, another catalog, or the server's life."""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3
import pytest
import requests
from botocore.exceptions import ClientError

from localcloud.athena.engine import EngineQuery, QueryEngine
from localcloud.athena.failure import QueryFailed
from localcloud.athena.job import CATALOG
from localcloud.athena.statements import families
from localcloud.home import Home

from .conftest import Athena
from .golden import CASES

pytestmark = pytest.mark.stack


@pytest.mark.parametrize(
    "location",
    ["file:///etc/", "/etc/", "s3:///", "hdfs://host/x", "http://127.0.0.1/x", "../../etc", "local:///etc", "gs://b/x"],
)
def test_no_table_outside_of_s3(athena: Athena, name: Callable[[], str], location: str) -> None:
    """A LOCATION on this machine or on another host is refused in every statement that takes one."""
    table = name()
    assert "S3" in athena.reason(f"CREATE EXTERNAL TABLE {table} (line string) LOCATION '{location}'")
    athena.rows(f"CREATE EXTERNAL TABLE {table} (line string) PARTITIONED BY (p string) LOCATION '{athena.root}/x/'")
    athena.reason(f"ALTER TABLE {table} SET LOCATION '{location}'")
    athena.reason(f"ALTER TABLE {table} ADD PARTITION (p='a') LOCATION '{location}'")
    athena.reason(f"UNLOAD (SELECT 1 AS a) TO '{location}' WITH (format = 'JSON')")
    athena.reason(f"CREATE TABLE {name()} WITH (external_location = '{location}') AS SELECT 1 AS a")


@pytest.mark.parametrize(
    "location", ["file:///etc/", "local:///etc/", "/etc/", "hdfs://127.0.0.1/x", "http://127.0.0.1/"]
)
def test_a_catalog_entry_opens_no_file_of_the_machine(athena: Athena, name: Callable[[], str], location: str) -> None:
    """A table that was put into Glue by hand, with a location on this machine, cannot be read."""
    table = name()
    serde = "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe"
    stored = {
        "Columns": [{"Name": "line", "Type": "string"}],
        "Location": location,
        "InputFormat": "org.apache.hadoop.mapred.TextInputFormat",
        "OutputFormat": "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat",
        "SerdeInfo": {"SerializationLibrary": serde},
    }
    entry = {
        "Name": table,
        "TableType": "EXTERNAL_TABLE",
        "StorageDescriptor": stored,
        "Parameters": {"EXTERNAL": "TRUE"},
    }
    athena.glue.create_table(DatabaseName=athena.database, TableInput=entry)
    assert "root:" not in athena.reason(f"SELECT * FROM {table}")


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM system.runtime.queries",
        "SELECT * FROM system.runtime.nodes",
        "SELECT * FROM system.metadata.catalogs",
        "SELECT * FROM system.jdbc.tables",
        "SELECT * FROM jmx.current.\"java.lang:type=runtime\"",
        "SELECT * FROM tpch.tiny.nation",
        "SELECT * FROM awsdatacatalog.system.tables",
        "CALL system.runtime.kill_query('x', 'y')",
        "CALL awsdatacatalog.system.create_empty_partition('a', 'b', ARRAY['c'], ARRAY['d'])",
        "SET SESSION query_max_execution_time = '100d'",
        "SET SESSION AUTHORIZATION admin",
        "RESET SESSION query_max_execution_time",
        "SET ROLE admin",
        "SHOW SESSION",
        "SHOW CATALOGS",
        "SHOW FUNCTIONS",
        "USE system.runtime",
        "CREATE FUNCTION f() RETURNS int RETURN 1",
        "WITH FUNCTION f() RETURNS int RETURN 1 SELECT f()",
        "CREATE CATALOG c USING memory",
        "DROP CATALOG awsdatacatalog",
        "GRANT SELECT ON t TO USER u",
        "CREATE ROLE r",
        "START TRANSACTION",
        "COMMENT ON TABLE t IS 'x'",
        "EXECUTE IMMEDIATE 'SET SESSION query_max_execution_time = ''1d'''",
        "EXPLAIN ANALYZE CALL system.runtime.kill_query('x', 'y')",
    ],
)  # fmt: skip
def test_statements_that_reach_past_a_query_are_refused(athena: Athena, sql: str) -> None:
    """Other catalogs, procedures, sessions, roles and functions are errors of the user."""
    answer = athena.ask(sql)
    assert answer.state == "FAILED"
    assert answer.execution["Status"]["AthenaError"]["ErrorCategory"] == 2, answer.reason


def test_prepared_statements_open_no_other_way(athena: Athena, name: Callable[[], str]) -> None:
    """What is refused stays refused when it is prepared first."""
    statement = name()
    athena.client.create_prepared_statement(
        StatementName=statement, WorkGroup="primary", QueryStatement="SET SESSION query_max_execution_time = '1d'"
    )
    assert athena.reason(f"EXECUTE {statement}").startswith("NOT_SUPPORTED: ")


@pytest.mark.parametrize(
    "headers", [{}, {"X-Forwarded-Proto": "https"}, {"X-Trino-User": "athena"}, {"Authorization": "x"}]
)
def test_the_engine_answers_nobody_without_a_token(lab_home: Home, headers: dict[str, str]) -> None:
    """The engine's own port takes no statement and shows no query to a local user who lacks the secret."""
    url = f"http://127.0.0.1:{lab_home.port('trino.http')}"
    both = {"X-Trino-User": "athena", "X-Forwarded-Proto": "https", **headers}
    assert requests.post(f"{url}/v1/statement", data="SELECT 1", headers=headers, timeout=10).status_code in (401, 403)
    assert requests.get(f"{url}/v1/query", headers=both, timeout=10).status_code in (401, 403)
    assert requests.get(f"{url}/v1/task", headers=both, timeout=10).status_code in (401, 403)


@pytest.mark.parametrize(
    "session",
    [
        {"query_max_run_time": "1s"},
        {"join_distribution_type": "BROADCAST"},
        {"awsdatacatalog.insert_existing_partitions_behavior": "OVERWRITE"},
        {"awsdatacatalog_iceberg.expire_snapshots_min_retention": "0s"},
    ],
)
def test_the_engine_takes_no_property_of_a_session(lab_home: Home, session: dict[str, str]) -> None:
    """The engine's own rules deny what no statement of Athena can set, whatever the text of a query is."""
    engine = QueryEngine(f"http://127.0.0.1:{lab_home.port('trino.http')}", "athena", lab_home.secret("trino"))
    with pytest.raises(QueryFailed, match="Access Denied"):
        list(engine.start(EngineQuery("SELECT 1", "default", CATALOG, session)).pages())


@pytest.mark.parametrize(
    "sql", ["DELETE FROM {t}", "DELETE FROM {t} WHERE y = 1", "UPDATE {t} SET a = 2", "TRUNCATE TABLE {t}"]
)
def test_the_engine_deletes_no_file_of_an_external_table(
    lab_home: Home, athena: Athena, name: Callable[[], str], sql: str
) -> None:
    """A statement that Athena's grammar would let through by mistake is denied by the engine, and the files stay."""
    table = name()
    athena.put(f"{table}/y=1/a", "1\n")
    athena.rows(f"CREATE EXTERNAL TABLE {table} (a int) PARTITIONED BY (y int) LOCATION '{athena.root}/{table}/'")
    athena.rows(f"MSCK REPAIR TABLE {table}")
    engine = QueryEngine(f"http://127.0.0.1:{lab_home.port('trino.http')}", "athena", lab_home.secret("trino"))
    with pytest.raises(QueryFailed, match="Access Denied"):
        list(engine.start(EngineQuery(sql.replace("{t}", table), athena.database, CATALOG)).pages())
    assert len(athena.keys(f"{athena.root}/{table}/")) == 1


def test_a_wrong_key_is_refused(athena: Athena) -> None:
    """The API checks the signature, not only that there is one."""
    client = boto3.client(
        "athena",
        endpoint_url=athena.client.meta.endpoint_url,
        region_name="us-east-1",
        aws_access_key_id="AKIAWRONG",
        aws_secret_access_key="wrong",
    )
    with pytest.raises(ClientError, match="UnrecognizedClientException"):
        client.list_work_groups()


def test_too_long_a_text_is_refused(athena: Athena) -> None:
    """A query of a megabyte is an error of the request, as on AWS."""
    with pytest.raises(ClientError, match="InvalidRequestException"):
        athena.start("SELECT '" + "x" * 1_000_000 + "'")


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT " + "(" * 20_000 + "1" + ")" * 20_000,
        "SELECT " + " + ".join(["1"] * 50_000),
        "SELECT " + "CASE WHEN " * 3_000 + "true" + " THEN 1 END" * 3_000,
        "SELECT " + "- " * 30_000 + "1",
        "SELECT " + "NOT " * 30_000 + "true",
        "SELECT " + "ARRAY[" * 5_000 + "1" + "]" * 5_000,
        "SELECT * FROM " + "(SELECT * FROM " * 2_000 + "(VALUES 1)" + ")" * 2_000,
        "SELECT 1 IN (" + ", ".join(map(str, range(35_000))) + ")",
        "CREATE EXTERNAL TABLE t (a " + "array<" * 20_000 + "int" + ">" * 20_000 + ")",
        "SELECT regexp_like('" + "a" * 30_000 + "!', '^(a+)+$')",
        "SELECT repeat('x', 2000000000)",
        "SELECT count(*) FROM UNNEST(sequence(1, 10000)) a(x), UNNEST(sequence(1, 10000)) b(y) GROUP BY x * y, x - y",
        "SELECT count(*) FROM UNNEST(sequence(1, 10000)) a(x), UNNEST(sequence(1, 10000)) b(y), UNNEST(sequence(1, 10000)) c(z) "
        "WHERE x + y > z",
    ],
    ids=["parentheses", "terms", "cases", "signs", "nots", "arrays", "subqueries", "list", "types", "regexp", "repeat", "memory", "join"],
)  # fmt: skip
@pytest.mark.timeout(400)
def test_the_server_outlives_a_monstrous_query(athena: Athena, sql: str) -> None:
    """Deep nesting, endless lists and hunger for memory end with an answer or a stop, and the next query is answered."""
    query_id = athena.start(sql)
    try:
        athena.wait(query_id, limit_s=15)
    except AssertionError:
        athena.client.stop_query_execution(QueryExecutionId=query_id)
        athena.wait(query_id)
    assert athena.rows("SELECT 1") == [["1"]]


def mutant(sql: str, chance: random.Random) -> str:
    """Return a text with a few letters or words cut, doubled, swapped or replaced."""
    pieces: list[Any] = list(sql) if chance.random() < 0.5 else sql.split(" ")
    junk = [
        "'",
        '"',
        "(",
        ")",
        ";",
        "`",
        "--",
        "/*",
        "\x00",
        "é",
        "NULL",
        "SELECT",
        "\\",
        "?",
        "%s",
        "\n",
        "1.5",
        "[",
        "$",
    ]
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(pieces))
        pieces[at : at + chance.randint(0, 3)] = [chance.choice(junk)] * chance.randint(0, 2) + pieces[at : at + 1]
    return ("" if isinstance(pieces, list) and all(len(one) <= 1 for one in pieces) else " ").join(pieces)


@pytest.mark.timeout(3600)
def test_mutants_are_answered(athena: Athena) -> None:
    """Mutants of the recorded cases and of DDL end with rows or with the user's error; none breaks the lab.

    LAB_TEST_MUTANTS sets how many, LAB_TEST_SEED which.
    """
    chance, number = (
        random.Random(int(os.environ.get("LAB_TEST_SEED", "7"))),
        int(os.environ.get("LAB_TEST_MUTANTS", "400")),
    )
    ddl = [f"{' '.join(family.keywords)} t (a int) x 'y' (b = c)" for family in families.FAMILIES]
    texts = [mutant(chance.choice([*[case["sql"] for case in CASES], *ddl]), chance) for _ in range(number)]

    def problem(sql: str) -> str:
        try:
            answer = athena.ask(sql or "SELECT")
        except ClientError as error:
            return "" if error.response["Error"]["Code"] == "InvalidRequestException" else repr(error)
        error_of = answer.execution["Status"].get("AthenaError", {})
        return f"{sql!r}: {answer.reason}" if error_of.get("ErrorCategory") == 1 else ""

    with ThreadPoolExecutor(8) as pool:
        assert [text for text in pool.map(problem, texts) if text] == []
