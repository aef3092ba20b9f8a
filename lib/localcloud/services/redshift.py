"""Redshift: the gateway process in front of the engine."""

from __future__ import annotations

import os
import ssl
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

import certifi
import psycopg

from localcloud.home import Home, write_private
from localcloud.service import Command, Service
from localcloud.services.postgres import Postgres
from localcloud.tls import certificate

ADMIN, DATABASE = "awsuser", "city"


class Redshift(Service):
    """The lab's Redshift cluster. Drivers need only the card to log in, with TLS or without."""

    name = "redshift"
    ports: ClassVar[Mapping[str, str]] = {
        "sql": "whoever knows a user's password (SCRAM), or has an unexpired one from GetClusterCredentials; TLS is "
        "offered, not required"
    }
    needs = ("postgres", "seaweedfs", "aws", "s3")
    awaits = "a row over SQL"

    def command(self, home: Home) -> Command:
        """Return the process; it starts in the folder of the engine's socket."""
        files = certificate(home, self.name)
        env = {
            "PYTHONPATH": str(Path(__file__).parents[2]),
            "PYTHONUNBUFFERED": "1",
            # What a load has freed goes back to the system: the process idles most of its life.
            "ARROW_DEFAULT_MEMORY_POOL": "system",
            "MALLOC_ARENA_MAX": "2",
            "MALLOC_TRIM_THRESHOLD_": "1048576",
            "LAB_REDSHIFT_HOST": home.host(self.name),
            "LAB_REDSHIFT_PORT": str(self.port(home, "sql")),
            "LAB_REDSHIFT_CERTIFICATE": str(files.certificate),
            "LAB_REDSHIFT_KEY": str(files.key),
            "LAB_REDSHIFT_PASSWORD": home.secret("redshift_password"),
            "LAB_REDSHIFT_CREDENTIALS_KEY": home.secret("redshift_credentials_key"),
            "AWS_ENDPOINT_URL_S3": f"http://{home.address('s3.http')}",
            "AWS_ENDPOINT_URL": f"http://{home.address('aws.http')}",
            # Spectrum; the port is reserved whether or not Trino is up.
            "LAB_REDSHIFT_TRINO_URL": f"http://{home.address('trino.http')}",
            "LAB_REDSHIFT_TRINO_SECRET": home.secret("trino"),
            **_kafka(home),
            "AWS_ACCESS_KEY_ID": home.secret("access_key_id"),
            "AWS_SECRET_ACCESS_KEY": home.secret("secret_access_key"),
            "AWS_DEFAULT_REGION": "us-east-1",
        }
        return Command((sys.executable, "-m", "localcloud.redshift"), env=env, cwd=home.data(Postgres.name))

    def ready(self, home: Home) -> bool:
        """Log in as the admin user and ask for a row."""
        with psycopg.connect(
            host=home.host(self.name),
            port=self.port(home, "sql"),
            user=ADMIN,
            password=home.secret("redshift_password"),
            dbname=DATABASE,
            connect_timeout=5,
        ) as connection:
            return connection.execute("SELECT 1").fetchone() == (1,)

    def card(self, home: Home) -> Mapping[str, str]:
        """Return how to log in, and the authorities to trust: public ones and this lab's.

        `SSL_CERT_FILE` is what redshift_connector, which insists on a known authority, looks at; since it replaces the
        authorities of the machine and of the user's company for all of Python, the bundle holds those too.
        """
        return {
            "REDSHIFT_HOST": home.host(self.name),
            "REDSHIFT_PORT": str(self.port(home, "sql")),
            "REDSHIFT_USER": ADMIN,
            "REDSHIFT_PASSWORD": home.secret("redshift_password"),
            "REDSHIFT_DATABASE": DATABASE,
            "REDSHIFT_SSLMODE": "prefer",
            "SSL_CERT_FILE": str(_bundle(home)),
        }


def _kafka(home: Home) -> dict[str, str]:
    """Return where streaming ingestion finds Kafka, whether or not it is up, and the lab's login there."""
    names = [name for name in home.hosts() if name.startswith("kafka-")] or ["kafka"]
    is_open = home.known_port("kafka.open") is not None
    return {
        "LAB_REDSHIFT_KAFKA_SERVERS": ",".join(home.address(f"{name}.client") for name in names),
        "LAB_REDSHIFT_KAFKA_OPEN": home.address("kafka.open") if is_open else "",
        "LAB_REDSHIFT_KAFKA_PASSWORD": home.secret("kafka"),
    }


def _bundle(home: Home) -> Path:
    path = home.folder("tls") / "bundle.pem"
    authorities = [*_public_authorities(), _company_authorities(home, path), certificate(home, Redshift.name).authority]
    text = "\n".join(file.read_text(errors="replace") for file in authorities if file.is_file())
    if not path.exists() or path.read_text() != text:
        write_private(path, text)
    return path


def _public_authorities() -> list[Path]:
    """Return the files of the authorities that this machine and Mozilla trust."""
    system = ssl.get_default_verify_paths().openssl_cafile
    return [Path(system), Path(certifi.where())]


def _company_authorities(home: Home, bundle: Path) -> Path:
    """Return a copy of the authorities that the user's environment names, as behind a company's proxy.

    Where the environment already names the lab's bundle (after `lab env`), the copy of before stays.
    """
    copy = home.folder("tls") / "company.pem"
    named = os.environ.get("SSL_CERT_FILE")
    if named != str(bundle):
        text = Path(named).read_text(errors="replace") if named and Path(named).is_file() else ""
        write_private(copy, text)
    return copy
