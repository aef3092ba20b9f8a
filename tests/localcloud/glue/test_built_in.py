"""The built-in classifiers, one by one: pages add-classifier (table of classifiers, compressed formats, CSV rules)."""

from __future__ import annotations

import bz2
import datetime as dt
import gzip
import io
import re
import struct
import zipfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import bson
import lz4.frame
import pyarrow as pa
import pytest
from amazon.ion import simpleion

from localcloud.glue.crawler.builtin import CLASSIFIERS

Survey = Callable[..., dict[str, Any]]

COMMON = '127.0.0.1 - frank [10/Oct/2000:13:55:36 -0700] "GET /apache_pb.gif HTTP/1.0" 200 2326'
COMBINED = f'{COMMON} "http://www.example.com/start.html" "Mozilla/4.08 [en] (Win98; I ;Nav)"'
W3C = """#Software: Microsoft Internet Information Services 6.0
#Version: 1.0
#Date: 2001-05-02 17:42:15
#Fields: date time c-ip cs-username cs-method cs(User-Agent)
2001-05-02 17:42:15 172.22.255.255 - GET Mozilla/4.0
"""
IIS = "192.168.114.201, -, 03/20/01, 7:55:20, W3SVC2, S1, 172.21.13.45, 4502, 163, 3223, 200, 0, GET, /D.gif, -,\n"
RUBY = "I, [1999-03-03T02:34:24.895701 #19074]  INFO -- Main: started\n"
SQUID = "1286536309.586    921 192.168.0.68 TCP_MISS/200 507 POST http://a.example/x - DIRECT/174.129.41.128 text/xml\n"
BOOKS = """<?xml version="1.0"?>
<catalog>
  <book id="bk101"><author>Rivera</author><price>12.5</price><tag>a</tag><tag>b</tag></book>
  <book id="bk102"><author>Stiles</author><price>7</price></book>
</catalog>
"""
DOCUMENT = {"_id": bson.ObjectId(), "n": 1, "big": bson.Int64(7), "at": dt.datetime(2024, 1, 1), "in": {"x": [1.5]}}
ION = [{"n": 1, "price": Decimal("1.25"), "name": "x"}, {"n": 3_000_000_000, "price": Decimal("12.5")}]

CASES: list[tuple[str, str, bytes | str, dict[str, str], int]] = [
    ("JSON lines", "json", '{"a": 1}\n{"a": 2.5}\n', {"a": "double"}, 2),
    (
        "BSON",
        "bson",
        bson.encode(DOCUMENT) * 3,
        {"_id": "string", "n": "int", "big": "bigint", "at": "timestamp", "in": "struct<x:array<double>>"},
        3,
    ),
    ("XML", "xml", BOOKS, {"_id": "string", "author": "string", "price": "double", "tag": "array<string>"}, 2),
    ("XML in Latin-1", "xml", '<?xml version="1.0" encoding="ISO-8859-1"?><a><n>\xe4</n></a>'.encode("latin-1"),
     {"n": "string"}, 1),
    ("XML in UTF-16", "xml", '<?xml version="1.0" encoding="UTF-16"?><a><n>1</n></a>'.encode("utf-16"), {"n": "int"}, 1),
    ("Ion text", "ion", "$ion_1_0 {a: 1, t: 2024-01-01T, s: sym}\n{a: 2, b: {{aGk=}}}",
     {"a": "int", "t": "timestamp", "s": "string", "b": "binary"}, 2),
    ("Ion binary", "ion", simpleion.dumps(ION, binary=True, sequence_as_stream=True),
     {"n": "bigint", "price": "decimal(4,2)", "name": "string"}, 2),
    ("combined Apache log", "combined_apache", f"{COMBINED}\n" * 2,
     dict.fromkeys(["clientip", "ident", "auth", "timestamp", "verb", "request", "httpversion", "rawrequest",
                    "response", "bytes", "referrer", "agent"], "string"), 2),
    ("common Apache log", "apache", f"{COMMON}\n" * 2,
     dict.fromkeys(["clientip", "ident", "auth", "timestamp", "verb", "request", "httpversion", "rawrequest",
                    "response", "bytes"], "string"), 2),
    ("Apache log, no request", "apache", '::1 - - [10/Oct/2000:13:55:36 +0000] "-" 408 -\n',
     dict.fromkeys(["clientip", "ident", "auth", "timestamp", "verb", "request", "httpversion", "rawrequest",
                    "response", "bytes"], "string"), 1),
    ("Linux kernel log", "linux_kernel", "Feb  1 06:25:43 h kernel: [   12.3456] eth0: up\n" * 2,
     dict.fromkeys(["timestamp", "host", "uptime", "message"], "string"), 2),
    ("dmesg", "linux_kernel", "[    0.000000] Linux version 6\n[   12.5] x\n",
     dict.fromkeys(["uptime", "message"], "string"), 2),
    ("IIS log", "microsoft_log", IIS * 2,
     dict.fromkeys(["clientip", "username", "date", "time", "service", "servername", "serverip", "timetaken",
                    "bytesreceived", "bytessent", "servicestatus", "windowsstatus", "method", "target",
                    "parameters"], "string"), 2),
    ("IIS W3C log", "microsoft_log", W3C,
     dict.fromkeys(["date", "time", "c_ip", "cs_username", "cs_method", "cs_user_agent"], "string"), 1),
    ("Ruby log", "ruby_logger", f"# Logfile created on 1999-03-03\n{RUBY * 3}",
     dict.fromkeys(["timestamp", "pid", "loglevel", "progname", "message"], "string"), 4),
    ("Squid 3.x log", "squid", SQUID,
     dict.fromkeys(["timestamp", "duration", "client_address", "cache_result", "status_code", "bytes",
                    "request_method", "url", "user", "hierarchy_code", "server", "content_type"], "string"), 1),
    ("Redis monitor log", "redismonlog", 'OK\n1470637867.953466 [0 10.0.0.1:52500] "info"\n1470637868.1 [0 lua] "get" "k"\n',
     dict.fromkeys(["timestamp", "database", "client", "port", "command", "params"], "string"), 3),
    ("Redis log", "redislog", "[4018] 14 Nov 07:01:22.119 * Background saving terminated with success\n",
     dict.fromkeys(["pid", "timestamp", "level", "message"], "string"), 1),
    ("Redis log since 3", "redislog", "7:M 14 Nov 2024 07:01:22.119 * Ready to accept connections\n" * 2,
     dict.fromkeys(["pid", "role", "timestamp", "level", "message"], "string"), 2),
    ("CSV", "csv", "a,b\n1,x\n", {"a": "bigint", "b": "string"}, 1),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "classification", "body", "columns", "records"), CASES, ids=[case[0] for case in CASES]
)
def test_formats(
    survey: Survey, name: str, classification: str, body: bytes | str, columns: dict[str, str], records: int
) -> None:
    """Each format of the page's table is known by its content, and its columns and records are found."""
    (table,) = survey({"t/f": body}).values()
    assert (table.classification, dict(table.columns), table.parts[0].records) == (classification, columns, records)


