"""What must not get through: files and programs of the host, other users' rights, wrong and ended passwords."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import boto3
import psycopg
import pytest

from localcloud.home import Home
from localcloud.redshift import temporary

pytestmark = pytest.mark.stack
Connect = Callable[..., psycopg.Connection[Any]]


@pytest.mark.parametrize(
    "sql",
    [
        "COPY t FROM PROGRAM 'id'",
        "COPY t TO PROGRAM 'cat'",
        "COPY t FROM '/etc/passwd'",
        "COPY (SELECT 1) TO '/dev/null'",
        "SELECT pg_read_file('/etc/passwd')",
        "SELECT pg_read_binary_file('/etc/passwd')",
        "SELECT pg_ls_dir('/')",
        "SELECT pg_stat_file('/etc/passwd')",
        "SELECT lo_import('/etc/passwd')",
        "SELECT lo_export(1, '/dev/null')",
        "ALTER SYSTEM SET fsync = off",
        "CREATE EXTENSION dblink",
        "CREATE EXTENSION file_fdw",
        "SELECT dblink_connect('host=/tmp')",
        "CREATE FUNCTION f() RETURNS int AS 'system' LANGUAGE internal",
        "CREATE FUNCTION f() RETURNS int AS '/lib/x', 'f' LANGUAGE c",
        "LOAD '/lib/x'",
        "SET SESSION AUTHORIZATION rdsdb",
        "SET ROLE rdsdb",
        "GRANT rdsdb TO awsuser",
        "ALTER USER awsuser SUPERUSER",
        "CREATE USER other SUPERUSER",
        "ALTER USER rdsdb PASSWORD 'Abcdef12'",
        "SELECT rolpassword FROM pg_authid",
        "UPDATE pg_class SET relname = 'x'",
        "SET allow_system_table_mods = on",
        "SELECT set_config('allow_system_table_mods', 'on', false)",
        "INSERT INTO redshift_lab.prepared VALUES ('x')",
        "SELECT * FROM redshift_lab.load_errors",
        "DROP SCHEMA redshift_lab CASCADE",
        "CREATE OR REPLACE FUNCTION redshift_lab.relax_keys() RETURNS void LANGUAGE sql AS ''",
        "SELECT pg_reload_conf()",
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'rdsdb'",
        "COPY gateway_test.t (a) FROM 's3://lab/x' IAM_ROLE DEFAULT DELIMITER ''' , PROGRAM ''id'",
        "UNLOAD ('SELECT 1) TO PROGRAM ''id'' --') TO 's3://lab/x' IAM_ROLE DEFAULT",
        "UNLOAD ('SELECT 1; DROP TABLE gateway_test.t') TO 's3://lab/x' IAM_ROLE DEFAULT",
        "UNLOAD ('DELETE FROM gateway_test.t') TO 's3://lab/x' IAM_ROLE DEFAULT",
        "CREATE PROCEDURE p() AS $$ BEGIN EXECUTE 'COPY t FROM PROGRAM ''id'''; END; $$ LANGUAGE plpgsql; CALL p()",
    ],
)
def test_nothing_reaches_the_host_or_other_rights(schema: psycopg.Connection[Any], bucket: str, sql: str) -> None:
    """Each attempt is an error, and the table that it names still stands."""
    schema.execute("CREATE TABLE gateway_test.t (a VARCHAR(100))")
    schema.execute("INSERT INTO gateway_test.t VALUES ('kept')")
    with pytest.raises(psycopg.Error):
        schema.execute(sql.encode())
    assert schema.execute("SELECT a FROM gateway_test.t").fetchall() == [("kept",)]


def test_identifiers_of_copy_are_names_and_nothing_else(schema: psycopg.Connection[Any], bucket: str) -> None:
    """A table whose name is SQL is loaded, and the SQL in its name is not run."""
    name = 'x"; DROP TABLE gateway_test.safe; --'
    quoted = '"' + name.replace('"', '""').lower() + '"'
    schema.execute("CREATE TABLE safe (a INT)")
    schema.execute(f"CREATE TABLE {quoted} (a INT)".encode())
    schema.execute(
        f"UNLOAD ('SELECT 1::INT AS a') TO 's3://{bucket}/gateway-test/name/' IAM_ROLE DEFAULT PARQUET ALLOWOVERWRITE".encode()
    )
    schema.execute(f"COPY {quoted} FROM 's3://{bucket}/gateway-test/name/' IAM_ROLE DEFAULT PARQUET".encode())
    assert schema.execute(f"SELECT count(*) FROM {quoted}".encode()).fetchone() == (1,)
    assert schema.execute("SELECT count(*) FROM safe").fetchone() == (0,)


@pytest.mark.parametrize("user", ["awsuser", "nobody", "rdsdb", "IAM:awsuser", "IAMA:x", ""])
def test_a_wrong_password_does_not_log_in(connect: Connect, user: str) -> None:
    """Known, unknown, internal and temporary users are refused alike."""
    with pytest.raises(psycopg.OperationalError, match="authentication failed|no user name"):
        connect(user=user or " ", password="wrong")


@pytest.mark.parametrize("database", ["postgres", "template1", "nosuch"])
def test_only_the_databases_of_the_cluster_open(connect: Connect, database: str) -> None:
    """The engine's own databases are closed to clients."""
    with pytest.raises(psycopg.OperationalError, match="denied|does not exist"):
        connect(dbname=database)


