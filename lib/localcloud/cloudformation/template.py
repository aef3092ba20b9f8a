"""Reads a template: YAML with the short forms of CloudFormation's functions, or JSON.

moto's own reader runs Python that is in a template, and takes `!GetAtt A.B.C` and `!Condition A` for other things.
"""

from __future__ import annotations

import json
from typing import Any

import yaml
from moto.cloudformation.exceptions import ValidationError

from localcloud.cloudformation.types import MADE


class _Loader(yaml.SafeLoader):
    """Safe YAML, with the short forms."""


def _function(loader: yaml.SafeLoader, name: str, node: yaml.Node) -> dict[str, Any]:
    value: Any
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)  # type: ignore[arg-type]
    if name == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {name if name in ("Ref", "Condition") else f"Fn::{name}": value}


_Loader.add_multi_constructor("!", _function)
# A date of a template, as in a policy's Version, is text.
_Loader.add_constructor("tag:yaml.org,2002:timestamp", yaml.SafeLoader.construct_yaml_str)  # type: ignore[type-var]


def normal(template: str) -> str:
    """Return the template as JSON with the long forms of functions.

    Raises ValidationError if it is not a template, or has a type that the lab does not make.
    """
    try:
        parsed: dict[str, Any] = yaml.load(template, Loader=_Loader)  # noqa: S506  a safe loader with more tags
        used = {resource["Type"] for resource in parsed.get("Resources", {}).values()}
        text = json.dumps(parsed)
    except (yaml.YAMLError, AttributeError, KeyError, TypeError) as error:
        raise ValidationError("template", f"Template format error: {str(error)[:200]}") from error
    if unknown := sorted(used - MADE.keys()):
        names = ", ".join(unknown)
        raise ValidationError(
            names, f"The lab does not make {names}. Try: leave it out. docs/operations.md lists types."
        )
    return text
