"""Every operation that the endpoint could answer has a standing, and the page says so."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from botocore.session import get_session
from moto.core.responses import BaseResponse
from moto.core.utils import camelcase_to_underscores

from localcloud.aws.apps import CONTROL, OWN, response_class
from localcloud.aws.standing import Standing
from localcloud.endpoint.operations.family import Listing
from localcloud.endpoint.operations.page import page
from localcloud.endpoint.operations.table import INSTEAD, LISTINGS

ROOT = Path(__file__).parents[4]
Client = Callable[..., Any]
listings = pytest.mark.parametrize("listing", LISTINGS, ids=lambda listing: listing.service)


def answering_class(service: str) -> type[BaseResponse]:
    """Return the class whose methods answer the operations of a service."""
    if service in OWN:
        return response_class(service)  # type: ignore[no-any-return]
    module = import_module(f"moto.{CONTROL[service]}.responses")
    classes = [
        each
        for each in vars(module).values()
        if inspect.isclass(each)
        and issubclass(each, BaseResponse)
        and each.__module__.startswith(module.__name__[:-10])
    ]
    return classes[-1]


def answered(listing: Listing) -> dict[str, str]:
    """Return the operations of AWS's model that code answers, with the module that does."""
    answers = answering_class(listing.service)
    methods = {name: getattr(answers, camelcase_to_underscores(name), None) for name in operations(listing.model)}
    return {name: method.__module__ for name, method in methods.items() if method is not None}


def operations(model: str) -> list[str]:
    """Return the names of a service's operations."""
    return list(get_session().get_service_model(model).operation_names)


def test_every_service_that_is_answered_has_a_list() -> None:
    """No service can be reached without one."""
    assert {listing.service for listing in LISTINGS} == {*OWN, *CONTROL}
    assert not INSTEAD.keys() & {*OWN, *CONTROL}


@listings
def test_every_answered_operation_is_listed_once(listing: Listing) -> None:
    """A new version of moto that answers one more fails here until somebody decides what it is."""
    listed = [name for family in listing.families for name in family.operations]
    assert len(listed) == len(set(listed))
    assert answered(listing).keys() - set(listed) == set(), "answered, but in no list"
    assert set(listed) - answered(listing).keys() == set(), "listed, but nothing answers it"


@listings
def test_what_is_real_is_the_labs_own_or_tested(listing: Listing) -> None:
    """A real operation is answered by the lab's own code, or the named test file calls it."""
    owners = answered(listing)
    for family in listing.families:
        inherited = {name for name in family.operations if owners[name].startswith("moto.")}
        if family.standing is Standing.REAL and inherited:
            assert family.test, f"{sorted(inherited)} are moto's and have no test"
            text = (ROOT / "tests" / family.test).read_text()
            untested = [name for name in sorted(inherited) if not _calls(text, name)]
            assert not untested


def _calls(text: str, operation: str) -> bool:
    name = camelcase_to_underscores(operation)
    return bool(re.search(rf"\.{name}\(|\"{name}\"", text))


def test_the_page_is_up_to_date() -> None:
    """`docs/operations.md` is what `python -m localcloud.endpoint.operations.page` prints."""
    assert (ROOT / "docs" / "operations.md").read_text() == page()


UNSIGNED = {"AssumeRoleWithSAML", "AssumeRoleWithWebIdentity"}
"""Clients send them without a signature, and the endpoint answers no unsigned request."""
STREAMED = {"StartLiveTail"}
"""Clients send it to another host."""


@listings
def test_a_refused_operation_says_its_name_and_what_to_use(client: Client, listing: Listing) -> None:
    """The client gets UnsupportedOperation with both, whatever the protocol, and before its parameters are read."""
    model, api = get_session().get_service_model(listing.model), client(listing.model)
    for family in listing.families:
        names = sorted(family.operations - UNSIGNED - STREAMED) if family.standing is Standing.REFUSED else []
        for name in names[:20]:
            with pytest.raises(ClientError) as caught:
                call(api, name, parameters(model.operation_model(name).input_shape))
            error = caught.value.response["Error"]
            assert error["Code"] == "UnsupportedOperation"
            assert error["Message"] == f"{listing.title} {name} is not supported. {family.note}"


def call(api: Any, operation: str, given: dict[str, Any]) -> Any:
    """Call an operation by its AWS name."""
    return getattr(api, api_name(api, operation))(**given)


def api_name(api: Any, operation: str) -> str:
    """Return boto3's name of an operation."""
    return next(name for name, known in api.meta.method_to_api_mapping.items() if known == operation)


def parameters(shape: Any) -> dict[str, Any]:
    """Return parameters that satisfy a shape: its required members, as small as they may be."""
    return {name: value(shape.members[name]) for name in shape.required_members} if shape else {}


def value(shape: Any) -> Any:
    """Return one value of a shape."""
    if shape.type_name == "structure":
        return parameters(shape)
    if shape.type_name == "list":
        return [value(shape.member)]
    if shape.type_name == "string":
        return shape.enum[0] if shape.enum else "x" * max(1, shape.metadata.get("min", 1))
    simple: dict[str, Any] = {"boolean": True, "map": {}, "blob": b"x" * shape.metadata.get("min", 1), "timestamp": 0}
    return simple.get(shape.type_name, max(1, shape.metadata.get("min", 1)))


def test_an_operation_that_nobody_answers_is_refused_by_its_name(client: Client) -> None:
    """So is one that is in AWS's model only: data quality runs of Glue."""
    with pytest.raises(ClientError, match="Glue StartDataQualityRulesetEvaluationRun is not supported") as caught:
        client("glue").start_data_quality_ruleset_evaluation_run(
            DataSource={"GlueTable": {"DatabaseName": "d", "TableName": "t"}}, Role="r", RulesetNames=["n"]
        )
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 501


@pytest.mark.parametrize(
    ("service", "operation", "given"),
    [
        ("lambda", "list_functions", {}),
        ("stepfunctions", "list_state_machines", {}),
        ("emr", "list_clusters", {}),
        ("ssm", "describe_parameters", {}),
        ("events", "list_rules", {}),
        ("lakeformation", "list_permissions", {}),
        ("cloudwatch", "list_metrics", {}),
        ("pricing", "describe_services", {}),
        ("rds", "describe_db_instances", {}),
    ],
)
def test_a_service_that_the_lab_lacks_is_refused_with_a_hint(
    client: Client, service: str, operation: str, given: dict[str, Any]
) -> None:
    """The message names the service, what to use instead, and what is there."""
    with pytest.raises(ClientError, match="The lab does not stand in for .* It offers: athena") as caught:
        getattr(client(service), operation)(**given)
    assert any(hint in str(caught.value) for hint in INSTEAD.values())
