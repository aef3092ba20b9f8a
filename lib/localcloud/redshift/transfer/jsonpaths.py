"""Where the values of the columns are in a record of JSON or Avro: by name, by JSONPaths, or the whole of it.

https://docs.aws.amazon.com/redshift/latest/dg/copy-parameters-data-format.html#copy-json-jsonpaths
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from pyarrow import fs

from localcloud.redshift.errors import SqlError
from localcloud.redshift.transfer import storage
from localcloud.redshift.transfer.rejects import JSON_PATH, NOT_A_RECORD, BadValue
from localcloud.redshift.transfer.statements import Copy
from localcloud.redshift.transfer.target import Target

Picker = Callable[[Any], list[Any]]
"""Takes the values of the columns out of a record. Raises BadValue if it cannot."""
Path = list[str | int]
_BRACKETS = re.compile(r"\['((?:[^'\\]|\\.)*)'\]|\[\"((?:[^\"\\]|\\.)*)\"\]|\[([0-9]+)\]")
_DOTS = re.compile(r"\.([^.\[\]'*?]+)|\[([0-9]+)\]")
_HINT = '{"jsonpaths": ["$[\'a\']", "$[\'b\'][0]"]}'


def picker(copy: Copy, targets: tuple[Target, ...], source: fs.S3FileSystem) -> Picker:
    """Return how the values of the columns are taken out of a record. Raises SqlError if the paths do not fit."""
    names = [target.name for target in targets]
    if copy.json == "noshred":
        if len(targets) != 1 or targets[0].type != "super":
            raise SqlError("XX000", "JSON 'noshred' needs a table or column list with one SUPER column")
        return lambda record: [record]
    if copy.json == "auto ignorecase":
        return lambda record: _named(record, names, str.lower)
    paths = None if copy.json == "auto" else _paths(source, copy.json)
    if paths is None:
        return lambda record: _named(record, names, str)
    if len(paths) != len(names):
        raise SqlError(
            "XX000",
            "Number of jsonpaths and the number of columns should match. "
            f"JSONPath size: {len(paths)}, Number of columns in table or column list: {len(names)}",
        )
    return lambda record: [_follow(record, path) for path in paths]


def _named(record: Any, names: list[str], fold: Callable[[str], str]) -> list[Any]:
    if not isinstance(record, dict):
        raise BadValue(NOT_A_RECORD)
    members = {fold(key): value for key, value in record.items()} if fold is not str else record
    return [members.get(fold(name)) for name in names]


def _follow(value: Any, path: Path) -> Any:
    """Return what a path leads to, None if there is no such name. Raises BadValue at an index that is not there."""
    for step in path:
        if value is None:
            return None
        if isinstance(step, int):
            if not isinstance(value, list) or step >= len(value):
                raise BadValue(JSON_PATH)
            value = value[step]
        else:
            value = value.get(step) if isinstance(value, dict) else None
    return value


def _paths(source: fs.S3FileSystem, url: str) -> list[Path] | None:
    """Return the paths of a JSONPaths file, None if its key has another name: 'auto' is used then."""
    try:
        document = json.loads(storage.read_bytes(source, url.strip()))
        if not isinstance(document, dict):
            raise ValueError(document)
        if "jsonpaths" not in document:
            return None
        paths = document["jsonpaths"]
        if not isinstance(paths, list) or not paths or not all(isinstance(path, str) and path for path in paths):
            raise ValueError(paths)
        dotted = [bool(re.search(r"^\$\.|\]\.", path)) for path in paths]
        quoted = [bool(re.search(r"\[['\"]", path)) for path in paths]
        if any(dotted) and any(quoted):
            raise ValueError("bracket and dot notation are mixed")
        return [_path(path) for path in paths]
    except (ValueError, RecursionError):
        raise SqlError("XX000", f"Invalid JSONPath file {url}", hint=_HINT) from None


def _path(written: str) -> Path:
    """Return the steps of a JSONPath expression; `$` alone is the whole record (copy_json).

    Raises ValueError at wildcards, filters and other forms.
    """
    if not written.startswith("$"):
        raise ValueError(written)
    steps, at = Path(), 1
    while at < len(written):
        match = _BRACKETS.match(written, at) or _DOTS.match(written, at)
        if match is None:
            raise ValueError(written)
        part = next(group for group in match.groups() if group is not None)
        steps.append(int(part) if part == match[match.re.groups] else re.sub(r"\\(.)", r"\1", part))
        at = match.end()
    return steps
