"""The lake as a plain reader sees it."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from smartcity.lake import Lake

pytestmark = pytest.mark.stack


def test_a_purged_lake_lists_no_folder(in_lab: Mapping[str, str]) -> None:
    """After `purge` no object and no common prefix is left, so that Spark finds no state of an older run."""
    lake = Lake("s3://lake-tests/purged")
    lake.make_bucket()
    for number in range(3):
        lake.client.put_object(Bucket=lake.bucket, Key=f"purged/state/0/{number}/1.delta", Body=b"1")
    assert lake.purge() == 3
    for folder in ("purged/", "purged/state/", "purged/state/0/"):
        listed = lake.client.list_objects_v2(Bucket=lake.bucket, Prefix=folder, Delimiter="/")
        assert not listed.get("CommonPrefixes")
        assert not listed.get("Contents")


def test_purge_keeps_the_folder_it_is_told_to(in_lab: Mapping[str, str]) -> None:
    """`purge(keep="_run/")` leaves the notes of the run and removes everything else."""
    lake = Lake("s3://lake-tests/kept")
    lake.make_bucket()
    lake.write_note("offsets", {"gps_data": 1})
    lake.client.put_object(Bucket=lake.bucket, Key="kept/raw/one", Body=b"1")
    assert lake.purge(keep="_run/") == 1
    assert lake.read_note("offsets") == {"gps_data": 1}
