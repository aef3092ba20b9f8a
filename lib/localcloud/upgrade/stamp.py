"""Who made a data folder, and whether this version can upgrade it."""

from __future__ import annotations

import subprocess
from pathlib import Path

from localcloud.errors import LocalCloudError
from localcloud.redshift.engine.stamp import FORMAT
from localcloud.services.postgres import binary
from localcloud.upgrade.servers import Connection

UNNUMBERED = 1
"""The format of all versions that wrote no number, 1.0.0 among them."""


def require_same_engine(data: Path) -> None:
    """Raise LocalCloudError at a folder of another major version of PostgreSQL, which this one cannot read."""
    made = (data / "PG_VERSION").read_text().strip()
    shown = subprocess.run((str(binary("postgres")), "--version"), capture_output=True, text=True, check=True).stdout
    have = shown.split()[-1].partition(".")[0]
    if made != have:
        raise LocalCloudError(
            f"the warehouse in .lab/data/postgres was made by PostgreSQL {made}, and this version of the lab has "
            f"PostgreSQL {have}, which cannot read it; nothing was changed. Try: start it with the version of the lab "
            "that made it, UNLOAD the tables to S3, and COPY them into a new warehouse"
        )


def read(connection: Connection) -> tuple[str, int] | None:
    """Return the digest of the engine's SQL and the format; None if no version has prepared this database yet.

    Raises LocalCloudError at a stamp that no version writes.
    """
    if connection.execute("SELECT to_regnamespace('redshift_lab')").fetchone() == (None,):
        return None
    columns = {name for (name,) in connection.execute(_COLUMNS).fetchall()}
    rows = connection.execute("SELECT * FROM redshift_lab.prepared").fetchall() if "version" in columns else []
    if len(rows) != 1 or len(rows[0]) not in (1, 2):
        raise LocalCloudError(
            "the warehouse in .lab/data/postgres has no stamp that this version of the lab knows. Try: start it with "
            "the version of the lab that made it"
        )
    return rows[0][0], rows[0][1] if len(rows[0]) > 1 else UNNUMBERED


def require_not_newer(number: int) -> None:
    """Raise LocalCloudError at a format that a newer version of the lab writes."""
    if number > FORMAT:
        raise LocalCloudError(
            f"the warehouse in .lab/data/postgres was made by a newer version of the lab (format {number}; this "
            f"version knows formats up to {FORMAT}). Try: git pull, then ./lab up"
        )


_COLUMNS = (
    "SELECT attname::text FROM pg_catalog.pg_attribute WHERE attnum > 0 AND NOT attisdropped AND attrelid = "
    "to_regclass('redshift_lab.prepared')"
)
