"""IAM has the policies that AWS manages, and keeps on disk only those in use."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from moto.core.base_backend import BackendDict
from moto.iam.models import IAMBackend, iam_backends

from localcloud.aws import managed_policies, persistence

Client = Callable[..., Any]
AWS = "arn:aws:iam::aws:policy"
MINE = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}'
TRUST = '{"Version": "2012-10-17", "Statement": []}'


@pytest.mark.parametrize(
    "path",
    [
        "service-role/AWSGlueServiceRole",
        "AmazonS3FullAccess",
        "AmazonAthenaFullAccess",
        "AmazonRedshiftAllCommandsFullAccess",
        "job-function/DataScientist",
        "AWSGlueConsoleFullAccess",
    ],
)
def test_a_policy_of_aws_is_attached_read_and_detached(client: Client, path: str) -> None:
    """A role, a user and a group take it; its document is the default version's."""
    iam, arn = client("iam"), f"{AWS}/{path}"
    iam.create_role(RoleName="r", AssumeRolePolicyDocument=TRUST)
    iam.create_user(UserName="u")
    iam.create_group(GroupName="g")
    iam.attach_role_policy(RoleName="r", PolicyArn=arn)
    iam.attach_user_policy(UserName="u", PolicyArn=arn)
    iam.attach_group_policy(GroupName="g", PolicyArn=arn)
    assert [each["PolicyArn"] for each in iam.list_attached_role_policies(RoleName="r")["AttachedPolicies"]] == [arn]
    policy = iam.get_policy(PolicyArn=arn)["Policy"]
    assert policy["AttachmentCount"] == 3
    version = iam.get_policy_version(PolicyArn=arn, VersionId=policy["DefaultVersionId"])["PolicyVersion"]
    assert version["Document"]["Statement"]
    entities = iam.list_entities_for_policy(PolicyArn=arn)
    assert [entities["PolicyRoles"][0]["RoleName"], entities["PolicyUsers"][0]["UserName"]] == ["r", "u"]
    iam.detach_role_policy(RoleName="r", PolicyArn=arn)
    assert iam.list_attached_role_policies(RoleName="r")["AttachedPolicies"] == []


def test_policies_are_listed_by_scope(client: Client) -> None:
    """Scope AWS lists those of AWS, Local the account's own, All both."""
    iam = client("iam")
    iam.create_policy(PolicyName="mine", PolicyDocument=MINE)
    arns = {
        scope: {
            each["Arn"]
            for page in iam.get_paginator("list_policies").paginate(Scope=scope)
            for each in page["Policies"]
        }
        for scope in ("AWS", "Local", "All")
    }
    assert {f"{AWS}/AmazonS3FullAccess", f"{AWS}/service-role/AWSGlueServiceRole"} < arns["AWS"]
    assert arns["Local"] == {"arn:aws:iam::123456789012:policy/mine"}
    assert arns["All"] == arns["AWS"] | arns["Local"]


def test_a_policy_that_nobody_has_is_not_there(client: Client) -> None:
    """A mistyped name of a policy of AWS is NoSuchEntity, as on AWS."""
    iam = client("iam")
    iam.create_role(RoleName="r", AssumeRolePolicyDocument=TRUST)
    with pytest.raises(iam.exceptions.NoSuchEntityException):
        iam.attach_role_policy(RoleName="r", PolicyArn=f"{AWS}/AWSGlueServiceRole")


def test_only_attached_policies_are_kept_on_disk(client: Client, tmp_path: Path) -> None:
    """The state stays small; after a restart the attachment is there, and so are all others again."""
    iam = client("iam")
    iam.create_role(RoleName="r", AssumeRolePolicyDocument=TRUST)
    iam.attach_role_policy(RoleName="r", PolicyArn=f"{AWS}/AmazonS3FullAccess")
    assert (tmp_path / "state" / "iam.state").stat().st_size < 20_000
    BackendDict.reset()
    persistence.Store(tmp_path / "state").load()
    (attached,) = iam.list_attached_role_policies(RoleName="r")["AttachedPolicies"]
    assert attached["PolicyName"] == "AmazonS3FullAccess"
    assert iam.get_policy(PolicyArn=f"{AWS}/AmazonS3FullAccess")["Policy"]["AttachmentCount"] == 1
    assert iam.get_policy(PolicyArn=f"{AWS}/AmazonS3ReadOnlyAccess")["Policy"]["AttachmentCount"] == 0


def test_an_account_of_an_older_lab_gets_the_policies(client: Client) -> None:
    """The state of a version that had none of them keeps what it holds."""
    old = IAMBackend("aws", "123456789012")
    old.create_policy("", "/", MINE, "mine", {})
    iam_backends["123456789012"]["aws"] = old
    managed_policies.adopt_old_state()
    iam = client("iam")
    assert iam.get_policy(PolicyArn="arn:aws:iam::123456789012:policy/mine")["Policy"]["PolicyName"] == "mine"
    assert iam.get_policy(PolicyArn=f"{AWS}/AmazonS3FullAccess")["Policy"]["Path"] == "/"
