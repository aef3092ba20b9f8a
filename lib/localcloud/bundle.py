"""One file with everything that an installation downloads: Python packages, jars, Trino, and the lab's own files.

A plain tar, because its content is already compressed: `manifest.json` first, then `wheels/`, `artifacts/`, and the
tracked files of the lab below `smartcity-lab/`.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from packaging.requirements import Requirement

from localcloud.binaries import Artifact, fetch_all
from localcloud.binaries.fetch import exclusive
from localcloud.bundle_open import MANIFEST, VERSION, kind, misfit, read_manifest
from localcloud.errors import BundleFailed
from localcloud.lab import artifacts

DOWNLOAD_LIMIT_S: Final = 1800
INNER: Final = "smartcity-lab"


@dataclass(frozen=True)
class Bundle:
    """A written bundle: bytes of the file, and the kind of machine that it serves."""

    size: int
    kind: str


def make(root: Path, file: Path, cache: Path, say: Callable[[str], None]) -> Bundle:
    """Write the bundle of the lab in `root`. Raises BundleFailed, DownloadFailed; a half-made file is not left."""
    draft = file.with_name(f"{file.name}.part")
    file.parent.mkdir(parents=True, exist_ok=True)
    fetch_all(artifacts(), cache)
    with tempfile.TemporaryDirectory(dir=file.parent, prefix=".bundle") as folder:
        say("Downloading the packages of the lock")
        wheels = _download(root / "requirements.lock", Path(folder))
        say(f"Writing {len(wheels)} packages and {len(artifacts())} jars")
        try:
            with tarfile.open(draft, "w") as bundle:
                _write(bundle, root, cache, wheels)
            draft.replace(file)
        finally:
            draft.unlink(missing_ok=True)
    return Bundle(file.stat().st_size, "{system} {machine}, Python {python}".format(**kind()))


def _download(lock: Path, folder: Path) -> list[Path]:
    """Fetch what the lock names for this minor version of Python, whatever its last number is on the other machine."""
    _pip_download(lock, folder)
    if others := other_patches(lock.read_text(), ".".join(map(str, sys.version_info[:2]))):
        with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
            file.write("\n".join(others))
            file.flush()
            _pip_download(Path(file.name), folder, "--ignore-requires-python")
    return sorted(folder.iterdir())


def other_patches(lock: str, python: str) -> list[str]:
    """Return the entries of a lock that this machine leaves out and another `python` (such as 3.11) needs, bare."""
    pins = []
    for entry in re.split(r"\n(?=\S)", lock.strip()):
        head, _, hashes = entry.partition(" \\\n")
        marker = Requirement(head).marker
        patches = ({"python_full_version": f"{python}.{patch}", "python_version": python} for patch in range(100))
        if marker and not marker.evaluate() and any(marker.evaluate(patch) for patch in patches):
            pins.append(f"{head.partition(';')[0].strip()} \\\n{hashes}")
    return pins


def _pip_download(requirements: Path, folder: Path, *more: str) -> None:
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", *more]
    options = ["--no-deps", "--require-hashes", "--requirement", str(requirements), "--dest", str(folder)]
    try:
        subprocess.run([*command, *options], check=True, capture_output=True, text=True, timeout=DOWNLOAD_LIMIT_S)
    except subprocess.CalledProcessError as error:
        reason = (error.stderr.strip().splitlines() or ["pip said nothing"])[-1]
        raise BundleFailed(
            f"The packages could not be downloaded: {reason}. Try: check the network, then run it again"
        ) from error
    except subprocess.TimeoutExpired as error:
        raise BundleFailed(f"The packages did not arrive within {DOWNLOAD_LIMIT_S} s. Try: again") from error


def _write(bundle: tarfile.TarFile, root: Path, cache: Path, wheels: list[Path]) -> None:
    lock = hashlib.sha256((root / "requirements.lock").read_bytes()).hexdigest()
    head = json.dumps({"version": VERSION, "kind": kind(), "lock_sha256": lock}, indent=1).encode()
    member = tarfile.TarInfo(MANIFEST)
    member.size = len(head)
    bundle.addfile(member, io.BytesIO(head))
    for wheel in wheels:
        bundle.add(wheel, f"wheels/{wheel.name}")
    for name, same in _by_member(artifacts()).items():
        bundle.add(same[0].cached(cache), name)
    for path in _own_files(root):
        bundle.add(root / path, f"{INNER}/{path}")


def _by_member(wanted: list[Artifact]) -> dict[str, list[Artifact]]:
    """Return the artifacts by their name in a bundle: Spark and Trino know some of the same jars by other names."""
    members: dict[str, list[Artifact]] = {}
    for artifact in dict.fromkeys(wanted):
        members.setdefault(f"artifacts/{artifact.sha256}", []).append(artifact)
    return members


def _own_files(root: Path) -> list[str]:
    command = ["git", "-C", str(root), "ls-files", "-z"]
    try:
        listed = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout
    except (OSError, subprocess.SubprocessError) as error:
        raise BundleFailed(
            "A bundle contains the lab's own files as git tracks them. Try: git clone the lab"
        ) from error
    return [name for name in listed.split("\0") if name and (root / name).is_file()]


def fill_cache(file: Path, lock: Path, cache: Path) -> None:
    """Put a bundle's jars and Trino into the cache, each checked against its pinned sha256. Raises BundleFailed."""
    wanted = _by_member([artifact for artifact in artifacts() if not artifact.cached(cache).exists()])
    try:
        with tarfile.open(file) as bundle:
            if reason := misfit(read_manifest(bundle), lock):
                raise ValueError(reason)
            for name, member in _files(bundle):
                for artifact in wanted.pop(name, []):
                    _unpack(bundle, member, artifact, cache)
    except (ValueError, OSError, tarfile.TarError) as error:
        raise BundleFailed(f"{file} can't be used: {error}. Try: ./lab bundle FILE where there is a network") from error
    if wanted:
        raise BundleFailed(f"{file} lacks {len(wanted)} jars. Try: ./lab bundle FILE where there is a network")


def _files(bundle: tarfile.TarFile) -> Iterator[tuple[str, tarfile.TarInfo]]:
    return ((member.name, member) for member in bundle if member.isfile())


def _unpack(bundle: tarfile.TarFile, member: tarfile.TarInfo, artifact: Artifact, cache: Path) -> None:
    target = artifact.cached(cache)
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f"{target.name}.part")
    with exclusive(part):
        source = bundle.extractfile(member)
        if source is None:
            raise ValueError(f"{artifact.name} is not a file in it")
        with source, part.open("wb") as copy:
            shutil.copyfileobj(source, copy, 1 << 20)
        with part.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        if digest != artifact.sha256:
            part.unlink()
            raise ValueError(f"{artifact.name} in it doesn't have the pinned sha256")
        part.replace(target)
