"""A browser for the tests of pages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from smartcity import audit
from smartcity.paint import chromium


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """A real Chromium without a window."""
    if chromium() is None:
        pytest.skip("no Chromium is installed here. Try: apt install chromium")
    with audit.browser() as made:
        yield made
