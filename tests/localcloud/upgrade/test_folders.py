"""The steps between the folders of an upgrade: a kill after any of them loses nothing."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from localcloud.errors import LocalCloudError
from localcloud.home import Home, write_private
from localcloud.upgrade.folders import Folders, control


def _folder(path: Path, content: str) -> None:
    (path / "global").mkdir(parents=True)
    (path / "PG_VERSION").write_text("18\n")
    (path / "global" / "pg_control").write_text(content)


def _content(path: Path) -> str:
    return (path / "global" / "pg_control").read_text()


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    """An upgrade that is ready: the old folder, the copy, and the new folder that is to take its place."""
    made = Folders(Home(tmp_path / ".lab"))
    _folder(made.data, "old")
    _folder(made.copy, "copy")
    _folder(made.new, "new")
    write_private(made.ready, control(made.data))
    return made


def _nothing(folders: Folders) -> None:
    """Killed when the new folder was ready."""


def _old_is_renamed(folders: Folders) -> None:
    folders.data.rename(folders.before)


def _empty_folder_is_back(folders: Folders) -> None:
    folders.data.rename(folders.before)
    folders.data.mkdir()


def _new_is_renamed(folders: Folders) -> None:
    folders.data.rename(folders.before)
    folders.new.rename(folders.data)


def _copy_is_half_gone(folders: Folders) -> None:
    _new_is_renamed(folders)
    shutil.rmtree(folders.copy)


@pytest.mark.parametrize(
    "killed_after", [_nothing, _old_is_renamed, _empty_folder_is_back, _new_is_renamed, _copy_is_half_gone]
)
def test_the_next_start_completes_it(folders: Folders, killed_after: Callable[[Folders], None]) -> None:
    """Wherever a kill came, the new folder is in place, the old one is kept, and nothing else is left."""
    killed_after(folders)
    folders.finish()
    assert (_content(folders.data), _content(folders.before)) == ("new", "old")
    assert not folders.work.exists()


def test_a_new_folder_is_thrown_away_if_the_old_one_was_used_since(folders: Folders) -> None:
    """Somebody went back to the older version meanwhile: what it wrote counts."""
    (folders.data / "global" / "pg_control").write_text("written later")
    folders.finish()
    assert _content(folders.data) == "written later"
    assert not folders.before.exists()
    assert not folders.work.exists()


def test_what_is_not_ready_is_thrown_away(folders: Folders) -> None:
    """A kill before the new folder was on disk leaves the old one in place."""
    folders.ready.unlink()
    folders.finish()
    assert _content(folders.data) == "old"
    assert not folders.work.exists()


def test_only_the_last_warehouse_is_kept(folders: Folders) -> None:
    """The next upgrade replaces the folder that the one before it kept."""
    _folder(folders.before, "older still")
    folders.finish()
    assert _content(folders.before) == "old"


def test_two_upgrades_take_turns(folders: Folders) -> None:
    """A second one is refused while the first runs."""
    with (
        folders.locked(),
        pytest.raises(LocalCloudError, match="already running"),
        Folders(Home(folders.data.parent.parent)).locked(),
    ):
        pass
