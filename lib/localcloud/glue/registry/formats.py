"""The data formats of schemas: is a definition valid, are two the same, can one read data of the other?"""

from __future__ import annotations

import json
from collections.abc import Callable
from hashlib import sha256
from typing import Any, Final

from moto.glue.exceptions import InvalidSchemaDefinitionException

from localcloud.aws.refusal import Refusal
from localcloud.glue.registry import avro_rules, avro_schema, json_rules, json_schema

_FORMATS: Final[dict[str, tuple[Callable[[Any], Any], Callable[[Any, Any], str | None]]]] = {
    "AVRO": (avro_schema.parse, avro_rules.why_unreadable),
    "JSON": (json_schema.parse, json_rules.why_unreadable),
}


def parse(data_format: str, definition: str) -> Any:
    """Return a definition as the rules of its format read it.

    Raises:
        InvalidSchemaDefinitionException: it is invalid; the message says why.
        Refusal: the format is PROTOBUF. Remedy: use AVRO or JSON.
    """
    if data_format not in _FORMATS:
        text = f"Glue schemas of the format {data_format} are not supported. The lab checks AVRO and JSON."
        raise Refusal("UnsupportedOperation", text, 501)
    try:
        return _FORMATS[data_format][0](json.loads(definition, parse_constant=_no_number))
    except RecursionError:
        raise InvalidSchemaDefinitionException(data_format, ValueError("it is nested too deeply")) from None
    except ValueError as error:
        raise InvalidSchemaDefinitionException(data_format, error) from None


def why_unreadable(data_format: str, reader: str, writer: str) -> str | None:
    """Return why a reader with one definition cannot read all data of another; None if it can."""
    try:
        return _FORMATS[data_format][1](parse(data_format, reader), parse(data_format, writer))
    except RecursionError:
        return "the schemas are nested too deeply to compare"
    except ValueError as error:  # a pattern of JSON Schema that cannot be applied
        return str(error)


def fingerprint(definition: str) -> str:
    """Return what is equal for definitions that differ only in blanks and the order of members."""
    return sha256(json.dumps(json.loads(definition), sort_keys=True).encode()).hexdigest()


def _no_number(name: str) -> Any:
    raise ValueError(f"{name} is not a JSON number")
