"""One crawl: lists the targets, samples the files in parallel, groups them, and describes the tables found."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from localcloud.glue.crawler.books import Books
from localcloud.glue.crawler.cache import SampleCache
from localcloud.glue.crawler.catalog_target import fitting, main_format
from localcloud.glue.crawler.classify import classify
from localcloud.glue.crawler.crawled import CrawledTable, CrawlResult, describe
from localcloud.glue.crawler.globs import excluder
from localcloud.glue.crawler.grouping import Folder, Policy, one_file, tables
from localcloud.glue.crawler.s3 import S3, ObjectUnreadable
from localcloud.glue.crawler.sample import UNKNOWN, S3Object, Sample
from localcloud.glue.crawler.target import Target

THREADS = 16
APART = (
    "the files of the folder differ in format or schema, so each file is a table of its own, and Athena, "
    "which takes a location for a folder, returns no rows of it"
)
_COMBINED = Policy(combine=True)

Placed = tuple[tuple[str, ...], S3Object, Sample]
"""The folders between the include path and a file, the file, and what is known about it."""


class Survey:
    """The work of one crawl. The cache keeps what is known about files, so the next crawl reads only changed ones."""

    def __init__(self, s3: S3, classifiers: list[dict[str, Any]], policy: Policy, cache: Path | None = None) -> None:
        self._s3, self._classifiers, self._policy = s3, classifiers, policy
        self._cache = SampleCache(cache, classifiers)
        self._books = Books()

    def run(self, targets: Iterable[Target]) -> CrawlResult:
        """Return the tables at the targets, in the order of the targets and of their paths, and the crawl's books.

        Raises:
            S3Error: a bucket cannot be listed.
            BooksError: an object is in no table and was not skipped.
        """
        result = CrawlResult([table for target in targets for table in self._target(target)], self._books)
        result.check()
        self._cache.save()
        return result

    def _target(self, target: Target) -> Iterator[CrawledTable]:
        folders = self._folders(target)
        placed = list(self._read(target, folders))
        policy = self._policy
        if target.table:
            placed, policy = self._kept(target, placed), _COMBINED
        self._books.classified += len(placed)
        yield from self._group(target, placed, policy)

    def _group(self, target: Target, placed: list[Placed], policy: Policy) -> Iterator[CrawledTable]:
        root = Folder(target.root, target.root.count("/"))
        for names, item, sample in placed:
            root.add(list(names), (item, sample))
        if target.prefix and root.files and root.files[0][0].key == target.prefix:
            sampled = root.files.pop(0)
            yield describe(one_file(f"{target.bucket}/{target.prefix}", sampled), target)
        if root.files or root.children:
            for group in tables(root, policy):
                if group.is_file:
                    self._books.note(APART, f"s3://{group.path}")
                yield describe(group, target)

    def _folders(self, target: Target) -> dict[tuple[str, ...], list[S3Object]]:
        """Return the files of every folder below the include path; all others are skipped with their reason."""
        excluded = excluder(list(target.exclusions))
        folders: defaultdict[tuple[str, ...], list[S3Object]] = defaultdict(list)
        prefix = target.prefix
        for item in self._s3.list(target.bucket, prefix):
            if prefix and item.key != prefix and not item.key.startswith(f"{prefix}/"):
                continue  # another folder whose name begins alike; it is not below the include path
            self._books.listed += 1
            relative = item.key[len(prefix) :].lstrip("/") or item.key.rpartition("/")[2]
            reason = _skip_reason(item, relative)
            if not reason and excluded and excluded.fullmatch(relative):
                reason = "the object matches an exclude pattern"
            if reason:
                self._books.skip(reason, f"s3://{target.bucket}/{item.key}")
            else:
                folders[tuple(relative.split("/")[:-1])].append(item)
        return {names: self._sampled(target, names, items) for names, items in folders.items()}

    def _sampled(self, target: Target, names: tuple[str, ...], items: list[S3Object]) -> list[S3Object]:
        """Return the files of one folder that are to be read."""
        base = f"s3://{target.root}" + "".join(f"{name}/" for name in names)
        if base in target.known:
            self._books.skip("the folder was crawled before (CRAWL_NEW_FOLDERS_ONLY)", base, len(items))
            return []
        rest = items[target.sample_size or len(items) :]
        if rest:
            self._books.skip(f"the folder is sampled (SampleSize {target.sample_size})", base, len(rest))
        return items[: target.sample_size or None]

    def _read(self, target: Target, folders: dict[tuple[str, ...], list[S3Object]]) -> Iterator[Placed]:
        """Yield what is known about the files; one that S3 does not return is skipped."""
        files = [(names, item) for names, items in folders.items() for item in items]
        with ThreadPoolExecutor(THREADS) as pool:
            samples = pool.map(lambda file: self._sample(target.bucket, file[1]), files)
            for (names, item), sample in zip(files, samples, strict=True):
                uri = f"s3://{target.bucket}/{item.key}"
                if isinstance(sample, ObjectUnreadable):
                    self._books.skip("S3 did not return the object", uri)
                    self._books.unread[uri] = sample.answer
                    continue
                for note in sample.notes:
                    if sample.classification == UNKNOWN:
                        self._books.note_unknown(note, uri)
                    else:
                        self._books.note(note, uri)
                yield names, item, sample

    def _sample(self, bucket: str, item: S3Object) -> Sample | ObjectUnreadable:
        key = f"{bucket}/{item.key}"
        if known := self._cache.get(key, item):
            return known
        try:
            sample = classify(self._s3, bucket, item, self._classifiers)
        except ObjectUnreadable as error:
            return error
        self._cache.put(key, item, sample)
        return sample

    def _kept(self, target: Target, placed: list[Placed]) -> list[Placed]:
        """Return the files that fit the table of a catalog target; the others are skipped."""
        kept = []
        wanted = main_format(target, [sample for _, _, sample in placed])
        for names, item, sample in placed:
            reason = fitting(target, names, sample, wanted)
            if reason:
                self._books.skip(reason, f"s3://{target.bucket}/{item.key}")
            else:
                kept.append((names[: len(target.keys)], item, sample))
        return kept


def _skip_reason(item: S3Object, relative: str) -> str:
    """Return why an object is not a data file, or nothing."""
    *names, name = relative.split("/")
    if not name:
        return "the object marks a folder"
    if any(part.endswith("_$folder$") for part in (*names, name)):
        return "the object marks a folder"
    if any(part.startswith(("_", ".")) for part in (*names, name)):
        return "the name, or a folder's, starts with _ or ."
    return "" if item.size else "the object is empty"
