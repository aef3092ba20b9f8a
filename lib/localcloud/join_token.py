"""What a machine needs to work for the lab of another: addresses, ports and secrets, in one file of mode 600."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from localcloud.errors import LocalCloudError
from localcloud.home import LOOPBACK, Home, write_private
from localcloud.services.spark import DRIVER

FORMAT: Final = 1
HOSTS: Final = ("spark-master", "trino", "aws", "s3", DRIVER)
"""Whom workers ask, and who asks them."""
PORTS: Final = ("spark-master.client", "spark-master.http", "trino.http", "aws.http", "s3.http")
SECRETS: Final = ("spark", "trino", "trino_internal", "access_key_id", "secret_access_key")


@dataclass(frozen=True)
class Build:
    """What two machines must have in common, because Spark runs code of one with the files of the other."""

    code: str
    """A digest of the lab's code."""
    python: str
    """The version, without the last part."""
    executable: str
    cache: str

    @classmethod
    def here(cls, home: Home, code: Path) -> Build:
        """Return this machine's; `code` is the folder of the lab's packages."""
        python = f"{sys.version_info.major}.{sys.version_info.minor}"
        return cls(_digest(code), python, sys.executable, str(home.cache))


@dataclass(frozen=True)
class JoinToken:
    """The content of the file."""

    build: Build
    hosts: Mapping[str, str]
    ports: Mapping[str, int]
    secrets: Mapping[str, str]

    @classmethod
    def of(cls, home: Home, build: Build) -> JoinToken:
        """Return the token of the lab in `home`. Raises LocalCloudError if no other machine could join it."""
        hosts = {name: home.host(name) for name in HOSTS}
        if LOOPBACK in hosts.values():
            raise LocalCloudError(
                "This lab listens on 127.0.0.1, so no other machine can join it. "
                "Try: ./lab up --address ADDRESS --cluster 1"
            )
        if absent := [use for use in PORTS if home.known_port(use) is None]:
            raise LocalCloudError(
                f"This lab never started {absent[0].partition('.')[0]}, which other machines would work for. "
                "Try: ./lab up --cluster 1"
            )
        secrets = {name: home.secret(name) for name in SECRETS}
        return cls(build, hosts, {use: home.port(use) for use in PORTS}, secrets)

    @classmethod
    def read(cls, file: Path) -> JoinToken:
        """Return the token in a file. Raises LocalCloudError if the file holds none, or not all of one."""
        try:
            stored = json.loads(file.read_text())
            if stored.pop("format") != FORMAT:
                raise ValueError(f"another format than {FORMAT}")
            token = cls(Build(**stored.pop("build")), **stored)
            _require_keys(token)
        except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
            raise LocalCloudError(
                f"{file} is not a token of this version of the lab ({type(error).__name__}: {error}). "
                "Try: ./lab token on the machine that you want to join, then copy the file that it names"
            ) from None
        return token

    def write(self, file: Path) -> None:
        """Store it with mode 600."""
        write_private(file, json.dumps({"format": FORMAT, **asdict(self)}, indent=1))


def _require_keys(token: JoinToken) -> None:
    for held, wanted in ((token.hosts, HOSTS), (token.ports, PORTS), (token.secrets, SECRETS)):
        if set(held) != set(wanted):
            raise ValueError(f"not exactly the entries {', '.join(wanted)}")


def _digest(folder: Path) -> str:
    files = sorted(path for path in folder.rglob("*") if path.suffix in (".py", ".sql", ".lock"))
    digest = hashlib.sha256()
    for path in files:
        digest.update(f"{path.relative_to(folder)}\0".encode() + path.read_bytes())
    return digest.hexdigest()[:16]
