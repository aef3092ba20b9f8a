"""The walk has S3's order, from pages in the order of the store, and reads few of them."""

from __future__ import annotations

import itertools
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localcloud.s3.page import OBJECTS_V2, Item
from localcloud.s3.walk import Walk


class Store:
    """Keys in pages as the store returns them: folder by folder."""

    bucket = "b"

    def __init__(self, keys: set[str], size: int) -> None:
        self.keys, self.size, self.pages = {key.encode() for key in keys}, size, 0

    def page(self, _kind: Any, _values: Any, prefix: bytes, after: bytes, delimiter: str) -> Any:
        """Return some items after a key; a folder with the name of that key is left out."""
        self.pages += 1
        items = {self._item(key, prefix, delimiter) for key in self.keys if key.startswith(prefix)}
        items = {item for item in items if not after or _place(after) < _place(item.key)}
        items = {item for item in items if not after or not item.key.startswith(after + b"/")}
        left = sorted(items, key=lambda item: _place(item.key))
        return SimpleNamespace(items=left[: self.size], is_truncated=len(left) > self.size)

    def has_keys(self, prefix: bytes) -> bool:
        """Check whether a key begins with `prefix`."""
        return any(key.startswith(prefix) for key in self.keys)

    @staticmethod
    def _item(key: bytes, prefix: bytes, delimiter: str) -> Item:
        end = key.find(b"/", len(prefix)) if delimiter else -1
        return Item(key) if end < 0 else Item(key[: end + 1], is_prefix=True)


def _place(key: bytes) -> list[bytes]:
    return key.removesuffix(b"/").split(b"/")


def expected(keys: set[str], prefix: str, after: str, *, is_level: bool) -> list[bytes]:
    """Return what S3 lists."""
    left = sorted(key.encode() for key in keys if key.startswith(prefix) and key.encode() > after.encode())
    if not is_level:
        return left
    ends = [(key, key.find(b"/", len(prefix.encode()))) for key in left]
    names = [key if end < 0 else key[: end + 1] for key, end in ends]
    skipped = after.encode() if after.endswith("/") else b""
    return [name for name, _ in itertools.groupby(names) if not skipped or not name.startswith(skipped)]


def walked(store: Store, prefix: str, after: str, *, is_level: bool) -> list[bytes]:
    """Return the keys and common prefixes of a walk."""
    walk = Walk(store, OBJECTS_V2, {}, is_level)  # type: ignore[arg-type]
    return [item.key for item in walk.items(prefix.encode(), after.encode())]


def without_folders_with_names_of_files(keys: set[str]) -> set[str]:
    """Leave out keys that the store can't hold: `a` next to `a/b`."""
    return {key for key in keys if not any(other.startswith(key + "/") for other in keys)}


NAMES = st.text(alphabet="ab-.!0ü", min_size=1, max_size=3)
KEYS = st.sets(st.lists(NAMES, min_size=1, max_size=3).map("/".join), max_size=25).map(
    without_folders_with_names_of_files
)
PLACES = st.lists(NAMES, max_size=3).map("/".join)


@given(keys=KEYS, prefix=PLACES, size=st.integers(1, 4), is_level=st.booleans(), data=st.data())
def test_a_walk_has_each_key_once_in_the_order_of_bytes(
    keys: set[str], prefix: str, size: int, *, is_level: bool, data: st.DataObject
) -> None:
    """From any key on, below any prefix, and with the common prefixes of one folder."""
    after = data.draw(st.one_of(PLACES, st.sampled_from(sorted(keys)) if keys else PLACES))
    if is_level and after.startswith(prefix) and "/" in after[len(prefix) :]:
        after = after[: after.index("/", len(prefix)) + data.draw(st.integers(0, 1))]
    result = walked(Store(keys, size), prefix, after, is_level=is_level)
    assert result == expected(keys, prefix, after, is_level=is_level)


@pytest.mark.parametrize("is_level", [False, True])
def test_a_page_costs_the_same_wherever_it_is(*, is_level: bool) -> None:
    """The walk stops when its caller does, so that pages of many keys together read each key a few times at most."""
    keys = {f"{folder}/{number:04}" for folder in ("a", "a-b", "b") for number in range(500)} | {"a.txt", "b.txt"}
    after, costs, total = b"", [], 0
    while True:
        store = Store(keys, 10)
        walk = Walk(store, OBJECTS_V2, {}, is_level)  # type: ignore[arg-type]
        page = list(itertools.islice(walk.items(b"", after), 10))
        if not page:
            break
        after, total = page[-1].key, total + len(page)
        costs.append(store.pages)
    assert total == (5 if is_level else len(keys))
    assert max(costs) <= 10
