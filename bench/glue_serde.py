"""AWS's own Java serializers on the lab's Kafka and schema registry: Java writes and the lab reads, and the other way.

    mvn dependency:copy-dependencies -DoutputDirectory=jars    # software.amazon.glue:schema-registry-serde:1.1.24
    ./lab up kafka aws
    .venv/bin/python bench/glue_serde.py 'jars/*'

The last step lets Java register a schema that breaks the mode: it must end with an error, and send nothing.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import tempfile
from pathlib import Path
from uuid import uuid4

from confluent_kafka import Consumer, Producer

from smartcity import kafka, kafka_login
from smartcity.avro_records import avro_schema, header
from smartcity.events import TOPICS
from smartcity.schema_registry import REGISTRY, Publisher, Schemas, glue, register
from smartcity.settings import apply_card
from smartcity.simulate import Config, Faults, simulate

COUNT = 100
SCHEMA = {"type": "record", "name": "Reading", "fields": [{"name": "number", "type": "int"}]}
RENAMED = {"type": "record", "name": "Reading", "fields": [{"name": "value", "type": "int"}]}


def main() -> None:
    """Run all three steps, and fail at the first difference."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("classpath")
    classpath = parser.parse_args().classpath
    apply_card()
    broker = os.environ["KAFKA_BOOTSTRAP_SERVERS"]
    topic, other = (f"serde_{uuid4().hex[:8]}" for _ in range(2))
    kafka.ensure_topics(broker, 1, [topic, other])
    Publisher.of(glue())
    for compression in ("NONE", "ZLIB"):
        _java(classpath, compression, "write", topic, str(COUNT), json.dumps(SCHEMA))
    plain = Schemas.here().plain(_values(broker, topic, 2 * COUNT))
    numbers = [json.loads(value)["number"] for value in plain if isinstance(value, bytes)]
    assert numbers == [*range(COUNT), *range(COUNT)], numbers
    print(f"Java wrote {len(numbers)} records, half of them compressed, and the lab read them.")
    events = _events(other, broker)
    read = [json.loads(line) for line in _java(classpath, "NONE", "read", other, str(len(events))).stdout.splitlines()]
    assert [event["event_id"] for event in read] == [event["event_id"] for event in events]
    assert all(event["speed_kmh"] == row["speed_kmh"] for event, row in zip(events, read, strict=True))
    print(f"The lab wrote {len(events)} events, and Java read them.")
    refused = _java(classpath, "NONE", "write", topic, "1", json.dumps(RENAMED), check=False)
    assert refused.returncode != 0
    assert "Schema evolution check failed" in refused.stderr, refused.stderr[-3000:]
    assert len(_values(broker, topic, 2 * COUNT)) == 2 * COUNT
    print("Java could not register the schema that renames a field, and sent nothing.")


def _java(classpath: str, compression: str, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    settings = {name.removeprefix("kafka."): value for name, value in kafka_login.spark_options().items()}
    settings |= {"region": os.environ["AWS_DEFAULT_REGION"], "endpoint": os.environ["AWS_ENDPOINT_URL"]}
    settings |= {"registry.name": REGISTRY, "dataFormat": "AVRO", "avroRecordType": "GENERIC_RECORD"}
    settings |= {"schemaAutoRegistrationEnabled": "true", "compatibility": "BACKWARD", "compression": compression}
    with tempfile.NamedTemporaryFile("w", suffix=".properties") as file:  # mode 600: it holds Kafka's password
        file.writelines(f"{name}={value}\n".replace("\\", "\\\\") for name, value in settings.items())
        file.flush()
        command = ["java", "-cp", classpath, Path(__file__).with_name("GlueSerde.java"), file.name, *arguments]
        done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    if check and done.returncode:
        raise SystemExit(done.stderr[-3000:])
    return done


def _events(topic: str, broker: str) -> list[dict[str, object]]:
    """Send the events of some minutes as Avro to a topic; return them."""
    head = header(register(glue(), "gps_data", avro_schema("gps_data")))
    publisher = Publisher(dict.fromkeys(TOPICS, head))
    chunks = list(simulate(Config(minutes=1, vehicles=20, faults=Faults.none())))
    producer = Producer(kafka_login.client(broker))
    for chunk in chunks:
        for value in publisher.chunk(chunk).topics["gps_data"]["value"].to_pylist():
            producer.produce(topic, value)
    assert producer.flush(30) == 0
    return [json.loads(value) for chunk in chunks for value in chunk.topics["gps_data"]["value"].to_pylist()]


def _values(broker: str, topic: str, count: int) -> list[bytes]:
    """Return the values of a topic: at least `count`, and whatever more there is."""
    settings = {**kafka_login.client(broker), "group.id": uuid4().hex, "auto.offset.reset": "earliest"}
    consumer = Consumer({**settings, "enable.partition.eof": True})
    consumer.subscribe([topic])
    values: list[bytes] = []
    while True:
        message = consumer.poll(30)
        if message is None or (message.error() and len(values) >= count):
            consumer.close()
            return values
        if not message.error():
            values.append(bytes(message.value() or b""))


if __name__ == "__main__":
    main()
