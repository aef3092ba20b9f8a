"""Lines of text that have a Grok pattern: the built-in log formats, and custom Grok classifiers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from localcloud.glue.crawler.content import Content, NotRecognized
from localcloud.glue.crawler.sample import Sample
from localcloud.grok.pattern import Grok, compile_grok

LIBRARY = "com.amazonaws.glue.serde.GrokSerDe"
MAX_LINES = 1000
MAJORITY = 0.5
"""A built-in log format is recognized when more than this share of the lines has it."""

_SYSLOG = "%{SYSLOGHOST:host} kernel: (?:\\[\\s*%{NUMBER:uptime}\\] )?%{GREEDYDATA:message}"
_REDIS_TIME = "%{MONTHDAY} %{MONTH} (?:%{YEAR} )?%{TIME}"
_IIS = ", *".join(
    [
        "%{IP:clientip}",
        *(f"(?<{name}>[^,]*)" for name in ("username", "date")),
        "%{TIME:time}",
        *(f"(?<{name}>[^,]*)" for name in ("service", "servername")),
        "%{IP:serverip}",
        *(f"%{{INT:{name}}}" for name in ("timetaken", "bytesreceived", "bytessent", "servicestatus", "windowsstatus")),
        "%{WORD:method}",
        *(f"(?<{name}>[^,]*)" for name in ("target", "parameters")),
    ]
)
BUILT_IN = (
    ("combined_apache", "%{COMBINEDAPACHELOG}"),
    ("apache", "%{COMMONAPACHELOG}"),
    ("linux_kernel", f"%{{SYSLOGTIMESTAMP:timestamp}} {_SYSLOG}"),
    ("linux_kernel", f"%{{TIMESTAMP_ISO8601:timestamp}} {_SYSLOG}"),
    ("linux_kernel", r"\[\s*(?<uptime>[0-9]+\.[0-9]+)\] %{GREEDYDATA:message}"),
    ("microsoft_log", f"{_IIS},?"),
    (
        "ruby_logger",
        r"[DFEWIAU], \[%{TIMESTAMP_ISO8601:timestamp} #%{POSINT:pid}\] *(?<loglevel>DEBUG|FATAL|ERROR|WARN|INFO|ANY)"
        r" -- +%{DATA:progname}: %{GREEDYDATA:message}",
    ),
    (
        "squid",
        r"%{NUMBER:timestamp}\s+%{NUMBER:duration}\s%{IPORHOST:client_address}\s%{WORD:cache_result}/"
        r"%{NONNEGINT:status_code}\s%{NUMBER:bytes}\s%{NOTSPACE:request_method}\s%{NOTSPACE:url}\s%{NOTSPACE:user}\s"
        r"%{WORD:hierarchy_code}/%{NOTSPACE:server}\s%{NOTSPACE:content_type}",
    ),
    (
        "redismonlog",
        r"%{NUMBER:timestamp} \[%{INT:database} (?:%{IP:client}:%{NUMBER:port}|\[%{IPV6:client}\]:%{NUMBER:port}|lua)\]"
        r' "%{WORD:command}"\s?%{GREEDYDATA:params}',
    ),
    ("redislog", rf"\[%{{POSINT:pid}}\] (?<timestamp>{_REDIS_TIME}) (?<level>[*#.-]) %{{GREEDYDATA:message}}"),
    (
        "redislog",
        rf"%{{POSINT:pid}}:(?<role>[MSCX]) (?<timestamp>{_REDIS_TIME}) (?<level>[*#.-]) %{{GREEDYDATA:message}}",
    ),
)
"""Classification and pattern of the built-in log classifiers, in the order of the page add-classifier.

Microsoft logs are IIS's fixed format; its W3C format names its own columns and is read by `sample_w3c`.
"""


def sample_log(content: Content, classification: str, pattern: str) -> Sample:
    """Return the sample of a file whose lines are of a built-in log format from end to end.

    Raises:
        NotRecognized: the lines do not have the pattern.
    """
    grok = compile_grok(pattern)
    lines = content.lines[:MAX_LINES]
    if not any(grok.matches(line, whole=True) for line in lines[:2]):
        raise NotRecognized(f"the first lines don't have the format {classification}")
    matched = sum(grok.matches(line, whole=True) for line in lines)
    if matched <= MAJORITY * len(lines):
        raise NotRecognized(f"only {matched} of {len(lines)} lines have the format {classification}")
    return _sample(content, classification, grok, matched, {"input.format": pattern})


def sample_grok(content: Content, classification: str, pattern: str, custom: str) -> Sample:
    """Return the sample of a custom Grok classifier; its certainty is the share of the lines that have the pattern.

    Raises:
        NotRecognized: no line has the pattern.
    """
    grok = compile_grok(pattern, custom)
    lines = content.lines[:MAX_LINES]
    matched = sum(grok.matches(line) for line in lines)
    if not matched:
        raise NotRecognized("no line matches the Grok pattern")
    serde = {"input.format": pattern, **({"input.grokCustomPatterns": custom} if custom else {})}
    return _sample(content, classification, grok, matched, serde)


def sample_w3c(content: Content) -> Sample:
    """Return the sample of an IIS log in W3C form, whose `#Fields:` line names the columns.

    Raises:
        NotRecognized: it has no such line at its head.
    """
    head = [line for line in content.lines[:10] if line.startswith("#")]
    fields = next((line.split()[1:] for line in head if line.startswith("#Fields:")), [])
    if not fields or not any(line.startswith("#Software: Microsoft") for line in head):
        raise NotRecognized("the file has no #Software and #Fields lines, as Microsoft logs do")
    pattern = " ".join(f"%{{NOTSPACE:{name}}}" for name in _w3c_names(fields))
    rows = [line for line in content.lines if not line.startswith("#")][:MAX_LINES]
    grok = compile_grok(pattern)
    matched = sum(grok.matches(line, whole=True) for line in rows)
    if rows and matched < len(rows):
        raise NotRecognized(f"only {matched} of {len(rows)} lines have the columns of the #Fields line")
    sample = _sample(content, "microsoft_log", grok, matched, {"input.format": pattern})
    sample.parameters["skip.header.line.count"] = str(len(head))
    records = len(content.lines) - len(head)
    return replace(sample, records=records, notes=sample.notes if matched < len(rows) else ())


def _w3c_names(fields: list[str]) -> Iterator[str]:
    return (re.sub(r"\W+", "_", name).strip("_").lower() for name in fields)


def _sample(content: Content, classification: str, grok: Grok, matched: int, serde: dict[str, str]) -> Sample:
    count = len(content.lines)
    seen = min(count, MAX_LINES)
    notes = (f"{seen - matched} of {seen} lines don't match the Grok pattern",) if matched < seen else ()
    parameters = {"grokPattern": serde["input.format"]}
    if "input.grokCustomPatterns" in serde:
        parameters["grokCustomPatterns"] = serde["input.grokCustomPatterns"]
    return Sample(
        classification,
        columns=grok.columns,
        records=count,
        parameters=parameters,
        serde={"format": "grok", "library": LIBRARY, **serde},
        notes=notes,
        certainty=matched / seen,
    )
