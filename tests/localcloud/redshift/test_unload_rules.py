"""UNLOAD's options and books, by the pages r_UNLOAD, r_UNLOAD_command_examples and those of the system tables."""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Callable, Mapping
from typing import Any

import boto3
import psycopg
import pyarrow.parquet as pq
import pytest

from localcloud.redshift.errors import SqlError
from localcloud.redshift.sql.lexer import lex
from localcloud.redshift.transfer.partitions import escaped
from localcloud.redshift.transfer.unload import _check, _count
from localcloud.redshift.transfer.unload_statement import Unload, parse_unload

from .translation import planned

PARQUET = ("DELIMITER ','", "FIXEDWIDTH '0:3'", "ADDQUOTES", "ESCAPE", "NULL AS 'x'", "HEADER", "GZIP", "BZIP2", "ZSTD")
JSON = ("DELIMITER ','", "HEADER", "FIXEDWIDTH '0:3'", "ADDQUOTES", "ESCAPE", "NULL AS 'x'")
REFUSED = [
    *(("PARQUET", option) for option in PARQUET),
    *(("FORMAT AS JSON", option) for option in JSON),
    *(("CSV", option) for option in ("FIXEDWIDTH '0:3'", "ADDQUOTES", "ROWGROUPSIZE 64 MB", "PARQUET", "FORMAT JSON")),
    *(("FIXEDWIDTH '0:3'", option) for option in ("DELIMITER '|'", "HEADER", "ADDQUOTES", "ESCAPE", "CSV", "JSON")),
    *(("ALLOWOVERWRITE", option) for option in ("CLEANPATH", "ALLOWOVERWRITE")),
    *(("GZIP", option) for option in ("BZIP2", "ZSTD", "LZOP")),
    *(("", f"MAXFILESIZE {size}") for size in ("4.9 MB", "4", "6.3 GB", "7000 MB", "'5 MB'", "5 KB", "-5 MB")),
    *(("PARQUET", f"ROWGROUPSIZE {size}") for size in ("31 MB", "129 MB", "1 GB", "64.5 MB", "32 KB")),
    *(("", option) for option in ("VERBOSE", "PARTITION BY ('a')", "PARTITION BY ()", "PARTITION BY (a, a)")),
    *(("", option) for option in ("DELIMITER 'ab'", "DELIMITER 'é'", "MASTER_SYMMETRIC_KEY 'k' ENCRYPTED", "NOSUCH")),
    *(("", option) for option in ("QUOTE '\"'", "ORC", "FORMAT DELIMITER", "IAM_ROLE default")),
]
TAKEN = [
    ("MAXFILESIZE 5", {"maxfilesize": 5 * 2**20}),
    ("MAXFILESIZE AS 6.2 GB", {"maxfilesize": int(6.2 * 2**30)}),
    ("PARQUET ROWGROUPSIZE AS 128", {"rowgroupsize": 128 * 2**20}),
    ("JSON GZIP", {"format": "json", "compression": "gzip"}),
    ("MANIFEST VERBOSE", {"manifest": True, "verbose": True}),
    ("PARALLEL", {"parallel": True}),
    ("PARALLEL FALSE", {"parallel": False}),
    ("PARTITION BY (a, b) INCLUDE PARQUET", {"partition_by": ("a", "b"), "include": True}),
    ("DELIMITER AS '\\t' ADDQUOTES", {"delimiter": "\t", "addquotes": True}),
    ("PARQUET ENCRYPTED AUTO", {"encrypted": "AUTO"}),
    ("PARQUET ENCRYPTED", {"encrypted": "ON"}),  # as aws-sdk-pandas writes it
]


def parsed(options: str) -> Unload:
    """Return an UNLOAD with these options."""
    return parse_unload(lex(f"UNLOAD ('SELECT 1') TO 's3://b/k' IAM_ROLE DEFAULT {options}"))


