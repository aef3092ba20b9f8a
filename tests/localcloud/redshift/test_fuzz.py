"""Bytes that no driver sends, after a proper login: the connection may end, the gateway and its other clients may not."""

from __future__ import annotations

import contextlib
import random
import socket
import struct
from collections.abc import Callable, Mapping
from typing import Any

import psycopg
import pytest

pytestmark = pytest.mark.stack
KINDS = b"PBDECSHQXFdcfp\x00\xff"


def logged_in(lab: Mapping[str, str]) -> socket.socket:
    """Return a connection on which the engine has said that it is ready."""
    peer = socket.create_connection((lab["REDSHIFT_HOST"], int(lab["REDSHIFT_PORT"])), timeout=10)
    given = {"user": lab["REDSHIFT_USER"], "database": lab["REDSHIFT_DATABASE"], "client_protocol_version": "2"}
    body = b"".join(f"{key}\0{value}\0".encode() for key, value in given.items()) + b"\0"
    peer.sendall(struct.pack("!ii", len(body) + 8, 196608) + body)
    peer.recv(100)
    password = lab["REDSHIFT_PASSWORD"].encode() + b"\0"
    peer.sendall(b"p" + struct.pack("!i", len(password) + 4) + password)
    seen = b""
    while b"Z\0\0\0\5I" not in seen:
        block = peer.recv(4096)
        assert block, seen
        seen += block
    return peer


def noise(chance: random.Random) -> bytes:
    """Return a few frames with lengths and bodies by chance, the last perhaps cut off."""
    out = b""
    for _ in range(chance.randint(1, 6)):
        body = bytes(chance.choice(b"\0\0\0\1SELECT 1;'\"$/*\xff(") for _ in range(chance.randint(0, 60)))
        length = len(body) + 4 if chance.random() < 0.8 else chance.choice((0, 3, 5, -1, 2**31 - 1, 70_000_000))
        out += bytes([chance.choice(KINDS)]) + struct.pack("!i", length) + body
    return out[: chance.randint(1, len(out))] if chance.random() < 0.3 else out


@pytest.mark.parametrize("seed", range(4))
def test_noise_after_login_harms_no_one_else(
    in_lab: Mapping[str, str], connect: Callable[..., psycopg.Connection[Any]], seed: int
) -> None:
    """Forty connections send frames by chance and hang up; one that was open before goes on to answer."""
    chance, other = random.Random(seed), connect()
    for _ in range(40):
        peer = logged_in(in_lab)
        with contextlib.suppress(ConnectionError, TimeoutError):
            peer.sendall(noise(chance))
        peer.close()
    assert other.execute("SELECT 6 * 7").fetchone() == (42,)
    assert connect().execute("SELECT 1").fetchone() == (1,)


def test_an_oversized_frame_is_refused_at_its_head(in_lab: Mapping[str, str]) -> None:
    """A frame that claims two gigabytes is answered at once, with an error, and the connection ends."""
    peer = logged_in(in_lab)
    peer.sendall(b"Q" + struct.pack("!i", 2**31 - 1) + b"SELECT")
    said = b""
    while block := peer.recv(4096):
        said += block
    assert b"08P01" in said
    assert b"invalid message length" in said
