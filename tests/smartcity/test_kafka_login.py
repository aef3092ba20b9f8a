"""The KAFKA_* variables in the terms of each client."""

from __future__ import annotations

import pytest

from smartcity import kafka_login
from smartcity.errors import NotConfigured

VARIABLES = {
    "KAFKA_BOOTSTRAP_SERVERS": "b-1.example:9096",
    "KAFKA_SECURITY_PROTOCOL": "SASL_SSL",
    "KAFKA_SASL_MECHANISM": "SCRAM-SHA-512",
    "KAFKA_SASL_USERNAME": "alice",
    "KAFKA_SASL_PASSWORD": 'a"b\\c',
}


@pytest.fixture
def variables(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """The variables of a cluster of Amazon MSK with SASL/SCRAM."""
    for name, value in VARIABLES.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


def test_confluent_kafka_gets_librdkafkas_names(variables: pytest.MonkeyPatch) -> None:
    """The settings are those of librdkafka's CONFIGURATION.md."""
    assert kafka_login.client() == {
        "bootstrap.servers": "b-1.example:9096",
        "security.protocol": "SASL_SSL",
        "sasl.mechanism": "SCRAM-SHA-512",
        "sasl.username": "alice",
        "sasl.password": 'a"b\\c',
    }


def test_kafka_python_gets_its_arguments(variables: pytest.MonkeyPatch) -> None:
    """The arguments are those of KafkaConsumer and KafkaProducer; an address given wins over the variable."""
    assert kafka_login.kafka_python("other:1") == {
        "bootstrap_servers": "other:1",
        "security_protocol": "SASL_SSL",
        "sasl_mechanism": "SCRAM-SHA-512",
        "sasl_plain_username": "alice",
        "sasl_plain_password": 'a"b\\c',
    }


def test_a_password_with_quotes_stays_one_value_for_spark(variables: pytest.MonkeyPatch) -> None:
    """In `sasl.jaas.config` quotes and backslashes of a password are escaped."""
    login = kafka_login.spark_options()["kafka.sasl.jaas.config"]
    assert login.endswith('ScramLoginModule required username="alice" password="a\\"b\\\\c";')


@pytest.mark.parametrize("make", [kafka_login.client, kafka_login.kafka_python, kafka_login.spark_options])
def test_without_a_protocol_there_is_no_login(variables: pytest.MonkeyPatch, make: object) -> None:
    """A client of a broker that asks for no login gets its address alone."""
    variables.delenv("KAFKA_SECURITY_PROTOCOL")
    assert callable(make)
    assert list(make().values()) == ["b-1.example:9096"]


@pytest.mark.parametrize("name", ["KAFKA_BOOTSTRAP_SERVERS", "KAFKA_SASL_USERNAME", "KAFKA_SASL_PASSWORD"])
def test_a_missing_variable_is_named(variables: pytest.MonkeyPatch, name: str) -> None:
    """An incomplete login is refused by the variable's name."""
    variables.delenv(name)
    with pytest.raises(NotConfigured, match=name):
        kafka_login.client()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("KAFKA_SASL_MECHANISM", "PLAIN"),
        ("KAFKA_SASL_MECHANISM", "AWS_MSK_IAM"),
        ("KAFKA_SECURITY_PROTOCOL", "SSL"),
    ],
)
def test_another_kind_of_login_is_refused(variables: pytest.MonkeyPatch, name: str, value: str) -> None:
    """A login that the clients would not get right is refused with the way out."""
    variables.setenv(name, value)
    with pytest.raises(NotConfigured, match="SCRAM-SHA-512"):
        kafka_login.client()
