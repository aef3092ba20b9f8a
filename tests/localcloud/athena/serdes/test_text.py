"""Text formats on the running lab: every line of a file is a row, as the page of its SerDe says."""

from __future__ import annotations

import bz2
import gzip
import zlib
from collections.abc import Callable

import pytest

from ..conftest import Athena
from .case import CSV, GROK, LAZY, REGEX, Case, wrong

pytestmark = pytest.mark.stack
Name = Callable[[], str]

COMMA = {"field.delim": ","}
TWO = "a string, b int"
LAZY_CASES = [
    Case("few and many fields", LAZY, TWO, "x,1\ny\nz,3,4\n", [["x", "1"], ["y", None], ["z", "3"]], COMMA),
    Case("empty lines are rows", LAZY, TWO, "x,1\n\ny,2\n", [["x", "1"], ["", None], ["y", "2"]], COMMA),
    Case("a word as a number is NULL", LAZY, TWO, "x,one\ny,2147483648\n", [["x", None], ["y", None]], COMMA),
    Case("Windows' lines", LAZY, TWO, "x,1\r\ny,2\r\n", [["x", "1"], ["y", "2"]], COMMA),
    Case("no line feed at the end", LAZY, TWO, "x,1\ny,2", [["x", "1"], ["y", "2"]], COMMA),
    Case("a byte order mark", LAZY, "b int, a string", b"\xef\xbb\xbf1,x\n", [["1", "x"]], COMMA),
    Case("escapes", LAZY, TWO, "x\\,y,1\n", [["x,y", "1"]], {**COMMA, "escape.delim": "\\"}),
    Case("quotes stay", LAZY, TWO, '"x",1\n', [['"x"', "1"]], COMMA),
    Case("\\N is NULL", LAZY, TWO, "\\N,\\N\n", [[None, None]], COMMA),
    Case("a format of NULL", LAZY, TWO, ",1\n", [[None, "1"]], {**COMMA, "serialization.null.format": ""}),
    Case("as a table property", LAZY, TWO, "-,1\n", [[None, "1"]], COMMA, {"serialization.null.format": "-"}),
    Case("a tab", LAZY, TWO, "x\t1\n", [["x", "1"]], {"field.delim": "\t"}),
    Case("the number of a byte", LAZY, TWO, "x\t1\n", [["x", "1"]], {"field.delim": "9"}),
    Case(
        "collections and maps",
        LAZY,
        "l array<int>, m map<string,int>, s struct<x:int,y:string>",
        "1|2,k:1|l:2,5|z\n",
        [["[1, 2]", "{k=1, l=2}", "{x=5, y=z}"]],
        {**COMMA, "collection.delim": "|", "mapkey.delim": ":"},
    ),
    Case(
        "timestamp.formats",
        LAZY,
        "t timestamp",
        "2024/01/02 03:04\n2024-01-02 03:04:05.678\n",
        [["2024-01-02 03:04:00.000"], ["2024-01-02 03:04:05.678"]],
        {"timestamp.formats": "yyyy/MM/dd HH:mm"},
    ),
    Case("a header of two lines", LAZY, TWO, "h\nh\nx,1\n", [["x", "1"]], COMMA, {"skip.header.line.count": "2"}),
    Case("only a header", LAZY, TWO, "h\n", [], COMMA, {"skip.header.line.count": "2"}),
    Case(
        "several characters", LAZY, TWO, "x||1\n", "NOT_SUPPORTED: SerDe property 'field.delim'", {"field.delim": "||"}
    ),
    Case("gzip", LAZY, TWO, gzip.compress(b"x,1\n"), [["x", "1"]], COMMA, file="a.gz"),
    Case("two members", LAZY, TWO, gzip.compress(b"x,1\n") * 2, [["x", "1"]] * 2, COMMA, file="a.csv.gz"),
    Case("bzip2", LAZY, TWO, bz2.compress(b"x,1\n"), [["x", "1"]], COMMA, file="a.bz2"),
    Case("deflate", LAZY, TWO, zlib.compress(b"x,1\n"), [["x", "1"]], COMMA, file="a.deflate"),
    Case(
        "LZ4 in a frame", LAZY, TWO, b"\x04\x22\x4d\x18d@\xa7\x06", "not compressed the way Hadoop", COMMA, file="a.lz4"
    ),
    Case("Snappy in frames", LAZY, TWO, b"\xff\x06\0\0sNaPpY", "not compressed the way Hadoop", COMMA, file="a.snappy"),
    Case("not gzip", LAZY, TWO, "x,1\n", "Not in GZIP format", COMMA, file="a.gz"),
]
THREE = "a int, b string, c date"
REGEX_CASES = [
    Case(
        "lines that do not match are NULL",
        REGEX,
        THREE,
        "1 x 2024-01-02\nbad\n\n",
        [["1", "x", "2024-01-02"], [None] * 3, [None] * 3],
        {"input.regex": r"^(\S+) (\S+) (\S+)$"},
    ),
    Case("fewer groups", REGEX, THREE, "1 x\n", [["1", "x", None]], {"input.regex": r"^(\S+) (\S+)$"}),
    Case("more groups", REGEX, "a int", "1 x\n", [["1"]], {"input.regex": r"^(\S+) (\S+)$"}),
    Case(
        "case",
        REGEX,
        "a string",
        "ABC\n",
        [["ABC"]],
        {"input.regex": "(abc)", "input.regex.case.insensitive": "true"},
    ),
    Case("no expression", REGEX, "a int", "1\n", "needs the property 'input.regex'"),
]
MAIL = """Feb  9 07:15:00 m4eastmail postfix/smtpd[19305]: B88C4120838: connect from unknown[192.168.55.4]
Feb  9 07:15:03 m4eastmail postfix/cleanup[22835]: BDC22A77854: message-id=<31221401257553.5004389LCBF@m.example.com>
nothing of the kind
"""
GROK_CASES = [
    Case(
        "the first example",
        GROK,
        "syslogbase string, queue_id string, syslog_message string",
        MAIL,
        [
            ["Feb  9 07:15:00 m4eastmail postfix/smtpd[19305]:", "B88C4120838", "connect from unknown[192.168.55.4]"],
            [
                "Feb  9 07:15:03 m4eastmail postfix/cleanup[22835]:",
                "BDC22A77854",
                "message-id=<31221401257553.5004389LCBF@m.example.com>",
            ],
            [None, None, None],
        ],
        {
            "input.grokCustomPatterns": "POSTFIX_QUEUEID [0-9A-F]{7,12}",
            "input.format": "%{SYSLOGBASE} %{POSTFIX_QUEUEID:queue_id}: %{GREEDYDATA:syslog_message}",
        },
    ),
    Case(
        "typed columns in another order, and one without a pattern",
        GROK,
        "tenantid int, loglevel string, gone double",
        "2017-09-12 12:10:34,972 INFO - tenantId=12456, x\n",
        [["12456", "INFO", None]],
        {"input.format": "%{TIMESTAMP_ISO8601:timestamp} %{LOGLEVEL:loglevel} - tenantId=%{POSINT:tenantid},"},
    ),
    Case("no number", GROK, "a int", "x\n", "HIVE_BAD_DATA", {"input.format": "%{WORD:a}"}),
    Case("an unknown pattern", GROK, "a int", "x\n", "NOT_SUPPORTED", {"input.format": "%{NOSUCH:a}"}),
    Case("no pattern", GROK, "a int", "x\n", "needs the property 'input.format'"),
]
TAB = r"\t"
CSV_CASES = [
    Case(
        "the page's escapes",
        CSV,
        "f1 string, s2 string",
        f'" {TAB}{TAB} 123 ",abc\n" 456 ",xyz\n'.replace("\\", "\\\\"),
        [[f" {TAB}{TAB} 123 ", "abc"], [" 456 ", "xyz"]],
        {"separatorChar": ",", "escapeChar": "\\"},
    ),
    Case(
        "few and many fields",
        CSV,
        "a string, b string",
        '"1"\n"1","2","3"\n\n',
        [["1", None], ["1", "2"], [None, None]],
    ),
    Case("doubled quotes", CSV, "a string, b int", '"say ""hi""","2"\n', [['say "hi"', "2"]]),
    Case("nested columns", CSV, "a array<int>", '"1"\n', "NOT_SUPPORTED: Column a has the type array<int>"),
]


