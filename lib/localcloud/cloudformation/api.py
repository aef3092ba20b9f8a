"""The API of CloudFormation: moto's, but a template with a type that the lab can't make is refused as a whole.

https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/Welcome.html
"""

from __future__ import annotations

from typing import Any

from moto.cloudformation.exceptions import ValidationError
from moto.cloudformation.models import cloudformation_backends
from moto.cloudformation.parsing import ResourceMap, get_model_map
from moto.cloudformation.responses import CloudFormationResponse as MotoCloudFormationResponse
from moto.core.exceptions import ServiceException
from moto.core.responses import ActionResult

# Their classes join moto's by being defined; the later of two classes of one type counts.
from localcloud.cloudformation import account as _account
from localcloud.cloudformation import lake as _lake
from localcloud.cloudformation import network as _network
from localcloud.cloudformation.resource import Resource, made
from localcloud.cloudformation.template import normal

__all__ = ["CloudFormationResponse", "_account", "_lake", "_network", "get_model_map"]


def _delete_last_first(resources: ResourceMap) -> None:
    """Remove what a stack made, in the opposite order, as often as that gets further; raise the last error if not."""
    template, parsed = resources._resource_json_map, resources._parsed_resources
    left = [name for name in reversed(parsed) if name in template and template[name].get("DeletionPolicy") != "Retain"]
    while left:
        failed: dict[str, Exception] = {}
        for name in left:
            try:
                if parsed[name] is not None:  # else its condition did not hold
                    resources._delete_resource(parsed[name], template[name])
            except Exception as error:  # another resource may have to go first
                failed[name] = error
            else:
                del parsed[name]
        if len(failed) == len(left):
            errors = "; ".join(f"{name}: {error}" for name, error in failed.items())
            raise ValidationError("DELETE_FAILED", f"The stack can't be deleted: {errors}")
        left = list(failed)


# moto goes through a set, in an order that each process draws again: a route may come after its table, and stay.
ResourceMap.delete = _delete_last_first  # type: ignore[assignment,method-assign]


def _remove(resources: list[Resource]) -> str:
    """Remove what a failed stack has made; return what could not be removed, and why."""
    left = []
    for resource in resources:
        try:
            resource.remove()
        except Exception as error:  # the others have to go as well
            left.append(f"{resource.physical_resource_id}: {error}")
    return "; ".join(left)


class CloudFormationResponse(MotoCloudFormationResponse):
    """Answers the calls of CloudFormation's API."""

    backends = cloudformation_backends

    def call_action(self) -> Any:
        """Read a call's template before moto does; GetTemplate answers what was read, as JSON."""
        try:
            if self._get_param("TemplateURL"):
                raise ValidationError("TemplateURL", "The lab doesn't read templates from URLs. Try: TemplateBody")
            if body := self._get_param("TemplateBody"):
                self.params["TemplateBody"] = normal(str(body))
        except ServiceException as error:
            return self.serialized(ActionResult(error))
        return super().call_action()

    def create_stack(self) -> ActionResult:
        """Make all of a template's resources, or, after an error, none of the lab's own."""
        made.clear()
        before = set(self.cloudformation_backend.stacks)
        try:
            return super().create_stack()
        except Exception as error:
            left = _remove(list(reversed(made)))
            for stack in set(self.cloudformation_backend.stacks) - before:  # moto would keep it as being made, for good
                del self.cloudformation_backend.stacks[stack]
            if left:
                raise ValidationError(
                    "ROLLBACK_FAILED", f"{error} What was created could not be removed: {left}"
                ) from error
            raise
        finally:
            made.clear()
