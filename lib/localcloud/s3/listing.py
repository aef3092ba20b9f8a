"""Lists keys in S3's order, by their bytes. The store lists a folder first: `a/b` before `a-b`.

A page that the store has in the right order goes out as it is. Any other one is put together from the store's folders;
for versions and uploads, all items below the prefix are read and sorted.
https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import parse_qsl

from werkzeug.wrappers import Response

from localcloud.s3 import versions
from localcloud.s3.forward import Call, forward
from localcloud.s3.page import OBJECTS_V1, OBJECTS_V2, UPLOADS, VERSIONS, Item, Kind, Page
from localcloud.s3.reader import Reader
from localcloud.s3.walk import Walk

_MAX_ITEMS, _OK = 1000, 200
_SLASH = ord("/")
_ROOT = re.compile(rb"<List(Bucket|Versions|MultipartUploads)Result[ >]")


@dataclass(frozen=True)
class Listing:
    """What a request asks for."""

    kind: Kind
    values: dict[str, str]

    @property
    def prefix(self) -> bytes:
        """The bytes that all keys begin with."""
        return self.values.get("prefix", "").encode()

    @property
    def delimiter(self) -> bytes:
        """The bytes that end a common prefix, empty for none."""
        return self.values.get("delimiter", "").encode()

    @property
    def after(self) -> bytes:
        """The key that the listing begins after, empty for the first page."""
        return next((self.values[name].encode() for name in self.kind.after if self.values.get(name)), b"")

    @property
    def limit(self) -> int:
        """How many items a page has at most."""
        return min(int(self.values.get(self.kind.limit) or _MAX_ITEMS), _MAX_ITEMS)


def answer_listing(call: Call, reader: Reader) -> Response:
    """Return the page that S3 would return, or the store's answer if it isn't a listing."""
    answer = forward(call, reader.store)
    if answer.status_code != _OK or not _ROOT.search(answer.get_data()[:500]):
        return answer
    listing = _listing_of(call)
    page = Page.parse(answer.get_data(), listing.kind)
    is_exact = page.is_ordered and _is_exact(listing, page, reader)
    if not is_exact or _has_empty_folder(listing, page, reader):
        answer.set_data(_sorted_page(listing, page, reader))
    if listing.kind is VERSIONS and versions.correct_etags(page, listing.after, reader):
        answer.set_data(page.xml())
    return answer


def _listing_of(call: Call) -> Listing:
    values = dict(parse_qsl(call.query, keep_blank_values=True))
    if "versions" in values:
        return Listing(VERSIONS, values)
    if "uploads" in values:
        return Listing(UPLOADS, values)
    return Listing(OBJECTS_V2 if values.get("list-type") == "2" else OBJECTS_V1, values)


def _is_exact(listing: Listing, page: Page, reader: Reader) -> bool:
    """Check that the keys of an ordered page are those that S3 would have on it."""
    if not page.is_truncated and not listing.after:
        return True
    if listing.kind not in (OBJECTS_V1, OBJECTS_V2) or listing.delimiter not in (b"", b"/"):
        return False
    if any(item.key <= listing.after for item in page.items) or not _rolled_up(listing, page):
        return False
    if any(reader.has_keys(folder) for folder in _folders_before(listing)):
        return False
    return not page.is_truncated or _is_end_exact(listing, page, reader)


def _has_empty_folder(listing: Listing, page: Page, reader: Reader) -> bool:
    """Check whether a common prefix has no keys: the store keeps a folder for minutes after its last key is deleted."""
    prefixes = {item.key for item in page.items if item.is_prefix}
    if not prefixes or listing.kind is UPLOADS:
        return False
    if listing.kind is VERSIONS:
        return not all(map(reader.has_versions, prefixes))
    keys = reader.etags(listing.prefix, listing.after)
    filled = {item.key for item in _grouped(listing, map(Item, keys))}
    return not all(map(reader.has_keys, prefixes - filled))


def _is_end_exact(listing: Listing, page: Page, reader: Reader) -> bool:
    """Check that the page ends with the last of its keys, and that nothing after it belongs before it."""
    keys = [item.key for item in page.items]
    last = max(keys, key=lambda key: key.split(b"/"))
    return last == max(keys) == page.next_key and not any(map(reader.has_siblings, _open_folders(listing, last)))


def _rolled_up(listing: Listing, page: Page) -> bool:
    """Check that each common prefix ends at the first delimiter."""
    start = len(listing.prefix)
    return all(item.key.find(listing.delimiter, start) == len(item.key) - 1 for item in page.items if item.is_prefix)


def _folders_before(listing: Listing) -> Iterable[bytes]:
    """Return the folders that the store has before the page, or leaves out, and S3 in it: `a/` after `a-b` and `a`."""
    key = listing.after
    ends = [at for at, sign in enumerate(key) if at and sign < _SLASH and key[at - 1] != _SLASH]
    if key and not key.endswith(b"/"):
        ends.append(len(key))
    for folder in (key[:at] + b"/" for at in ends):
        if folder.startswith(listing.prefix) or listing.prefix.startswith(folder):
            yield max(folder, listing.prefix)


def _open_folders(listing: Listing, last: bytes) -> Iterable[bytes]:
    """Return the folders of the store's last key: what follows them in the store may come before them in S3."""
    return (last[:at] for at, sign in enumerate(last) if sign == _SLASH and at >= len(listing.prefix))


def _sorted_page(listing: Listing, page: Page, reader: Reader) -> bytes:
    """Return the page as S3 has it."""
    left = list(itertools.islice(_items(listing, reader), listing.limit + 1))
    kept = left[: listing.limit]
    return page.render(kept, is_truncated=len(left) > len(kept))


def _items(listing: Listing, reader: Reader) -> Iterator[Item]:
    """Return the items that follow, in S3's order."""
    if listing.kind not in (OBJECTS_V1, OBJECTS_V2):
        items = sorted(reader.read_all(listing.kind, listing.values), key=lambda item: item.key)
        return _grouped(listing, _following(listing, items))
    is_level = listing.delimiter == b"/"
    walked = Walk(reader, listing.kind, listing.values, is_level).items(listing.prefix, listing.after)
    return walked if is_level else _grouped(listing, (item for item in walked if not _is_listed(listing, item)))


def _is_listed(listing: Listing, item: Item) -> bool:
    """Check whether a key is in the common prefix that the listing begins after."""
    after = listing.after
    return bool(listing.delimiter) and after.endswith(listing.delimiter) and item.key.startswith(after)


def _following(listing: Listing, items: list[Item]) -> list[Item]:
    """Return the items after the one that the request names."""
    after, version = listing.after, listing.values.get(listing.kind.second_marker, "")
    if not after:
        return items
    if version:
        same = [at for at, item in enumerate(items) if (item.key, item.version) == (after, version)]
        if same:
            return items[same[0] + 1 :]
    return [item for item in items if item.key > after and not _is_listed(listing, item)]


def _grouped(listing: Listing, items: Iterable[Item]) -> Iterator[Item]:
    """Yield the items with one common prefix instead of the keys that share it."""
    last = b""
    for item in items:
        end = item.key.find(listing.delimiter, len(listing.prefix)) if listing.delimiter else -1
        prefix = item.key[: end + len(listing.delimiter)] if end >= 0 else b""
        if not prefix:
            yield item
        elif prefix != last:
            yield Item(prefix, is_prefix=True)
            last = prefix
