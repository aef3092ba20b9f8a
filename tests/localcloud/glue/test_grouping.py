"""Which folders a crawl makes tables, and which partitions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from localcloud.glue.crawl_catalog import table_name

Survey = Callable[..., dict[str, Any]]

ALIKE = '{"id": 1, "speed": 2.5}\n'
OTHER = '{"road": "A1", "open": true}\n'


@pytest.mark.parametrize(
    ("path", "key", "name"),
    [
        ("s3://lake/", "Sensor-Data 1/a.json", "p_sensor_data_1"),
        ("s3://lake/raw/", "raw/a.json", "p_raw"),
        ("s3://my-lake/", "a.json", "p_my_lake"),
        ("s3://lake/data.csv", "data.csv", "p_data_csv"),
    ],
)
def test_a_table_is_named_after_its_folder(survey: Survey, path: str, key: str, name: str) -> None:
    """The name is the prefix and the root's folder, the bucket, or the file, in lower case with underscores."""
    body = "a,b\n1,2\n" if key.endswith("csv") else ALIKE
    (table,) = survey({key: body}, path).values()
    assert table_name(table, "p_") == name


def test_hive_folders_become_partitions(survey: Survey) -> None:
    """Folders key=value are partition columns of that name in lower case; their values are unescaped."""
    files = {f"sales/Year={year}/at=0{hour}%3A00/f.json": ALIKE for year in (2023, 2024) for hour in (1, 2)}
    table = survey(files)["sales"]
    assert table.keys == ["year", "at"]
    assert [part.values for part in table.parts][:2] == [["2023", "01:00"], ["2023", "02:00"]]


def test_plain_folders_become_numbered_partitions(survey: Survey) -> None:
    """Similar folders below one include path are one table, with partition_0 and partition_1."""
    paths = ("table1/partition1", "table1/partition2", "table2/partition4")
    table = survey({f"folder1/{path}/f.json": ALIKE for path in paths}, "s3://lake/folder1/")["folder1"]
    assert table.keys == ["partition_0", "partition_1"]
    assert [part.values for part in table.parts] == [path.split("/") for path in paths]


def test_two_include_paths_make_two_tables(survey: Survey) -> None:
    """The same folders, given one by one, are tables of their own."""
    files = {f"folder1/{name}/p{part}/f.json": ALIKE for name in ("table1", "table2") for part in (1, 2)}
    found = {**survey(files, "s3://lake/folder1/table1"), **survey(files, "s3://lake/folder1/table2/")}
    assert {name: table.keys for name, table in found.items()} == {"table1": ["partition_0"], "table2": ["partition_0"]}


DIFFERENT = {"t/year=2017/1.json": '{"A": 1, "B": 2}', "t/year=2018/2.json": '{"C": 3, "D": 4}'}


def test_dissimilar_folders_become_tables(survey: Survey) -> None:
    """Folders whose schemas do not agree are a table each, whatever their names."""
    assert sorted(survey(DIFFERENT, "s3://lake/t/")) == ["year=2017", "year=2018"]


def test_combining_ignores_the_schemas(survey: Survey) -> None:
    """CombineCompatibleSchemas makes one table with the union of the columns."""
    table = survey(DIFFERENT, "s3://lake/t/", combine=True)["t"]
    assert (table.keys, [name for name, _ in table.columns]) == (["year"], ["a", "b", "c", "d"])


def test_combining_still_needs_one_format(survey: Survey) -> None:
    """Files of different formats or compressions are never one table."""
    files = {"t/d=1/a.json": ALIKE, "t/d=2/a.csv": "id,speed\n1,2.5\n2,3.5\n"}
    assert {table.classification for table in survey(files, combine=True).values()} == {"json", "csv"}


@pytest.mark.parametrize(("alike", "tables"), [(8, 1), (7, 10)])
def test_more_than_seventy_percent_must_be_alike(survey: Survey, alike: int, tables: int) -> None:
    """Of ten folders, eight alike make partitions of one table; seven do not."""
    files = {f"t/d={n}/f.json": ALIKE if n < alike else OTHER for n in range(10)}
    assert len(survey(files)) == tables


