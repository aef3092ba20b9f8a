"""The card of a lab: the variables that connect any client to it, and those that would lead a client elsewhere."""

from __future__ import annotations

import json
import os
import shlex
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

from localcloud.home import Home, read_json
from localcloud.service import Service

UNSET = (
    # Other credentials, or other ways to credentials and addresses, than the lab's.
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_SESSION_TOKEN",
    "AWS_SECURITY_TOKEN",
    "AWS_CREDENTIAL_EXPIRATION",
    "AWS_ROLE_ARN",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_USE_FIPS_ENDPOINT",
    "AWS_USE_DUALSTACK_ENDPOINT",
    "AWS_CA_BUNDLE",
    # Another Spark, or options for every Spark of this user.
    "SPARK_HOME",
    "PYSPARK_SUBMIT_ARGS",
    "HADOOP_CONF_DIR",
    "YARN_CONF_DIR",
)
"""Variables that companies and other projects set, and that clients of a lab must not have."""

_PAST_PROXIES = ("127.0.0.1", "localhost")
"""Hosts that clients of every lab must reach without a proxy."""

_NOWHERE = "http://127.0.0.1:9"
_DEAD = {
    "AWS_ENDPOINT_URL": _NOWHERE,
    "AWS_ENDPOINT_URL_S3": _NOWHERE,
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "false",
    "AWS_ACCESS_KEY_ID": "no-lab-is-up",
    "AWS_SECRET_ACCESS_KEY": "no-lab-is-up",
    "KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:9",
    "REDSHIFT_HOST": "127.0.0.1",
    "REDSHIFT_PORT": "9",
}
"""An address where nothing listens: a client of a stopped lab must fail, not reach a real account."""


def card_of(
    home: Home, running: Mapping[str, Service], client_env: Mapping[str, str], pids: Mapping[str, int] | None = None
) -> str:
    """Return the text of the card: how clients reach these services, and their processes where they are known."""
    env = {**client_env, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "false"}
    services: dict[str, Any] = {}
    for name, service in running.items():
        env |= service.card(home)
        ports = {use: service.port(home, use) for use in service.ports}
        pid = {"pid": pids[name]} if pids else {}
        services[name] = {**pid, "ports": ports, "links": dict(service.links(home))}
    return json.dumps({"version": 1, "env": env, "unset": UNSET, "services": services}, indent=1)


def environment(home: Home) -> Mapping[str, str]:
    """Return the variables by which any client reaches the running lab; empty when it does not run."""
    env: dict[str, str] = read_json(home.root / "endpoints.json", _is_card).get("env", {})
    return env


def _is_card(card: dict[str, Any]) -> bool:
    env = card.get("env")
    return isinstance(env, dict) and all(isinstance(value, str) for value in env.values())


def apply(home: Home) -> Mapping[str, str]:
    """Make this process and what it starts clients of the running lab; return the variables, none when it is down."""
    env = environment(home)
    if env:
        for name in contrary(os.environ, env):
            del os.environ[name]
        os.environ.update(env)
    return env


def contrary(present: Iterable[str], env: Mapping[str, str]) -> list[str]:
    """Return which of the present variables would lead a client of the lab elsewhere."""
    other_services = [name for name in present if name.startswith("AWS_ENDPOINT_URL_") and name not in env]
    return [*(name for name in UNSET if name in set(present)), *other_services]


def shell(env: Mapping[str, str]) -> str:
    """Return lines for a shell that make it a client of the lab with these variables.

    Variables of services that are down point to an address that doesn't answer; the last line is `false` when nothing
    runs.
    """
    values = {**_DEAD, **env}
    lines = [f"unset {' '.join([*UNSET, *_other_services()])}"]
    lines += [f"export {name}={shlex.quote(value)}" for name, value in values.items()]
    hosts = ",".join(past_proxies(values))
    lines += [f'export {name}="{hosts}${{{name}:+,${name}}}"' for name in ("NO_PROXY", "no_proxy")]
    return "\n".join([*lines, *([] if env else ["false"])]) + "\n"


def past_proxies(env: Mapping[str, str]) -> list[str]:
    """Return the hosts that clients with these variables must reach without a proxy."""
    hosts = [urlsplit(env.get(name, "")).hostname for name in ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3")]
    return list(dict.fromkeys([*_PAST_PROXIES, *filter(None, hosts)]))


def _other_services() -> list[str]:
    return [name for name in os.environ if name.startswith("AWS_ENDPOINT_URL_") and name not in _DEAD]
