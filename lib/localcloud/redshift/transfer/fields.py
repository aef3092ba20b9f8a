"""Records of text, read byte by byte as COPY's pages say: where each ends, its fields, and what is wrong with it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from localcloud.redshift.transfer.rejects import NO_DELIMITER, QUOTES, Problem, unexpected
from localcloud.redshift.transfer.statements import Copy

_SPACE = b" \t"


class Field(NamedTuple):
    """A value as bytes of UTF-8, None for null, and the byte of its record at which it starts."""

    value: bytes | None
    position: int


@dataclass
class Record:
    """One record of a file: its bytes without the end of the line, and its fields or why it has none."""

    raw: bytes
    fields: list[Field] = field(default_factory=list)
    problem: Problem | None = None


class Dialect(Protocol):
    """A form of text."""

    def read(self, data: bytes, start: int, whole: bool) -> tuple[Record, int] | None:
        """Return the record at `start` and where the next begins; None when it does not end within `data`.

        With `whole` the end of the data is the end of the record.
        """


def dialect(copy: Copy) -> Dialect:
    """Return the form of text that the options of a COPY describe."""
    if copy.format == "csv":
        return Csv(copy)
    return FixedWidth(copy) if copy.format == "fixedwidth" else Delimited(copy)


def _line_problem(line: bytes, null: bytes) -> Problem | None:
    """Return what is wrong with a line that holds a carriage return, or a NUL that is not declared as null."""
    for byte in b"\r" if null == b"\0" else b"\r\0":
        at = line.find(byte)
        if at >= 0:
            following = line[at + 1] if at + 1 < len(line) else byte
            return unexpected(following, at + 1)
    return None


class Csv:
    """CSV: https://docs.aws.amazon.com/redshift/latest/dg/copy-parameters-data-format.html#copy-csv."""

    def __init__(self, copy: Copy) -> None:
        mark, quote = (
            re.escape((given or default).encode()) for given, default in ((copy.delimiter, ","), (copy.quote, '"'))
        )
        space = b"[" + _SPACE.replace((copy.delimiter or ",").encode(), b"") + b"]*+"
        self._text = space + quote + b"((?:[^" + quote + b"]++|" + quote * 2 + b")*+)" + quote
        self._quoted = re.compile(self._text)
        plain = b"([^" + mark + quote + rb"\n]*+)(?=" + mark + rb"|\n|\Z)"
        self._field = re.compile(self._text + space + b"(?=" + mark + rb"|\r?\n|\r?\Z)|" + plain)
        self._quote, self._null = copy.quote.encode(), copy.null_as.encode()
        self._mark = (copy.delimiter or ",").encode()

    def read(self, data: bytes, start: int, whole: bool) -> tuple[Record, int] | None:
        """Return the record at `start` and where the next begins."""
        fields, at, problem = list[Field](), start, None
        while True:
            match = self._field.match(data, at)
            if match is None:
                return self._broken(data, start, at, whole)
            if match.end() >= len(data) and not whole:
                return None
            value = match[2] if match[1] is None else match[1].replace(self._quote * 2, self._quote)
            end, last = match.end(), data[match.end() : match.end() + 1] != self._mark
            if match[1] is None:
                value = value.removesuffix(b"\r") if last else value
                problem = problem or _line_problem(value, self._null)
            elif self._null != b"\0":
                problem = problem or _line_problem(value.replace(b"\r", b""), self._null)
            fields.append(Field(None if value == self._null else value, at - start))
            if last:
                stop = data.find(b"\n", end)
                raw = data[start : stop if stop >= 0 else len(data)].removesuffix(b"\r")
                return Record(raw, fields, problem), (stop + 1 if stop >= 0 else len(data))
            at = end + 1

    def _broken(self, data: bytes, start: int, at: int, whole: bool) -> tuple[Record, int] | None:
        """Return a record whose quotes are wrong; it ends with the line at which they went wrong."""
        if not whole:
            return None
        quoted = self._quoted.match(data, at)
        stop = data.find(b"\n", quoted.end() if quoted else at)
        end = len(data) if stop < 0 else stop
        return Record(data[start:end].removesuffix(b"\r"), [], QUOTES), min(end + 1, len(data))


