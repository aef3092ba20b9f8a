"""The AWS API of the lab: Glue, Athena, Redshift's control plane, IAM, STS and Secrets Manager in one process."""

from __future__ import annotations

import os
import sys
import urllib.request
from collections.abc import Mapping
from typing import ClassVar

from localcloud.home import Home
from localcloud.service import Command, Service
from localcloud.services.spark import spark_conf

REGION = "us-east-1"


class Aws(Service):
    """One signed endpoint for every service but S3. Its state is in `data/aws`, one file per service."""

    name = "aws"
    ports: ClassVar[Mapping[str, str]] = {
        "http": "whoever signs with the lab's keys, an active key of its IAM, or keys from AssumeRole (Signature "
        "Version 4, valid for 15 minutes); `/health` answers everyone"
    }
    needs = ("seaweedfs",)
    asks = ("s3",)

    def command(self, home: Home) -> Command:
        """Return the process; secrets go by its environment, which only its owner can read."""
        env = {
            **self.card(home),
            "LOCALCLOUD_HOST": home.host(self.name),
            "LOCALCLOUD_PORT": str(self.port(home, "http")),
            "LOCALCLOUD_STATE": str(home.data(self.name)),
            "LOCALCLOUD_HOME": str(home.root),
            "LOCALCLOUD_SPARK_CONF": str(spark_conf(home)),
            "AWS_ENDPOINT_URL_S3": f"http://{home.address('s3.http')}",
            "ATHENA_ENGINE_URL": os.environ.get("ATHENA_ENGINE_URL") or f"http://{home.address('trino.http')}",
            "ATHENA_ENGINE_USER": os.environ.get("ATHENA_ENGINE_USER", "athena"),
            "ATHENA_ENGINE_SECRET": os.environ.get("ATHENA_ENGINE_SECRET") or home.secret("trino"),
            "LOCALCLOUD_S3_STORE": home.address("seaweedfs.s3"),
            "LOCALCLOUD_S3_DOOR": home.secret("s3_door"),
            "LAB_REDSHIFT_HOST": home.host("redshift"),
            "LAB_REDSHIFT_PORT": str(home.port("redshift.sql")),
            "LAB_REDSHIFT_PASSWORD": home.secret("redshift_password"),
            "LAB_REDSHIFT_CREDENTIALS_KEY": home.secret("redshift_credentials_key"),
            "MOTO_DISABLE_GLOBAL_CORS": "true",
            "PYTHONUNBUFFERED": "1",
            # Each request has its thread; without this each thread's allocator keeps memory of its own.
            "MALLOC_ARENA_MAX": "2",
        }
        return Command((sys.executable, "-m", "localcloud.endpoint"), env=env)

    def ready(self, home: Home) -> bool:
        """Return whether the port is open: the process listens only after it has loaded its state."""
        with urllib.request.urlopen(f"{self._url(home)}/health", timeout=5) as answer:  # noqa: S310  own loopback URL
            return bool(answer.status == 200)

    def card(self, home: Home) -> Mapping[str, str]:
        """Return the endpoint of every service but S3, the keys and the region."""
        return {
            "AWS_ENDPOINT_URL": self._url(home),
            "AWS_ACCESS_KEY_ID": home.secret("access_key_id"),
            "AWS_SECRET_ACCESS_KEY": home.secret("secret_access_key"),
            "AWS_DEFAULT_REGION": REGION,
            "AWS_REGION": REGION,  # boto3 does not read it, most other SDKs read nothing else
            # awswrangler looks once a second whether a query has ended, which most here have long before.
            "WR_ATHENA_QUERY_WAIT_POLLING_DELAY": "0.05",
        }

    def _url(self, home: Home) -> str:
        return f"http://{self.address(home, 'http')}"
