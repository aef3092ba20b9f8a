"""JSON and Avro records as tables of strings: matched to columns by name, by paths, or whole into one SUPER."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import IO, Any

import pyarrow as pa
from pyarrow import fs

from localcloud.redshift.errors import SqlError
from localcloud.redshift.transfer import rejects, storage
from localcloud.redshift.transfer.rejects import Reject, Rejects
from localcloud.redshift.transfer.statements import Copy
from localcloud.redshift.transfer.storage import Object
from localcloud.redshift.transfer.target import Target
from localcloud.redshift.transfer.text_sources import Piece

_ROWS = 20_000
_STEP = re.compile(r"\['((?:[^'\\]|\\.)*)'\]|\[\"((?:[^\"\\]|\\.)*)\"\]|\[(\d+)\]|\.([^.\[\]]+)")
Picker = Callable[[Any], list[Any]]


class Number(str):
    """A number of JSON as it was written, so that no digit is lost."""

    __slots__ = ()


def record_pieces(
    stream: IO[bytes], copy: Copy, targets: tuple[Target, ...], pick: Picker, file: Object, found: Rejects
) -> Iterator[Piece]:
    """Give the records of one object as rows of strings."""
    records = _avro(stream) if copy.format == "avro" else _json(stream, file, found, copy)
    names, rows, first = [target.name for target in targets], list[list[str | None]](), 1
    for number, record in records:
        rows.append([_written(value, target) for value, target in zip(pick(record), targets, strict=True)])
        if len(rows) >= _ROWS:
            yield _piece(rows, names, file, first)
            rows, first = [], number + 1
    if rows:
        yield _piece(rows, names, file, first)


def _piece(rows: list[list[str | None]], names: list[str], file: Object, line: int) -> Piece:
    columns = [pa.array(list(values), pa.string()) for values in zip(*rows, strict=True)]
    return Piece(pa.Table.from_arrays(columns, names=names), file, line)


def picker(copy: Copy, targets: tuple[Target, ...], source: fs.S3FileSystem) -> Picker:
    """Return how the values of the columns are taken out of a record. Raises SqlError where the paths do not fit."""
    names = [target.name for target in targets]
    mode = copy.json.lower()
    if mode == "auto":
        return lambda record: [_member(record, name) for name in names]
    if mode == "auto ignorecase":
        return lambda record: [_lowered(record).get(name.lower()) for name in names]
    if mode == "noshred":
        if len(targets) != 1 or targets[0].type != "super":
            raise SqlError("XX000", "JSON 'noshred' needs a table or column list with one SUPER column")
        return lambda record: [record]
    paths = _paths(source, copy.json)
    if len(paths) != len(names):
        raise SqlError(
            "XX000",
            "Number of jsonpaths and the number of columns should match. "
            f"JSONPath size: {len(paths)}, Number of columns in table or column list: {len(names)}",
        )
    return lambda record: [_follow(record, path) for path in paths]


def _member(record: Any, name: str) -> Any:
    return record.get(name) if isinstance(record, dict) else None


def _lowered(record: Any) -> dict[str, Any]:
    return {str(key).lower(): value for key, value in record.items()} if isinstance(record, dict) else {}


def _paths(source: fs.S3FileSystem, url: str) -> list[list[str | int]]:
    try:
        written = json.loads(storage.read_bytes(source, url))["jsonpaths"]
        return [_path(str(path)) for path in written]
    except (ValueError, KeyError, TypeError):
        raise SqlError("XX000", f"Invalid JSONPath file {url}", hint='{"jsonpaths": ["$.a", "$[\'b\'][0]"]}') from None


def _path(written: str) -> list[str | int]:
    if not written.startswith("$"):
        raise ValueError(written)
    steps, place = list[str | int](), 1
    while place < len(written):
        found = _STEP.match(written, place)
        if found is None:
            raise ValueError(written)
        steps.append(
            int(found[3]) if found[3] else next(part for part in (found[1], found[2], found[4]) if part is not None)
        )
        place = found.end()
    return steps


def _follow(value: Any, path: list[str | int]) -> Any:
    for step in path:
        if isinstance(step, int):
            value = value[step] if isinstance(value, list) and step < len(value) else None
        else:
            value = _member(value, step)
    return value


def _written(value: Any, target: Target) -> str | None:
    if value is None:
        return None
    if target.type == "super":
        return compact(value)
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return compact(value)


def compact(value: Any) -> str:
    """Return JSON without blanks; numbers as they were written."""
    if isinstance(value, Number):
        return str(value)
    if isinstance(value, dict):
        return (
            "{"
            + ",".join(f"{json.dumps(str(key), ensure_ascii=False)}:{compact(one)}" for key, one in value.items())
            + "}"
        )
    if isinstance(value, list):
        return "[" + ",".join(compact(one) for one in value) + "]"
    return json.dumps(value, ensure_ascii=False, default=str)


def _json(stream: IO[bytes], file: Object, found: Rejects, copy: Copy) -> Iterator[tuple[int, Any]]:
    """Give the values of a text that holds one after another, over lines or within one."""
    decoder, left, line = json.JSONDecoder(parse_float=Number, parse_int=Number), "", 0
    for line, raw in enumerate(_text_lines(stream, copy), start=1):
        left = (left + raw).lstrip()
        while left:
            try:
                record, end = decoder.raw_decode(left)
            except json.JSONDecodeError as error:
                if _may_go_on(error, left):
                    break
                found.add(Reject(file.url, line, *rejects.JSON, raw_line=left[:1024]))
                left = ""
                break
            left = left[end:].lstrip()
            several = isinstance(record, list) and copy.json.lower() != "noshred"
            yield from ((line, one) for one in record) if several else ((line, record),)
    if left:
        found.add(Reject(file.url, line, *rejects.JSON, raw_line=left[:1024]))


def _may_go_on(error: json.JSONDecodeError, text: str) -> bool:
    """Tell whether more text could make a whole of what could not be read."""
    return error.pos >= len(text.rstrip()) or error.msg.startswith("Unterminated string")


def _text_lines(stream: IO[bytes], copy: Copy) -> Iterator[str]:
    left = b""
    while block := bytes(stream.read(1 << 22)):
        *lines, left = (left + block).split(b"\n")
        for line in lines:
            yield line.decode(copy.encoding, "replace" if copy.acceptinvchars else "strict") + "\n"
    if left:
        yield left.decode(copy.encoding, "replace" if copy.acceptinvchars else "strict")


def _avro(stream: IO[bytes]) -> Iterator[tuple[int, Any]]:
    import fastavro

    try:
        yield from enumerate(fastavro.reader(stream), start=1)
    except (ValueError, EOFError) as error:
        raise SqlError("XX000", f"Invalid Avro file: {error}") from None
