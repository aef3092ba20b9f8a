"""awswrangler's functions for Redshift, each from a fresh process that knows the lab by its variables alone."""

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
