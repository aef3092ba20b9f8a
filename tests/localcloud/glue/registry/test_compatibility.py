"""The eight modes: which versions are compared, and in which direction."""

from __future__ import annotations

import json

import pytest

from localcloud.glue.registry.compatibility import why_incompatible
from localcloud.glue.registry.formats import fingerprint
from localcloud.glue.registry.model import AVAILABLE, FAILURE, Schema


def record(*fields: tuple[str, bool]) -> str:
    """An Avro record of ints, those with True have a default."""
    made = [{"name": name, "type": "int", **({"default": 0} if optional else {})} for name, optional in fields]
    return json.dumps({"type": "record", "name": "R", "fields": made})


A, AB, AB_OPTIONAL, B = (
    record(("a", False)),
    record(("a", False), ("b", False)),
    record(("a", False), ("b", True)),
    record(("b", False)),
)


def schema(mode: str, *definitions: str, checkpoint: int = 1) -> Schema:
    """A schema with these versions."""
    made = Schema("arn", "s", "r", "AVRO", mode, checkpoint=checkpoint)
    for definition in definitions:
        made.add(definition, fingerprint(definition), AVAILABLE)
    return made


@pytest.mark.parametrize(
    ("mode", "adds", "adds_optional", "removes"),
    [
        ("NONE", True, True, True),
        ("DISABLED", True, True, True),
        ("BACKWARD", False, True, True),
        ("FORWARD", True, True, False),
        ("FULL", False, True, False),
    ],
)
def test_directions(mode: str, adds: bool, adds_optional: bool, removes: bool) -> None:
    """BACKWARD: the new schema reads old data; FORWARD: the old one reads new data; FULL: both."""
    assert (why_incompatible(schema(mode, A), AB) is None) is adds
    assert (why_incompatible(schema(mode, A), AB_OPTIONAL) is None) is adds_optional
    assert (why_incompatible(schema(mode, AB), A) is None) is removes


def test_the_checkpoint_is_what_counts() -> None:
    """Without _ALL a new version is compared with the checkpoint, not with the latest."""
    assert why_incompatible(schema("BACKWARD", A, AB_OPTIONAL), AB) is not None
    assert why_incompatible(schema("BACKWARD", A, AB_OPTIONAL, checkpoint=2), AB) is None


def test_all_compares_with_every_version() -> None:
    """With _ALL a new version must be compatible with all versions that are available, wherever the checkpoint is."""
    reason = why_incompatible(schema("BACKWARD_ALL", A, AB_OPTIONAL, checkpoint=2), AB)
    assert reason == "BACKWARD_ALL with version 1: /b: the writer has no such field, and the reader has no default"


def test_failed_versions_do_not_count() -> None:
    """Later versions need not be compatible with a version that failed its check."""
    made = schema("FULL_ALL", A)
    made.add(B, fingerprint(B), FAILURE)
    assert why_incompatible(made, AB_OPTIONAL) is None
