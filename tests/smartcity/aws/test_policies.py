"""The learner's policy, by simulation: what the lessons were seen to call is allowed, and nothing beyond it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from moto.iam.access_control import IAMPolicy, PermissionResult

from localcloud.cloudformation import api
from localcloud.cloudformation.template import normal
from smartcity.aws import stack

HERE = Path(__file__).resolve().parent
CALLS = [json.loads(line) for line in (HERE / "calls.jsonl").read_text().splitlines()]
"""Each call of the lessons on this stack's things, as bench/aws_calls.py wrote them down."""
ACCOUNT = "arn:aws:{}:us-east-1:111122223333:{}"
NAMES = {
    "AWS::Partition": "aws",
    "AWS::Region": "us-east-1",
    "AWS::AccountId": "111122223333",
    "AWS::StackName": "STACK",
    "Lake": "LAKE",
    "Database": "DATABASE",
    "Login": ACCOUNT.format("secretsmanager", "secret:LOGIN"),
    "CrawlerRole.Arn": "CRAWLER_ROLE",
}
PASSED = {"iam:PassedToService": "glue.amazonaws.com"}


def resolved(value: Any) -> Any:
    """Return a part of the template with the names of a stack filled in."""
    if isinstance(value, list):
        parts = (resolved(one) for one in value)
        return [part for part in parts if part is not None]
    if not isinstance(value, dict):
        return value
    if "Ref" in value:
        return NAMES.get(value["Ref"])
    if "Fn::GetAtt" in value:
        at = value["Fn::GetAtt"]
        return NAMES[at if isinstance(at, str) else ".".join(at)]
    if "Fn::If" in value:
        return resolved(value["Fn::If"][1])
    if "Fn::Sub" in value:
        text = value["Fn::Sub"]
        for name, filled in NAMES.items():
            text = text.replace(f"${{{name}}}", filled)
        assert "${" not in text, text
        return text
    return {key: resolved(one) for key, one in value.items()}


@pytest.fixture(scope="module")
def policy() -> IAMPolicy:
    """The policy of the role that the notebooks run as."""
    assert api.CloudFormationResponse  # with it come the types that the lab makes
    document = json.loads(normal(stack.template()))["Resources"]["LearnerPolicy"]["Properties"]["PolicyDocument"]
    return IAMPolicy(json.dumps(resolved(document)))


def allowed(policy: IAMPolicy, action: str, resource: str, context: Mapping[str, str] = PASSED) -> bool:
    """Tell what IAM would say to a call, by moto's evaluation of policies."""
    return bool(policy.is_action_permitted(action, resource, None, dict(context)) == PermissionResult.PERMITTED)


def arn(action: str, resource: str) -> str:
    """Return the ARN of a resource as the record of calls names it."""
    service = action.partition(":")[0]
    if service == "iam" or resource == "*":
        return resource
    if service == "s3":
        return f"arn:aws:s3:::{resource}"
    return ACCOUNT.format(service, f"secret:{resource}" if service == "secretsmanager" else resource)


@pytest.mark.parametrize("lesson", sorted({call["lesson"] for call in CALLS}))
def test_each_call_of_a_lesson_is_allowed(lesson: str, policy: IAMPolicy) -> None:
    """Nothing that this lesson asks of AWS is refused to the learner."""
    calls = [(call["action"], arn(call["action"], call["resource"])) for call in CALLS if call["lesson"] == lesson]
    assert [call for call in calls if not allowed(policy, *call)] == []


def test_the_same_calls_on_other_things_are_refused(policy: IAMPolicy) -> None:
    """Another bucket, database, workgroup, secret or role of the account is out of reach, whatever the call."""
    for call in CALLS:
        other = arn(call["action"], call["resource"])
        for name in ("LAKE", "DATABASE", "STACK", "LOGIN", "CRAWLER_ROLE"):
            other = other.replace(name, f"other-{name}")
        if "other-" in other:
            assert not allowed(policy, call["action"], other), (call["action"], other)


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("iam:CreateUser", "*"),
        ("iam:AttachRolePolicy", "CRAWLER_ROLE"),
        ("sts:AssumeRole", "CRAWLER_ROLE"),
        ("s3:DeleteBucket", "arn:aws:s3:::LAKE"),
        ("s3:PutBucketPolicy", "arn:aws:s3:::LAKE"),
        ("s3:ListAllMyBuckets", "*"),
        ("glue:DeleteDatabase", ACCOUNT.format("glue", "database/DATABASE")),
        ("glue:CreateJob", "*"),
        ("athena:UpdateWorkGroup", ACCOUNT.format("athena", "workgroup/STACK")),
        ("redshift-serverless:UpdateWorkgroup", "*"),
        ("cloudformation:DeleteStack", "*"),
        ("ec2:RunInstances", "*"),
    ],
)
def test_what_no_lesson_needs_is_refused(action: str, resource: str, policy: IAMPolicy) -> None:
    """No call that could give rights, open the lake, or cost more than a lesson is allowed."""
    assert not allowed(policy, action, resource)


def test_the_role_of_crawlers_goes_to_glue_alone(policy: IAMPolicy) -> None:
    """Passing the role to another service is refused."""
    assert allowed(policy, "iam:PassRole", "CRAWLER_ROLE")
    assert not allowed(policy, "iam:PassRole", "CRAWLER_ROLE", {"iam:PassedToService": "lambda.amazonaws.com"})
