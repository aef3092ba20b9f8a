"""Table formats that Athena reads and the lab's engine does not: refused when such a table is made.

https://docs.aws.amazon.com/athena/latest/ug/delta-lake-tables.html
"""

from __future__ import annotations

from collections.abc import Mapping

from localcloud.athena.failure import not_supported

_MARKS = ("table_type", "spark.sql.sources.provider")
_FORMATS = {"delta": "Delta Lake", "hudi": "Hudi"}


def check(parameters: Mapping[str, str], input_format: str) -> None:
    """Make sure that a table is not of a format that the lab cannot read.

    Raises:
        QueryFailed: Delta Lake or Hudi.
    """
    named = {value.lower() for key, value in parameters.items() if key.lower() in _MARKS}
    if "hudi" in input_format.lower():
        named.add("hudi")
    for mark, name in _FORMATS.items():
        if mark in named:
            raise not_supported(f"The lab does not read {name} tables. Try: 'table_type'='ICEBERG', or Parquet files")