@pytest.mark.parametrize(
    "cases",
    [LAZY_CASES, REGEX_CASES, GROK_CASES, CSV_CASES],
    ids=["lazy-simple-serde", "regex-serde", "grok-serde", "csv-serde"],
)
def test_the_rules_of_the_pages(athena: Athena, cases: list[Case]) -> None:
    """Every line is a row, NULL where the page says so, or the table is refused with the reason."""
    assert wrong(athena, cases) == []


def test_hidden_files_are_not_read(athena: Athena, name: Name) -> None:
    """Page other-notable-limitations: names that begin with `_` or `.`; folders are read to any depth."""
    table = name()
    for key in ("_a", ".b", "_d/e", ".f/g", "c", "h/i/j", "y_/x"):
        athena.put(f"{table}/{key}", f"{key}\n")
    athena.put(f"{table}/empty", "")
    athena.rows(f"CREATE EXTERNAL TABLE {table} (a string) LOCATION '{athena.root}/{table}/'")
    assert sorted(athena.rows(f"SELECT * FROM {table}")) == [["c"], ["h/i/j"], ["y_/x"]]


def test_lines_are_counted_in_a_file_of_several_splits(athena: Athena, name: Name) -> None:
    """The header of a large file is skipped once, and no line is lost or doubled between its parts."""
    table, count = name(), 400_000
    body = "h\n" + "".join(f"{number},{'x' * 90}\n" for number in range(count))
    athena.put(f"{table}/a.csv", body)
    athena.rows(
        f"CREATE EXTERNAL TABLE {table} (n int, x string) ROW FORMAT DELIMITED FIELDS TERMINATED BY ',' "
        f"LOCATION '{athena.root}/{table}/' TBLPROPERTIES ('skip.header.line.count' = '1')"
    )
    total = count * (count - 1) // 2
    assert athena.rows(f"SELECT count(*), sum(n), count(DISTINCT n) FROM {table}") == [
        [str(count), str(total), str(count)]
    ]


