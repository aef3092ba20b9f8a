"""One crawl: lists the targets, samples the files in parallel, groups them, and describes the tables found."""

from __future__ import annotations

import gzip
import hashlib
import json
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from localcloud.glue.crawler.classify import classify
from localcloud.glue.crawler.globs import excluder
from localcloud.glue.crawler.grouping import Folder, Group, Part, Policy, one_file, tables
from localcloud.glue.crawler.s3 import S3
from localcloud.glue.crawler.sample import S3Object, Sample
from localcloud.glue.crawler.schema import texts
from localcloud.home import write_private

THREADS = 16


@dataclass(frozen=True)
class Target:
    """One include path. `known`: URIs of folders that an incremental crawl leaves out."""

    path: str
    exclusions: tuple[str, ...] = ()
    sample_size: int | None = None
    known: frozenset[str] = frozenset()


@dataclass
class FoundPart:
    """A partition, or the whole of a table that has none."""

    location: str
    values: list[str]
    columns: list[tuple[str, str]]
    objects: int
    size: int
    records: int


@dataclass
class FoundTable:
    """One table as it lies in S3. `columns`: name and Hive type."""

    location: str
    is_file: bool
    target: str
    exclusions: list[str]
    classification: str
    compression: str
    columns: list[tuple[str, str]]
    keys: list[str]
    parameters: dict[str, str]
    serde: dict[str, str]
    parts: list[FoundPart] = field(default_factory=list)


class Survey:
    """The work of one crawl. `cache` keeps what files told, so that the next crawl reads only new and changed ones."""

    def __init__(self, s3: S3, classifiers: list[dict[str, Any]], policy: Policy, cache: Path | None = None) -> None:
        self._s3, self._classifiers, self._policy, self._cache_file = s3, classifiers, policy, cache
        rules = json.dumps(classifiers, sort_keys=True, default=str)
        self._rules = hashlib.sha256(rules.encode()).hexdigest()[:16]
        self._cache = self._load()
        self._fresh: dict[str, list[Any]] = {}

    def run(self, targets: Iterable[Target]) -> list[FoundTable]:
        """Return the tables at the targets, in the order of the targets and of their paths."""
        found = [table for target in targets for table in self._target(target)]
        if self._cache_file:
            content = {"rules": self._rules, "samples": self._fresh}
            write_private(self._cache_file, gzip.compress(json.dumps(content).encode(), 1))
        return found

    def _target(self, target: Target) -> Iterator[FoundTable]:
        bucket, _, path = target.path.removeprefix("s3://").partition("/")
        prefix = path.rstrip("/")
        folders = self._folders(bucket, prefix, target)
        level = 1 + (prefix.count("/") + 1 if prefix else 0)
        root = Folder(f"{bucket}/{prefix}/" if prefix else f"{bucket}/", level)
        with ThreadPoolExecutor(THREADS) as pool:
            places = [(names, item) for names, items in folders.items() for item in items]
            samples = pool.map(lambda place: self._sample(bucket, place[1]), places)
            for (names, item), sample in zip(places, samples, strict=True):
                root.add(list(names), (item, sample))
        if prefix and root.files and root.files[0][0].key == prefix:
            sampled = root.files.pop(0)
            yield _describe(one_file(f"{bucket}/{prefix}", sampled), target)
        if root.files or root.children:
            for group in tables(root, self._policy):
                yield _describe(group, target)

    def _folders(self, bucket: str, prefix: str, target: Target) -> dict[tuple[str, ...], list[S3Object]]:
        """Return the files of every folder below the include path; hidden, empty and excluded ones are left out."""
        excluded = excluder(list(target.exclusions))
        folders: defaultdict[tuple[str, ...], list[S3Object]] = defaultdict(list)
        for item in self._s3.list(bucket, prefix):
            if prefix and item.key != prefix and not item.key.startswith(f"{prefix}/"):
                continue
            relative = item.key[len(prefix) :].lstrip("/") or item.key.rpartition("/")[2]
            *names, name = relative.split("/")
            hidden = any(part.startswith(("_", ".")) or part.endswith("_$folder$") for part in (*names, name))
            if hidden or not item.size or not name or (excluded and excluded.fullmatch(relative)):
                continue
            folders[tuple(names)].append(item)
        base = f"s3://{bucket}/{prefix}/" if prefix else f"s3://{bucket}/"
        return {
            names: items[: target.sample_size or None]
            for names, items in folders.items()
            if base + "".join(f"{name}/" for name in names) not in target.known
        }

    def _sample(self, bucket: str, item: S3Object) -> Sample:
        key = f"{bucket}/{item.key}"
        stored = self._cache.get(key)
        if stored and stored[0] == [item.etag, item.size]:
            self._fresh[key] = stored
            return Sample.from_json(stored[1])
        sample = classify(self._s3, bucket, item, self._classifiers)
        self._fresh[key] = [[item.etag, item.size], sample.to_json()]
        return sample

    def _load(self) -> dict[str, list[Any]]:
        if not self._cache_file or not self._cache_file.exists():
            return {}
        try:
            content = json.loads(gzip.decompress(self._cache_file.read_bytes()))
        except (OSError, ValueError, EOFError, zlib.error):
            return {}  # a damaged cache costs time, nothing else
        samples: dict[str, list[Any]] = content["samples"] if content.get("rules") == self._rules else {}
        return samples


def _describe(group: Group, target: Target) -> FoundTable:
    sample = group.sample
    return FoundTable(
        location=f"s3://{group.path}",
        is_file=group.is_file,
        target=target.path,
        exclusions=list(target.exclusions),
        classification=sample.classification,
        compression=sample.compression,
        columns=list(texts(group.columns)),
        keys=group.keys,
        parameters=sample.parameters,
        serde=_serde(group),
        parts=[_describe_part(group, part) for part in group.parts],
    )


def _describe_part(group: Group, part: Part) -> FoundPart:
    order = {name: index for index, (name, _) in enumerate(group.columns)}
    columns = sorted(part.columns, key=lambda column: order[column[0]])
    return FoundPart(
        location=f"s3://{part.path}",
        values=group.values(part),
        columns=list(texts(tuple(columns))),
        objects=len(part.files),
        size=sum(item.size for item, _ in part.files),
        records=sum(sample.records for _, sample in part.files),
    )


def _serde(group: Group) -> dict[str, str]:
    """Return the SerDe parameters of a table; `paths` names the keys of all its files."""
    serde = dict(group.sample.serde)
    if "paths" in serde:
        given = (sample.serde.get("paths", "") for part in group.parts for _, sample in part.files)
        serde["paths"] = ",".join(dict.fromkeys(name for text in given for name in text.split(",") if name))
    return serde


def to_json(found: list[FoundTable]) -> str:
    """Return found tables as text."""
    return json.dumps([asdict(table) for table in found])


def from_json(text: str) -> list[FoundTable]:
    """Return the tables that `to_json` wrote."""
    return [
        FoundTable(**{**table, "parts": [FoundPart(**part) for part in table["parts"]]}) for table in json.loads(text)
    ]
