"""The books of a crawl: objects listed = classified + skipped, with the reason of each skip."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from localcloud.glue.crawler.books import Books, BooksError
from localcloud.glue.crawler.crawled import CrawlResult
from localcloud.glue.crawler.grouping import Policy
from localcloud.glue.crawler.s3 import ObjectUnreadable
from localcloud.glue.crawler.survey import Survey
from localcloud.glue.crawler.target import Target

EXAMPLES = int(os.environ.get("CRAWL_EXAMPLES", "60"))
"""How many random lakes are crawled; CRAWL_EXAMPLES=3000 is a thorough run of some minutes."""

SKIPS = [
    ("t/_SUCCESS", "x", "the name, or a folder's, starts with _ or ."),
    ("t/.hidden.csv", "a,b\n1,2\n", "the name, or a folder's, starts with _ or ."),
    ("t/_temporary/0/f.csv", "a,b\n1,2\n", "the name, or a folder's, starts with _ or ."),
    ("t/empty.csv", "", "the object is empty"),
    ("t/", "", "the object marks a folder"),
    ("t_$folder$", "", "the object marks a folder"),
    ("t/no.tmp", "x", "the object matches an exclude pattern"),
]


@pytest.mark.parametrize(("key", "body", "reason"), SKIPS, ids=[key for key, _, _ in SKIPS])
def test_each_skip_has_its_reason(books: Callable[..., Books], key: str, body: str, reason: str) -> None:
    """An object that is no data file is counted, named, and in no table."""
    kept = books({key: body, "u/f.csv": "a,b\n1,2\n"}, exclusions=["**.tmp"])
    assert (kept.listed, kept.classified, kept.skipped_count) == (2, 1, 1)
    assert kept.skipped[reason].uris == [f"s3://lake/{key}"]


def test_a_sampled_folder_counts_what_it_leaves_out(books: Callable[..., Books]) -> None:
    """SampleSize takes so many files of each leaf folder; the others are skipped by number."""
    kept = books({f"t/{number}.csv": "a,b\n1,2\n" for number in range(10)}, sample_size=3)
    assert (kept.listed, kept.classified, kept.skipped_count) == (10, 3, 7)
    assert kept.skipped["the folder is sampled (SampleSize 3)"].uris == ["s3://lake/t/"]


def test_an_object_that_s3_refuses_is_skipped(lake: Any) -> None:
    """One object without access does not end the crawl; it is skipped with S3's answer."""
    reader = lake({"t/a.csv": "a,b\n1,2\n", "t/b.csv": "a,b\n1,2\n"})
    whole = reader.read

    def refusing(bucket: str, key: str, start: int, length: int) -> bytes:
        if key == "t/b.csv":
            raise ObjectUnreadable(f"{bucket}/{key}", "AccessDenied: Access Denied")
        return bytes(whole(bucket, key, start, length))

    reader.read = refusing
    kept = Survey(reader, [], Policy()).run([Target("s3://lake/")]).books
    assert (kept.listed, kept.classified, kept.skipped_count) == (2, 1, 1)
    assert kept.unread == {"s3://lake/t/b.csv": "AccessDenied: Access Denied"}


def test_books_that_do_not_add_up_are_an_error_with_the_numbers() -> None:
    """An object that is neither in a table nor skipped ends the crawl."""
    kept = Books(listed=3, classified=1)
    kept.skip("x", "s3://b/k")
    with pytest.raises(BooksError, match=r"3 objects listed, 1 classified \(1 of them in tables\), 1 skipped"):
        kept.check(1)
    kept.listed = 2
    kept.check(1)
    with pytest.raises(BooksError, match="0 of them in tables"):
        kept.check(0)


NAMES = st.sampled_from(["a", "b", "_x", ".y", "day=1", "day=2", "hour=3", "c d", "ü", "x_$folder$", ""])
BODIES = st.sampled_from(
    ["a,b\n1,2\n", "a,b\n1,x\n", '{"a": 1}', '{"z": [1]}', "", "junk", "<a><b>1</b></a>", b"\x00\xff", b"PAR1xxxxPAR1"]
)
FILES = st.dictionaries(
    st.lists(NAMES, min_size=1, max_size=5).map("/".join).filter(lambda key: key and not key.startswith("/")),
    BODIES,
    max_size=12,
)


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    files=FILES,
    path=st.sampled_from(["s3://lake/", "s3://lake/a", "s3://lake/day=1/"]),
    combine=st.booleans(),
    level=st.sampled_from([None, 1, 2, 3]),
    sample=st.sampled_from([None, 1, 2]),
)
def test_random_lakes(lake: Any, files: Any, path: str, combine: bool, level: int | None, sample: int | None) -> None:
    """Whatever a lake holds, each listed object is in exactly one table or skipped once."""
    target = Target(path, ("**/b",), sample)
    found = Survey(lake(files), [], Policy(combine, level)).run([target])
    listed = [key for key in files if f"s3://lake/{key}/".startswith(f"{path.rstrip('/')}/")]
    assert found.books.listed == len(listed)
    assert sum(table.objects for table in found.tables) + found.books.skipped_count == len(listed)
    assert CrawlResult.from_json(found.to_json()).to_json() == found.to_json()
