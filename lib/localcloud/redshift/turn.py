"""Where a refresh runs: a transaction of the engine, and the numbers that the log has for it."""

from __future__ import annotations

from dataclasses import dataclass

from localcloud.redshift.engine import Engine
from localcloud.redshift.protocol.link import Link
from localcloud.redshift.settings import GatewaySettings


@dataclass(frozen=True)
class Turn:
    """One refresh: of a client, or of the gateway itself."""

    link: Link
    engine: Engine
    settings: GatewaySettings
    database: str
    user: str
    session: int
    query: int
    transaction: int
