"""Where the pipeline's services are: the card of the local lab, else environment variables; on AWS the SDK knows."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from smartcity.errors import NotConfigured

Target = Literal["local", "aws"]


def card_path() -> Path | None:
    """Return the card of the lab around the current folder (LAB_HOME or a parent with `.lab`), or None."""
    here = Path(os.environ.get("LAB_HOME") or Path.cwd()).resolve()
    return next(
        (card for folder in (here, *here.parents) if (card := folder / ".lab" / "endpoints.json").exists()), None
    )


def apply_card(target: Target = "local") -> None:
    """Make this process a client of the local lab by the variables on its card; do nothing on AWS.

    The card counts more than what the environment says: companies and other projects set variables of the AWS SDK, of
    Spark and of proxies for everything on a machine. Without a card the environment alone counts.

    Raises NotConfigured when the target is local and neither a card nor AWS_ENDPOINT_URL is there.
    """
    if target == "aws":
        return
    card = card_path()
    if card is not None:
        _apply(json.loads(card.read_text()))
    if "AWS_ENDPOINT_URL" not in os.environ:
        raise NotConfigured(
            "No lab runs here: neither .lab/endpoints.json nor AWS_ENDPOINT_URL was found. Try: ./lab up"
        )


def _apply(card: Mapping[str, Any]) -> None:
    env: dict[str, str] = card["env"]
    other = [name for name in os.environ if name.startswith("AWS_ENDPOINT_URL_") and name not in env]
    for name in [*card.get("unset", ()), *other]:
        os.environ.pop(name, None)
    os.environ.update(env)
    urls = (env.get("AWS_ENDPOINT_URL", ""), env.get("AWS_ENDPOINT_URL_S3", ""))
    hosts = filter(None, (urlsplit(url).hostname for url in urls))
    for name in ("NO_PROXY", "no_proxy"):
        given = os.environ.get(name, "").split(",")
        os.environ[name] = ",".join(dict.fromkeys(["127.0.0.1", "localhost", *hosts, *filter(None, given)]))


class Settings(BaseSettings):
    """What a run of the pipeline is called and where it reads and writes. Each value can come from the environment."""

    model_config = SettingsConfigDict(env_prefix="SMARTCITY_", frozen=True, extra="ignore")

    run_id: str = Field(default="run", pattern=r"^[a-z0-9_]{1,32}$")
    bucket: str = "smartcity-lake"
    target: Target = "local"
    crawler_role: str = "arn:aws:iam::123456789012:role/LabRole"
    """The role of crawlers: the local lab's, or the one that the deployed stack names (`./lab aws env`)."""
    login_secret: str = "smartcity/redshift"  # noqa: S105  the name of a secret
    """The name of the secret with the warehouse's login: the local lab's, or the deployed stack's (`./lab aws env`)."""

    @property
    def lake_prefix(self) -> str:
        """Return the folder of this run in the bucket, without slashes at its ends."""
        return self.run_id

    @property
    def lake_uri(self) -> str:
        """Return the lake of this run for boto3, awswrangler and Glue: `s3://bucket/run`."""
        return f"s3://{self.bucket}/{self.lake_prefix}"

    @property
    def spark_lake_uri(self) -> str:
        """Return the same address for Spark, which uses S3A on a laptop and its own `s3` on EMR."""
        return self.lake_uri.replace("s3://", "s3a://", 1)

    @property
    def athena_output(self) -> str:
        """Return where Athena writes its results."""
        return f"s3://{self.bucket}/{self.lake_prefix}/athena-results/"

    @property
    def database(self) -> str:
        """Return the name of the Glue database: `smartcity`, or `smartcity_ID` for a run with an id of its own."""
        return "smartcity" if self.run_id == "run" else f"smartcity_{self.run_id}"

    @property
    def mart(self) -> str:
        """Return the Redshift schema of the star: `mart`, or `mart_ID`."""
        return "mart" if self.run_id == "run" else f"mart_{self.run_id}"


def settings(**values: str) -> Settings:
    """Return the settings of a run, with the card applied. Raises NotConfigured."""
    made = Settings(**values)  # type: ignore[arg-type]
    apply_card(made.target)
    return made
