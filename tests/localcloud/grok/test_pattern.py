"""Grok patterns: the examples of the pages custom-classifier and grok-serde, and every name of the built-in list."""

from __future__ import annotations

import pytest

from localcloud.grok.library import LIBRARY
from localcloud.grok.pattern import GrokError, compile_grok

COMMON = '127.0.0.1 - frank [10/Oct/2000:13:55:36 -0700] "GET /apache_pb.gif HTTP/1.0" 200 2326'
APACHE = ["clientip", "ident", "auth", "timestamp", "verb", "request", "httpversion", "rawrequest", "response", "bytes"]
CUSTOM = "CRAWLERLOGLEVEL (BENCHMARK|ERROR|WARN|INFO|TRACE)\n\n# a comment\nMESSAGEPREFIX .*-.*-.*-.*-.*"


@pytest.mark.parametrize("name", LIBRARY)
def test_every_built_in_pattern_compiles(name: str) -> None:
    """Each name of the library is a valid expression with the field that refers to it."""
    assert compile_grok(f"%{{{name}:value}}").fields[0].name == "value"


@pytest.mark.parametrize(
    ("pattern", "line", "columns"),
    [
        ("%{COMMONAPACHELOG}", COMMON, APACHE),
        ("%{COMBINEDAPACHELOG}", f'{COMMON} "http://example.com/" "Mozilla/4.08"', [*APACHE, "referrer", "agent"]),
        # custom-classifier, "Grok pattern" and "Custom patterns"
        (
            r"%{TIMESTAMP_ISO8601:timestamp} \[%{MESSAGEPREFIX:message_prefix}\] %{CRAWLERLOGLEVEL:loglevel} "
            ": %{GREEDYDATA:message}",
            "2017-03-30T17:26:15,021 [a-b-c-d-e] BENCHMARK : running",
            ["timestamp", "message_prefix", "loglevel", "message"],
        ),
        # grok-serde and querying-apache-logs: a blank before the name, anchors
        (r"^%{IPV4:client_ip} %{DATA:client_id} %{DATA: size}$", "10.0.0.1 - 7", ["client_ip", "client_id", "size"]),
        ("(?<level>[A-Z]+) %{INT:n}", "INFO -3", ["level", "n"]),
        ("(?i)error|%{WORD:Word}", "x", ["word"]),
        (r"%{NUMBER:a}\] (?:%{NUMBER:b}|%{INT:b})", "1] 2", ["a", "b"]),
    ],
)
def test_fields_become_columns(pattern: str, line: str, columns: list[str]) -> None:
    """Named parts are the columns, in lower case and once each, in the order of the pattern."""
    grok = compile_grok(pattern, CUSTOM)
    assert grok.matches(line)
    assert [name for name, _ in grok.columns] == columns


@pytest.mark.parametrize(
    ("kind", "hive"),
    [
        ("byte", "tinyint"),
        ("boolean", "boolean"),
        ("double", "double"),
        ("short", "smallint"),
        ("int", "int"),
        ("long", "bigint"),
        ("float", "float"),
    ],
)
def test_types_of_fields(kind: str, hive: str) -> None:
    """The types of the page become Hive types; a field without one is a string."""
    assert compile_grok(f"%{{NUMBER:n:{kind}}} %{{WORD:w}}").columns == (("n", hive), ("w", "string"))


@pytest.mark.parametrize(
    ("pattern", "custom", "reason"),
    [
        ("%{NOPE:x}", "", "no pattern is called NOPE"),
        ("%{INT:x:money}", "", "money is not a field type"),
        ("%{A:x}", "A %{B}\nB %{A}", "in a circle"),
        ("(%{INT:x}", "", "not a valid regular expression"),
        ("%{INT:x", "", "is not a reference"),
        ("%{INT:x}\n%{INT:y}", "", "one line"),
        ("%{INT:x}", "A-B x", "line 1 of the custom patterns"),
        (r"(%{WORD:x}) \1", "", "back references"),
    ],
)
def test_bad_patterns_say_why(pattern: str, custom: str, reason: str) -> None:
    """An invalid Grok pattern is refused with the reason."""
    with pytest.raises(GrokError, match=reason):
        compile_grok(pattern, custom)


@pytest.mark.parametrize(
    "address", ["::1", "1::", "1:2:3:4:5:6:7:8", "::ffff:1.2.3.4", "1:2:3:4:5:6:7::", "fe80::1%eth0"]
)
def test_ip_version_6(address: str) -> None:
    """All ways to write an IPv6 address match as a whole."""
    assert compile_grok("%{IP:a}").matches(address, whole=True)
