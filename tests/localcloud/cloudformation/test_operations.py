"""CloudFormation's operations that moto answers, and the types that a template may have."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from localcloud.aws.standing import Standing
from localcloud.cloudformation.api import get_model_map
from localcloud.cloudformation.types import MADE

Client = Callable[..., Any]
QUEUE = '{"Resources": {"Q": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "q", "DelaySeconds": %d}}}}'


def template(kind: str, **properties: Any) -> str:
    """Return a template with one resource."""
    return json.dumps({"Resources": {"R": {"Type": kind, "Properties": properties}}})


def test_a_stack_is_made_by_a_change_set(client: Client) -> None:
    """What `aws cloudformation deploy` does for a new stack works; a change of an existing one is refused."""
    stacks, sqs = client("cloudformation"), client("sqs")
    given = {"StackName": "s", "ChangeSetName": "first", "TemplateBody": QUEUE % 1}
    stacks.create_change_set(**given, ChangeSetType="CREATE")
    assert stacks.describe_change_set(StackName="s", ChangeSetName="first")["Changes"]
    assert len(stacks.list_change_sets(StackName="s")["Summaries"]) == 1
    assert "QueueUrls" not in sqs.list_queues()
    stacks.execute_change_set(StackName="s", ChangeSetName="first")
    assert len(sqs.list_queues()["QueueUrls"]) == 1
    for kind in ({}, {"ChangeSetType": "UPDATE"}):
        with pytest.raises(ClientError, match="does not change stacks"):
            stacks.create_change_set(**{**given, "ChangeSetName": "second", "TemplateBody": QUEUE % 7}, **kind)
    stacks.create_change_set(**{**given, "StackName": "t"}, ChangeSetType="CREATE")
    stacks.delete_change_set(StackName="t", ChangeSetName="first")
    assert len(sqs.list_queues()["QueueUrls"]) == 1


def test_a_stack_is_described_and_removed(client: Client) -> None:
    """Its resources, events, template and exports can be read; DeleteStack removes what it made."""
    stacks, sqs = client("cloudformation"), client("sqs")
    body = json.loads(QUEUE % 1) | {"Outputs": {"Url": {"Value": {"Ref": "Q"}, "Export": {"Name": "queue"}}}}
    stacks.create_stack(StackName="s", TemplateBody=json.dumps(body))
    url = stacks.describe_stacks(StackName="s")["Stacks"][0]["Outputs"][0]["OutputValue"]
    assert sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]["DelaySeconds"] == "1"
    resource = stacks.describe_stack_resource(StackName="s", LogicalResourceId="Q")["StackResourceDetail"]
    assert resource["PhysicalResourceId"] == url
    assert len(stacks.describe_stack_resources(StackName="s")["StackResources"]) == 1
    assert len(stacks.list_stack_resources(StackName="s")["StackResourceSummaries"]) == 1
    assert stacks.describe_stack_events(StackName="s")["StackEvents"]
    assert [each["Value"] for each in stacks.list_exports()["Exports"]] == [url]
    assert stacks.get_template(StackName="s")["TemplateBody"]["Resources"]["Q"]
    assert stacks.get_template_summary(TemplateBody=QUEUE % 1)["ResourceTypes"] == ["AWS::SQS::Queue"]
    assert "Parameters" in stacks.validate_template(TemplateBody=QUEUE % 1)
    stacks.delete_stack(StackName="s")
    assert "QueueUrls" not in sqs.list_queues()
    assert [each["StackStatus"] for each in stacks.list_stacks()["StackSummaries"]] == ["DELETE_COMPLETE"]


UNKNOWN = {"Custom::Thing", "AWS::CloudFormation::CustomResource", "AWS::CloudFormation::WaitCondition"}
PRETENDED = sorted({*get_model_map(), *UNKNOWN} - MADE.keys() - {"?"})


def test_a_type_that_would_only_pretend_is_refused(client: Client) -> None:
    """moto would make most of these in services that the lab does not have: Lambda, DynamoDB, clusters, machines."""
    stacks = client("cloudformation")
    assert {"AWS::Lambda::Function", "AWS::DynamoDB::Table", "AWS::EC2::Instance", "AWS::EMR::Cluster"} < {*PRETENDED}
    for kind in PRETENDED:
        with pytest.raises(ClientError, match=f"The lab does not make {kind}"):
            stacks.create_stack(StackName="s", TemplateBody=template(kind))
    with pytest.raises(ClientError, match="The lab does not make AWS::Lambda::Function"):
        stacks.create_change_set(
            StackName="s", ChangeSetName="c", ChangeSetType="CREATE", TemplateBody=template("AWS::Lambda::Function")
        )
    assert stacks.list_stacks()["StackSummaries"] == []


def test_every_type_that_is_made_has_a_class() -> None:
    """The page promises no type that nothing makes."""
    assert MADE.keys() <= get_model_map().keys()


def test_a_kafka_cluster_of_a_template_never_gets_ready(client: Client) -> None:
    """Its record says CREATING, and a cluster made by MSK's own API is refused."""
    kind = "AWS::MSK::ServerlessCluster"
    assert MADE[kind][0] is Standing.BOOKKEEPING
    network = {"SubnetIds": ["subnet-1"], "SecurityGroups": ["sg-1"]}
    login = {"Sasl": {"Iam": {"Enabled": True}}}
    client("cloudformation").create_stack(
        StackName="k", TemplateBody=template(kind, ClusterName="c", VpcConfigs=[network], ClientAuthentication=login)
    )
    kafka = client("kafka")
    (cluster,) = kafka.list_clusters_v2()["ClusterInfoList"]
    assert kafka.describe_cluster_v2(ClusterArn=cluster["ClusterArn"])["ClusterInfo"]["State"] == "CREATING"
    with pytest.raises(ClientError, match="KAFKA_BOOTSTRAP_SERVERS"):
        kafka.create_cluster_v2(ClusterName="d", Serverless={"VpcConfigs": [{"SubnetIds": ["subnet-1"]}]})


def test_an_application_of_a_template_runs_no_jobs(client: Client) -> None:
    """It is a record that does not start."""
    client("cloudformation").create_stack(
        StackName="e",
        TemplateBody=template("AWS::EMRServerless::Application", Name="a", Type="SPARK", ReleaseLabel="emr-7.5.0"),
    )
    emr = client("emr-serverless")
    (application,) = emr.list_applications()["applications"]
    assert emr.get_application(applicationId=application["id"])["application"]["state"] == "STOPPED"
    job = {"sparkSubmit": {"entryPoint": "s3://b/job.py"}}
    with pytest.raises(ClientError, match="spark-submit"):
        emr.start_job_run(
            applicationId=application["id"], executionRoleArn="arn:aws:iam::123456789012:role/LabRole", jobDriver=job
        )
    with pytest.raises(ClientError, match="EMR Serverless StartApplication is not supported"):
        emr.start_application(applicationId=application["id"])