def test_credentials_open_until_they_end(lab_home: Home, connect: Connect) -> None:
    """GetClusterCredentials gives a password that logs in; one whose time is over does not."""
    given = boto3.client("redshift").get_cluster_credentials(ClusterIdentifier="smartcity", DbUser="awsuser")
    logged_in = connect(user=given["DbUser"], password=given["DbPassword"])
    assert logged_in.execute("SELECT current_user").fetchone() == ("awsuser",)
    ended, _ = temporary.issue(lab_home.secret("redshift_credentials_key"), given["DbUser"], -1)
    with pytest.raises(psycopg.OperationalError, match="authentication failed"):
        connect(user=given["DbUser"], password=ended)


def test_a_role_that_is_not_there_reads_nothing(schema: psycopg.Connection[Any], bucket: str) -> None:
    """COPY by a role that IAM does not have is refused."""
    schema.execute("CREATE TABLE t (a INT)")
    with pytest.raises(psycopg.Error, match="UnauthorizedException"):
        schema.execute(f"COPY t FROM 's3://{bucket}/' IAM_ROLE 'arn:aws:iam::123456789012:role/Absent' CSV".encode())


def test_passwords_and_keys_are_in_no_log(lab_home: Home, connect: Connect) -> None:
    """After a failing CREATE USER and a failing COPY with keys, the logs hold neither."""
    for sql in (
        "CREATE USER awsuser PASSWORD 'Secret12words'",
        "COPY nowhere FROM 's3://lab/x' ACCESS_KEY_ID 'a' SECRET_ACCESS_KEY 'Secret34keys'",
    ):
        with pytest.raises(psycopg.Error):
            connect().execute(sql.encode())
    logs = "".join(Path(lab_home.log(name)).read_text() for name in ("postgres", "redshift"))
    assert "Secret12words" not in logs
    assert "Secret34keys" not in logs


def test_one_user_does_not_read_what_another_keeps(
    connect: Connect, schema: psycopg.Connection[Any], in_lab: Mapping[str, str]
) -> None:
    """A new user logs in by its own password and sees no table that it was not given."""
    schema.execute("CREATE TABLE secret_table (a INT)")
    schema.execute("DROP USER IF EXISTS gateway_reader")
    schema.execute("CREATE USER gateway_reader PASSWORD 'Reader12345'")
    reader = connect(user="gateway_reader", password="Reader12345")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        reader.execute("SELECT * FROM gateway_test.secret_table")
    reader.close()
    schema.execute("DROP USER gateway_reader")
