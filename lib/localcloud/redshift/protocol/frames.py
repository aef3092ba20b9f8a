"""The messages of the PostgreSQL protocol, version 3 (https://www.postgresql.org/docs/current/protocol-message-formats.html)."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from localcloud.redshift.errors import ProtocolViolation

SSL_REQUEST, GSS_REQUEST, CANCEL_REQUEST, PROTOCOL_3 = 80877103, 80877104, 80877102, 196608
MESSAGE_LIMIT = 64 * 1024 * 1024  # bytes in one message of a client; Redshift takes statements of up to 16 MB


class Frame(NamedTuple):
    """One message: its type byte and its body."""

    kind: bytes
    body: bytes

    def encode(self) -> bytes:
        """Return the message as it goes over the wire."""
        return self.kind + struct.pack("!i", len(self.body) + 4) + self.body


def split(buffer: bytearray, limit: int = MESSAGE_LIMIT) -> Iterator[Frame]:
    """Take the complete messages off the front of a buffer. Raises ProtocolViolation on an impossible length."""
    while (frame := first(buffer, limit)) is not None:
        yield frame


def first(buffer: bytearray, limit: int = 1 << 30) -> Frame | None:
    """Take the first message off a buffer, if it is whole. Raises ProtocolViolation on an impossible length."""
    if len(buffer) < 5:
        return None
    length = int.from_bytes(buffer[1:5], "big")
    if not 4 <= length <= limit:
        raise ProtocolViolation(f"invalid message length {length}")
    if len(buffer) <= length:
        return None
    frame = Frame(bytes(buffer[:1]), bytes(buffer[5 : 1 + length]))
    del buffer[: 1 + length]
    return frame


_ROW, _DATA = b"Dd"
_SIZE, _LENGTH = struct.Struct("!I"), struct.Struct("!i")


def run_end(buffer: bytearray) -> int:
    """Return where the run of whole DataRows or CopyData at the front of a buffer ends; 0 if there is none."""
    offset, size, length_at = 0, len(buffer), _SIZE.unpack_from
    kind = buffer[0] if buffer else 0
    if kind not in (_ROW, _DATA):
        return 0
    while size - offset >= 5 and buffer[offset] == kind:
        end = offset + 1 + length_at(buffer, offset + 1)[0]
        if end > size:
            break
        offset = end
    return offset


def bodies(run: bytes) -> bytes:
    """Return the bodies of a run of messages, one after the other."""
    parts, offset, size, length_at = list[bytes](), 0, len(run), _SIZE.unpack_from
    while offset < size:
        end = offset + 1 + length_at(run, offset + 1)[0]
        parts.append(run[offset + 5 : end])
        offset = end
    return b"".join(parts)


def text(value: str) -> bytes:
    """Return a string as the protocol writes it: UTF-8, ended by a zero byte."""
    return value.encode() + b"\0"


def read_text(body: bytes, start: int = 0) -> tuple[str, int]:
    """Return the string that starts there and the place after it."""
    end = body.find(b"\0", start)
    if end < 0:
        raise ProtocolViolation("unterminated string")
    try:
        return body[start:end].decode(), end + 1
    except UnicodeDecodeError as error:
        raise ProtocolViolation(f"invalid byte sequence for encoding UTF8: {error.object[error.start]:#04x}") from None


def parse(statement: str, sql: str, types: bytes = b"\0\0") -> Frame:
    """Return a Parse message; `types` is the count and the oids of the parameters, as on the wire."""
    return Frame(b"P", text(statement) + text(sql) + types)


def bind(portal: str, statement: str, values: tuple[str | None, ...] = (), binary_result: bool = False) -> Frame:
    """Return a Bind message with parameters in text form."""
    parts = [text(portal), text(statement), struct.pack("!hh", 0, len(values))]
    for value in values:
        data = None if value is None else value.encode()
        parts.append(struct.pack("!i", -1) if data is None else struct.pack("!i", len(data)) + data)
    parts.append(struct.pack("!hh", 1, 1) if binary_result else struct.pack("!h", 0))
    return Frame(b"B", b"".join(parts))


class Bound(NamedTuple):
    """A Bind message taken apart: its portal and statement, the formats, the values, the formats of the result."""

    portal: str
    statement: str
    formats: tuple[int, ...]
    values: list[bytes | None]
    tail: bytes

    def is_binary(self, index: int) -> bool:
        """Return whether a value is in binary form. Raises IndexError if the message has no format for it."""
        return bool(self.formats[index] if len(self.formats) > 1 else self.formats and self.formats[0])

    def frame(self) -> Frame:
        """Return the message."""
        head = text(self.portal) + text(self.statement)
        formats = struct.pack(f"!h{len(self.formats)}h", len(self.formats), *self.formats)
        return Frame(b"B", head + formats + raw_row(self.values).body + self.tail)


def bound(body: bytes) -> Bound:
    """Return the parts of a Bind message. Raises ProtocolViolation where it ends too early."""
    portal, offset = read_text(body)
    statement, offset = read_text(body, offset)
    try:
        (count,) = struct.unpack_from("!h", body, offset)
        formats = struct.unpack_from(f"!{count}h", body, offset + 2)
        values, end = row_at(body, offset + 2 + 2 * count)
    except struct.error:
        raise ProtocolViolation("invalid message format") from None
    return Bound(portal, statement, formats, values, body[end:])


def describe(what: bytes, name: str) -> Frame:
    """Return a Describe message for a statement (b"S") or a portal (b"P")."""
    return Frame(b"D", what + text(name))


def execute(portal: str = "", limit: int = 0) -> Frame:
    """Return an Execute message."""
    return Frame(b"E", text(portal) + struct.pack("!i", limit))


def close(what: bytes, name: str) -> Frame:
    """Return a Close message for a statement (b"S") or a portal (b"P")."""
    return Frame(b"C", what + text(name))


SYNC, FLUSH = Frame(b"S", b""), Frame(b"H", b"")


def fatal(code: str, message: str) -> Frame:
    """Return the ErrorResponse that ends a connection."""
    return error({"S": "FATAL", "V": "FATAL", "C": code, "M": message})


def error(fields: Mapping[str, str], kind: bytes = b"E") -> Frame:
    """Return an ErrorResponse (or NoticeResponse, kind b"N") from its fields: S severity, C code, M message, ..."""
    return Frame(kind, b"".join(key.encode() + text(value) for key, value in fields.items()) + b"\0")


def error_fields(body: bytes) -> dict[str, str]:
    """Return the fields of an ErrorResponse or NoticeResponse."""
    fields, offset = dict[str, str](), 0
    while offset < len(body) and body[offset]:
        key = chr(body[offset])
        fields[key], offset = read_text(body, offset + 1)
    return fields


class Column(NamedTuple):
    """One column of a RowDescription."""

    name: str
    table: int
    attribute: int
    type: int
    size: int
    modifier: int
    format: int


_COLUMN = struct.Struct("!ihihih")


def columns(body: bytes) -> list[Column]:
    """Return the columns of a RowDescription."""
    listed, offset = list[Column](), 2
    for _ in range(struct.unpack_from("!h", body)[0]):
        name, offset = read_text(body, offset)
        listed.append(Column(name, *_COLUMN.unpack_from(body, offset)))
        offset += _COLUMN.size
    return listed


def row_description(described: list[Column], tails: list[bytes] | None = None) -> Frame:
    """Return the RowDescription of columns, with the bytes that follow each in Redshift's later versions."""
    parts = [struct.pack("!h", len(described))]
    for column, tail in zip(described, tails or [b""] * len(described), strict=True):
        parts.append(text(column.name) + _COLUMN.pack(*column[1:]) + tail)
    return Frame(b"T", b"".join(parts))


