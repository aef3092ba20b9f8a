"""A lab that other machines can reach: all its services listen on one address of this machine instead of loopback."""

from __future__ import annotations

import ipaddress
import json
import socket

import psutil

from localcloud.errors import LocalCloudError
from localcloud.home import EVERY, LOOPBACK, Home, is_free, write_private
from localcloud.supervisor import Supervisor

_ANY_PORT = 0


def set_address(keeper: Supervisor, address: str) -> None:
    """Stop the services if they get another address, and record where the next `up` lets them listen.

    Raises LocalCloudError if this machine doesn't have that address.
    """
    require_own(address)
    home = keeper.home
    if address == home.host(EVERY):
        return
    keeper.down()
    file = home.root / "hosts.json"
    if address == LOOPBACK:
        file.unlink(missing_ok=True)
    else:
        write_private(file, json.dumps({EVERY: address}))


def require_own(address: str) -> None:
    """Raise LocalCloudError unless a service can listen on that address and other machines can be told to use it."""
    if not _is_usable(address):
        raise LocalCloudError(
            f"This machine has no address {address!r} on which the lab could listen. "
            f"Try one of: {', '.join(own_addresses())}"
        )


def _is_usable(address: str) -> bool:
    try:
        parsed = ipaddress.IPv4Address(address)
    except ValueError:
        return False
    return not parsed.is_unspecified and is_free(_ANY_PORT, address)


def own_addresses() -> list[str]:
    """Return the IPv4 addresses of this machine, loopback last."""
    entries = [entry for entries in psutil.net_if_addrs().values() for entry in entries]
    addresses = {entry.address for entry in entries if entry.family == socket.AF_INET}
    return sorted(addresses, key=lambda address: (ipaddress.ip_address(address).is_loopback, address))


def address_towards(host: str, port: int) -> str:
    """Return the address of this machine from which it reaches a host. Nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect((host, port))
        address: str = probe.getsockname()[0]
    return address


class Networked(Supervisor):
    """The supervisor of a lab whose services listen on an address of this machine, which may lose it."""

    def up(self, names: list[str] | None = None) -> None:
        """Start the services as elsewhere. Raises LocalCloudError if this machine no longer has the address."""
        require_own(self.home.host(EVERY))
        super().up(names)


def is_networked(home: Home) -> bool:
    """Return whether the services that this machine runs listen on one address of it, which is not loopback."""
    return EVERY in home.hosts()