class Delimited:
    """Text with a delimiter, perhaps with ESCAPE or REMOVEQUOTES: .../copy-parameters-data-conversion.html."""

    def __init__(self, copy: Copy) -> None:
        self._mark, self._null = (copy.delimiter or "|").encode(), copy.null_as.encode()
        self._escape, self._quotes = copy.escape, copy.removequotes
        mark = re.escape(self._mark)
        plain = rb"[^\\" + mark + rb"]++|\\.|\\\Z" if copy.escape else b"[^" + mark + b"]++"
        self._plain = re.compile(b"(?:" + plain + b")*+", re.DOTALL)
        inner = rb"(?:[^\\]|\\.)*?" if copy.escape else b".*?"
        self._quoted = re.compile(rb"(['\"])(" + inner + rb")\1(?=" + mark + rb"|\Z)", re.DOTALL)
        self._line = re.compile(rb"(?:[^\n\\]++|\\.|\\\Z)*+", re.DOTALL)

    def read(self, data: bytes, start: int, whole: bool) -> tuple[Record, int] | None:
        """Return the record at `start` and where the next begins."""
        if self._escape:
            match = self._line.match(data, start)
            end = match.end() if match else start
        else:
            end = data.find(b"\n", start)
            end = len(data) if end < 0 else end
        if end == len(data) and not whole:
            return None
        line = data[start:end]
        line = line.removesuffix(b"\r") if not (self._escape and line.endswith(b"\\\r")) else line
        return self._record(line), min(end + 1, len(data))

    def _record(self, line: bytes) -> Record:
        bare = re.sub(rb"\\.", b"", line, flags=re.DOTALL) if self._escape else line
        problem = _line_problem(bare, self._null) or (
            unexpected(0, line.find(b"\0")) if b"\0" in line and self._null != b"\0" else None
        )
        if not self._escape and not self._quotes:
            return Record(line, self._split(line), problem)
        fields, at = list[Field](), 0
        while True:
            start = at
            if self._quotes and line[at : at + 1] in (b"'", b'"'):
                match = self._quoted.match(line, at)
                if match is None:
                    return Record(line, [], problem or NO_DELIMITER)
                fields.append(Field(self._value(match[2]), start))
            else:
                match = self._plain.match(line, at)
                if match is None:  # pragma: no cover - the pattern matches nothing, too
                    raise AssertionError("a field has no end")
                fields.append(Field(self._value(match[0]), start))
            at = match.end() + 1
            if at > len(line):
                return Record(line, fields, problem)

    def _split(self, line: bytes) -> list[Field]:
        fields, at = list[Field](), 0
        for part in line.split(self._mark):
            fields.append(Field(None if part == self._null else part, at))
            at += len(part) + 1
        return fields

    def _value(self, written: bytes) -> bytes | None:
        r"""Return a field after ESCAPE. A field that is the null string as written, or \\N by default, is null."""
        if written == self._null:
            return None
        if not self._escape:
            return written
        value = re.sub(rb"\\(.)", rb"\1", written, flags=re.DOTALL)
        return None if self._null == rb"\N" and value == self._null else value


class FixedWidth:
    """Fields of a fixed number of characters: https://docs.aws.amazon.com/redshift/latest/dg/t_loading_fixed_width_data.html."""

    def __init__(self, copy: Copy) -> None:
        self._widths = [int(part.rsplit(":", 1)[-1]) for part in copy.fixedwidth.split(",")]
        self._null = copy.null_as.encode()

    def read(self, data: bytes, start: int, whole: bool) -> tuple[Record, int] | None:
        """Return the record at `start` and where the next begins."""
        end = data.find(b"\n", start)
        if end < 0 and not whole:
            return None
        end = len(data) if end < 0 else end
        line = data[start:end].removesuffix(b"\r")
        return Record(line, self._fields(line), _line_problem(line, self._null)), min(end + 1, len(data))

    def _fields(self, line: bytes) -> list[Field]:
        """Return the fields that the line reaches, and one more for what lies behind the last."""
        text, fields, at, position = line.decode(errors="surrogateescape"), list[Field](), 0, 0
        for width in self._widths:
            if at >= len(text) and fields:
                return fields
            part = text[at : at + width].encode(errors="surrogateescape")
            value = part.rstrip(b" ")
            fields.append(Field(None if value == self._null else value, position - 1))
            at, position = at + width, position + len(part)
        rest = text[at:].rstrip(" ")
        return [*fields, Field(rest.encode(errors="surrogateescape"), position - 1)] if rest else fields