@pytest.mark.parametrize(("first", "second"), REFUSED)
def test_options_that_exclude_each_other_are_refused(first: str, second: str) -> None:
    """What the page says cannot be used together, or lies outside of its bounds, is an error (r_UNLOAD)."""
    with pytest.raises(SqlError):
        parsed(f"{first} {second}")
    with pytest.raises(SqlError):
        parsed(f"{second} {first}")


@pytest.mark.parametrize(("options", "expected"), TAKEN)
def test_options_are_read(options: str, expected: dict[str, Any]) -> None:
    """Optional words, units and defaults of the synopsis (r_UNLOAD)."""
    unload = parsed(options)
    assert {name: getattr(unload, name) for name in expected} == expected


@pytest.mark.parametrize(
    "query",
    [
        "select * from venue limit 10",
        "select top 10 * from venue",
        "with v as (select 1) select * from v limit 1",
        "(select 1) union (select 2) limit 1",
        "delete from venue",
        "insert into t values (1)",
        "select 1 into t",
        "select 1; select 2",
        "",
        "show tables",
    ],
)
def test_a_query_that_unload_does_not_take_is_refused(query: str) -> None:
    """LIMIT at the outer level, and all that is not one SELECT (r_UNLOAD, "Limit clause")."""
    with pytest.raises(SqlError):
        planned(f"UNLOAD ($${query}$$) TO 's3://b/k' IAM_ROLE DEFAULT")


def test_a_nested_limit_is_taken() -> None:
    """The page's own example of a nested LIMIT (r_UNLOAD, "Limit clause")."""
    query = "select * from venue where venueid in (select venueid from venue order by venueid desc limit 10)"
    assert planned(f"unload ('{query}') to 's3://mybucket/venue_pipe_' iam_role default").work is not None


@pytest.mark.parametrize(
    ("value", "expected"), [("a/b", "a%2Fb"), ("10:30", "10%3A30"), ("x=1", "x%3D1"), ("ü ", "ü ")]
)
def test_a_partition_is_one_folder(value: str, expected: str) -> None:
    """Characters that would make further folders are escaped as Hive does (r_UNLOAD, PARTITION BY)."""
    assert escaped(value) == expected


class _Files:
    rows = 2


def test_books_that_do_not_balance_are_an_error() -> None:
    """Rows that the query gave and rows in the files must agree; the error names both numbers."""
    with pytest.raises(SqlError, match="gave 3 rows, but the files hold 2"):
        _check(3, _Files())  # type: ignore[arg-type]  # only the count is looked at


@pytest.mark.parametrize("tags", [[], ["SELECT 3"], ["COPY"], ["COPY 3 x"]])
def test_an_answer_without_a_count_is_an_error(tags: list[str]) -> None:
    """A command tag that is not understood is an error, not a number."""
    with pytest.raises(SqlError, match="gives no number"):
        _count(tags)


Unloading = Callable[[str, str], dict[str, bytes]]
VENUE = (
    "CREATE TABLE venue (venueid smallint, venuename varchar(100), venuecity varchar(30), venuestate char(2), "
    "venueseats integer)"
)
ROWS = [
    (1, "Pinewood Racetrack", "Akron", "OH", 0),
    (2, 'Columbus "Crew" Stadium', "Columbus", "OH", 0),
    (4, "Community, Ballpark, Arena", "Kansas City", "KS", 0),
]


@pytest.fixture
def venue(in_lab: Mapping[str, str], schema: psycopg.Connection[Any], bucket: str) -> Unloading:
    """Give a function that unloads a query with options below an empty prefix, and returns the objects by name."""
    schema.execute(VENUE)
    for row in ROWS:
        schema.execute("INSERT INTO venue VALUES (%s, %s, %s, %s, %s)", row)
    s3 = boto3.client("s3")

    def listed() -> list[str]:
        return [item["Key"] for item in s3.list_objects_v2(Bucket=bucket, Prefix="venue/").get("Contents", [])]

    for key in listed():
        s3.delete_object(Bucket=bucket, Key=key)

    def unload(options: str, query: str = "select * from venue order by venueid") -> dict[str, bytes]:
        schema.execute(f"unload ($${query}$$) to 's3://{bucket}/venue/u_' iam_role default {options}".encode())
        return {
            key.removeprefix("venue/"): s3.get_object(Bucket=bucket, Key=key)["Body"].read() for key in sorted(listed())
        }

    return unload