def test_hidden_columns_and_partitions_of_a_typed_csv_table(athena: Athena, name: Name) -> None:
    """`"$path"` and the `$partitions` table work, and `*` next to a hidden column gives the table's own columns."""
    table = name()
    for number in (1, 2):
        athena.put(f"{table}/p={number}/a.csv", f'"{number}5"\n')
    athena.rows(
        f"CREATE EXTERNAL TABLE {table} (v int) PARTITIONED BY (p int) ROW FORMAT SERDE '{CSV}' "
        f"LOCATION '{athena.root}/{table}/'"
    )
    athena.rows(f"MSCK REPAIR TABLE {table}")
    path = f"{athena.root}/{table}/p=2/a.csv"
    assert athena.rows(f'SELECT "$path", v FROM {table} WHERE p = 2') == [[path, "25"]]
    assert athena.rows(f'SELECT x."$file_size" FROM {athena.database}.{table} x WHERE x.v = 15') == [["5"]]
    assert athena.rows(f"SELECT {table}.v FROM {table} WHERE \"$path\" = '{path}'") == [["25"]]
    assert sorted(athena.rows(f'SELECT * FROM "{table}$partitions"')) == [["1"], ["2"]]
    assert athena.rows(f'SELECT *, "$path" FROM {table} WHERE p = 2') == [["25", "2", path]]
    assert athena.reason(f'SELECT *, x."$path" FROM {table} x, {table} y').startswith("NOT_SUPPORTED: '*' of a join")
