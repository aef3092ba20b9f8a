"""Creates and reads the stack. Each call takes a boto3 session; AWS_ENDPOINT_URL redirects it to a stand-in."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import resources
from typing import Any, Final

import boto3
from botocore.exceptions import ClientError, WaiterError

from smartcity.errors import LabError, NotConfigured

TAG: Final = "smartcity-lab"
LIMIT_MINUTES: Final = 30
RPU_HOURS_A_DAY: Final = 8
_NOBODY: Final = "127.0.0.1/32"
"""Addresses that reach no warehouse."""


class StackFailed(LabError):
    """The stack was not created or not deleted; the message has the first failure that CloudFormation reported."""


@dataclass(frozen=True)
class Options:
    """What the user decides; see the template for each parameter's meaning."""

    name: str = "smartcity"
    email: str = ""
    client_cidr: str = _NOBODY
    budget_usd: int = 20
    warehouse: bool = True
    spark: bool = False
    kafka: bool = False
    rpu: int = 4
    run_id: str = "run"
    database: str = "smartcity"
    port: int = 5439

    def check(self) -> None:
        """Raise NotConfigured if nobody could reach the warehouse."""
        if self.warehouse and not self.client_cidr:
            raise NotConfigured(
                "Nobody could reach the warehouse. Try: --client-cidr YOUR.ADDRESS/32 (curl "
                "https://checkip.amazonaws.com shows it), or --no-warehouse"
            )

    def parameters(self) -> list[dict[str, str]]:
        """Return the parameters of the template."""
        given = {
            "Email": self.email,
            "ClientCidr": self.client_cidr or _NOBODY,
            "BudgetUsd": str(self.budget_usd),
            "WithWarehouse": "yes" if self.warehouse else "no",
            "WithSpark": "yes" if self.spark else "no",
            "WithKafka": "yes" if self.kafka else "no",
            "BaseCapacity": str(self.rpu),
            "Run": self.run_id,
            "Database": self.database,
            "WarehousePort": str(self.port),
        }
        return [{"ParameterKey": key, "ParameterValue": value} for key, value in given.items()]


def template() -> str:
    """Return the text of the template."""
    return resources.files(__package__).joinpath("template.yaml").read_text()


def account(session: boto3.Session) -> str:
    """Return the id of the account that the keys belong to."""
    return str(session.client("sts").get_caller_identity()["Account"])


def plan(session: boto3.Session) -> list[str]:
    """Return the types of all resources that the template can make, as CloudFormation reads it."""
    summary = session.client("cloudformation").get_template_summary(TemplateBody=template())
    return sorted(set(summary["ResourceTypes"]))


def deploy(session: boto3.Session, options: Options) -> dict[str, str]:
    """Create the stack, wait until it is complete, limit its warehouse; return its outputs.

    Raises StackFailed; CloudFormation then deletes what it had created (OnFailure: DELETE).
    """
    api: Any = session.client("cloudformation")
    try:
        made = api.create_stack(
            StackName=options.name,
            TemplateBody=template(),
            Parameters=options.parameters(),
            Capabilities=["CAPABILITY_IAM"],
            OnFailure="DELETE",
            TimeoutInMinutes=LIMIT_MINUTES,
            Tags=[{"Key": TAG, "Value": options.name}],
        )["StackId"]
    except ClientError as error:
        raise StackFailed(f"CloudFormation refused: {error}. Try: lab aws status, lab aws destroy") from error
    wait(api, "stack_create_complete", made)
    stack_outputs = outputs(session, options.name)
    if options.warehouse:
        limit_warehouse(session, stack_outputs["Warehouse"])
    return stack_outputs


def wait(api: Any, state: str, stack: str) -> None:
    """Wait until the stack is in that state. Raises StackFailed with the first failed resource's reason."""
    try:
        api.get_waiter(state).wait(StackName=stack, WaiterConfig={"Delay": 5, "MaxAttempts": LIMIT_MINUTES * 12})
    except WaiterError as error:
        events = api.describe_stack_events(StackName=stack)["StackEvents"]
        failed = [event for event in events if event["ResourceStatus"].endswith("_FAILED")]
        why = f"{failed[-1]['LogicalResourceId']}: {failed[-1].get('ResourceStatusReason', '')}" if failed else error
        raise StackFailed(f"{state} was not reached: {why}. Try: lab aws status, lab aws destroy") from error


def outputs(session: boto3.Session, name: str) -> dict[str, str]:
    """Return the stack's outputs. Raises StackFailed if there is no such stack."""
    try:
        description = session.client("cloudformation").describe_stacks(StackName=name)["Stacks"][0]
    except ClientError as error:
        raise StackFailed(f"There is no stack {name!r} here: {error}. Try: lab aws deploy") from error
    return {output["OutputKey"]: output["OutputValue"] for output in description.get("Outputs", [])}


def held(session: boto3.Session, name: str) -> list[dict[str, str]]:
    """Return the resources of the stack: `name`, `type`, `id` and `state`."""
    pages = session.client("cloudformation").get_paginator("list_stack_resources").paginate(StackName=name)
    return [
        {
            "name": resource["LogicalResourceId"],
            "type": resource["ResourceType"],
            "id": resource.get("PhysicalResourceId", ""),
            "state": resource["ResourceStatus"],
        }
        for page in pages
        for resource in page["StackResourceSummaries"]
        if resource["ResourceType"]  # a stand-in also lists what the conditions leave out, without a type
    ]


def limit_warehouse(session: boto3.Session, workgroup: str) -> None:
    """Turn the warehouse's queries off for the rest of a day in which it has worked for 8 RPU-hours.

    Templates know no usage limits:
    https://docs.aws.amazon.com/redshift-serverless/latest/APIReference/API_UsageLimit.html
    """
    api: Any = session.client("redshift-serverless")
    arn = api.get_workgroup(workgroupName=workgroup)["workgroup"]["workgroupArn"]
    api.create_usage_limit(
        resourceArn=arn,
        usageType="serverless-compute",
        amount=RPU_HOURS_A_DAY,
        period="daily",
        breachAction="deactivate",
    )


def variables(stack_outputs: dict[str, str]) -> dict[str, str]:
    """Return the environment variables that point the notebooks to a stack, from its outputs."""
    names = {
        "SMARTCITY_BUCKET": "Bucket",
        "SMARTCITY_CRAWLER_ROLE": "CrawlerRole",
        "SMARTCITY_COPY_ROLE": "CopyRole",
        "SMARTCITY_LOGIN_SECRET": "LoginSecret",
        "WR_WORKGROUP": "QueryWorkgroup",
    }
    return {
        "SMARTCITY_TARGET": "aws",
        **{name: stack_outputs[key] for name, key in names.items() if key in stack_outputs},
    }
