"""A page of a listing, as XML of the store."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Self
from urllib.parse import quote, unquote_plus
from xml.etree import ElementTree

_SPACE = "http://s3.amazonaws.com/doc/2006-03-01/"
_PREFIXES = "CommonPrefixes"


@dataclass(frozen=True)
class Kind:
    """What a listing has: names of elements and of parameters."""

    items: tuple[str, ...]
    after: tuple[str, ...]
    """The parameters that name the key to begin after; the first that is given counts."""
    next_key: str
    limit: str = "max-keys"
    version: str = ""
    """The element that tells items with the same key apart."""
    second_marker: str = ""
    next_second: str = ""


OBJECTS_V1 = Kind(("Contents",), ("marker",), "NextMarker")
OBJECTS_V2 = Kind(("Contents",), ("continuation-token", "start-after"), "NextContinuationToken")
VERSIONS = Kind(
    ("Version", "DeleteMarker"),
    ("key-marker",),
    "NextKeyMarker",
    version="VersionId",
    second_marker="version-id-marker",
    next_second="NextVersionIdMarker",
)
UPLOADS = Kind(
    ("Upload",),
    ("key-marker",),
    "NextKeyMarker",
    limit="max-uploads",
    version="UploadId",
    second_marker="upload-id-marker",
    next_second="NextUploadIdMarker",
)


@dataclass(frozen=True)
class Item:
    """A key, or a common prefix, which has no element of the store."""

    key: bytes
    version: str = ""
    element: ElementTree.Element | None = None
    is_prefix: bool = False

    @property
    def etag(self) -> str:
        """The ETag, empty for a common prefix."""
        return self.text("ETag")

    def set_etag(self, etag: str) -> None:
        """Set the ETag; remove it if it is not known."""
        for element in [] if self.element is None else self.element.findall("{*}ETag"):
            element.text = etag
            if not etag and self.element is not None:
                self.element.remove(element)

    def text(self, name: str) -> str:
        """Return what an element of the item says, empty for a common prefix."""
        return "" if self.element is None else _text(self.element, name)


class Page:
    """A page that the store sent."""

    def __init__(self, root: ElementTree.Element, kind: Kind) -> None:
        self.root, self.kind = root, kind
        self.is_encoded = _text(root, "EncodingType") == "url"
        self.is_truncated = _text(root, "IsTruncated") == "true"
        self.items = [self._item(child) for child in root if _name(child) in (*kind.items, _PREFIXES)]

    @classmethod
    def parse(cls, content: bytes, kind: Kind) -> Self:
        """Read the store's XML."""
        return cls(ElementTree.fromstring(content), kind)  # noqa: S314  the store's own answer

    def _item(self, element: ElementTree.Element) -> Item:
        is_prefix = _name(element) == _PREFIXES
        key = self._decoded(_text(element, "Prefix" if is_prefix else "Key"))
        return Item(key, _text(element, self.kind.version), element, is_prefix)

    def _decoded(self, text: str) -> bytes:
        return (unquote_plus(text) if self.is_encoded else text).encode()

    @property
    def is_ordered(self) -> bool:
        """Whether keys and common prefixes are in the order of their bytes."""
        lists = ([item.key for item in self.items if item.is_prefix is kind] for kind in (True, False))
        return all(left <= right for keys in lists for left, right in itertools.pairwise(keys))

    @property
    def prefix(self) -> bytes:
        """The bytes that all keys begin with."""
        return self._decoded(_text(self.root, "Prefix"))

    @property
    def next_key(self) -> bytes:
        """The key that the store wants the next page to begin after."""
        text = _text(self.root, self.kind.next_key)
        return text.encode() if self.kind is OBJECTS_V2 else self._decoded(text)

    def next_markers(self) -> dict[str, str]:
        """Return the parameters that ask for the page after this one."""
        last = self.items[-1]
        return {self.kind.after[0]: last.key.decode()} | (
            {self.kind.second_marker: last.version} if self.kind.second_marker else {}
        )

    def render(self, items: list[Item], *, is_truncated: bool) -> bytes:
        """Return this page's XML with other items."""
        markers = {self.kind.next_key, self.kind.next_second}
        for child in list(self.root):
            if _name(child) in {*self.kind.items, _PREFIXES, *markers}:
                self.root.remove(child)
        for name, value in (("IsTruncated", str(is_truncated).lower()), ("KeyCount", str(len(items)))):
            for child in self.root.findall(f"{{*}}{name}"):
                child.text = value
        if is_truncated and items:
            self._add_markers(items[-1])
        self.items = items
        for item in items:
            self.root.append(self._prefix(item.key) if item.element is None else item.element)
        return self.xml()

    def xml(self) -> bytes:
        """Return this page as XML."""
        ElementTree.register_namespace("", _SPACE)
        return bytes(ElementTree.tostring(self.root, encoding="utf-8", xml_declaration=True))

    def _add_markers(self, last: Item) -> None:
        is_token = self.kind is OBJECTS_V2
        self._add(self.root, self.kind.next_key, last.key.decode() if is_token else self._encoded(last.key))
        if self.kind.next_second and not last.is_prefix:
            self._add(self.root, self.kind.next_second, last.version)

    def _prefix(self, key: bytes) -> ElementTree.Element:
        element = ElementTree.Element(f"{{{_SPACE}}}{_PREFIXES}")
        self._add(element, "Prefix", self._encoded(key))
        return element

    def _encoded(self, key: bytes) -> str:
        return quote(key, safe="/-_.~*") if self.is_encoded else key.decode()

    @staticmethod
    def _add(parent: ElementTree.Element, name: str, text: str) -> None:
        ElementTree.SubElement(parent, f"{{{_SPACE}}}{name}").text = text


def _name(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]


def _text(element: ElementTree.Element, name: str) -> str:
    return element.findtext(f"{{*}}{name}", "") if name else ""
