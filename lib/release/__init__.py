"""What is released: wheels, files for spark-submit, and the bill of materials. No wheel holds this package."""

from __future__ import annotations

from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
"""The repository."""
