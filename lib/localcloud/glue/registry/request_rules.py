"""Checks the strings of a registry request against the API's model, with the messages of the Schema Registry."""

from __future__ import annotations

from typing import Any, Final

from botocore.model import MapShape, Shape, StringShape, StructureShape
from moto.glue.exceptions import (
    GSRInvalidInputException,
    InvalidCompatibilityException,
    InvalidDataFormatException,
    InvalidNumberOfTagsException,
    ParamValueContainsInvalidCharactersException,
    ResourceNameTooLongException,
)

from localcloud.aws.validation import compiled_pattern

_ENUMS: Final = {"DataFormat": InvalidDataFormatException, "Compatibility": InvalidCompatibilityException}
_NAMES: Final = {"SchemaVersionId": "SchemaVersionId", "MetadataKey": "key", "MetadataValue": "value"}
"""Parameters that messages call by another name than their own with a small first letter."""
_MAX_TAGS: Final = 50


def check(value: Any, shape: Shape, name: str = "") -> None:
    """Check the strings in a request.

    Raises:
        GSRInvalidInputException: one is too long, has characters that its pattern does not allow, or is not listed.
    """
    if isinstance(shape, StructureShape) and isinstance(value, dict):
        for member, part in shape.members.items():
            check(value.get(member), part, member)
    elif isinstance(shape, MapShape) and isinstance(value, dict) and len(value) > _MAX_TAGS:
        raise InvalidNumberOfTagsException
    elif isinstance(shape, StringShape) and isinstance(value, str):
        _check_string(value, shape, name)


def _check_string(value: str, shape: StringShape, name: str) -> None:
    if shape.enum and value not in shape.enum:
        error = _ENUMS.get(name)
        raise error() if error else GSRInvalidInputException(f"{name} is not valid.")
    called = _NAMES.get(name, name[:1].lower() + name[1:])
    size = len(value.encode("utf-8", "surrogatepass"))
    if size > shape.metadata.get("max", size):
        raise ResourceNameTooLongException(called)
    pattern = compiled_pattern(shape.metadata["pattern"]) if "pattern" in shape.metadata else None
    if size < shape.metadata.get("min", 0) or (pattern and not pattern.fullmatch(value)):
        raise ParamValueContainsInvalidCharactersException(called)
