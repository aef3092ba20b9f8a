"""How root hands PostgreSQL to an ordinary user."""

from __future__ import annotations

from pathlib import Path

import pytest

from localcloud.errors import LocalCloudError, StateDamaged
from localcloud.home import Home
from localcloud.services.postgres import Postgres, _capability


@pytest.mark.parametrize(
    ("bounding", "chosen"),
    [
        ("000001ffffffffff", "dac_read_search"),
        ("00000000a80425fb", "dac_override"),
        ("0000000000000004", "dac_read_search"),
    ],
)
def test_the_smallest_capability_is_chosen(bounding: str, chosen: str) -> None:
    """A full root gives the right to read, a container's root that to read and write, since it has no smaller one."""
    assert _capability(f"Name:\tx\nCapBnd:\t{bounding}\n") == chosen


def test_a_root_without_either_is_told_what_to_do() -> None:
    """Where neither may be given, the error names both ways out."""
    with pytest.raises(LocalCloudError, match="ordinary user, or give the container"):
        _capability("CapBnd:\t0000000000000001\n")


def test_a_warehouse_that_lost_its_version_is_refused_and_kept(tmp_path: Path) -> None:
    """A cluster whose PG_VERSION is lost is not taken for the leavings of an interrupted start, which are deleted."""
    home = Home(tmp_path)
    control = home.data("postgres") / "global" / "pg_control"
    control.parent.mkdir()
    control.write_text("rows")
    with pytest.raises(StateDamaged, match="without its PG_VERSION"):
        Postgres().command(home)
    assert control.read_text() == "rows"
