"""Bookmarks of S3 sources: what is new, and what is remembered."""

from __future__ import annotations

import random
from typing import Any

import pytest

from localcloud.glue.library.awsglue.s3files import BAND_S, S3File, after, split, unread


def file(name: str, changed: float, etag: str = "e") -> S3File:
    return S3File(f"s3://b/{name}", changed, etag, 1)


def test_the_first_run_reads_everything() -> None:
    """Without a bookmark nothing has been read."""
    assert unread([file("a", 5), file("b", 1e9)], {}) == [file("a", 5), file("b", 1e9)]


def test_a_file_of_the_same_second_is_still_new() -> None:
    """Times are not enough: a file that appears in the second of the last one is read."""
    seen = after([file("a", 1000)], {})
    assert unread([file("a", 1000), file("b", 1000)], seen) == [file("b", 1000)]


def test_a_changed_file_is_read_again() -> None:
    """Another content under a known name is new."""
    seen = after([file("a", 1000)], {})
    assert unread([file("a", 1001, "other")], seen) == [file("a", 1001, "other")]


def test_a_bookmark_forgets_old_names() -> None:
    """Files that are older than the band are known by their time alone."""
    seen = after([file("b", 1000 + BAND_S + 1)], after([file("a", 1000)], {}))
    assert [entry[0] for entry in seen["recent"]] == ["s3://b/b"]
    assert unread([file("a", 1000), file("b", 1000 + BAND_S + 1)], seen) == []


def test_a_run_without_files_keeps_the_bookmark() -> None:
    """Nothing read, nothing forgotten."""
    seen = after([file("a", 1000)], {})
    assert after([], seen) == seen


@pytest.mark.parametrize("seed", range(20))
def test_over_kills_every_file_counts_once(seed: int) -> None:
    """Runs that are killed before their commit lose nothing and double nothing: only commits count."""
    dice = random.Random(seed)
    files: list[S3File] = []
    seen: dict[str, Any] = {}
    counted: list[str] = []
    for second in range(60):
        files += [file(f"{second}-{number}", 1000 + 40 * second) for number in range(dice.randrange(3))]
        chosen = unread(files, seen)
        if dice.random() < 0.4:
            continue  # killed: neither the bookmark nor the count moves
        seen, counted = after(chosen, seen), counted + [each.uri for each in chosen]
    counted += [each.uri for each in unread(files, seen)]
    assert sorted(counted) == sorted(each.uri for each in files)


@pytest.mark.parametrize("uri", ["http://b/k", "b/k", "s3:///k"])
def test_what_is_not_in_s3_is_refused(uri: str) -> None:
    """Only paths in S3 are sources."""
    with pytest.raises(ValueError, match="is not a path in S3"):
        split(uri)
