"""Every AWS service of the lab's own checks, pages and refuses in the same way."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError
from botocore.model import Shape, StructureShape
from moto.core.utils import get_service_model

from localcloud.aws import persistence
from localcloud.aws.paging import start_of, token_at
from localcloud.aws.service import exclusive
from localcloud.aws.standing import Standing
from localcloud.aws.validation import compiled_pattern
from localcloud.endpoint.operations.table import LISTINGS

from .conftest import TARGETS, Send

OWN = (*TARGETS, "redshift")
TOKENS = ("NextToken", "nextToken", "Marker")


def paged_operations() -> list[tuple[str, str, str]]:
    """Return service, operation and token of every list that the lab gives in pages."""
    listed = []
    for listing in LISTINGS:
        model = get_service_model(listing.model)
        names = [
            name for family in listing.families if family.standing is not Standing.REFUSED for name in family.operations
        ]
        for name in sorted(names) if listing.service in OWN else ():
            shape = model.operation_model(name).input_shape
            listed += [(listing.service, name, token) for token in TOKENS if shape and token in shape.members]
    return listed


def patterns() -> set[str]:
    """Return the patterns of all strings in the models of the lab's own services."""
    models = [get_service_model(service) for service in OWN]
    shapes = [model.shape_for(name) for model in models for name in model.shape_names]
    return {str(shape.metadata["pattern"]) for shape in shapes if "pattern" in shape.metadata}


def example(shape: Shape, name: str) -> Any:
    """Return the plainest value that a member may have."""
    known = {"Id": "0" * 8 + "-0000-0000-0000-" + "0" * 12, "ClusterIdentifier": "smartcity", "Database": "city"}
    known |= {"WorkGroup": "primary", "CatalogName": "AwsDataCatalog", "DatabaseName": "default"}
    if name in known:
        return known[name]
    if isinstance(shape, StructureShape):
        return {member: example(shape.members[member], member) for member in shape.required_members}
    return {"list": ["x"], "integer": 1, "boolean": True}.get(shape.type_name, "x")


@pytest.mark.parametrize(("service", "operation", "token"), paged_operations())
def test_a_token_that_was_never_given_is_the_callers_error(
    send: Send, service: str, operation: str, token: str
) -> None:
    """No list answers an invented token with its first page, or with a failure of the server."""
    shape = get_service_model(service).operation_model(operation).input_shape
    assert shape is not None
    request = {**example(shape, ""), token: "made-up"}
    if service == "redshift-data":
        request["ClusterIdentifier"] = "smartcity"
    status, code, _ = send(service, operation, request)
    assert (status, bool(code)) == (400, True)


@pytest.mark.parametrize(
    "token", ["", "made up", "é", token_at("ListTables", 5), token_at("ListSchemas", -5), "0", "5"]
)
def test_a_token_says_where_a_page_begins_for_one_operation(token: str) -> None:
    """A token of another operation, a number, or no token at all is none."""
    assert start_of("ListSchemas", token) is None
    assert start_of("ListSchemas", token_at("ListSchemas", 7)) == 7


SHORT, LONG, ENUM, PATTERN, NULL, TYPE = (
    "length greater than or equal to",
    "length less than or equal to",
    "enum value set",
    "regular expression pattern: ",
    "must not be null",
    "can not be converted to",
)