@pytest.mark.stack
@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (
            "JSON",
            '{"venueid":2,"venuename":"Columbus \\"Crew\\" Stadium","venuecity":"Columbus","venuestate":"OH","venueseats":0}',
        ),
        ("CSV", '2,"Columbus ""Crew"" Stadium",Columbus,OH,0'),
        ("CSV DELIMITER AS '|'", '2|"Columbus ""Crew"" Stadium"|Columbus|OH|0'),
        ("", '2|Columbus "Crew" Stadium|Columbus|OH|0'),
        ("DELIMITER AS '\\t'", '2\tColumbus "Crew" Stadium\tColumbus\tOH\t0'),
        (
            "FIXEDWIDTH AS 'a:3,b:39,c:16,d:2,e:6'",
            "2  " + 'Columbus "Crew" Stadium'.ljust(39) + "Columbus".ljust(16) + "OH0     ",
        ),
        ("DELIMITER ',' ADDQUOTES ESCAPE", '"2","Columbus \\"Crew\\" Stadium","Columbus","OH","0"'),
    ],
)
def test_a_row_is_written_as_the_examples_show(venue: Unloading, options: str, expected: str) -> None:
    """The second row of VENUE in each text format (r_UNLOAD_command_examples)."""
    (body,) = venue(options).values()
    assert body.decode().splitlines()[1] == expected


@pytest.mark.stack
@pytest.mark.parametrize(
    ("options", "names"),
    [
        ("", ["u_0000_part_00"]),
        ("PARALLEL OFF", ["u_000"]),
        ("PARALLEL OFF GZIP", ["u_000.gz"]),
        ("BZIP2", ["u_0000_part_00.bz2"]),
        ("ZSTD", ["u_0000_part_00.zst"]),
        ("GZIP EXTENSION 'txt.gz'", ["u_0000_part_00.txt.gz"]),
        ("PARQUET", ["u_0000_part_00.parquet"]),
        ("PARQUET EXTENSION 'pq'", ["u_0000_part_00.pq"]),
        ("MANIFEST", ["u_0000_part_00", "u_manifest"]),
        ("CSV PARTITION BY (venuestate)", ["u_/venuestate=KS/0000_part_00", "u_/venuestate=OH/0000_part_00"]),
        (
            "CSV MANIFEST PARTITION BY (venuestate, venueseats) INCLUDE",
            [
                "u_/manifest",
                "u_/venuestate=KS/venueseats=0/0000_part_00",
                "u_/venuestate=OH/venueseats=0/0000_part_00",
            ],
        ),
    ],
)
def test_objects_are_named_as_the_page_says(venue: Unloading, options: str, names: list[str]) -> None:
    """Slice, part, extension, folder of a partition and manifest (r_UNLOAD)."""
    assert list(venue(options)) == names


@pytest.mark.stack
def test_a_verbose_manifest_tells_columns_rows_and_sizes(venue: Unloading) -> None:
    """Types with their dimensions, and counts in which a header is a row (r_UNLOAD, MANIFEST VERBOSE)."""
    query = "select venueid, venuestate, venuename, 1.5::decimal(8,2) as price, venueseats > 0 as open from venue"
    files = venue("HEADER MANIFEST VERBOSE PARALLEL OFF", query)
    written = json.loads(files["u_manifest"])
    size = len(files["u_000"])
    assert [entry["meta"] for entry in written["entries"]] == [{"content_length": size, "record_count": 4}]
    assert written["meta"] == {"content_length": size, "record_count": 4}
    assert written["author"]["name"] == "Amazon Redshift"
    assert [element["type"] for element in written["schema"]["elements"]] == [
        {"base": "smallint"},
        {"base": "character", "max_length": 2},
        {"base": "character varying", "max_length": 100},
        {"base": "numeric", "precision": 8, "scale": 2},
        {"base": "boolean"},
    ]


