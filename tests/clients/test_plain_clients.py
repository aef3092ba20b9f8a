"""Each client works from a fresh process with nothing but the variables of `./lab env`."""

from __future__ import annotations

from collections.abc import Callable

import pytest

pytestmark = pytest.mark.stack
Run = Callable[[str], str]

SQL = "SELECT city, sum(cars) cars FROM speeds GROUP BY city ORDER BY city"


@pytest.mark.parametrize(
    "mode",
    [
        "ctas_approach=True",
        "ctas_approach=False, unload_approach=False",
        "ctas_approach=False, unload_approach=True",
    ],
)
def test_awswrangler_reads_by_athena_in_each_mode(run_alone: Run, mode: str) -> None:
    """`wr.athena.read_sql_query` gives the same rows by CTAS, by CSV and by UNLOAD."""
    printed = run_alone(f"""
import awswrangler as wr
frame = wr.athena.read_sql_query("{SQL}", database="client_tests", s3_output="s3://client-tests/out-{len(mode)}/", {mode})
print(frame.to_csv(index=False))
""")
    # CTAS and UNLOAD write several files, so the order of the rows is lost, on AWS too.
    assert sorted(printed.split()) == ["bonn,3", "city,cars", "kiel,3"]


def test_awswrangler_copies_into_redshift_and_reads_back(run_alone: Run) -> None:
    """`wr.redshift.copy` loads a frame by way of S3 and COPY, `wr.redshift.read_sql_query` returns it."""
    printed = run_alone("""
import os, awswrangler as wr, pandas as pd, redshift_connector
connection = redshift_connector.connect(host=os.environ["REDSHIFT_HOST"], port=int(os.environ["REDSHIFT_PORT"]),
    user=os.environ["REDSHIFT_USER"], password=os.environ["REDSHIFT_PASSWORD"], database=os.environ["REDSHIFT_DATABASE"])
frame = pd.DataFrame({"id": [1, 2, 3], "name": ["a", "b", None], "at": pd.to_datetime(["2026-03-02 07:00"] * 3)})
wr.redshift.copy(frame, "s3://client-tests/copy/", connection, table="copied", schema="public", mode="overwrite",
                 iam_role="arn:aws:iam::123456789012:role/LabRole")
print(wr.redshift.read_sql_query("SELECT count(*) n, count(name) named, max(id) m FROM public.copied", connection).to_csv(index=False))
""")
    assert printed.split() == ["n,named,m", "3,2,3"]


def test_pyathena_reads_with_its_plain_cursor(run_alone: Run) -> None:
    """PyAthena's cursor runs a query and gives typed values."""
    printed = run_alone(f"""
from pyathena import connect
cursor = connect(s3_staging_dir="s3://client-tests/pyathena/", schema_name="client_tests").cursor()
print(cursor.execute("{SQL}").fetchall())
""")
    assert printed == "[('bonn', 3), ('kiel', 3)]"


def test_psycopg_asks_redshift(run_alone: Run) -> None:
    """psycopg logs in with the card's values and gets rows."""
    printed = run_alone("""
import os, psycopg
names = {"host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD", "dbname": "DATABASE", "sslmode": "SSLMODE"}
with psycopg.connect(**{key: os.environ[f"REDSHIFT_{name}"] for key, name in names.items()}) as connection:
    print(connection.execute("SELECT 40 + 2").fetchone())
""")
    assert printed == "(42,)"


def test_kafka_python_sends_and_receives(run_alone: Run) -> None:
    """kafka-python creates a topic, sends to it and reads the same bytes."""
    printed = run_alone("""
import os
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer
names = {"bootstrap_servers": "BOOTSTRAP_SERVERS", "security_protocol": "SECURITY_PROTOCOL", "sasl_mechanism": "SASL_MECHANISM",
         "sasl_plain_username": "SASL_USERNAME", "sasl_plain_password": "SASL_PASSWORD"}
at = {key: os.environ[f"KAFKA_{name}"] for key, name in names.items()}
admin = KafkaAdminClient(**at)
if "client_tests" not in admin.list_topics():
    admin.create_topics({"client_tests": {"num_partitions": 1, "replication_factor": 1}})
producer = KafkaProducer(**at)
sent = producer.send("client_tests", b"hello").get(30)
consumer = KafkaConsumer("client_tests", auto_offset_reset="earliest", consumer_timeout_ms=20000, **at)
print(next(record.value for record in consumer if record.offset == sent.offset))
""")
    assert printed == "b'hello'"


def test_a_plain_spark_session_reads_s3_and_kafka(run_alone: Run) -> None:
    """`SparkSession.builder.getOrCreate()` reads Parquet from S3 without any configuration, and a Kafka topic with its login."""
    printed = run_alone("""
import os
from pyspark.sql import SparkSession
spark = SparkSession.builder.getOrCreate()
rows = spark.read.parquet("s3a://client-tests/speeds/").agg({"cars": "sum"}).first()[0]
env = {name[len("KAFKA_"):]: value for name, value in os.environ.items() if name.startswith("KAFKA_")}
login = f'username="{env["SASL_USERNAME"]}" password="{env["SASL_PASSWORD"]}"'
options = {"kafka.bootstrap.servers": env["BOOTSTRAP_SERVERS"], "subscribe": "client_tests",
           "kafka.security.protocol": env["SECURITY_PROTOCOL"], "kafka.sasl.mechanism": env["SASL_MECHANISM"],
           "kafka.sasl.jaas.config": f"org.apache.kafka.common.security.scram.ScramLoginModule required {login};"}
print(rows, "value" in spark.read.format("kafka").options(**options).load().columns, spark.sparkContext.master)
spark.stop()
""")
    assert printed == "6 True local[2]"
