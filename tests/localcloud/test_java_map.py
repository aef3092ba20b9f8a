"""The order of a Java HashMap."""

from __future__ import annotations

from localcloud.java_map import ordered


def test_properties_come_in_the_order_of_a_hash_map() -> None:
    """The order is the one that Athena prints for the properties that awswrangler gives a table."""
    values = {
        "typeOfData": "file",
        "classification": "parquet",
        "projection.enabled": "false",
        "compressionType": "none",
    }
    assert list(ordered(values)) == ["compressionType", "classification", "projection.enabled", "typeOfData"]
