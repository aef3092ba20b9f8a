"""What the engine is told of a projected table."""

from __future__ import annotations

from typing import Any

from localcloud.athena.projection import for_engine, is_engine


def table(**parameters: str) -> dict[str, Any]:
    return {
        "StorageDescriptor": {"Location": "s3://b/t/"},
        "PartitionKeys": [{"Name": "day"}, {"Name": "at"}],
        "Parameters": parameters,
    }


def test_a_projected_table_gets_the_template_that_athena_means() -> None:
    """Its folders are `key=value` with the value as it is."""
    seen = for_engine(table(**{"projection.enabled": "TRUE"}))
    assert seen["Parameters"]["storage.location.template"] == "s3://b/t/day=${day}/at=${at}/"


def test_other_tables_stay_as_they_are() -> None:
    """A table without projection, or with a template of its own, is not changed."""
    own = table(**{"projection.enabled": "true", "storage.location.template": "s3://b/x/${day}/"})
    plain = table(a="b")
    assert for_engine(own) is own
    assert for_engine(plain) is plain


def test_only_the_engine_is_told() -> None:
    """The engine is known by its application id; another SDK client sees the table as it was made."""
    assert is_engine("aws-sdk-java/2.31.57 ua/2.1 api/glue#2.31.x app/athena-engine")
    assert not is_engine("Boto3/1.40 md/Botocore")
