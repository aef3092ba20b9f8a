"""The log of connections: who logged in or failed to, by which driver, and for how long."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import Mapping
from typing import Any

from localcloud.redshift.journal import Journal, now
from localcloud.redshift.protocol.client import version_of

_REPORTED = ("application_name", "os_version", "driver_version")


class Connection:
    """One connection on its way through the log; its events are those of `stl_connection_log`."""

    def __init__(self, journal: Journal, writer: asyncio.StreamWriter, parameters: Mapping[str, str]) -> None:
        self._journal, self._since = journal, time.monotonic()
        host, port = writer.get_extra_info("peername")[:2]
        tls: ssl.SSLObject | None = writer.get_extra_info("ssl_object")
        cipher = tls.cipher() if tls else None
        self._facts: dict[str, Any] = {
            "user": parameters["user"],
            "database": parameters.get("database") or parameters["user"],
            "pid": 0,
            "remotehost": host,
            "remoteport": str(port),
            "sslversion": (tls and tls.version()) or "",
            "sslcipher": cipher[0] if cipher else "",
            "plugin_name": parameters.get("plugin_name", "none"),
            "protocol_version": version_of(parameters) or 0,
            **{name: parameters.get(name, "") for name in _REPORTED},
        }

    def failed(self) -> None:
        """Note that the client did not prove to be who it says."""
        self._note("authentication failure")

    def opened(self, user: str, pid: int) -> None:
        """Note a login."""
        self._facts |= {"user": user, "pid": pid}
        self._note("authenticated")
        self._note("initiating session")

    def closed(self) -> None:
        """Note the end of a session."""
        self._note("disconnecting session", round((time.monotonic() - self._since) * 1_000_000))

    def _note(self, event: str, duration_us: int = 0) -> None:
        self._journal.write({"event": event, "at": now(), "duration": duration_us, **self._facts})