def row(body: bytes) -> list[bytes | None]:
    """Return the values of a DataRow, None for null."""
    return row_at(body, 0)[0]


def row_at(body: bytes, start: int) -> tuple[list[bytes | None], int]:
    """Return the values that are listed there, and the place after them."""
    values, offset = list[bytes | None](), start + 2
    for _ in range(struct.unpack_from("!h", body, start)[0]):
        (size,) = struct.unpack_from("!i", body, offset)
        offset += 4
        values.append(None if size < 0 else body[offset : offset + size])
        offset += max(size, 0)
    return values, offset


def spliced(body: bytes, changes: Mapping[int, Callable[[bytes], bytes]]) -> bytes:
    """Return a DataRow with the values at some places changed, except for nulls; all else is copied unchanged."""
    parts, copied, offset = list[bytes](), 0, 2
    for at in range(max(changes) + 1):
        (size,) = _LENGTH.unpack_from(body, offset)
        offset += 4
        if size < 0:
            continue
        if at in changes:
            value = changes[at](body[offset : offset + size])
            parts += (body[copied : offset - 4], _LENGTH.pack(len(value)), value)
            copied = offset + size
        offset += size
    return b"".join((*parts, body[copied:]))


def raw_row(values: list[bytes | None]) -> Frame:
    """Return a DataRow of values as they go over the wire."""
    parts = [struct.pack("!h", len(values))]
    for data in values:
        parts.append(struct.pack("!i", -1) if data is None else struct.pack("!i", len(data)) + data)
    return Frame(b"D", b"".join(parts))
