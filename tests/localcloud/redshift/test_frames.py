"""Messages on the wire: whole ones, halves, and impossible ones."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localcloud.redshift import frames
from localcloud.redshift.errors import ProtocolViolation
from localcloud.redshift.frames import Frame

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


@given(st.lists(st.one_of(st.none(), st.text().filter(lambda text: "\0" not in text)), max_size=6))
def test_a_row_reads_back(values: list[str | None]) -> None:
    """A DataRow gives back its values, null as None."""
    read = frames.row(frames.data_row(values).body)
    assert [None if value is None else value.decode() for value in read] == values


@given(st.binary(max_size=100))
def test_any_bytes_as_error_fields_do_no_harm(body: bytes) -> None:
    """Reading fields of garbage ends, with fields or with ProtocolViolation."""
    try:
        frames.error_fields(body)
    except ProtocolViolation:
        return
