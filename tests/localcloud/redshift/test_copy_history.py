"""What the system views show of a COPY."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import boto3
import psycopg
import pytest

pytestmark = pytest.mark.stack
FILES = {"history/load/a": b"1,a\nx,b\n", "history/load/b": b"2,c\n3\n4,d\n", "history/load/c": b""}


@pytest.fixture
def loaded(schema: psycopg.Connection[Any], bucket: str) -> psycopg.Connection[Any]:
    """Give a connection that has loaded three files, with two records left out."""
    for key, body in FILES.items():
        boto3.client("s3").put_object(Bucket=bucket, Key=key, Body=body)
    schema.execute("create table t (id int, v varchar(5))")
    schema.execute(f"copy t from 's3://{bucket}/history/load/' iam_role default csv maxerror 5".encode())
    return schema


def test_a_load_is_in_the_history(loaded: psycopg.Connection[Any], bucket: str) -> None:
    """SYS_LOAD_HISTORY sums up the COPY, its rows and its files."""
    query = (
        "select status, table_name, data_source, file_format, loaded_rows, error_count, source_file_count, "
        "source_file_bytes, loaded_bytes, database_name = current_database(), session_id = pg_backend_pid() "
        "from sys_load_history where query_id = pg_last_copy_id()"
    )
    row = ("completed", "t", f"s3://{bucket}/history/load/", "csv", 3, 2, 3, 18, 18, True, True)
    assert loaded.execute(query).fetchall() == [row]
    assert loaded.execute("select pg_last_copy_count()").fetchall() == [(3,)]


def test_each_file_has_its_lines(loaded: psycopg.Connection[Any], bucket: str) -> None:
    """STL_LOAD_COMMITS and SYS_LOAD_DETAIL have a row for each file; lines count those left out, too."""
    commits = "select trim(filename), lines_scanned, errors, trim(file_format) from stl_load_commits"
    found = loaded.execute(f"{commits} where query = pg_last_copy_id() order by 1".encode()).fetchall()
    expected = [(f"s3://{bucket}/history/load/{name}", lines, errors, "Text") for name, lines, errors in
                (("a", 2, 1), ("b", 3, 1), ("c", 0, 0))]  # fmt: skip
    assert found == expected
    detail = "select file_name, bytes_scanned, lines_scanned from sys_load_detail where query_id = pg_last_copy_id()"
    assert sorted(loaded.execute(detail.encode()).fetchall()) == [
        (f"s3://{bucket}/{key}", len(body), body.count(b"\n")) for key, body in FILES.items()
    ]


def test_errors_stand_in_both_views(loaded: psycopg.Connection[Any], bucket: str) -> None:
    """STL_LOAD_ERRORS and SYS_LOAD_ERROR_DETAIL say the same of each record left out."""
    old = (
        "select trim(filename), line_number, trim(colname), trim(type), position, err_code, trim(err_reason), session "
        "from stl_load_errors where query = pg_last_copy_id() order by 1"
    )
    new = (
        "select file_name, line_number, column_name, column_type, position, error_code, error_message, session_id "
        "from sys_load_error_detail where query_id = pg_last_copy_id() order by 1"
    )
    found = loaded.execute(old).fetchall()
    assert [row[1:7] for row in found] == [
        (2, "id", "int4", 0, 1207, "Invalid digit, Value 'x', Pos 0, Type: Integer"),
        (2, "", "", 0, 1214, "Delimiter not found"),
    ]
    assert loaded.execute(new).fetchall() == found


def test_the_fields_up_to_the_error_are_kept(loaded: psycopg.Connection[Any], bucket: str) -> None:
    """STL_LOADERROR_DETAIL joins to STL_LOAD_ERRORS, as on its page."""
    query = (
        "select d.line_number, d.field, trim(d.colname), trim(d.value), d.is_null, trim(le.err_reason) "
        "from stl_loaderror_detail d, stl_load_errors le where d.query = le.query and d.filename = le.filename "
        "and d.query = pg_last_copy_id()"
    )
    reason = "Invalid digit, Value 'x', Pos 0, Type: Integer"
    assert loaded.execute(query).fetchall() == [(2, 0, "id", "x", 0, reason)]


def test_a_failed_load_is_the_last_one(loaded: psycopg.Connection[Any], bucket: str) -> None:
    """PG_LAST_COPY_ID is that of a load that failed, with a count of 0; one that found no file leaves it as it was."""
    before = loaded.execute("select pg_last_copy_id()").fetchall()
    with pytest.raises(psycopg.Error, match="Check 'stl_load_errors'"):
        loaded.execute(f"copy t from 's3://{bucket}/history/load/' iam_role default csv".encode())
    failed = loaded.execute("select pg_last_copy_id()").fetchall()
    assert failed > before
    assert loaded.execute("select pg_last_copy_count()").fetchall() == [(0,)]
    status = "select status, loaded_rows, error_count from sys_load_history where query_id = pg_last_copy_id()"
    assert loaded.execute(status).fetchall() == [("aborted", 0, 1)]
    with pytest.raises(psycopg.Error, match="does not exist"):
        loaded.execute(f"copy t from 's3://{bucket}/history/nothing/' iam_role default csv".encode())
    assert loaded.execute("select pg_last_copy_id()").fetchall() == failed


def test_a_user_sees_its_own_loads(
    loaded: psycopg.Connection[Any], connect: Callable[..., psycopg.Connection[Any]]
) -> None:
    """Of the admin's load another user sees nothing; the admin sees all."""
    loaded.execute("drop user if exists load_reader")
    loaded.execute("create user load_reader password 'Load34reader'")
    reader = connect(user="load_reader", password="Load34reader", sslmode="disable")
    for view in (
        "stl_load_errors",
        "stl_load_commits",
        "sys_load_history",
        "sys_load_error_detail",
        "stl_replacements",
    ):
        assert reader.execute(f"select count(*) from {view}".encode()).fetchall() == [(0,)]
    assert reader.execute("select pg_last_copy_id(), pg_last_copy_count()").fetchall() == [(-1, 0)]
    reader.close()
    loaded.execute("drop user load_reader")


