"""What the client sees of the engine's messages: Redshift's words for errors, and its forms of values."""

from __future__ import annotations

import re
import struct
from collections.abc import Callable

from localcloud.redshift.errors import ProtocolViolation, SqlError
from localcloud.redshift.protocol import frames, values
from localcloud.redshift.protocol.frames import Bound, Frame
from localcloud.redshift.protocol.parameters import given_types
from localcloud.redshift.protocol.typenumbers import TypeNumbers

_REWORDED = (
    (re.compile(r"invalid input syntax for type (?:integer|smallint|bigint)"), "invalid input syntax for integer"),
    (re.compile(r"aggregate functions are not allowed in WHERE"), "aggregates not allowed in WHERE clause"),
    (re.compile(r"aggregate functions are not allowed in GROUP BY"), "aggregates not allowed in GROUP BY clause"),
    (
        re.compile(r'^new row for relation "\S+" violates check constraint "(\S+)_check"$'),
        r"value too long for type binary varying (\1)",
    ),
    (re.compile(r"^aggregate function calls cannot be nested$"), "aggregate function calls may not be nested"),
    (re.compile(r"^division by zero$"), "Divide by zero"),
    (re.compile(r"^cannot drop columns from view$"), "cannot change number of columns in view"),
    (
        re.compile(
            r'^cannot insert a non-DEFAULT value into column ".+"$|^column ".+" can only be updated to DEFAULT$'
        ),
        "cannot set an identity column to a value",
    ),
    (re.compile(r'^column "(.+)" of relation ".+" contains null values$'), r"column \1 contains null values"),
    (
        re.compile(r"^permission denied for (?:table|view|materialized view|sequence) "),
        "permission denied for relation ",
    ),
    (
        re.compile(r"^MERGE command cannot affect row a second time$"),
        "Found multiple matches to update the same tuple.",
    ),
    (re.compile(r"(?<=[(, ])unknown(?=[,)])"), '"unknown"'),
    (re.compile(r"^could not serialize access due to .*"), "1023 Serializable isolation violation on table"),
)
_TOLD_TWICE = (
    (re.compile(r"^numeric field overflow$"), "Numeric data overflow (result precision)"),
    (
        re.compile(r"^more than one row returned by a subquery used as an expression$"),
        "single-row subquery returns more than one row",
    ),
    (
        re.compile(r"^canceling statement due to (?:statement timeout|user request)$"),
        "Query canceled on user's request",
    ),
)
"""Where Redshift has one text of its nodes and one of its leader: the other one becomes the detail."""

_NOT_NULL = re.compile(r'^null value in column "(.+)"(?: of relation ".+")? violates not-null constraint$')
_SYSTEM_VIEW = re.compile(r'^relation "((?:stl|stv|stcs|svl|svv|svcs|sys)_\w+)" does not exist$')


_ABSENT = re.compile(r'^(\w[\w ]*) (".+") does not exist, skipping$')
"""What the engine reports for DROP ... IF EXISTS: https://docs.aws.amazon.com/redshift/latest/dg/r_CALL_procedure.html"""


def reworded(fields: dict[str, str]) -> dict[str, str]:
    """Return the fields of an error or a notice with Redshift's text."""
    message = fields.get("M", "")
    if absent := _ABSENT.match(message):
        text = f"{absent[1].capitalize()} {absent[2]} does not exist and will be skipped"
        return {**fields, "S": "INFO", "V": "INFO", "M": text}
    for pattern, text in _REWORDED:
        message = pattern.sub(text, message)
    if system := _SYSTEM_VIEW.match(message):
        return {**fields, "C": "0A000", "M": f"the system view {system[1].upper()} is not supported"}
    if null := _NOT_NULL.match(message):
        detail = f'null value in column "{null[1]}" violates not-null constraint. {fields.get("D", "")}'.strip()
        return {**fields, "M": f"Cannot insert a NULL value into column {null[1]}", "D": detail}
    for pattern, text in _TOLD_TWICE:
        if pattern.match(message):
            return {**fields, "M": text, "D": f"{message}. {fields.get('D', '')}".strip()}
    return {**fields, "M": message}


Sent = dict[int, values.Change]
"""Place of a parameter -> what makes the engine's binary form of its value."""


def sent(types: bytes, version: int | None) -> Sent:
    """Return what must be done to the parameters of a statement, by their types, for a driver of that version."""
    changes = enumerate(values.sent_as(number, version) for number in given_types(types))
    return {index: change for index, change in changes if change}


def changed(bound: Bound, changes: Sent) -> Bound:
    """Return a Bind message with its binary parameters in the engine's form. Raises ProtocolViolation."""
    given = list(bound.values)
    try:
        for at, change in changes.items():
            value = given[at]
            if bound.is_binary(at) and value is not None:
                given[at] = change(value)
    except (struct.error, IndexError):
        raise ProtocolViolation("invalid message format") from None
    return bound._replace(values=given)


class Rows:
    """The rows of one statement on their way to the client, with the values changed that Redshift writes otherwise."""

    def __init__(
        self,
        deliver: Callable[[Frame], None],
        pass_on: Callable[[bytes], None],
        version: int | None = None,
        types: TypeNumbers | None = None,
    ) -> None:
        self._deliver, self._pass_on, self._version = deliver, pass_on, version
        self._number = (types or TypeNumbers()).of_redshift
        self._changes: dict[int, values.Change] = {}
        self._signs: tuple[re.Pattern[bytes], ...] = ()
        self._failed = False

    def learn(self, frame: Frame) -> None:
        """Take the description of the rows that follow."""
        if frame.kind == b"T":
            columns = frames.columns(frame.body)
            changes = enumerate(values.change_of(each, self._version, self._number(each.type)) for each in columns)
            self._changes = {index: change for index, change in changes if change}
            signs = {values.RARE.get((columns[index].type, columns[index].format)) for index in self._changes}
            self._signs = () if None in signs else tuple(sign for sign in signs if sign)

    def tagged(self, tag: str) -> Callable[[Frame], None]:
        """Return `deliver`, with another command tag where one is given."""
        if not tag:
            return self.deliver
        ending = Frame(b"C", frames.text(tag))
        return lambda frame: self.deliver(ending if frame.kind == b"C" else frame)

    def run(self, data: bytes) -> None:
        """Send many rows on, as they arrive on the wire."""
        if self._failed:
            return
        if not self._changes or (self._signs and not any(sign.search(data) for sign in self._signs)):
            self._pass_on(data)
            return
        done, offset, size = list[bytes](), 0, len(data)
        while offset < size:
            end = offset + 1 + int.from_bytes(data[offset + 1 : offset + 5], "big")
            frame = self._changed(Frame(b"D", data[offset + 5 : end]))
            if self._failed:
                break
            done.append(frame.encode())
            offset = end
        self._pass_on(b"".join(done))
        if self._failed:
            self._deliver(frame)

    def deliver(self, frame: Frame) -> None:
        """Send a message on; a value without a form of Redshift's ends the answer with an error."""
        if not self._failed:
            self._deliver(self._changed(frame) if self._changes and frame.kind == b"D" else frame)

    def _changed(self, frame: Frame) -> Frame:
        try:
            return Frame(b"D", frames.spliced(frame.body, self._changes))
        except SqlError as error:
            self._failed = True
            return frames.error(error.fields())
