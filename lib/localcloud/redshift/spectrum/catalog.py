"""What the Glue catalog says of one external table, and how Redshift reads it.

https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_EXTERNAL_TABLE.html (TABLE PROPERTIES)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from localcloud.athena.serdes.access import SWAPPED_CATALOG
from localcloud.redshift.errors import SqlError, not_supported
from localcloud.redshift.settings import GatewaySettings
from localcloud.redshift.transfer.clients import client

CATALOG = "awsdatacatalog"
_CATALOGS = (CATALOG, SWAPPED_CATALOG)
"""Where the engine may find a table; the second holds those that choose against Athena's defaults."""
HANDLING = (
    *("column_count_mismatch_handling", "invalid_char_handling", "numeric_overflow_handling"),
    *("replacement_char", "surplus_bytes_handling", "surplus_char_handling"),
)
"""Properties that change values while they are read; the lab has none of them."""


@dataclass(frozen=True)
class External:
    """A table of the Glue catalog: its entry, as `get_table` gives it."""

    database: str
    entry: Mapping[str, Any]

    @property
    def name(self) -> str:
        """Return the table's name."""
        return str(self.entry["Name"])

    @property
    def parameters(self) -> dict[str, str]:
        """Return the table's properties."""
        return dict(self.entry.get("Parameters") or {})

    @property
    def storage(self) -> dict[str, Any]:
        """Return how and where the files are kept."""
        return dict(self.entry.get("StorageDescriptor") or {})

    @property
    def types(self) -> dict[str, str]:
        """Return each column, partition keys last, with its type in the catalog."""
        columns = [*self.storage.get("Columns", []), *self.entry.get("PartitionKeys", [])]
        return {str(column["Name"]).lower(): str(column.get("Type", "string")).lower() for column in columns}

    @property
    def is_orc(self) -> bool:
        """Return whether the files are ORC."""
        return "orc" in str(self.storage.get("InputFormat", "")).lower()

    @property
    def reading(self) -> dict[str, str]:
        """Return the engine's session properties: ORC goes by name, unless the table says otherwise."""
        chosen = {"timestamp_precision": "MICROSECONDS"}
        if self.is_orc:
            by_name = self.parameters.get("orc.schema.resolution", "name") == "name"
            chosen["orc_use_column_names"] = str(by_name).lower()
        return {f"{catalog}.{name}": value for catalog in _CATALOGS for name, value in chosen.items()}

    def check_readable(self) -> None:
        """Raise SqlError at a view, or at properties that Redshift honours and the lab does not."""
        if self.entry.get("TableType") == "VIRTUAL_VIEW":
            raise not_supported(f"{self.database}.{self.name}: reading a view of the Data Catalog from Redshift")
        packed = self.parameters.get("compression_type", "none").lower()
        if "Text" in str(self.storage.get("InputFormat", "")) and packed != "none":
            raise not_supported(f"compression_type {packed} of {self.database}.{self.name}", hint="a file extension")
        if self.parameters.get("data_cleansing_enabled", "true").lower() == "false":
            return
        for name, value in self.parameters.items():
            if name in HANDLING and value.upper() != "DISABLED":
                raise not_supported(f"the table property {name} of {self.database}.{self.name}")


def find(settings: GatewaySettings, database: str, name: str) -> External | None:
    """Return a table of the catalog; None if there is none of that name. Raises SqlError."""
    try:
        return External(database, client("glue", settings).get_table(DatabaseName=database, Name=name)["Table"])
    except ClientError as error:
        if error.response["Error"]["Code"] == "EntityNotFoundException":
            return None
        raise refused(error) from None
    except BotoCoreError as error:
        raise refused(error) from None


def refused(error: Exception) -> SqlError:
    """Return the error for a call that the Glue catalog refused."""
    return SqlError("XX000", f"the Glue catalog refused: {error}", hint="Try: ./lab up aws")
