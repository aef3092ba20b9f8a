"""XML files: the elements with the row tag are the rows; their attributes and children are the columns.

Attributes become columns with `_` in front, and text next to attributes or children the column `_value`, as in Glue's
XML format (aws-glue-programming-etl-format-xml-home).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from xml.parsers import expat

from localcloud.glue.crawler.content import Content, NotRecognized
from localcloud.glue.crawler.sample import Sample
from localcloud.glue.crawler.values import columns_of, plain_type

NOTE = "Athena does not read XML: it has no SerDe for this table"
MAX_DEPTH = 200
_START = re.compile(rb"(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)?[\s\x00]*<")
_TAG = re.compile(rb"""<[^"'>]*(?:"[^"]*"[^"'>]*|'[^']*'[^"'>]*)*>""")
_INTEGER = re.compile(r"-?(?:0|[1-9]\d{0,18})")
_PADDED = re.compile(r"[+-]?0\d")
_DOUBLE = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")


@dataclass
class Element:
    """One element. `is_empty_tag`: it was written as `<tag/>`; `is_closed`: its end was read."""

    tag: str
    attributes: dict[str, str]
    children: list[Element] = field(default_factory=list)
    text: str = ""
    is_closed: bool = False
    is_empty_tag: bool = False

    def walk(self, tag: str) -> Iterator[Element]:
        """Yield the outermost elements with a tag, in document order."""
        if self.tag == tag:
            yield self
            return
        for child in self.children:
            yield from child.walk(tag)


def sample_xml(content: Content, row_tag: str | None = None) -> Sample:
    """Return what an XML file holds; without a row tag, the tag that repeats below the root, else the root's own.

    Raises:
        NotRecognized: it is not well-formed, or has no row that ends with a closing tag.
    """
    root = _parsed(content)
    tag = row_tag or _repeated(root)
    elements = [element for element in root.walk(tag) if element.is_closed or element is root]
    rows = [element for element in elements if not element.is_empty_tag]
    if not rows:
        raise NotRecognized(f"the XML has no element <{tag}>...</{tag}> (self-closing ones are not rows)")
    columns, notes = columns_of((_record(row) for row in rows), plain_type)
    skipped = len(elements) - len(rows)
    if skipped:
        notes = (*notes, f"{skipped} self-closing <{tag}/> elements are not rows")
    parameters, serde = {"rowTag": tag}, {"rowTag": tag, "format": "xml"}
    return Sample("xml", columns=columns, records=len(rows), parameters=parameters, serde=serde, notes=(NOTE, *notes))


def _repeated(root: Element) -> str:
    tags = {child.tag for child in root.children}
    return tags.pop() if len(tags) == 1 and len(root.children) > 1 else root.tag


class _Builder:
    def __init__(self, raw: bytes, encoding: str | None) -> None:
        self._raw, self._open = raw, list[Element]()
        self.root: Element | None = None
        self.parser = expat.ParserCreate(encoding)
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._characters
        self.parser.buffer_text = True

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        tag_text = _TAG.match(self._raw, self.parser.CurrentByteIndex)
        element = Element(tag, attributes, is_empty_tag=tag_text is not None and tag_text[0].endswith(b"/>"))
        if len(self._open) > MAX_DEPTH:
            raise NotRecognized(f"the XML is nested more than {MAX_DEPTH} deep")
        if self._open:
            self._open[-1].children.append(element)
        else:
            self.root = element
        self._open.append(element)

    def _end(self, _tag: str) -> None:
        self._open.pop().is_closed = True

    def _characters(self, text: str) -> None:
        if self._open:
            self._open[-1].text += text


def _parsed(content: Content) -> Element:
    if not _START.match(content.raw):
        raise NotRecognized("it does not start with <")
    raw, encoding = content.raw, None
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):  # the start tags are looked at as bytes
        raw, encoding = raw.decode("utf-16", errors="replace").encode(), "utf-8"
    builder = _Builder(raw, encoding)
    try:
        builder.parser.Parse(raw, not content.is_cut)
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise NotRecognized(f"it starts like XML, but is not well-formed: {error}") from None
    if builder.root is None:
        raise NotRecognized("the XML has no element in its first part")
    return builder.root


def _record(element: Element) -> dict[str, Any]:
    value = _value(element)
    return value if isinstance(value, dict) else {"_value": value}


def _value(element: Element) -> Any:
    if not element.attributes and not element.children:
        return _scalar(element.text)
    record: dict[str, Any] = {f"_{name}": _scalar(text) for name, text in element.attributes.items()}
    for child in element.children:
        _add(record, child.tag, _value(child))
    if element.text.strip():
        record["_value"] = _scalar(element.text)
    return record


def _add(record: dict[str, Any], tag: str, value: Any) -> None:
    if tag not in record:
        record[tag] = value
    elif isinstance(record[tag], list):
        record[tag].append(value)
    else:
        record[tag] = [record[tag], value]


def _scalar(text: str) -> Any:
    text = text.strip()
    if not text:
        return None
    if _INTEGER.fullmatch(text):
        return int(text)
    if _DOUBLE.fullmatch(text) and not _PADDED.match(text):
        return float(text)
    return text == "true" if text in ("true", "false") else text
