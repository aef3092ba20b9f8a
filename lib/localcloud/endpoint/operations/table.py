"""The list of all operations, and the check that each call passes before a service sees it."""

from __future__ import annotations

from moto.core.utils import get_service_model

from localcloud.aws.refusal import Refusal
from localcloud.aws.standing import Standing
from localcloud.endpoint.operations import account, analytics, management, network
from localcloud.endpoint.operations.family import Listing

LISTINGS = (
    *(analytics.GLUE, analytics.ATHENA, analytics.REDSHIFT, analytics.REDSHIFT_DATA, analytics.REDSHIFT_SERVERLESS),
    *(management.CLOUDFORMATION, account.STS, account.IAM, account.KMS, account.SECRETS, account.LOGS, account.SNS),
    *(account.SQS, management.TAGGING, management.BUDGETS, network.EC2, network.MSK, network.EMR),
)

INSTEAD = {
    "dynamodb": "Keep rows in the warehouse, or objects in S3.",
    "elasticmapreduce": "Run the script with spark-submit.",
    "events": "Give a crawler a schedule.",
    "firehose": "Write to S3 with the lab's stream.",
    "kinesis": "The lab has Kafka.",
    "lakeformation": "The lab does not enforce permissions within the lake.",
    "lambda": "Run the function's code on your machine.",
    "monitoring": "The lab has no metrics; `./lab status` shows its services.",
    "pricing": "`./lab aws cost` estimates costs with the lab's own price list.",
    "rds": "The lab has Redshift.",
    "ssm": "Keep parameters in Secrets Manager.",
    "states": "`./lab run` runs the steps in order.",
}
"""Services that the lab does not have, by their name in a signature, and what to use instead."""

_BY_SERVICE = {listing.service: listing for listing in LISTINGS}


def listing_of(service: str) -> Listing:
    """Return the list of a service's operations.

    Raises:
        Refusal: UnsupportedOperation, with what to use instead where the lab knows something.
    """
    if service not in _BY_SERVICE:
        offered = ", ".join(sorted(_BY_SERVICE))
        hint = f" {INSTEAD[service]}" if service in INSTEAD else ""
        raise Refusal(
            "UnsupportedOperation", f"The lab does not stand in for {service!r}.{hint} It offers: {offered}.", 501
        )
    return _BY_SERVICE[service]


def check(listing: Listing, operation: str) -> None:
    """Allow an operation that the lab performs or records.

    Raises:
        Refusal: UnsupportedOperation, with the operation's name and what to use instead.
    """
    family = listing.family(operation)
    if family is None and not _is_known(listing, operation):
        raise Refusal("UnknownOperationException", f"{listing.title} has no operation {operation!r}.")
    if family is None or family.standing is Standing.REFUSED:
        reason = family.note if family else "The lab has no such call; docs/operations.md lists those it has."
        raise Refusal("UnsupportedOperation", f"{listing.title} {operation} is not supported. {reason}", 501)


def _is_known(listing: Listing, operation: str) -> bool:
    return operation in get_service_model(listing.model).operation_names
