"""Walks the keys of a bucket in S3's order and reads no more of them than the caller takes.

The store sorts names folder by folder: `a/b` comes before `a-b`. In S3, `a/` itself is compared with `a-b`. So within
one folder, a subfolder waits until no name that belongs before it can follow.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from localcloud.s3.page import Item, Kind, Page
from localcloud.s3.reader import Reader

_SLASH = b"/"
_END = "\U0010ffff".encode()
"""Sorts after all names of a folder."""


@dataclass(frozen=True)
class Group:
    """A name of a folder: a key, or all keys of a subfolder, whose name ends with a slash."""

    name: bytes
    items: Iterable[Item]


@dataclass(frozen=True)
class Walk:
    """Walks keys, or, if `is_level`, only those of one folder with a common prefix for each subfolder."""

    reader: Reader
    kind: Kind
    values: Mapping[str, str]
    """The parameters of the listing."""
    is_level: bool = False

    def items(self, prefix: bytes, after: bytes) -> Iterator[Item]:
        """Yield the items that begin with `prefix` and come after a key."""
        start = prefix.rfind(_SLASH) + 1
        items = self._folder(prefix[:start], prefix[start:], after)
        return (item for item in items if item.is_prefix or item.key > after)

    def _folder(self, folder: bytes, name: bytes, after: bytes) -> Iterator[Item]:
        """Yield the items of a folder whose names begin with `name`."""
        rest = after.removeprefix(folder) if after.startswith(folder + name) else b""
        if after > folder + name and not rest:
            return
        waiting: list[tuple[bytes, Group]] = []
        for group in self._resumed(folder, rest, after):
            if group.name.startswith(name):
                heapq.heappush(waiting, (group.name, group))
        for group in self._groups(folder, name, folder + _passed(rest) if rest else b""):
            while waiting and waiting[0][0] <= group.name.removesuffix(_SLASH):
                yield from self._kept(heapq.heappop(waiting)[1])
            heapq.heappush(waiting, (group.name, group))
        while waiting:
            yield from self._kept(heapq.heappop(waiting)[1])

    def _kept(self, group: Group) -> Iterator[Item]:
        """Yield the items of a group but no common prefix of a folder without keys."""
        return (item for item in group.items if not item.is_prefix or self.reader.has_keys(item.key))

    def _resumed(self, folder: bytes, rest: bytes, after: bytes) -> Iterator[Group]:
        """Yield the subfolders that the store has before a key and that have keys after it in S3."""
        begun, slash, inner = rest.partition(_SLASH)
        for at in range(1, len(begun)):
            if begun[at : at + 1] < _SLASH:  # `a/` after `a-b`
                yield self._subfolder(folder, begun[:at])
        if begun and not slash:
            yield self._subfolder(folder, begun)
        elif begun and (inner or not self.is_level):
            yield self._subfolder(folder, begun, after)

    def _subfolder(self, folder: bytes, name: bytes, after: bytes = b"") -> Group:
        path = folder + name + _SLASH
        keys = Walk(self.reader, self.kind, self.values).items(path, after if after.startswith(path) else b"")
        return Group(name + _SLASH, _common_prefix(path, keys) if self.is_level else keys)

    def _groups(self, folder: bytes, name: bytes, start: bytes) -> Iterator[Group]:
        """Yield the names of a folder after a key in the order of the store."""
        is_last = False
        while not is_last:
            page = self.reader.page(self.kind, self.values, folder + name, start, "/" if self.is_level else "")
            is_last = not page.is_truncated
            if not is_last and not page.items:
                raise RuntimeError(f"The store ended a listing of {self.reader.bucket} before its last key.")
            groups = list(_grouped(page, len(folder)))
            if not is_last and groups and groups[-1].name.endswith(_SLASH) and not self.is_level:
                last = groups.pop()  # the page may not have all of it
                if not groups:
                    groups = [self._subfolder(folder, last.name[:-1])]
            yield from groups
            if groups:
                start = folder + groups[-1].name + (_END if groups[-1].name.endswith(_SLASH) else b"")


def _passed(rest: bytes) -> bytes:
    """Return a name after which the store has what follows: past `a/` and `a-b` for `a/1`, past the folder for `a`."""
    begun, slash, _ = rest.partition(_SLASH)
    return begun + (b"." if slash else _SLASH) + _END


def _common_prefix(path: bytes, keys: Iterator[Item]) -> Iterator[Item]:
    if next(keys, None) is not None:
        yield Item(path, is_prefix=True)


def _grouped(page: Page, start: int) -> Iterator[Group]:
    def name_of(item: Item) -> bytes:
        name, slash, _ = item.key[start:].partition(_SLASH)
        return name + slash

    items = sorted(page.items, key=lambda item: item.key.split(_SLASH))
    for name, group in itertools.groupby(items, key=name_of):
        yield Group(name, sorted(group, key=lambda item: item.key))
