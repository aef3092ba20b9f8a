"""Offline bundles: only those that fit are opened, and every jar is checked against its pinned sha256."""

from __future__ import annotations

import hashlib
import io
import json
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Any

import pytest

from localcloud import bundle, bundle_open
from localcloud.binaries import Artifact
from localcloud.errors import BundleFailed

JAR = b"the bytes of a jar"
PINNED = Artifact("a.jar", "g/a/1/a-1.jar", hashlib.sha256(JAR).hexdigest(), len(JAR))
SAME = Artifact("g_a.jar", "g/p/1/p-1.zip", PINNED.sha256, 9, 145)


def write(file: Path, lock: Path, jar: bytes | None = JAR, **manifest: Any) -> Path:
    """Write a small bundle of a wheel and a jar, its manifest changed as told."""
    digest = hashlib.sha256(lock.read_bytes()).hexdigest()
    head = {"version": 1, "kind": bundle_open.kind(), "lock_sha256": digest} | manifest
    members = {"manifest.json": json.dumps(head).encode(), "wheels/a-1-py3-none-any.whl": b"wheel"}
    if jar is not None:
        members[f"artifacts/{PINNED.sha256}"] = jar
    with tarfile.open(file, "w") as tar:
        for name, content in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return file


@pytest.fixture
def lock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A lock file, and one pinned jar under two names as all that there is to fetch."""
    monkeypatch.setattr(bundle, "artifacts", lambda: [PINNED, SAME])
    path = tmp_path / "requirements.lock"
    path.write_text("a==1\n")
    return path


def opened(lock: Path, target: Path, *arguments: str, where: Path) -> subprocess.CompletedProcess[str]:
    """Open a bundle as `./lab` does: by another Python, without any package."""
    command = [sys.executable, "-I", bundle_open.__file__, str(lock), str(target), *arguments]
    env = {"LAB_CALLED_FROM": str(where)}
    return subprocess.run(command, env=env, capture_output=True, text=True, check=False, timeout=60)


@pytest.mark.parametrize("arguments", [("run", "--offline-bundle", "b.tar"), ("run", "--offline-bundle=b.tar")])
def test_the_packages_of_a_named_bundle_are_unpacked(lock: Path, tmp_path: Path, arguments: tuple[str, ...]) -> None:
    """A relative path counts from where `./lab` was called; the folder of the wheels is printed."""
    write(tmp_path / "b.tar", lock)
    done = opened(lock, tmp_path / "wheels", *arguments, where=tmp_path)
    assert (done.returncode, done.stdout.strip()) == (0, str(tmp_path / "wheels"))
    assert (tmp_path / "wheels" / "a-1-py3-none-any.whl").read_bytes() == b"wheel"


def test_without_a_bundle_nothing_is_done(lock: Path, tmp_path: Path) -> None:
    """An installation from the network sees no folder of wheels."""
    done = opened(lock, tmp_path / "wheels", "run", "--seed", "8", where=tmp_path)
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.parametrize(
    ("manifest", "told"),
    [
        pytest.param({"kind": bundle_open.kind() | {"python": "3.9"}}, "made for python 3.9, but this is", id="Python"),
        pytest.param({"kind": bundle_open.kind() | {"machine": "vax"}}, "made for machine vax", id="processor"),
        pytest.param({"lock_sha256": "0" * 64}, "another requirements.lock", id="another version of the lab"),
        pytest.param({"version": 9}, "its version is 9", id="another version of bundles"),
    ],
)
def test_a_bundle_that_does_not_fit_is_refused(lock: Path, tmp_path: Path, manifest: dict[str, Any], told: str) -> None:
    """Both openers say why and what to do, and nothing is unpacked."""
    file = write(tmp_path / "b.tar", lock, **manifest)
    done = opened(lock, tmp_path / "wheels", "run", "--offline-bundle", "b.tar", where=tmp_path)
    assert done.returncode == 1
    assert told in done.stderr
    assert not (tmp_path / "wheels").exists()
    with pytest.raises(BundleFailed, match="Try:"):
        bundle.fill_cache(file, lock, tmp_path / "cache")


def test_what_is_no_bundle_is_refused(lock: Path, tmp_path: Path) -> None:
    """Neither a missing file nor another archive ends in a traceback."""
    (tmp_path / "no.tar").write_text("no tar")
    for name in ("no.tar", "missing.tar"):
        done = opened(lock, tmp_path / "wheels", "--offline-bundle", name, where=tmp_path)
        assert done.returncode == 1
        assert "Try:" in done.stderr
        assert "Traceback" not in done.stderr


def test_jars_come_into_the_cache(lock: Path, tmp_path: Path) -> None:
    """After that nothing is left to fetch, under neither name."""
    bundle.fill_cache(write(tmp_path / "b.tar", lock), lock, tmp_path / "cache")
    assert [one.cached(tmp_path / "cache").read_bytes() for one in (PINNED, SAME)] == [JAR, JAR]


@pytest.mark.parametrize("jar", [pytest.param(b"other bytes", id="changed"), pytest.param(None, id="lacking")])
def test_a_jar_that_is_not_the_pinned_one_is_refused(lock: Path, tmp_path: Path, jar: bytes | None) -> None:
    """A changed or missing jar fails the installation and leaves nothing in its place."""
    file = write(tmp_path / "b.tar", lock, jar)
    with pytest.raises(BundleFailed, match="Try:"):
        bundle.fill_cache(file, lock, tmp_path / "cache")
    assert not PINNED.cached(tmp_path / "cache").exists()


def test_a_bundle_serves_each_patch_version_of_its_python() -> None:
    """Of two entries that exclude each other by the patch version, the one that is not for here comes along too."""
    lock = "a==1 ; python_full_version < '3.11.5' \\\n    --hash=sha256:00\n"
    lock += "a==2 ; python_full_version >= '3.11.5' \\\n    --hash=sha256:11\nb==1 ; python_full_version >= '3.13' \\\n    --hash=sha256:22\n"
    found = bundle.other_patches(lock, "3.11")
    bare = {"a==1 \\\n    --hash=sha256:00", "a==2 \\\n    --hash=sha256:11"}
    needed_here = sys.version_info[:2] == (3, 11)
    assert set(found) < bare if needed_here else set(found) == bare
    assert not any(entry.startswith("b") for entry in found)
