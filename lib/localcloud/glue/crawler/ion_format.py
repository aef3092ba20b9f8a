"""Amazon Ion, binary and text: structs one after another."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from amazon.ion import simpleion
from amazon.ion.core import IonType
from amazon.ion.exceptions import IonException
from amazon.ion.simple_types import IonPyNull

from localcloud.glue.crawler.content import Content, NotRecognized
from localcloud.glue.crawler.sample import Sample
from localcloud.glue.crawler.schema import Type
from localcloud.glue.crawler.values import columns_of, number_type

MAX_RECORDS = 10_000
BINARY = b"\xe0\x01\x00\xea"
_PLAIN = {
    IonType.BOOL: "boolean",
    IonType.FLOAT: "double",
    IonType.TIMESTAMP: "timestamp",
    IonType.BLOB: "binary",
    IonType.CLOB: "binary",
}


def sample_ion(content: Content) -> Sample:
    """Return what an Ion file holds; at most 10,000 structs are looked at.

    Raises:
        NotRecognized: it is not Ion, or a value at the top is not a struct.
    """
    structs = list(_structs(content))
    if not structs:
        raise NotRecognized("it contains no complete Ion struct")
    columns, notes = columns_of(structs, _scalar)
    share = 1.0 if len(structs) < MAX_RECORDS else max(1.0, content.raw.count(b"\n") / len(structs))
    return Sample("ion", columns=columns, records=round(len(structs) * share), notes=notes)


def _structs(content: Content) -> Iterator[Any]:
    source: Any = content.raw if content.raw.startswith(BINARY) else content.text
    count = 0
    try:
        for value in simpleion.loads(source, single_value=False, parse_eagerly=False):
            if getattr(value, "ion_type", None) != IonType.STRUCT:
                raise NotRecognized("a value at the top of the Ion file is not a struct")
            yield value
            count += 1
            if count == MAX_RECORDS:
                return
    except (IonException, UnicodeDecodeError, ValueError) as error:
        if not content.is_cut or not count:
            raise NotRecognized(f"it is not Ion: {error}") from None


def _scalar(value: Any) -> Type:
    kind = getattr(value, "ion_type", IonType.NULL)
    if value is None or isinstance(value, IonPyNull):
        return "null"
    if kind == IonType.INT:
        return number_type(int(value))
    if kind == IonType.DECIMAL:
        return _decimal(value)
    return _PLAIN.get(kind, "string")


def _decimal(value: Any) -> str:
    _, digits, exponent = value.as_tuple()
    scale = max(0, -exponent)
    precision = max(len(digits) + max(0, exponent), scale, 1)
    return f"decimal({precision},{scale})" if precision <= 38 else "double"