@pytest.mark.stack
@pytest.mark.parametrize(
    ("options", "name"),
    [("CSV", "Csv"), ("PARQUET", "Parquet"), ("JSON", "Json"), ("GZIP PARTITION BY (venueid)", "Text")],
)
def test_the_system_tables_hold_the_books(
    venue: Unloading, schema: psycopg.Connection[Any], options: str, name: str
) -> None:
    """The rows and bytes of each file are those on S3 (STL_UNLOAD_LOG, SYS_UNLOAD_DETAIL, SYS_UNLOAD_HISTORY)."""
    files = venue(options)
    logged = schema.execute(
        "SELECT path, line_count, transfer_size, file_format FROM stl_unload_log WHERE query = pg_last_unload_id() ORDER BY path"
    ).fetchall()
    assert [row[0].rpartition("venue/")[2] for row in logged] == list(files)
    assert [row[2] for row in logged] == [len(body) for body in files.values()]
    assert sum(row[1] for row in logged) == sum(_held(key, body) for key, body in files.items()) == len(ROWS)
    assert {row[3] for row in logged} == {name}
    history = schema.execute(
        "SELECT status, unloaded_rows, unloaded_files_count, unloaded_files_size FROM sys_unload_history "
        "WHERE query_id = pg_last_unload_id()"
    ).fetchall()
    assert history == [("completed", 3, len(files), sum(len(body) for body in files.values()))]
    assert schema.execute("SELECT pg_last_unload_count()").fetchone() == (3,)


def _held(key: str, body: bytes) -> int:
    if key.endswith(".parquet"):
        return int(pq.read_metadata(io.BytesIO(body)).num_rows)
    return len((gzip.decompress(body) if key.endswith(".gz") else body).splitlines())


@pytest.mark.stack
def test_an_unload_that_fails_leaves_no_object_and_is_noted(
    venue: Unloading, schema: psycopg.Connection[Any], bucket: str
) -> None:
    """A query that breaks is `aborted`, has unloaded nothing (PG_LAST_UNLOAD_COUNT), and no file of it stays."""
    venue("CSV ALLOWOVERWRITE")
    with pytest.raises(psycopg.Error, match="(?i)divi.* by zero"):
        schema.execute(
            f"unload ('select 1/venueseats from venue') to 's3://{bucket}/venue/x_' iam_role default".encode()
        )
    assert "Contents" not in boto3.client("s3").list_objects_v2(Bucket=bucket, Prefix="venue/x_")
    row = schema.execute(
        "SELECT status, unloaded_rows FROM sys_unload_history ORDER BY query_id DESC LIMIT 1"
    ).fetchone()
    assert row == ("aborted", 0)
    assert schema.execute("SELECT pg_last_unload_count()").fetchone() == (0,)


@pytest.mark.stack
def test_cleanpath_removes_what_stood_there(venue: Unloading, bucket: str) -> None:
    """Without partitions all of the prefix; with them only the folders that get new files (r_UNLOAD, CLEANPATH)."""
    s3 = boto3.client("s3")
    for key in ("u_old", "u_/venuestate=OH/old", "u_/venuestate=NY/old"):
        s3.put_object(Bucket=bucket, Key=f"venue/{key}", Body=b"old")
    with pytest.raises(psycopg.Error, match="destination on S3 is not empty"):
        venue("CSV")
    parted = venue("CSV CLEANPATH PARTITION BY (venuestate)")
    assert list(parted) == [
        "u_/venuestate=KS/0000_part_00",
        "u_/venuestate=NY/old",
        "u_/venuestate=OH/0000_part_00",
        "u_old",
    ]
    assert list(venue("CSV CLEANPATH")) == ["u_0000_part_00"]


