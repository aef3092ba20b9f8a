"""Where the warehouse is, in the form that BI tools need. Holds no password: each tool asks its user for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from smartcity.errors import NotConfigured


@dataclass(frozen=True)
class Address:
    """The address of a warehouse and the schema of the star in it."""

    host: str
    port: int
    database: str
    user: str
    schema: str = "mart"

    @classmethod
    def of(cls, secret: Mapping[str, Any], schema: str) -> Address:
        """Return the address that a secret in the form of AWS names. Raises NotConfigured if a part is missing.

        https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_secret_json_structure.html
        """
        names = ("host", "port", "dbname", "username")
        if missing := [name for name in names if not secret.get(name)]:
            raise NotConfigured(f"The warehouse's secret lacks {', '.join(missing)}. Try: add it to the secret")
        host, port, database, user = (secret[name] for name in names)
        return cls(str(host), int(port), str(database), str(user), schema)

    @property
    def server(self) -> str:
        """Return host and port as Power Query takes them."""
        return f"{self.host}:{self.port}"