def test_more_than_five_kinds_of_schemas_are_no_table(survey: Survey) -> None:
    """However large the largest share is, six different schemas are not one table."""
    others = {f"t/d=x{n}/f.json": f'{{"k{n}": 1}}' for n in range(5)}
    assert len(survey({**{f"t/d={n}/f.json": ALIKE for n in range(30)}, **others})) == 35


def test_a_table_level_fixes_the_roots(survey: Survey) -> None:
    """TableLevelConfiguration 3 makes tables of the second folder below the bucket (level 1)."""
    files = {f"data/{year}/{month}/f.json": ALIKE for year in ("2023", "2024") for month in ("01", "02")}
    found = survey(files, level=3)
    assert {name: (table.location, table.keys) for name, table in found.items()} == {
        "2023": ("s3://lake/data/2023/", ["partition_0"]),
        "2024": ("s3://lake/data/2024/", ["partition_0"]),
    }


def test_a_lone_plain_folder_is_a_root(survey: Survey) -> None:
    """One folder without siblings is the table itself, not the only value of a partition key."""
    assert survey({"raw/vehicles/f.json": ALIKE})["vehicles"].keys == []


def test_files_beside_folders_do_not_share_a_table(survey: Survey) -> None:
    """A file at another depth than the rest is a table of its own, since no partition would hold it."""
    found = survey({"t/stray.json": ALIKE, "t/d=1/f.json": ALIKE, "t/d=2/f.json": ALIKE})
    assert sorted(found) == ["d=1", "d=2", "stray.json"]


def test_dissimilar_files_of_one_folder_are_tables(survey: Survey) -> None:
    """Files that do not agree are tables named after the files."""
    assert sorted(survey({"t/a.json": ALIKE, "t/b.json": OTHER})) == ["a.json", "b.json"]


def test_hidden_and_empty_objects_are_left_out(survey: Survey) -> None:
    """Names that start with _ or . (and everything below them), folder marks and empty objects are not data."""
    junk = ("t/_SUCCESS", "t/.hidden.json", "t/_spark_metadata/0", "_tmp/a/f.json", "t/d_$folder$")
    files = {**dict.fromkeys(junk, OTHER), "t/empty.json": "", "t/f.json": ALIKE}
    assert {name: table.parts[0].objects for name, table in survey(files).items()} == {"t": 1}


@pytest.mark.parametrize(
    ("pattern", "left"),
    [
        ("*.csv", ["a.json", "x/a.csv", "x/y/b.json"]),
        ("**.csv", ["a.json", "x/y/b.json"]),
        ("**/*.csv", ["a.csv", "a.json", "x/y/b.json"]),
        ("x/**", ["a.csv", "a.json"]),
        ("?.{csv,json}", ["x/a.csv", "x/y/b.json"]),
        ("[!a].json", ["a.csv", "a.json", "x/a.csv", "x/y/b.json"]),
        ("x/y/[a-c].json", ["a.csv", "a.json", "x/a.csv"]),
    ],
)
def test_exclusions_are_globs_below_the_include_path(pattern: str, left: list[str]) -> None:
    """`*` and `?` stay inside a folder, `**` does not; brackets and braces choose."""
    from localcloud.glue.crawler.globs import excluder

    excluded = excluder([pattern])
    assert excluded
    files = ["a.csv", "a.json", "x/a.csv", "x/y/b.json"]
    assert [name for name in files if not excluded.fullmatch(name)] == left


def test_an_include_path_ends_at_a_folder(survey: Survey) -> None:
    """s3://lake/data does not take in s3://lake/data2."""
    found = survey({"data/f.json": ALIKE, "data2/f.json": OTHER}, "s3://lake/data")
    assert list(found) == ["data"]


def test_a_sample_size_limits_the_files_read(survey: Survey) -> None:
    """SampleSize 2 looks at two files a folder."""
    files = {f"t/d=1/{n}.json": ALIKE for n in range(9)}
    assert survey(files, sample_size=2)["t"].parts[0].objects == 2


def test_very_deep_keys_are_no_trouble(survey: Survey) -> None:
    """A key of 250 folders is a table like any other."""
    assert len(survey({"/".join(f"k{n}=1" for n in range(120)) + "/f.json": ALIKE})) == 1
