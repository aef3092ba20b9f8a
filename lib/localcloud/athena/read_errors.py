"""The line of a file at which the engine could not continue: it names the file and the reason only."""

from __future__ import annotations

import json
from typing import Any

from botocore.exceptions import ClientError

from localcloud.athena.failure import QueryFailed
from localcloud.athena.job import Job
from localcloud.athena.serdes import json_check
from localcloud.athena.serdes.classes import HIVE_JSON, OPENX_JSON, library
from localcloud.athena.serdes.lines import S3File, UnknownCompression, lines, split
from localcloud.athena.source_checks import sources


def located(job: Job, failed: QueryFailed) -> QueryFailed:
    """Return a failure with the line of the file that it names, where the file is JSON and the line is known."""
    if not failed.file:
        return failed
    table = next((table for table in sources(job, job.sql) if _holds(table, failed.file)), None)
    number = _line(job.s3, failed.file, table) if table else 0
    where = f"{failed.file}, line {number}" if number else failed.file
    return QueryFailed(failed.code, f"{failed.text} ({where})", failed.category)


def _holds(table: dict[str, Any], url: str) -> bool:
    location = str((table.get("StorageDescriptor") or {}).get("Location") or "")
    return library(table) in (HIVE_JSON, OPENX_JSON) and url.startswith(location.rstrip("/") + "/")


def _line(s3: Any, url: str, table: dict[str, Any]) -> int:
    file = S3File(*split(url), version="")
    rules = json_check.rules_of(table)
    hive = library(table) == HIVE_JSON
    try:
        for number, line in enumerate(lines(s3, file), 1):
            if _is_broken(line, file, rules, hive=hive):
                return number
    except (UnknownCompression, ClientError, OSError, EOFError):
        return 0  # the file's name and the reason have to do
    return 0


def _is_broken(line: bytes, file: S3File, rules: json_check.Rules, *, hive: bool) -> bool:
    text = line.strip()
    if not text.startswith((b"{", b"[")):
        return hive  # the OpenX SerDe makes a row of NULL of it
    try:
        json.JSONDecoder().raw_decode(text.decode())
        json_check.check([line], file, rules)
    except (ValueError, QueryFailed):
        return True
    return False
