"""Exclude patterns as the page define-crawler prints them: its tables of patterns, rules and examples."""

from __future__ import annotations

import pytest

from localcloud.glue.crawler.globs import excluder

FOLDER = [
    "departments/finance.json",
    "departments/market-us.json",
    "departments/market-emea.json",
    "departments/market-ap.json",
    "employees/hr.json",
    "employees/john.csv",
    "employees/jane.csv",
    "employees/juan.txt",
]
DAYS = [f"2015/{month:02}/{day:02}/f" for month in (1, 2, 9, 10, 12) for day in (1, 7, 8, 9, 10, 31)]
FIRST_WEEK = ["2015/01/{[!0],0[8-9]}**", "2015/0[2-9]/**", "2015/1[0-2]/**"]


def left(patterns: list[str], paths: list[str]) -> list[str]:
    """Return the paths that the patterns do not exclude."""
    excluded = excluder(patterns)
    assert excluded
    return [path for path in paths if not excluded.fullmatch(path)]


@pytest.mark.parametrize(
    ("patterns", "paths", "kept"),
    [
        (["departments/**"], FOLDER, FOLDER[4:]),
        (["departments/market*"], FOLDER, [FOLDER[0], *FOLDER[4:]]),
        (["**.csv"], FOLDER, [*FOLDER[:5], FOLDER[7]]),
        (["employees/*.csv"], FOLDER, [*FOLDER[:5], FOLDER[7]]),
        (FIRST_WEEK, DAYS, ["2015/01/01/f", "2015/01/07/f"]),
        (["*.csv"], ["a.csv", "x/a.csv", "a.csvx"], ["x/a.csv", "a.csvx"]),
        (["*.*"], ["a.b", "ab"], ["ab"]),
        (["*.{csv,avro}"], ["a.csv", "a.avro", "a.orc"], ["a.orc"]),
        (["foo.?"], ["foo.a", "foo.ab", "foo."], ["foo.ab", "foo."]),
        (["myfolder/*"], ["myfolder/mysource", "myfolder/a/b", "myfolder"], ["myfolder/a/b", "myfolder"]),
        (
            ["myfolder/*/*"],
            ["myfolder/mysource/data", "myfolder/a", "myfolder/a/b/c"],
            ["myfolder/a", "myfolder/a/b/c"],
        ),
        (["myfolder/**"], ["myfolder/mysource/mydata", "myfolder/a", "other/a"], ["other/a"]),
        (["myfolder**"], ["myfolder", "myfolder/mydata.txt", "my"], ["my"]),
        (["[abce-g]x"], ["ax", "fx", "dx", "gx"], ["dx"]),
        (["[!a-c]"], ["a", "d", "c", "/"], ["a", "c", "/"]),
        (["[*?\\]"], ["*", "?", "\\", "a"], ["a"]),
        (["[-a]", "[!-]b"], ["-", "a", "b", "-b", "xb"], ["b", "-b"]),
        (["\\{a\\}", "b\\\\c"], ["{a}", "a", "b\\c"], ["a"]),
        (["*"], [".hidden", "a/b"], ["a/b"]),
        (["a\\*b"], ["a*b", "axb"], ["axb"]),
    ],
)
def test_the_patterns_of_the_page(patterns: list[str], paths: list[str], kept: list[str]) -> None:
    """Each pattern excludes what the page says and nothing else; it is relative to the include path."""
    assert left(patterns, paths) == kept
