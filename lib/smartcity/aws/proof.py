"""Deletes the stack, and proves by its tag and its resources' names that nothing is left."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import boto3
from botocore.exceptions import ClientError

from smartcity.aws.stack import TAG, StackFailed, account, held, outputs, wait
from smartcity.errors import LabError
from smartcity.lake import bucket


class NotGone(LabError):
    """Something that the stack created still exists, and may cost money."""


@dataclass(frozen=True)
class Ask:
    """How to ask a service for one resource: the call, the parameter that names it, and other arguments."""

    service: str
    call: str
    parameter: str
    many: bool = False


ASKS: Final = {
    "AWS::Athena::WorkGroup": Ask("athena", "get_work_group", "WorkGroup"),
    "AWS::Budgets::Budget": Ask("budgets", "describe_budget", "BudgetName"),
    "AWS::EC2::InternetGateway": Ask("ec2", "describe_internet_gateways", "InternetGatewayIds", many=True),
    "AWS::EC2::RouteTable": Ask("ec2", "describe_route_tables", "RouteTableIds", many=True),
    "AWS::EC2::SecurityGroup": Ask("ec2", "describe_security_groups", "GroupIds", many=True),
    "AWS::EC2::Subnet": Ask("ec2", "describe_subnets", "SubnetIds", many=True),
    "AWS::EC2::VPC": Ask("ec2", "describe_vpcs", "VpcIds", many=True),
    "AWS::EC2::VPCEndpoint": Ask("ec2", "describe_vpc_endpoints", "VpcEndpointIds", many=True),
    "AWS::EMRServerless::Application": Ask("emr-serverless", "get_application", "applicationId"),
    "AWS::Glue::Crawler": Ask("glue", "get_crawler", "Name"),
    "AWS::Glue::Database": Ask("glue", "get_database", "Name"),
    "AWS::IAM::ManagedPolicy": Ask("iam", "get_policy", "PolicyArn"),
    "AWS::IAM::Role": Ask("iam", "get_role", "RoleName"),
    "AWS::MSK::ServerlessCluster": Ask("kafka", "list_clusters_v2", ""),
    "AWS::RedshiftServerless::Namespace": Ask("redshift-serverless", "get_namespace", "namespaceName"),
    "AWS::RedshiftServerless::Workgroup": Ask("redshift-serverless", "get_workgroup", "workgroupName"),
    "AWS::S3::Bucket": Ask("s3", "head_bucket", "Bucket"),
    "AWS::SecretsManager::Secret": Ask("secretsmanager", "describe_secret", "SecretId"),
}
"""Each type of the template that exists on its own."""

PARTS: Final = frozenset(
    {
        "AWS::EC2::Route",
        "AWS::EC2::SubnetRouteTableAssociation",
        "AWS::EC2::VPCGatewayAttachment",
        "AWS::IAM::RolePolicy",
        "AWS::S3::BucketPolicy",
    }
)
"""Types that are parts of another and are deleted with it."""

_ABSENT: Final = ("NotFound", "NoSuch", "404", "EntityNotFound", "ResourceNotFound")


def destroy(session: boto3.Session, name: str) -> list[dict[str, str]]:
    """Empty and delete the stack; return the resources it held, none of which exists any more.

    Crawlers that the notebooks created with the stack's role are deleted first. Raises StackFailed, LakeError
    where the bucket can't be emptied, or NotGone with what is left.
    """
    stack_outputs, resources = outputs(session, name), held(session, name)
    _delete_crawlers(session, stack_outputs["CrawlerRole"], {resource["id"] for resource in resources})
    bucket.empty(session.client("s3"), stack_outputs["Bucket"])
    api: Any = session.client("cloudformation")
    stack = api.describe_stacks(StackName=name)["Stacks"][0]["StackId"]
    try:
        api.delete_stack(StackName=stack)
    except ClientError as error:
        raise StackFailed(
            f"CloudFormation refused: {error}. Try: lab aws status, then lab aws destroy again"
        ) from error
    wait(api, "stack_delete_complete", stack)
    prove_gone(session, name, resources)
    return resources


def prove_gone(session: boto3.Session, name: str, resources: list[dict[str, str]]) -> None:
    """Raise NotGone if a resource of its name exists, or anything carries the stack's tag."""
    left = [
        f"{resource['type']} {resource['id']}"
        for resource in resources
        if exists(session, resource["type"], resource["id"])
    ]
    left += [arn for arn in tagged(session, name) if arn not in left]
    if left:
        raise NotGone(
            f"{len(left)} resources are left: {'; '.join(left)}. Try: lab aws destroy again, then the console"
        )


def tagged(session: boto3.Session, name: str) -> list[str]:
    """Return the ARN of all that carries the stack's tag, as the tagging service knows."""
    pages = session.client("resourcegroupstaggingapi").get_paginator("get_resources")
    filters: Any = [{"Key": TAG, "Values": [name]}]
    return [
        mapping["ResourceARN"]
        for page in pages.paginate(TagFilters=filters)
        for mapping in page["ResourceTagMappingList"]
    ]


def exists(session: boto3.Session, kind: str, identity: str) -> bool:
    """Return whether a service still knows a resource; one that is deleted and only waits for its end does not count.

    Raises NotGone for a type that can't be asked for, and ClientError for an answer other than yes or no.
    """
    if kind in PARTS:
        return False
    if kind not in ASKS:
        raise NotGone(f"{kind} {identity} can't be checked. Try: the console")
    ask = ASKS[kind]
    client: Any = session.client(ask.service)  # type: ignore[call-overload]  # a name out of the table above
    if ask.service == "kafka":
        pages = client.get_paginator(ask.call).paginate()
        return any(cluster["ClusterArn"] == identity for page in pages for cluster in page["ClusterInfoList"])
    given: dict[str, Any] = {ask.parameter: [identity] if ask.many else identity}
    if ask.service == "budgets":
        given["AccountId"] = account(session)
    try:
        answer = getattr(client, ask.call)(**given)
    except ClientError as error:
        code, message = error.response["Error"]["Code"], error.response["Error"].get("Message", "")
        if any(word in code for word in _ABSENT) or "not found" in message.lower():
            return False
        raise
    return not _ended(answer)


def _ended(answer: dict[str, Any]) -> bool:
    """Return whether a service shows a resource that is deleted already: a secret, an application, an endpoint."""
    states = [
        answer.get("application", {}).get("state"),
        *(endpoint["State"] for endpoint in answer.get("VpcEndpoints", [])),
    ]
    return "DeletedDate" in answer or any(str(state).lower() in ("terminated", "deleted") for state in states)


def _delete_crawlers(session: boto3.Session, role: str, of_stack: set[str]) -> None:
    glue: Any = session.client("glue")
    named = {role, role.rpartition("/")[2]}
    for page in glue.get_paginator("get_crawlers").paginate():
        for crawler in page["Crawlers"]:
            if crawler["Role"] in named and crawler["Name"] not in of_stack:
                glue.delete_crawler(Name=crawler["Name"])