def test_the_order_is_that_of_the_page() -> None:
    """The classifiers are asked in the order of the table of the page add-classifier."""
    page = (
        "json bson xml ion combined_apache apache linux_kernel microsoft_log ruby_logger squid redismonlog redislog csv"
    )
    assert list(dict(CLASSIFIERS)) == page.split()


TEXT = b"id,name\n" + b"".join(b"%d,x\n" % number for number in range(30_000))


def _blocks(text: bytes) -> list[bytes]:
    return [text[at : at + 65536] for at in range(0, len(text), 65536)]


def _snappy(text: bytes) -> bytes:
    return bytes(pa.compress(text, "snappy", asbytes=True))


def hadoop_snappy(text: bytes) -> bytes:
    """Compress as Hadoop's SnappyCodec does."""
    return b"".join(struct.pack(">II", len(part), len(_snappy(part))) + _snappy(part) for part in _blocks(text))


def framed_snappy(text: bytes) -> bytes:
    """Compress in the framing format (the checksums are not looked at)."""
    chunks = [b"\0\0\0\0" + _snappy(part) for part in _blocks(text)]
    return b"\xff\x06\x00\x00sNaPpY" + b"".join(b"\0" + len(part).to_bytes(3, "little") + part for part in chunks)


def zipped(*texts: bytes) -> bytes:
    """Return a ZIP archive of texts."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, text in enumerate(texts):
            archive.writestr(f"folder/{number}.csv", text)
    return file.getvalue()


@pytest.mark.parametrize(
    ("name", "compression", "body"),
    [
        ("f.zip", "zip", zipped(TEXT)),
        ("f.bz2", "bzip2", bz2.compress(TEXT)),
        ("f.gz", "gzip", gzip.compress(TEXT)),
        ("f.lz4", "lz4", lz4.frame.compress(TEXT)),
        ("f.sz", "snappy", framed_snappy(TEXT)),
        ("f.snappy", "snappy", hadoop_snappy(TEXT)),
        ("f", "snappy", hadoop_snappy(TEXT)),
        ("one.snappy", "snappy", _snappy(TEXT)),
    ],
)
def test_compressed_formats(survey: Survey, name: str, compression: str, body: bytes) -> None:
    """Each compression of the page is undone, and the table names it."""
    (table,) = survey({f"t/{name}": body}).values()
    assert (table.classification, table.compression) == ("csv", compression)
    assert dict(table.columns) == {"id": "bigint", "name": "string"}
    assert table.parts[0].records == pytest.approx(30_000, rel=0.01)


UNKNOWN = [
    (zipped(b"a,b\n1,2\n", b"a,b\n1,2\n"), "holds 2 files"),
    (gzip.compress(TEXT)[:20], "damaged"),
    ("a,b\n1,2\n".encode("utf-16"), "UTF-16"),
    ("ä,b\n1,2\n".encode("latin-1"), "not UTF-8: byte 0xe4 at position 0"),
    ("a,b\n1,2,3\n", "row 2 has 3 columns and row 1 has 2"),
    ("a,b\n", "one row"),
    ("a\n1\n", "two columns"),
    ('{"a": 1} x {"a": 2}                 \n', "starts like JSON, but is not"),
    ("<a><b></a>", "starts like XML, but is not well-formed"),
    (b"\x00\x01\x02", "binary"),
    (b"PAR1" + b"x" * 50 + b"PAR1", "marked as Parquet"),
    (b"Obj\x01junk", "marked as Avro"),
]


@pytest.mark.parametrize(("body", "reason"), UNKNOWN, ids=[reason for _, reason in UNKNOWN])
def test_nothing_is_unknown_without_a_word(books: Callable[..., Any], body: bytes | str, reason: str) -> None:
    """Where no classifier recognizes a file, the crawl's log gets the reason with the file's name."""
    kept = books({"t/f": body})
    ((sentence, named),) = kept.unknown.items()
    assert reason in sentence
    assert named.uris == ["s3://lake/t/f"]


NOTES = [
    ("f.json", '{"a":\n1}\n', "one JSON object per line"),
    ("f.json", '[{"a": 1}]', "contains arrays"),
    ("f.json", '{"a": 1, "A": 2}', "differ only in case share a column: a"),
    ("f.json", '{"a": 1}\n{"a": ', "the last record, at character 9, is not complete"),
    ("f.csv", 'a,b\n"x,y",1\n', "OpenCSVSerDe"),
    ("f.csv", 'a,b\n"x\ny",1\n', "line breaks"),
    ("f.csv", "\ufeff1,2\n3,4\n", "byte order mark"),
    ("f.csv", gzip.compress(b"a,b\n1,2\n"), "the content has gzip"),
    ("f.csv.gz", "a,b\n1,2\n", "reads it as gzip"),
    ("f.zip", zipped(b"a,b\n1,2\n"), "does not read ZIP"),
    ("f.xml", BOOKS, "does not read XML"),
    ("f.bson", bson.encode({"a": 1}), "no SerDe for BSON"),
    ("f.log", f"{COMMON}\n{COMMON}\nbroken\n", "1 of 3 lines don't match the Grok pattern"),
]


@pytest.mark.parametrize(("name", "body", "note"), NOTES, ids=[note for _, _, note in NOTES])
def test_what_athena_cannot_read_is_said(books: Callable[..., Any], name: str, body: bytes | str, note: str) -> None:
    """A file that is classified, but that Athena reads otherwise or not at all, is named in the crawl's log."""
    assert any(note in sentence for sentence in books({f"t/{name}": body}).notes)


