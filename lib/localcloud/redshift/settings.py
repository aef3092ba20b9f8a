"""What the gateway's process reads from its environment (see `localcloud.services.redshift`)."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path

ADMIN, DATABASE = "awsuser", "city"
SYSTEM_DATABASES = {"template0", "template1", "postgres", "padb_harvest"}
"""The engine's own, which no client sees."""
SOCKET = "./.s.PGSQL.5432"
"""The engine's socket, relative to the folder that the gateway is started in: the engine's data folder."""

HISTORY, CONNECTIONS = Path("query_history.json"), Path("connections.json")
"""The journals of statements and of connections, in the same folder: the engine reads them there."""


@dataclass(frozen=True)
class GatewaySettings:
    """Where the gateway listens and what it reaches. Secrets come by environment and are in no repr."""

    port: int
    certificate: Path
    key: Path
    s3_endpoint: str
    admin_password: str = field(repr=False)
    credentials_key: str = field(repr=False)
    access_key: str = field(repr=False)
    secret_key: str = field(repr=False)
    aws_endpoint: str = ""
    trino_url: str = ""
    trino_secret: str = field(default="", repr=False)
    kafka_servers: str = ""
    """The lab's brokers, which ask for the login `lab`; and those that ask for none."""
    kafka_open: str = ""
    kafka_password: str = field(default="", repr=False)
    region: str = "us-east-1"
    host: str = "127.0.0.1"

    @classmethod
    def from_environment(cls) -> GatewaySettings:
        """Read the variables that the service sets. Raises KeyError naming one that is missing."""
        env = os.environ
        return cls(
            host=env["LAB_REDSHIFT_HOST"],
            port=int(env["LAB_REDSHIFT_PORT"]),
            certificate=Path(env["LAB_REDSHIFT_CERTIFICATE"]),
            key=Path(env["LAB_REDSHIFT_KEY"]),
            s3_endpoint=env["AWS_ENDPOINT_URL_S3"],
            admin_password=env["LAB_REDSHIFT_PASSWORD"],
            credentials_key=env["LAB_REDSHIFT_CREDENTIALS_KEY"],
            access_key=env["AWS_ACCESS_KEY_ID"],
            secret_key=env["AWS_SECRET_ACCESS_KEY"],
            aws_endpoint=env.get("AWS_ENDPOINT_URL", ""),
            trino_url=env.get("LAB_REDSHIFT_TRINO_URL", ""),
            trino_secret=env.get("LAB_REDSHIFT_TRINO_SECRET", ""),
            kafka_servers=env.get("LAB_REDSHIFT_KAFKA_SERVERS", ""),
            kafka_open=env.get("LAB_REDSHIFT_KAFKA_OPEN", ""),
            kafka_password=env.get("LAB_REDSHIFT_KAFKA_PASSWORD", ""),
        )
