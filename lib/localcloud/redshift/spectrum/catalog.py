"""What the Glue catalog says of one external table, and how Redshift reads it.

https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_EXTERNAL_TABLE.html (TABLE PROPERTIES)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from localcloud.redshift.errors import SqlError, not_supported
from localcloud.redshift.settings import GatewaySettings
from localcloud.redshift.spectrum.schemas import glue

CATALOG = "awsdatacatalog"
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
        resolution = self.parameters.get("orc.schema.resolution", "name")
        return {
            f"{CATALOG}.timestamp_precision": "MICROSECONDS",
            **({f"{CATALOG}.orc_use_column_names": str(resolution == "name").lower()} if self.is_orc else {}),
        }

    def check_readable(self) -> None:
        """Raise SqlError at a view, or at properties that Redshift honours and the lab does not."""
        if self.entry.get("TableType") == "VIRTUAL_VIEW":
            raise not_supported(f"{self.database}.{self.name}: reading a view of the Data Catalog from Redshift")
        if self.parameters.get("data_cleansing_enabled", "true").lower() == "false":
            return
        for name, value in self.parameters.items():
            if name in HANDLING and value.upper() != "DISABLED":
                raise not_supported(f"the table property {name} of {self.database}.{self.name}")


def find(settings: GatewaySettings, database: str, name: str) -> External | None:
    """Return a table of the catalog; None where there is none of that name. Raises SqlError."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        return External(database, glue(settings).get_table(DatabaseName=database, Name=name)["Table"])
    except ClientError as error:
        if error.response["Error"]["Code"] == "EntityNotFoundException":
            return None
        raise refused(error) from None
    except BotoCoreError as error:
        raise refused(error) from None


def refused(error: Exception) -> SqlError:
    """Return the error for a call that the Glue catalog refused."""
    return SqlError("XX000", f"the Glue catalog refused: {error}", hint="Try: ./lab up aws")
