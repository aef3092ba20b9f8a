"""What the lab keeps when all its processes are killed at once."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Mapping

import boto3
import psutil
import psycopg
import pytest
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition

from localcloud import lab
from localcloud.home import Home
from localcloud.process import wait_until
from smartcity import kafka_login

pytestmark = [pytest.mark.stack, pytest.mark.timeout(300)]
TOPIC, BUCKET = "kill_tests", "kill-tests"


def redshift() -> psycopg.Connection[tuple[object, ...]]:
    """Return a connection to the lab's Redshift."""
    names = {"host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD", "dbname": "DATABASE"}
    return psycopg.connect(**{key: os.environ[f"REDSHIFT_{name}"] for key, name in names.items()})


def fill() -> str:
    """Write something into each service; return the id of a finished Athena query."""
    boto3.client("s3").create_bucket(Bucket=BUCKET)
    boto3.client("s3").put_object(Bucket=BUCKET, Key="t/one.csv", Body=b"name,cars\nbonn,3\nkiel,4\n")
    admin = KafkaAdminClient(**kafka_login.kafka_python())
    admin.create_topics({TOPIC: {"num_partitions": 1, "replication_factor": 1}})
    producer = KafkaProducer(**kafka_login.kafka_python(), acks="all")
    for number in range(100):
        producer.send(TOPIC, str(number).encode())
    producer.flush()
    producer.close()
    admin.close()
    with redshift() as connection:
        connection.execute("CREATE TABLE public.kill_tests (id int)")
        connection.execute("INSERT INTO public.kill_tests VALUES (1), (2), (3)")
    glue, athena = boto3.client("glue"), boto3.client("athena")
    glue.create_database(DatabaseInput={"Name": "kill_tests"})
    targets = {"S3Targets": [{"Path": f"s3://{BUCKET}/t/"}]}
    glue.create_crawler(Name="kill", Role="LabRole", DatabaseName="kill_tests", Targets=targets)
    glue.start_crawler(Name="kill")
    assert wait_until(lambda: glue.get_crawler(Name="kill")["Crawler"]["State"] == "READY", 60)
    query = athena.start_query_execution(
        QueryString="SELECT sum(cars) FROM kill_tests.t",
        ResultConfiguration={"OutputLocation": f"s3://{BUCKET}/out/"},
    )["QueryExecutionId"]
    ended = ("SUCCEEDED", "FAILED", "CANCELLED")
    state = lambda: athena.get_query_execution(QueryExecutionId=query)["QueryExecution"]["Status"]  # noqa: E731
    assert wait_until(lambda: state()["State"] in ended, 60)
    assert state()["State"] == "SUCCEEDED", state()
    return query


def kill_all(home: Home) -> None:
    """Kill -9 every process of the lab and their children."""
    family = [one for root in lab.supervisor(home).processes() for one in (root, *root.children(recursive=True))]
    for one in family:
        with contextlib.suppress(psutil.NoSuchProcess):
            one.kill()
    psutil.wait_procs(family, timeout=10)


def test_tables_topics_and_rows_are_back_after_kill_9_of_everything(in_lab: Mapping[str, str], lab_home: Home) -> None:
    """After kill -9 of all services, `up` brings back objects, records, rows, crawled tables and finished queries."""
    query = fill()
    kill_all(lab_home)
    lab.supervisor(lab_home).up()
    assert boto3.client("s3").get_object(Bucket=BUCKET, Key="t/one.csv")["Body"].read().endswith(b"kiel,4\n")
    consumer = KafkaConsumer(**kafka_login.kafka_python())
    assert consumer.end_offsets([TopicPartition(TOPIC, 0)]) == {TopicPartition(TOPIC, 0): 100}
    consumer.close()
    with redshift() as connection:
        assert connection.execute("SELECT count(*) FROM public.kill_tests").fetchone() == (3,)
    table = boto3.client("glue").get_table(DatabaseName="kill_tests", Name="t")["Table"]
    assert [column["Name"] for column in table["StorageDescriptor"]["Columns"]] == ["name", "cars"]
    rows = boto3.client("athena").get_query_results(QueryExecutionId=query)["ResultSet"]["Rows"]
    assert rows[1]["Data"][0]["VarCharValue"] == "7"