@pytest.mark.stack
@pytest.mark.parametrize(
    ("options", "query"),
    [
        ("PARQUET", "select 'a'::varbyte as b"),
        ("JSON", "select 'a'::varbyte as b"),
        ("FIXEDWIDTH '0:10'", "select 'a'::varbyte as b"),
        ("FIXEDWIDTH '0:1'", "select 'ab' as b"),
        ("FIXEDWIDTH '0:1' NULL AS 'no'", "select null::varchar as b"),
        ("FIXEDWIDTH '0:3'", "select 'a\\nb'::varchar as b"),
        ("FIXEDWIDTH '0:3,1:3'", "select 1 as b"),
        ("JSON", "select 1 as b, 2 as b"),
        ("PARQUET", "select 1 as b, 2 as b"),
        ("CSV PARTITION BY (b)", "select 1 as b"),
        ("CSV PARTITION BY (c)", "select 1 as b"),
        ("CSV PARTITION BY (b)", "select 1 as a, 1.5::float8 as b"),
        ("CSV PARTITION BY (b)", "select 1 as a, '12:00'::time as b"),
        ("CSV PARTITION BY (b)", "select 1 as a, current_timestamp as b"),
    ],
)
def test_a_column_that_does_not_go_with_the_options_is_refused(venue: Unloading, options: str, query: str) -> None:
    """VARBYTE, widths, names given twice, and types of partition keys (r_UNLOAD, usage notes)."""
    with pytest.raises(psycopg.Error):
        venue(options, query)


@pytest.mark.stack
def test_values_without_a_form_of_their_own(venue: Unloading) -> None:
    """VARBYTE is hexadecimal; a SUPER that is null is JSON's null; in JSON a boolean is t or f (r_UNLOAD)."""
    columns = "'ab'::varbyte as v, null::super as s, true as b, null::boolean as n"
    assert venue("NULL AS 'nil'", f"select {columns}")["u_0000_part_00"] == b"6162|null|t|nil\n"
    json_columns = "null::super as s, true as b, false as f, null::boolean as n, 'NaN'::float8 as x"
    body = venue("JSON ALLOWOVERWRITE", f"select {json_columns}")["u_0000_part_00"]
    assert body == b'{"s":null,"b":"t","f":"f","n":null,"x":"NaN"}\n'


@pytest.mark.stack
def test_a_null_string_wider_than_a_column_of_numbers_is_an_empty_field(venue: Unloading) -> None:
    """In FIXEDWIDTH, columns that are not text leave such a null empty (r_UNLOAD, NULL AS)."""
    assert venue("FIXEDWIDTH '0:2,1:5' NULL AS 'none'", "select null::int as a, null::varchar as b") == {
        "u_0000_part_00": b"  none \n"
    }


@pytest.mark.stack
def test_no_rows_make_no_json_object(venue: Unloading) -> None:
    """JSON of no rows writes no object; text may write an empty one (r_UNLOAD, FORMAT)."""
    assert venue("JSON", "select * from venue where false") == {}
    assert venue("CSV", "select * from venue where false") == {"u_0000_part_00": b""}


@pytest.mark.stack
def test_maxfilesize_bounds_every_file(venue: Unloading) -> None:
    """No file is larger than MAXFILESIZE, and together they hold all rows (r_UNLOAD, MAXFILESIZE)."""
    query = "with recursive n(i) as (select 1 union all select i + 1 from n where i < 14000) select i, repeat('x', 1000) from n"
    files = venue("CSV PARALLEL OFF MAXFILESIZE 5 MB MANIFEST VERBOSE", query)
    manifest = json.loads(files.pop("u_manifest"))
    assert list(files) == ["u_000", "u_001", "u_002"]
    assert max(len(body) for body in files.values()) <= 5 * 2**20
    assert [entry["meta"]["record_count"] for entry in manifest["entries"]] == [
        len(body.splitlines()) for body in files.values()
    ]
    assert manifest["meta"]["record_count"] == 14000
