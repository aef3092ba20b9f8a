"""The catalog's entries as the engine sees them."""

from __future__ import annotations

from localcloud.athena.engine_view import is_engine, known_storage


def test_text_output_has_one_name_for_the_engine() -> None:
    """An entry under Hive's second name of the text format is told under the first, and all others as they are."""
    io = "org.apache.hadoop.hive.ql.io"
    entry = {"Values": ["a"], "StorageDescriptor": {"OutputFormat": f"{io}.IgnoreKeyTextOutputFormat", "Location": "l"}}
    other = {"StorageDescriptor": {"OutputFormat": f"{io}.orc.OrcOutputFormat"}}

    told = {
        "Values": ["a"],
        "StorageDescriptor": {"OutputFormat": f"{io}.HiveIgnoreKeyTextOutputFormat", "Location": "l"},
    }
    assert known_storage(entry) == told
    assert known_storage(other) is other


def test_only_the_engine_is_told() -> None:
    """The engine is known by its application id; another SDK client sees the table as it was made."""
    assert is_engine("aws-sdk-java/2.31.57 ua/2.1 api/glue#2.31.x app/athena-engine")
    assert not is_engine("Boto3/1.40 md/Botocore")
