"""What an account knows of the warehouse from the start: the cluster, its secret, and Glue's connection to it."""

from __future__ import annotations

import contextlib
import json
import os
from typing import Any

from moto.glue.models import glue_backends
from moto.secretsmanager.exceptions import SecretsManagerClientError
from moto.secretsmanager.models import secretsmanager_backends

from localcloud.redshift.api.access import ADMIN, CLUSTER, CONNECTION, DATABASE, SECRET, gateway
from localcloud.redshift.api.control import add_cluster


def seed(account: str, region: str) -> tuple[str, ...]:
    """Bring the cluster, the secret and the connection up to date; return the services whose state that changed."""
    if "LAB_REDSHIFT_PORT" not in os.environ:
        return ()
    add_cluster(account, region, DATABASE)
    _add_secret(account, region)
    _add_connection(account, region)
    return ("redshift", "secretsmanager", "glue")


def _add_secret(account: str, region: str) -> None:
    access, backend = gateway(), secretsmanager_backends[account][region]
    value = json.dumps(
        {
            "engine": "redshift",
            "host": access.host,
            "port": access.port,
            "username": ADMIN,
            "password": access.password,
            "dbname": DATABASE,
            "dbClusterIdentifier": CLUSTER,
        }
    )
    with contextlib.suppress(SecretsManagerClientError):  # there is none yet, or it has no value
        if backend.get_secret_value(SECRET, "", "AWSCURRENT")["SecretString"] == value:
            return
    if SECRET in backend.secrets:
        backend.put_secret_value(SECRET, value, None, None, ["AWSCURRENT"])  # type: ignore[arg-type]
    else:
        backend.create_secret(SECRET, value, None, "The admin of the lab's Redshift", [], None, None, [], False)


def _add_connection(account: str, region: str) -> None:
    access, backend = gateway(), glue_backends[account][region]
    given: dict[str, Any] = {
        "Name": CONNECTION,
        "ConnectionType": "JDBC",
        "ConnectionProperties": {
            "JDBC_CONNECTION_URL": f"jdbc:redshift://{access.host}:{access.port}/{DATABASE}",
            "USERNAME": ADMIN,
            "PASSWORD": access.password,
            "JDBC_ENFORCE_SSL": "false",
        },
    }
    backend.connections.pop(CONNECTION, None)
    backend.create_connection(account, given, {})