@pytest.mark.parametrize(
    ("body", "columns"),
    [
        ("a,b\n1, 2\n", {"a": "bigint", "b": "string"}),
        ("a,b\n99999999999999999999,1\n", {"a": "string", "b": "bigint"}),
        ("a,b\n-9223372036854775808,1.\n", {"a": "bigint", "b": "double"}),
        ("größe,b\n1,2\n", {"größe": "bigint", "b": "bigint"}),
        ("a,b\r\n1,x\r\n", {"a": "bigint", "b": "string"}),
        ("a,b\n1,x\x0by\n\n\n", {"a": "bigint", "b": "string"}),
    ],
)
def test_types_that_athena_reads_back(survey: Survey, body: str, columns: dict[str, str]) -> None:
    """A value that its column's type would lose or change (blanks, more than 64 bits) makes the column text."""
    (table,) = survey({"t/f": body}).values()
    assert dict(table.columns) == columns


def test_the_page_names_every_classification() -> None:
    """docs/glue.md lists the classifiers that there are, in their order."""
    page = (Path(__file__).resolve().parents[3] / "docs" / "glue.md").read_text()
    table = page[page.index("| classification |") : page.index("A log format")]
    cells = [line.split("|")[1] for line in table.splitlines()[2:] if line.startswith("|")]
    named = [name for cell in cells for name in re.findall(r"`(\w+)`", cell)]
    assert named == ["avro", "orc", "parquet", *dict(CLASSIFIERS)]


@pytest.mark.parametrize(
    "body",
    ["1.1.1.1, " * 200_000, "1.1.1.1, -, 03/20/01, 7:55:20, " + "7:55:20, " * 5_000, "a." * 30_000, '"GET ' * 10_000],
    ids=["addresses", "times", "a name", "quotes"],
)
@pytest.mark.timeout(20)
def test_hostile_lines_cost_little(survey: Survey, body: str) -> None:
    """A line that looks like the start of a log again and again is given up at once."""
    (table,) = survey({"t/f": body}).values()
    assert table.classification == "UNKNOWN"