def test_statupdate_is_for_the_owner(
    loaded: psycopg.Connection[Any], connect: Callable[..., psycopg.Connection[Any]], bucket: str
) -> None:
    """COPY needs INSERT alone; with STATUPDATE, ON or OFF, the owner or a superuser (copy-parameters-data-load)."""
    loaded.execute("drop user if exists loader")
    loaded.execute("create user loader password 'Load34reader'")
    loaded.execute("grant usage on schema gateway_test to loader; grant insert on t to loader")
    copy = f"copy gateway_test.t from 's3://{bucket}/history/load/a' iam_role default csv maxerror 5"
    with connect(user="loader", password="Load34reader", sslmode="disable") as loader:
        loader.execute(copy.encode())
        for option in ("on", "off"):
            with pytest.raises(psycopg.Error, match="must be owner of relation t"):
                loader.execute(f"{copy} statupdate {option}".encode())
    loaded.execute(f"{copy} statupdate off".encode())
    loaded.execute("revoke all on t from loader; revoke all on schema gateway_test from loader; drop user loader")


def test_replacements_are_kept(schema: psycopg.Connection[Any], bucket: str) -> None:
    """ACCEPTINVCHARS leaves a row in STL_REPLACEMENTS for each record that it changed."""
    boto3.client("s3").put_object(Bucket=bucket, Key="history/bytes", Body=b"1|a\xff\n2|b\n3|\xe0\xa1c\n")
    schema.execute("create table t (id int, v varchar(5))")
    schema.execute(f"copy t from 's3://{bucket}/history/bytes' iam_role default acceptinvchars".encode())
    query = "select line_number, trim(colname), trim(raw_line) from stl_replacements where query = pg_last_copy_id()"
    assert schema.execute(query).fetchall() == [(1, "v", "1|a."), (3, "v", "3|..c")]


def test_names_beyond_ascii_stand_in_the_views(
    schema: psycopg.Connection[Any], connect: Callable[..., psycopg.Connection[Any]], bucket: str
) -> None:
    """Names of files, tables, columns and programs of any letters are shown; none makes a view unreadable."""
    schema.execute('CREATE TABLE "straße" ("größe" integer)')
    boto3.client("s3").put_object(Bucket=bucket, Key="names/données.csv", Body=b"1\nx\n")
    schema.execute(f"COPY \"straße\" FROM 's3://{bucket}/names/données' IAM_ROLE default CSV MAXERROR 9".encode())
    connect(application_name="Übung").close()
    for query, expected in (
        ("SELECT trim(colname) FROM stl_load_errors WHERE query = pg_last_copy_id()", "größe"),
        ("SELECT right(trim(filename), 11) FROM stl_load_errors WHERE query = pg_last_copy_id()", "données.csv"),
        ("SELECT right(trim(filename), 11) FROM stl_load_commits WHERE query = pg_last_copy_id()", "données.csv"),
        ("SELECT trim(colname) FROM stl_loaderror_detail WHERE query = pg_last_copy_id()", "größe"),
        ("SELECT trim(name) FROM stv_tbl_perm WHERE name = 'straße'", "straße"),
        ("SELECT DISTINCT trim(application_name) FROM stl_connection_log WHERE application_name = 'Übung'", "Übung"),
    ):
        assert expected in schema.execute(query.encode()).fetchone()[0]  # type: ignore[index]
