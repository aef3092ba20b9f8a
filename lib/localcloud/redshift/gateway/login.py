"""Who can log in: SCRAM or MD5 over what the engine stores, or credentials that end (GetClusterCredentials)."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import re
import secrets
import struct

from localcloud.redshift import temporary
from localcloud.redshift.engine import Engine
from localcloud.redshift.errors import ProtocolViolation, SqlError
from localcloud.redshift.gateway import scram
from localcloud.redshift.protocol import frames
from localcloud.redshift.protocol.client import VERSION_PARAMETER
from localcloud.redshift.protocol.frames import Frame
from localcloud.redshift.settings import GatewaySettings
from localcloud.redshift.sql.names import identifier

_PASSWORD_LIMIT = 16_384
_MD5 = "md5"
_CLEARTEXT, _MD5_PASSWORD = 3, 5
_SASL, _SASL_CONTINUE, _SASL_FINAL = 10, 11, 12
_PREFIXES = ("IAM:", "IAMA:")
_NAME = re.compile(r"(?!pg_)[a-z_][a-z0-9_+.@$-]{0,62}")


async def authenticate(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    parameters: dict[str, str],
    settings: GatewaySettings,
    engine: Engine,
) -> str:
    """Return the engine's name of the user who proved to be it. Raises SqlError 28P01 otherwise."""
    given = parameters["user"]
    temporary_user = given.startswith(_PREFIXES)
    user = given.split(":", 1)[1] if temporary_user else given
    stored = await engine.stored(user)
    if temporary_user:
        valid = temporary.is_valid(settings.credentials_key, given, await _password(reader, writer))
        if valid and not stored and given.startswith("IAMA:") and _NAME.fullmatch(user):
            await engine.run(f"CREATE ROLE {identifier(user)} LOGIN")  # AutoCreate of GetClusterCredentials
        elif not stored:
            valid = False
    elif VERSION_PARAMETER in parameters:
        # Redshift's own drivers: their SCRAM trips over the end of the list of mechanisms.
        password = await _password(reader, writer)
        valid = await asyncio.to_thread(_fits, stored, password, user)
    elif stored.startswith(_MD5):
        valid = await _md5(reader, writer, stored)
    else:
        valid = await _scram(reader, writer, stored, given)
    if not valid:
        raise SqlError("28P01", f'password authentication failed for user "{given}"')
    return user


def _fits(stored: str, password: str, user: str) -> bool:
    """Return whether a password in clear is the one that the engine stores something of."""
    if not stored.startswith(_MD5):
        return scram.fits(stored, password)
    return hmac.compare_digest(stored, _MD5 + _digest(password.encode() + user.encode()))


def _digest(data: bytes) -> str:
    return hashlib.md5(data, usedforsecurity=False).hexdigest()


async def _md5(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, stored: str) -> bool:
    """Ask for the stored hash, hashed again with a salt of this login."""
    salt = secrets.token_bytes(4)
    await _send(writer, Frame(b"R", struct.pack("!i", _MD5_PASSWORD) + salt))
    given = frames.read_text(await _answer(reader))[0]
    return hmac.compare_digest(given.encode(), (_MD5 + _digest(stored.removeprefix(_MD5).encode() + salt)).encode())


async def _password(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> str:
    await _send(writer, Frame(b"R", struct.pack("!i", _CLEARTEXT)))
    return frames.read_text(await _answer(reader))[0]


async def _scram(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, stored: str, user: str) -> bool:
    known = scram.verifier(stored)
    exchange = scram.Exchange(known or scram.decoy(user))
    await _send(writer, Frame(b"R", struct.pack("!i", _SASL) + b"SCRAM-SHA-256\0\0"))
    first = await _answer(reader)
    mechanism, offset = frames.read_text(first)
    if mechanism != "SCRAM-SHA-256":
        raise ProtocolViolation("client selected an invalid SASL authentication mechanism")
    challenge = exchange.challenge(first[offset + 4 :])
    await _send(writer, Frame(b"R", struct.pack("!i", _SASL_CONTINUE) + challenge))
    final = exchange.proof(await _answer(reader))
    if final is None or known is None:
        return False
    await _send(writer, Frame(b"R", struct.pack("!i", _SASL_FINAL) + final))
    return True


async def _send(writer: asyncio.StreamWriter, frame: Frame) -> None:
    writer.write(frame.encode())
    await writer.drain()


async def _answer(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readexactly(5)
    length = int.from_bytes(head[1:], "big")
    if head[:1] != b"p" or not 4 <= length <= _PASSWORD_LIMIT:
        raise ProtocolViolation("expected password response")
    return await reader.readexactly(length - 4)
