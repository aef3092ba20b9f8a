"""What the API says of a query that failed. https://docs.aws.amazon.com/athena/latest/ug/error-reference.html"""

from __future__ import annotations

import pytest

from localcloud.athena.failure import QueryFailed, from_trino


@pytest.mark.parametrize("kind", ["USER_ERROR", "EXTERNAL", "INTERNAL_ERROR"])
@pytest.mark.parametrize("code", ["ICEBERG_COMMIT_ERROR", "ICEBERG_BAD_DATA", "ICEBERG_TOO_MANY_OPEN_PARTITIONS"])
def test_an_error_of_iceberg_has_its_own_type(code: str, kind: str) -> None:
    """ErrorType is 233, by which dbt-athena retries a commit that lost against another one."""
    failure = from_trino({"errorName": code, "errorType": kind, "message": "m"})
    assert failure.athena_error()["ErrorType"] == 233
    assert failure.reason == f"{code}: m"


def test_other_errors_have_the_types_of_the_catalog() -> None:
    """A syntax error and an error of the user differ from one of the system."""
    codes = [QueryFailed("SYNTAX_ERROR", "m"), QueryFailed("DIVISION_BY_ZERO", "m"), QueryFailed("OTHER", "m", 1)]
    assert [each.athena_error()["ErrorType"] for each in codes] == [1001, 1006, 401]
