"""The template is sound, tags what it makes, opens nothing, and grants no more than names."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from localcloud.cloudformation import api
from localcloud.cloudformation.template import normal
from smartcity.aws import proof, stack

FILE = Path(stack.__file__).with_name("template.yaml")


@pytest.fixture(scope="module")
def resources() -> dict[str, Any]:
    """Return the resources of the template, read as the stand-in reads it."""
    assert api.CloudFormationResponse  # with it come the types that the lab makes
    found: dict[str, Any] = json.loads(normal(stack.template()))["Resources"]
    return found


def statements(resources: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what roles and policies allow."""
    documents = [one["Properties"].get("PolicyDocument") for one in resources.values()]
    documents += [
        part["PolicyDocument"] for one in resources.values() for part in one["Properties"].get("Policies", [])
    ]
    found = [each for document in documents if document for each in document["Statement"]]
    return [each["Fn::If"][1] if "Fn::If" in each else each for each in found]


def test_cfn_lint_has_nothing_to_say() -> None:
    """Neither errors, nor warnings, nor hints, in two regions."""
    command = [Path(sys.executable).with_name("cfn-lint"), "--include-checks", "I", "-t", FILE]
    done = subprocess.run(
        [*command, "--regions", "us-east-1", "eu-central-1"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "")


def test_all_that_can_carry_the_tag_does(resources: dict[str, Any]) -> None:
    """Resources of their own carry the stack's name as a tag, except types that templates can't tag."""
    untaggable = {"AWS::Glue::Database", "AWS::IAM::ManagedPolicy"}
    for name, one in resources.items():
        if one["Type"] in set(proof.ASKS) - untaggable:
            tags = one["Properties"].get("Tags") or one["Properties"].get("ResourceTags")
            pairs = tags if isinstance(tags, dict) else {tag["Key"]: tag["Value"] for tag in tags or []}
            assert pairs == {stack.TAG: {"Ref": "AWS::StackName"}}, name


def test_destroy_can_ask_for_each_type(resources: dict[str, Any]) -> None:
    """No type of the template escapes the proof."""
    assert {one["Type"] for one in resources.values()} <= set(proof.ASKS) | proof.PARTS


WITHOUT_RESOURCE = {"glue:GetCrawlerMetrics", "glue:GetSchemaVersion", "glue:ListCrawlers"}
"""Calls that read, and that no policy can restrict to a resource: by service, or as GetSchemaVersion by an ID."""


def test_no_policy_allows_all(resources: dict[str, Any]) -> None:
    """No statement has a wildcard action; all resources are named, except for calls that take none."""
    for one in statements(resources):
        actions = one["Action"] if isinstance(one["Action"], list) else [one["Action"]]
        if one["Effect"] == "Allow":
            assert not [action for action in actions if "*" in action]
            assert one["Resource"] != "*" or set(actions) <= WITHOUT_RESOURCE


def test_no_door_stands_open_to_the_world(resources: dict[str, Any]) -> None:
    """No security group lets in every address, and the lake blocks public access."""
    for one in resources.values():
        for rule in one["Properties"].get("SecurityGroupIngress", []):
            assert rule["CidrIp"] != "0.0.0.0/0"
    assert set(resources["Lake"]["Properties"]["PublicAccessBlockConfiguration"].values()) == {True}
