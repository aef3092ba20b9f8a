"""What the lab's own resources of a template have in common."""

from __future__ import annotations

import json
import re
from typing import Any, ClassVar

from botocore.exceptions import ClientError
from moto.cloudformation.exceptions import ValidationError

from localcloud.cloudformation import inside

Properties = dict[str, Any]

_DYNAMIC = re.compile(r"\{\{resolve:secretsmanager:(.+?):SecretString:(\w+)\}\}")
made: list[Resource] = []
"""What the running CreateStack has made so far, in its order."""


class Resource:
    """One resource of a stack, made and removed by calls of its own service.

    A subclass names its type, the members of a template that it carries out, and how to make and remove it. What it
    does not carry out is refused, since a stack that is silently another would prove nothing.
    """

    TYPE: ClassVar[str]
    HELD: ClassVar[frozenset[str]]
    ATTRIBUTES: ClassVar[tuple[str, ...]] = ()
    SERVICE: ClassVar[str]

    def __init__(self, name: str, region: str, properties: Properties) -> None:
        self.physical_resource_id = name
        self.region = region
        self.attributes: dict[str, Any] = {}
        self.make(properties)

    def make(self, given: Properties) -> None:
        """Make it; set `physical_resource_id` and `attributes`."""
        raise NotImplementedError

    def remove(self) -> None:
        """Remove it."""
        raise NotImplementedError

    @property
    def api(self) -> Any:
        """A client of the service."""
        return inside.client(self.SERVICE, self.region)

    # what moto asks for

    @classmethod
    def cloudformation_name_type(cls) -> str:
        """Say that a name, where the template gives one, is read by `make`."""
        return ""

    @classmethod
    def cloudformation_type(cls) -> str:
        """Return the type's name in templates."""
        return cls.TYPE

    @classmethod
    def has_cfn_attr(cls, attr: str) -> bool:
        """Return whether Fn::GetAtt knows the name."""
        return attr in cls.ATTRIBUTES

    @classmethod
    def create_from_cloudformation_json(
        cls,
        resource_name: str,
        cloudformation_json: Properties,
        account_id: str,  # noqa: ARG003  as moto calls it
        region_name: str,
        **_: Any,
    ) -> Any:
        """Make the resource of a new stack."""
        given = resolved(cloudformation_json.get("Properties", {}), region_name)
        if unknown := sorted(set(given) - cls.HELD):
            raise ValidationError(cls.TYPE, f"The lab does not carry out {', '.join(unknown)} of {cls.TYPE}.")
        try:
            resource = cls(resource_name, region_name, given)
        except ClientError as error:
            raise ValidationError(cls.TYPE, f"{cls.TYPE} {resource_name}: {error}") from error
        made.append(resource)
        return resource

    @classmethod
    def update_from_cloudformation_json(cls, *_: Any, **__: Any) -> Any:
        """Refuse: the lab makes and removes, it does not change."""
        raise ValidationError(
            cls.TYPE, f"The lab does not change a {cls.TYPE}. Try: delete the stack and create it again."
        )

    def delete(self, _account_id: str, _region_name: str) -> None:
        """Remove the resource of a deleted stack."""
        self.remove()

    def get_cfn_attribute(self, name: str) -> Any:
        """Return the value of Fn::GetAtt."""
        try:
            return self.attributes[name]
        except KeyError:
            raise ValidationError(self.TYPE, f"{self.TYPE} has no attribute {name}.") from None

    @property
    def physical_resource_name(self) -> str:
        """Return the name by which the service knows it."""
        return self.physical_resource_id

    def is_created(self) -> bool:
        """Say that it is there."""
        return True


def resolved(value: Any, region: str) -> Any:
    """Return a value of a template with its dynamic references to secrets replaced."""
    if isinstance(value, dict):
        return {key: resolved(item, region) for key, item in value.items()}
    if isinstance(value, list):
        return [resolved(item, region) for item in value]
    if not isinstance(value, str):
        return value
    return _DYNAMIC.sub(lambda reference: _secret(reference[1], reference[2], region), value)


def _secret(name: str, key: str, region: str) -> str:
    text = inside.client("secretsmanager", region).get_secret_value(SecretId=name)["SecretString"]
    return str(json.loads(text)[key])


def lower_first(value: Any) -> Any:
    """Return a structure with the first letter of each key lowered, as newer services name theirs."""
    if isinstance(value, dict):
        return {key[:1].lower() + key[1:]: lower_first(item) for key, item in value.items()}
    return [lower_first(item) for item in value] if isinstance(value, list) else value
