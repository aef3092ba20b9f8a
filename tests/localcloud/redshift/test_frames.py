"""Messages on the wire: whole ones, halves, and impossible ones."""

from __future__ import annotations

import contextlib
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localcloud.redshift.errors import ProtocolViolation
from localcloud.redshift.protocol import frames
from localcloud.redshift.protocol.frames import Frame

FRAMES = st.lists(st.builds(Frame, st.sampled_from([b"Q", b"P", b"S"]), st.binary(max_size=50)), max_size=5)


@given(FRAMES, st.integers(min_value=0, max_value=300))
def test_messages_come_out_as_they_went_in_however_cut(sent: list[Frame], cut: int) -> None:
    """Splitting a stream at any byte gives the same messages."""
    whole = b"".join(frame.encode() for frame in sent)
    buffer, found = bytearray(), list[Frame]()
    for part in (whole[:cut], whole[cut:]):
        buffer += part
        found += frames.split(buffer)
    assert found == sent
    assert not buffer


@pytest.mark.parametrize("length", [0, 3, 1 << 31 - 1])
def test_an_impossible_length_is_refused(length: int) -> None:
    """A length below four or above the limit ends the connection instead of filling memory."""
    with pytest.raises(ProtocolViolation, match="length"):
        list(frames.split(bytearray(b"Q" + length.to_bytes(4, "big") + b"x")))


@given(st.lists(st.one_of(st.none(), st.binary()), max_size=6))
def test_a_row_reads_back(values: list[bytes | None]) -> None:
    """A DataRow gives back its values, null as None."""
    assert frames.row(frames.raw_row(values).body) == values


VALUES = st.lists(st.one_of(st.none(), st.binary(max_size=9)), max_size=4)


@given(st.text("ab", max_size=3), st.text("ab", max_size=3), st.sampled_from([(), (0,), (1,)]), VALUES)
def test_a_bind_is_put_together_as_it_was(
    portal: str, statement: str, formats: tuple[int, ...], values: list[bytes | None]
) -> None:
    """A Bind message taken apart has its names and values, and makes the same message again."""
    numbers = b"".join(number.to_bytes(2, "big") for number in (len(formats), *formats))
    body = frames.text(portal) + frames.text(statement) + numbers + frames.raw_row(values).body + b"\0\1\0\1"
    bound = frames.bound(body)
    assert (bound.portal, bound.statement, bound.values) == (portal, statement, values)
    assert bound.frame() == Frame(b"B", body)


@given(st.sampled_from([frames.error_fields, frames.bound]), st.binary(max_size=100))
def test_any_bytes_as_error_fields_or_bind_do_no_harm(read: Callable[[bytes], object], body: bytes) -> None:
    """Reading garbage ends, with what it holds or with ProtocolViolation."""
    with contextlib.suppress(ProtocolViolation):
        read(body)


@given(st.sampled_from([b"D", b"d"]), st.lists(st.binary(max_size=20), max_size=5), FRAMES, st.integers(0, 200))
def test_a_run_of_rows_ends_with_its_last_whole_row(
    kind: bytes, rows: list[bytes], after: list[Frame], cut: int
) -> None:
    """However the stream is cut, the run holds whole rows of one kind, and what follows stays in the buffer."""
    sent = [Frame(kind, row) for row in rows] + after
    buffer = bytearray(b"".join(frame.encode() for frame in sent)[:cut])
    whole = list(frames.split(bytearray(buffer)))
    leading = [frame for frame in whole if frame.kind == kind]
    end = frames.run_end(buffer)
    assert frames.bodies(bytes(buffer[:end])) == b"".join(frame.body for frame in leading)
    del buffer[:end]
    rest = list(iter(lambda: frames.first(buffer), None))
    assert leading + rest == whole
