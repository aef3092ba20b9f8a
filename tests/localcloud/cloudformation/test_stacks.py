"""Stacks of the stand-in: made in the lab's own services, or refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from localcloud.cloudformation.account import Secret
from localcloud.cloudformation.network import Route, RouteTable

Client = Callable[..., Any]
SMALL = """
Parameters: {Name: {Type: String, Default: small}}
Conditions: {Both: !And [!Condition One, !Equals [a, a]], One: !Equals [!Ref Name, small]}
Resources:
  Catalog:
    Type: AWS::Glue::Database
    Properties: {CatalogId: !Ref AWS::AccountId, DatabaseInput: {Name: !Ref Name}}
  Crawler:
    Type: AWS::Glue::Crawler
    Properties:
      Role: LabRole
      DatabaseName: !Ref Catalog
      Targets: {S3Targets: [{Path: s3://somewhere/}]}
      Tags: {stack: !Ref AWS::StackName}
  Word:
    Type: AWS::SecretsManager::Secret
    Properties:
      GenerateSecretString: {SecretStringTemplate: '{"user": "u"}', GenerateStringKey: word, ExcludePunctuation: true}
  Copy:
    Type: AWS::SecretsManager::Secret
    Condition: Both
    Properties: {SecretString: !Sub "{{resolve:secretsmanager:${Word}:SecretString:word}}"}
  Budget:
    Type: AWS::Budgets::Budget
    Properties: {Budget: {BudgetName: b, BudgetType: COST, TimeUnit: MONTHLY, BudgetLimit: {Amount: 5, Unit: USD}}}
Outputs: {Copy: {Value: !Ref Copy}, Word: {Value: !Ref Word}}
"""
NETWORK = """
Resources:
  Net: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  Gate: {Type: AWS::EC2::InternetGateway}
  Joined: {Type: AWS::EC2::VPCGatewayAttachment, Properties: {VpcId: !Ref Net, InternetGatewayId: !Ref Gate}}
  Table: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Net}}
  Out:
    Type: AWS::EC2::Route
    Properties: {RouteTableId: !Ref Table, DestinationCidrBlock: 0.0.0.0/0, GatewayId: !Ref Gate}
"""


def names(client: Client) -> list[str]:
    """Return what the services hold that a small stack makes."""
    glue, secrets = client("glue"), client("secretsmanager")
    return [
        *(one["Name"] for one in glue.get_databases()["DatabaseList"] if one["Name"] != "default"),
        *(one["Name"] for one in glue.get_crawlers()["Crawlers"]),
        *(one["Name"] for one in secrets.list_secrets()["SecretList"]),
        *(one["BudgetName"] for one in client("budgets").describe_budgets(AccountId="123456789012")["Budgets"]),
    ]


def test_a_stack_is_made_in_the_services_and_removed(client: Client) -> None:
    """Each resource is there after CreateStack, with references resolved, and none after DeleteStack."""
    stacks, secrets = client("cloudformation"), client("secretsmanager")
    stacks.create_stack(StackName="one", TemplateBody=SMALL)
    found = {
        one["OutputKey"]: one["OutputValue"] for one in stacks.describe_stacks(StackName="one")["Stacks"][0]["Outputs"]
    }
    word = json.loads(secrets.get_secret_value(SecretId=found["Word"])["SecretString"])
    assert secrets.get_secret_value(SecretId=found["Copy"])["SecretString"] == word["word"]
    assert len(names(client)) == 5
    stacks.delete_stack(StackName="one")
    assert names(client) == []


def test_a_stack_that_fails_leaves_its_name_free(client: Client) -> None:
    """After a refused CreateStack there is no stack of that name, and the next one is made."""
    stacks = client("cloudformation")
    twice = SMALL.replace("DatabaseInput: {Name: !Ref Name}", "DatabaseInput: {Name: there}")
    client("glue").create_database(DatabaseInput={"Name": "there"})
    with pytest.raises(ClientError, match="exists"):
        stacks.create_stack(StackName="again", TemplateBody=twice)
    with pytest.raises(ClientError, match="does not exist"):
        stacks.describe_stacks(StackName="again")
    stacks.create_stack(StackName="again", TemplateBody=SMALL)


def test_what_a_failed_stack_could_not_remove_is_named(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """The events show the error of the rollback next to the first one."""

    def fail(_: object) -> None:
        raise RuntimeError("stuck")

    monkeypatch.setattr(Secret, "remove", fail)
    broken = SMALL.replace("BudgetType: COST", "BudgetType: COST}, Unheard: {A: b")
    with pytest.raises(ClientError, match="Unheard.* could not be removed: .*: stuck"):
        client("cloudformation").create_stack(StackName="left", TemplateBody=broken)


def test_a_type_that_the_lab_does_not_make_is_refused(client: Client) -> None:
    """No resource is left out in silence."""
    with pytest.raises(ClientError, match="AWS::Neptune::DBCluster"):
        client("cloudformation").create_stack(
            StackName="two", TemplateBody='{"Resources": {"N": {"Type": "AWS::Neptune::DBCluster"}}}'
        )


def test_a_member_that_the_lab_does_not_carry_out_is_refused_and_nothing_stays(client: Client) -> None:
    """After an error the lab's own resources of the stack are gone again."""
    wrong = SMALL.replace("TimeUnit: MONTHLY", "TimeUnit: MONTHLY}, ResourceTags: [], Unheard: {A: b")
    with pytest.raises(ClientError, match="Unheard"):
        client("cloudformation").create_stack(StackName="three", TemplateBody=wrong)
    assert names(client) == []


def test_a_template_runs_no_code(client: Client, tmp_path: Path) -> None:
    """A tag of Python in the YAML is an error, and nothing happens."""
    wrong = f"Resources: !!python/object/apply:os.mkdir ['{tmp_path}/made']"
    stacks = client("cloudformation")
    for call in (stacks.create_stack, stacks.create_change_set):
        kind = {} if call == stacks.create_stack else {"ChangeSetName": "c", "ChangeSetType": "CREATE"}
        with pytest.raises(ClientError, match="Template format error"):
            call(StackName="four", TemplateBody=wrong, **kind)
    assert not (tmp_path / "made").exists()


def test_what_was_made_last_goes_first(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """A stack's resources are removed in the opposite order of their making, so none misses what it hangs on."""
    removed = []
    monkeypatch.setattr(RouteTable, "remove", lambda self: removed.append("table"))
    monkeypatch.setattr(Route, "remove", lambda self: removed.append("route"))
    api = client("cloudformation")
    api.create_stack(StackName="network", TemplateBody=NETWORK)
    with pytest.raises(ClientError, match="Net: .*has dependencies"):
        api.delete_stack(StackName="network")
    assert removed == ["route", "table"]


def test_a_key_of_a_template_is_a_key_of_kms(client: Client) -> None:
    """A key whose policy the template writes out can be described, and its deletion begins with the stack's."""
    policy = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["kms:*"], "Resource": "*"}]}
    given = {"KeyPolicy": policy, "Enabled": False, "PendingWindowInDays": 7, "Tags": [{"Key": "a", "Value": "b"}]}
    arn = {"Arn": {"Value": {"Fn::GetAtt": ["Key", "Arn"]}}}
    template = {"Resources": {"Key": {"Type": "AWS::KMS::Key", "Properties": given}}, "Outputs": arn}
    stacks, kms = client("cloudformation"), client("kms")
    stacks.create_stack(StackName="keys", TemplateBody=json.dumps(template))
    key = stacks.describe_stacks(StackName="keys")["Stacks"][0]["Outputs"][0]["OutputValue"]
    assert kms.describe_key(KeyId=key)["KeyMetadata"]["KeyState"] == "Disabled"
    assert json.loads(kms.get_key_policy(KeyId=key, PolicyName="default")["Policy"]) == policy
    stacks.delete_stack(StackName="keys")
    assert kms.describe_key(KeyId=key)["KeyMetadata"]["KeyState"] == "PendingDeletion"
