"""What is said about a full disk, on a small one made for it."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import pytest

from localcloud.disk import shortage
from localcloud.errors import ServiceFailed
from localcloud.home import Home
from localcloud.service import Command, Service
from localcloud.supervisor import Supervisor

KEEP = "import pathlib, sys, time; pathlib.Path(sys.argv[1]).write_bytes(bytes(3_000_000)); time.sleep(60)"


class Keeping(Service):
    """Writes 3 MB, then is ready."""

    name = "keeping"
    limit_s: ClassVar[float] = 20

    def command(self, home: Home) -> Command:
        return Command((sys.executable, "-c", KEEP, str(home.data(self.name) / "file")))

    def ready(self, home: Home) -> bool:
        return (home.data(self.name) / "file").stat().st_size == 3_000_000


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    """A disk of 4 MB."""
    if sys.platform != "linux" or os.geteuid() != 0:
        pytest.skip("only root on Linux can mount a small disk")
    mount = ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(tmp_path)]
    done = subprocess.run(mount, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"this machine refuses the mount: {done.stderr.strip()}")
    yield tmp_path
    subprocess.run(["umount", "--lazy", str(tmp_path)], check=True)


def fill(folder: Path) -> Path:
    """Fill the disk to the last byte and return the file that does."""
    ballast = folder / "ballast"
    with ballast.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while file.write(bytes(65536)):
            pass
    assert shutil.disk_usage(folder).free == 0
    return ballast


def test_a_disk_with_room_needs_no_words(tmp_path: Path) -> None:
    """Before the lab's folder is made, its parent counts."""
    assert shortage(Home(tmp_path / ".lab")) == ""


def test_a_service_on_a_full_disk_fails_with_the_reason_and_starts_when_there_is_room(small: Path) -> None:
    """The error says how little is free; `status` and `down` work meanwhile; the next `up` with room succeeds."""
    home = Home(small / ".lab")
    keeper = Supervisor(home, {"keeping": Keeping()})
    home.folder("run")
    home.folder("logs")
    ballast = small / "ballast"
    ballast.write_bytes(bytes(2_500_000))
    with pytest.raises(ServiceFailed, match=r"has only \d MB free, so writes fail. Try: free some space"):
        keeper.up()
    assert [row.state for row in keeper.status()] == ["down"]
    fill(small)
    with pytest.raises(OSError, match="No space left"):
        keeper.up()
    assert [row.state for row in keeper.status()] == ["down"]
    keeper.down()
    ballast.unlink()
    keeper.up()
    assert [row.state for row in keeper.status()] == ["up"]
    keeper.down()


def test_a_secret_is_made_whole_or_not_at_all(small: Path) -> None:
    """On a full disk no empty secret stays behind, which would be a password that everyone knows."""
    home = Home(small / ".lab")
    folder = home.folder("secrets")
    ballast = fill(small)
    with pytest.raises(OSError, match="No space left"):
        home.secret("password")
    assert list(folder.iterdir()) == []
    ballast.unlink()
    assert len(home.secret("password")) == 32
