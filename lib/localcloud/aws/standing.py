"""How the stand-in treats an operation or a resource."""

from __future__ import annotations

from enum import StrEnum


class Standing(StrEnum):
    """How the stand-in treats an operation."""

    REAL = "real"
    """It does what its AWS page says."""
    BOOKKEEPING = "bookkeeping"
    """It keeps a record that nothing acts on, and reports no work done."""
    REFUSED = "refused"
    """It fails with UnsupportedOperation, which names the operation and what to use instead."""
