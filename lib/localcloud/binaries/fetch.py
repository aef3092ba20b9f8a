"""Fetch pinned bytes: retried, resumed, checked by sha256, in parallel, once for all labs of a user."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import warnings
import zlib
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import requests
from urllib3.util.retry import Retry

from localcloud.errors import DownloadFailed

Progress = Callable[[int], None]
"""Called with each number of bytes that arrived."""

ATTEMPTS = 5
TIMEOUT_S = 30
BLOCK = 1 << 18
WORKERS = 8


@dataclass(frozen=True)
class Artifact:
    """A pinned file: a Maven artifact as it is, or one deflated member of a zip archive there."""

    name: str
    path: str
    sha256: str
    size: int
    """Bytes to fetch."""
    offset: int | None = None
    """Where the member's data begins in the archive; None for a whole file."""

    def cached(self, cache_folder: Path) -> Path:
        """Return the file's path in the cache, whether or not it exists yet."""
        return cache_folder / "artifacts" / self.sha256[:16] / self.name


def maven_path(coordinate: str, packaging: str = "jar") -> str:
    """Return the path of `group:artifact:version` below the root of any Maven repository."""
    group, artifact, version = coordinate.split(":")
    return f"{group.replace('.', '/')}/{artifact}/{version}/{artifact}-{version}.{packaging}"


@cache
def repository() -> tuple[requests.Session, str]:
    """Return a session with retries, and the root of the Maven repository that jgo uses."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its import warns of a missing XDG_RUNTIME_DIR, which it does not need
        from jgo.maven import MavenContext  # noqa: PLC0415  late: a second that `./lab` saves when nothing is fetched
    session = requests.Session()
    retry = Retry(total=3, backoff_factor=0.5, status_forcelist=(429, 500, 502, 503, 504))
    session.mount("https://", requests.adapters.HTTPAdapter(max_retries=retry, pool_maxsize=WORKERS))
    return session, next(iter(MavenContext().remote_repos.values())).rstrip("/")


def missing_bytes(artifacts: Iterable[Artifact], cache_folder: Path) -> int:
    """Return how many bytes are still to be fetched."""
    return sum(artifact.size for artifact in artifacts if not artifact.cached(cache_folder).exists())


def fetch_all(artifacts: Iterable[Artifact], cache_folder: Path, progress: Progress = lambda _: None) -> None:
    """Download what the cache lacks. Raises DownloadFailed; partial downloads are kept for the next try."""
    wanted = [artifact for artifact in dict.fromkeys(artifacts) if not artifact.cached(cache_folder).exists()]
    if not wanted:
        return
    with ThreadPoolExecutor(WORKERS) as pool:
        for _ in pool.map(lambda artifact: fetch(artifact, cache_folder, progress), wanted):
            pass


def fetch(artifact: Artifact, cache_folder: Path, progress: Progress = lambda _: None) -> Path:
    """Return the artifact's file in the cache, fetched if it is not there."""
    target = artifact.cached(cache_folder)
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f"{target.name}.part")
    with exclusive(part):
        if not target.exists():
            _download(artifact, part, progress)
            _verify(artifact, part).replace(target)
            part.unlink(missing_ok=True)
    return target


@contextlib.contextmanager
def exclusive(path: Path) -> Iterator[None]:
    """Hold the lock next to `path`, so that two labs never write the same file."""
    with path.with_name(f"{path.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _download(artifact: Artifact, part: Path, progress: Progress) -> None:
    seen = ""
    for _ in range(ATTEMPTS):
        try:
            _resume(artifact, part, progress)
        except (requests.RequestException, OSError) as error:
            seen = f"{type(error).__name__}: {error}"
        if part.exists() and part.stat().st_size == artifact.size:
            return
    have = part.stat().st_size if part.exists() else 0
    raise DownloadFailed(
        f"{artifact.name}: {have:,} of {artifact.size:,} bytes arrived in {ATTEMPTS} attempts. "
        f"Last error: {seen or 'none'}. "
        "Try: check the network (or the proxy) and run the same command again; it continues where it stopped."
    )


def _resume(artifact: Artifact, part: Path, progress: Progress) -> None:
    session, root = repository()
    have = part.stat().st_size if part.exists() else 0
    if have > artifact.size:
        part.unlink()
        have = 0
    first = (artifact.offset or 0) + have
    last = (artifact.offset or 0) + artifact.size - 1
    wanted = {"Range": f"bytes={first}-{last}"} if artifact.offset is not None or have else {}
    with session.get(f"{root}/{artifact.path}", headers=wanted, stream=True, timeout=TIMEOUT_S) as answer:
        answer.raise_for_status()
        if wanted and answer.status_code != requests.codes.partial_content:
            if artifact.offset is not None:
                raise OSError("the repository doesn't serve byte ranges, which the lab needs for the Trino plugins")
            have = 0
        with part.open("ab" if have else "wb") as file:
            for block in answer.iter_content(BLOCK):
                file.write(block)
                progress(len(block))


def _verify(artifact: Artifact, part: Path) -> Path:
    checked = part
    if artifact.offset is not None:
        checked = part.with_suffix(".inflated")
        _inflate(part, checked)
    with checked.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if digest == artifact.sha256:
        return checked
    part.unlink()
    raise DownloadFailed(
        f"{artifact.name}: sha256 is {digest}, pinned is {artifact.sha256}; the download was discarded. "
        "Try: run the same command again; if this repeats, the repository or a proxy serves a different file."
    )


def _inflate(source: Path, target: Path) -> None:
    """Write the file of a deflated member, block by block; what can't be inflated fails by its sha256 later."""
    inflate = zlib.decompressobj(wbits=-zlib.MAX_WBITS)
    with source.open("rb") as packed, target.open("wb") as file, contextlib.suppress(zlib.error):
        while block := packed.read(BLOCK):
            file.write(inflate.decompress(block))
        file.write(inflate.flush())
