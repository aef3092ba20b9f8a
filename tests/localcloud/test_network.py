"""A lab that listens on an address of its machine: which addresses it takes, and what changes with one."""

from __future__ import annotations

import json
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

import pytest
from cryptography import x509

from localcloud.cluster import is_cluster
from localcloud.errors import LocalCloudError, PortsTaken
from localcloud.home import EVERY, LOOPBACK, Home
from localcloud.lab import supervisor
from localcloud.network import Networked, address_towards, is_networked, own_addresses, require_own, set_address
from localcloud.ports import taken_ports
from localcloud.service import Service
from localcloud.services.s3 import S3
from localcloud.supervisor import Supervisor
from localcloud.tls import certificate

OTHER = "127.0.0.2"
"""Another address of every Linux machine."""


class Keeper(Supervisor):
    """A supervisor that counts how often it stopped its services."""

    stops = 0

    def down(self, names: list[str] | None = None) -> None:
        self.stops += 1


class Echo(Service):
    """A service with a port."""

    name = "echo"
    ports: ClassVar[Mapping[str, str]] = {"http": "everyone"}


@pytest.fixture
def keeper(tmp_path: Path) -> Keeper:
    return Keeper(Home(tmp_path), {})


def test_every_service_moves_to_the_address_and_back(keeper: Keeper) -> None:
    """Services stop only when the address changes; without one the lab is on loopback as before."""
    for _ in range(2):
        set_address(keeper, OTHER)
    assert (keeper.home.host("kafka"), keeper.home.host("spark-driver"), keeper.stops) == (OTHER, OTHER, 1)
    set_address(keeper, LOOPBACK)
    assert (keeper.home.host("kafka"), keeper.stops) == (LOOPBACK, 2)
    assert not (keeper.home.root / "hosts.json").exists()


def test_such_a_lab_starts_its_own_services(keeper: Keeper) -> None:
    """In containers, others start them."""
    set_address(keeper, OTHER)
    assert is_networked(keeper.home)
    assert not is_cluster(keeper.home)
    assert isinstance(supervisor(keeper.home), Networked)


@pytest.mark.parametrize("address", ["0.0.0.0", "192.0.2.1", "::1", "localhost", "", "10.0.0"])
def test_an_address_that_others_cannot_use_is_refused(keeper: Keeper, address: str) -> None:
    """The error names the addresses that this machine has."""
    with pytest.raises(LocalCloudError, match=r"no address .* Try one of: .*127\.0\.0\.1"):
        set_address(keeper, address)


def test_a_lost_address_is_reported_before_anything_starts(keeper: Keeper) -> None:
    """After a change of networks no service could listen where it did."""
    keeper.home.folder()
    (keeper.home.root / "hosts.json").write_text(json.dumps({EVERY: "192.0.2.1"}))
    with pytest.raises(LocalCloudError, match=r"no address '192\.0\.2\.1'"):
        supervisor(keeper.home).up()


def test_loopback_is_the_last_of_the_addresses() -> None:
    """A person is offered those first that other machines reach."""
    assert own_addresses()[-1] == LOOPBACK


def test_the_address_towards_a_host_is_one_of_this_machine() -> None:
    """It is found without a packet, so the host may be down."""
    require_own(address_towards(LOOPBACK, 9))


def test_a_port_that_another_program_holds_on_the_address_is_noticed(keeper: Keeper) -> None:
    """A lab looks where its services will listen, not only on loopback."""
    set_address(keeper, OTHER)
    with socket.create_server((OTHER, keeper.home.port("echo.http"))):
        assert taken_ports(keeper.home, [Echo()]) == ["echo.http"]


def test_a_port_is_chosen_free_on_the_address_too(keeper: Keeper, monkeypatch: pytest.MonkeyPatch) -> None:
    """If only taken ports are left, the error names both addresses."""
    set_address(keeper, OTHER)
    with socket.create_server((OTHER, 0)) as other:
        monkeypatch.setattr(Home, "_candidates", lambda home: iter([other.getsockname()[1]]))
        with pytest.raises(PortsTaken, match=r"127\.0\.0\.1 and 127\.0\.0\.2"):
            keeper.home.port("echo.http")


def test_a_certificate_follows_the_address(keeper: Keeper) -> None:
    """Clients that verify the host accept it; it is made again only when the address changed."""
    before = certificate(keeper.home, "redshift").certificate.read_bytes()
    assert certificate(keeper.home, "redshift").certificate.read_bytes() == before
    set_address(keeper, OTHER)
    after = certificate(keeper.home, "redshift").certificate.read_bytes()
    names = x509.load_pem_x509_certificate(after).extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert {str(address) for address in names.get_values_for_type(x509.IPAddress)} == {LOOPBACK, OTHER}
    assert certificate(keeper.home, "redshift").certificate.read_bytes() == after


def test_the_proxy_of_s3_needs_no_name_server_for_an_address(keeper: Keeper) -> None:
    """An address never changes while the proxy runs."""
    set_address(keeper, OTHER)
    S3().command(keeper.home)
    text = (keeper.home.conf("s3") / "nginx.conf").read_text()
    assert f"server {OTHER}:{keeper.home.port('seaweedfs.s3')};" in text
    assert "resolver" not in text