@pytest.mark.parametrize(
    ("service", "operation", "request_", "code", "message"),
    [
        ("glue", "GetTable", {"DatabaseName": "d"}, "ValidationException", NULL),
        ("glue", "GetTable", {"DatabaseName": "d", "Name": "a\nb"}, "ValidationException", PATTERN),
        ("glue", "GetTables", {"DatabaseName": "d", "MaxResults": "5"}, "SerializationException", TYPE),
        ("athena", "GetQueryExecution", {}, "InvalidRequestException", NULL),
        ("athena", "StartQueryExecution", {"QueryString": ""}, "InvalidRequestException", SHORT),
        ("athena", "GetWorkGroup", {"WorkGroup": "no/slash"}, "InvalidRequestException", PATTERN),
        ("athena", "GetWorkGroup", {"WorkGroup": ["a"]}, "SerializationException", "START_ARRAY can not be converted"),
        ("athena", "CreateDataCatalog", {"Name": "c", "Type": "OTHER"}, "InvalidRequestException", ENUM),
        ("redshift-data", "ExecuteStatement", {}, "ValidationException", "'sql' failed to satisfy constraint"),
        ("redshift-data", "ExecuteStatement", {"Sql": 7}, "SerializationException", "to a String"),
        ("redshift-data", "ExecuteStatement", {"Sql": "SELECT 1", "ResultFormat": "XML"}, "ValidationException", ENUM),
        ("redshift-data", "ExecuteStatement", {"Sql": "SELECT 1", "Parameters": [{}]}, "ValidationException", NULL),
        ("redshift-data", "BatchExecuteStatement", {"Sqls": []}, "ValidationException", SHORT),
        ("redshift-data", "BatchExecuteStatement", {"Sqls": ["SELECT 1"] * 41}, "ValidationException", LONG),
        ("redshift-data", "DescribeStatement", {"Id": "nope"}, "ValidationException", PATTERN),
        (
            "redshift-data",
            "ListStatements",
            {"MaxResults": 101},
            "ValidationException",
            "value less than or equal to 100",
        ),
        ("redshift-data", "ListStatements", {"MaxResults": True}, "SerializationException", "TRUE_VALUE"),
        ("redshift-data", "ListStatements", {"MaxResults": 2**31}, "SerializationException", "to an Integer"),
        ("redshift-data", "ListSchemas", {"ClusterIdentifier": "smartcity"}, "ValidationException", "'database'"),
        ("redshift-data", "ExecuteStatement", b"{", "SerializationException", "not valid JSON"),
        ("redshift-data", "ExecuteStatement", b"[]", "SerializationException", "must be a JSON object"),
        ("redshift-serverless", "GetNamespace", {}, "ValidationException", NULL),
        ("redshift-serverless", "GetWorkgroup", {"workgroupName": "x"}, "ValidationException", SHORT),
        ("redshift-serverless", "GetWorkgroup", {"workgroupName": "UPPER"}, "ValidationException", PATTERN),
        (
            "redshift-serverless",
            "ListWorkgroups",
            {"maxResults": 0},
            "ValidationException",
            "greater than or equal to 1",
        ),
        ("redshift-serverless", "CreateUsageLimit", {}, "ValidationException", "3 validation errors detected"),
        ("redshift", "GetClusterCredentials", {"ClusterIdentifier": "smartcity"}, "ValidationError", "'dbUser'"),
        ("redshift", "DescribeClusters", {"MaxRecords": "many"}, "ValidationError", "wrong type"),
        ("redshift", "GetClusterCredentials", {"DbUser": "u", "DurationSeconds": "x"}, "ValidationError", "wrong type"),
    ],
)
def test_a_request_that_breaks_the_model_is_refused(
    send: Send, service: str, operation: str, request_: Any, code: str, message: str
) -> None:
    """The message says which member breaks which rule, in AWS's words (CommonErrors of each API)."""
    status, given, text = send(service, operation, request_)
    assert (status, given) == (400, code)
    assert message in text


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        ({"Sql": "SELECT 1"}, "Either ClusterIdentifier or WorkgroupName needs to be specified"),
        ({"Sql": " ", "ClusterIdentifier": "smartcity"}, "1 to 100,000 characters"),
        (
            {"Sql": "SELECT 1", "SessionKeepAliveSeconds": 60},
            "ExecuteStatement with SessionKeepAliveSeconds is not supp",
        ),
        ({"Sql": "SELECT 1", "WithEvent": True}, "EventBridge"),
    ],
)
def test_the_data_api_says_what_it_lacks(client: Callable[..., Any], request_: dict[str, Any], message: str) -> None:
    """What the model allows and the Data API, or the lab, does not is named in the error."""
    with pytest.raises(ClientError, match=message):
        client("redshift-data").execute_statement(**request_)


def test_a_list_in_pages_is_whole(client: Callable[..., Any]) -> None:
    """Pages hold each item once, in order."""
    athena = client("athena")
    for number in range(7):
        athena.create_work_group(Name=f"group-{number}")
    names: list[str] = []
    token: dict[str, str] = {}
    while True:
        page = athena.list_work_groups(MaxResults=3, **token)
        names += [group["Name"] for group in page["WorkGroups"]]
        if "NextToken" not in page:
            break
        token = {"NextToken": page["NextToken"]}
    assert names == [*(f"group-{number}" for number in range(7)), "primary"]


def test_a_catalog_that_the_lab_cannot_ask_is_refused_by_name(client: Callable[..., Any]) -> None:
    """CreateDataCatalog of type LAMBDA would answer no query."""
    with pytest.raises(ClientError, match="Athena CreateDataCatalog with Type LAMBDA is not supported") as error:
        client("athena").create_data_catalog(Name="other", Type="LAMBDA")
    assert error.value.response["Error"]["Code"] == "UnsupportedOperation"


def test_what_is_exclusive_runs_with_the_lock_of_the_state() -> None:
    """An operation marked so holds the lock that moto's services hold, and keeps its name for the list of operations."""

    @exclusive
    def list_things(wanted: str) -> tuple[str, bool]:
        return wanted, persistence.lock._is_owned()  # type: ignore[attr-defined]

    assert list_things("x") == ("x", True)
    assert (list_things.__name__, persistence.lock._is_owned()) == ("list_things", False)  # type: ignore[attr-defined]


@pytest.mark.parametrize("pattern", sorted(patterns()))
def test_every_pattern_of_the_models_is_understood(pattern: str) -> None:
    """A pattern that Python cannot read would let every value pass; the only kind of these is `\\p`."""
    assert compiled_pattern(pattern) is not None or r"\p{" in pattern


@pytest.mark.parametrize(("text", "fits"), [("ä 😀\tb", True), ("a\nb", False), ("a\x00b", False)])
def test_the_pattern_of_a_glue_name_takes_every_letter(text: str, fits: bool) -> None:
    """AWS writes characters beyond U+FFFF as pairs of UTF-16; as a range of Python they mean the same."""
    pattern = compiled_pattern("[\\u0020-\\uD7FF\\uE000-\\uFFFD\\uD800\\uDC00-\\uDBFF\\uDFFF\\t]*")
    assert pattern is not None
    assert (pattern.fullmatch(text) is not None) is fits
