"""The definitions and bookmarks of jobs, through boto3."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from localcloud.glue.jobs.model import JobRun
from localcloud.glue.state import glue_backends

COMMAND = {"Name": "glueetl", "ScriptLocation": "s3://b/k.py"}
BASE = {"Name": "j", "Role": "LabRole", "Command": COMMAND}


@pytest.fixture
def glue(client: Callable[..., Any]) -> Any:
    return client("glue")


def code(error: pytest.ExceptionInfo[ClientError]) -> str:
    return error.value.response["Error"]["Code"]


def test_a_job_has_what_it_was_given_and_defaults(glue: Any) -> None:
    """GetJob shows the definition, the defaults of the manual, and the capacity of the workers."""
    glue.create_job(**BASE, WorkerType="G.2X", NumberOfWorkers=3, DefaultArguments={"--a": "1"}, Tags={"t": "v"})
    job = glue.get_job(JobName="j")["Job"]
    shown = {key: job[key] for key in ("Command", "DefaultArguments", "ExecutionProperty", "MaxRetries", "Timeout")}
    assert shown == {
        "Command": COMMAND,
        "DefaultArguments": {"--a": "1"},
        "ExecutionProperty": {"MaxConcurrentRuns": 1},
        "MaxRetries": 0,
        "Timeout": 480,
    }
    assert (job["MaxCapacity"], job["GlueVersion"]) == (6.0, "6.0")
    assert glue.get_tags(ResourceArn="arn:aws:glue:us-east-1:123456789012:job/j")["Tags"] == {"t": "v"}


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ({"GlueVersion": "4.0"}, ("Timeout", 2880)),
        ({"Command": {"Name": "pythonshell"}}, ("MaxCapacity", 0.0625)),
        ({"AllocatedCapacity": 5}, ("MaxCapacity", 5.0)),
        ({"WorkerType": "G.025X", "NumberOfWorkers": 4}, ("MaxCapacity", 1.0)),
    ],
)
def test_defaults_depend_on_the_rest(glue: Any, members: Any, expected: tuple[str, Any]) -> None:
    """What a definition does not say follows from what it says."""
    glue.create_job(**{**BASE, **members})
    assert glue.get_job(JobName="j")["Job"][expected[0]] == expected[1]


def test_the_same_job_again_is_no_error(glue: Any) -> None:
    """CreateJob is idempotent; another definition of that name is refused."""
    glue.create_job(**BASE)
    assert glue.create_job(**BASE)["Name"] == "j"
    with pytest.raises(ClientError) as error:
        glue.create_job(**{**BASE, "Role": "Other"})
    assert code(error) == "IdempotentParameterMismatchException"


@pytest.mark.parametrize(
    "members",
    [
        {"MaxCapacity": 2.0, "AllocatedCapacity": 2},
        {"MaxCapacity": 2.0, "WorkerType": "G.1X", "NumberOfWorkers": 2},
        {"Timeout": 10081},
        {"Command": {"Name": "pythonshell"}, "MaxCapacity": 0.5},
        {"DefaultArguments": {"--job-bookmark-option": "job-bookmark-on"}},
    ],
)
def test_what_glue_refuses(glue: Any, members: Any) -> None:
    """A definition that contradicts itself or the limits is an InvalidInputException, and makes no job."""
    with pytest.raises(ClientError) as error:
        glue.create_job(**{**BASE, **members})
    assert code(error) == "InvalidInputException"
    assert glue.list_jobs()["JobNames"] == []


@pytest.mark.parametrize(
    ("members", "name"),
    [
        ({"Command": {"Name": "glueray"}}, "glueray"),
        ({"DefaultArguments": {"--additional-python-modules": "x"}}, "--additional-python-modules"),
        ({"NonOverridableArguments": {"--extra-jars": "s3://b/j.jar"}}, "--extra-jars"),
        ({"DefaultArguments": {"--job-language": "scala"}}, "--job-language"),
        ({"DefaultArguments": {"--enable-glue-datacatalog": "true"}}, "--enable-glue-datacatalog"),
        ({"SecurityConfiguration": "s"}, "SecurityConfiguration"),
        ({"Connections": {"Connections": ["c"]}}, "Connections"),
        ({"JobRunQueuingEnabled": True}, "JobRunQueuingEnabled"),
        ({"MaintenanceWindow": "Sun:10"}, "MaintenanceWindow"),
    ],
)
def test_what_the_lab_cannot_run_is_refused_by_name(glue: Any, members: Any, name: str) -> None:
    """What the lab would have to ignore is refused when the job is created."""
    with pytest.raises(ClientError, match=name) as error:
        glue.create_job(**{**BASE, **members})
    assert code(error) == "UnsupportedOperation"


def test_a_run_may_not_bring_what_the_lab_ignores(glue: Any) -> None:
    """The arguments of StartJobRun have the same rules as those of the job."""
    glue.create_job(**BASE)
    with pytest.raises(ClientError, match="--extra-jars"):
        glue.start_job_run(JobName="j", Arguments={"--extra-jars": "s3://b/j.jar"})
    assert glue.get_job_runs(JobName="j")["JobRuns"] == []


def test_an_update_replaces_the_definition(glue: Any) -> None:
    """What UpdateJob does not say falls back to its default; without a role it is refused."""
    glue.create_job(**BASE, Timeout=7, Description="old")
    glue.update_job(JobName="j", JobUpdate={"Role": "LabRole", "Command": COMMAND, "MaxRetries": 2})
    job = glue.get_job(JobName="j")["Job"]
    assert (job["Timeout"], job["MaxRetries"], "Description" in job) == (480, 2, False)
    with pytest.raises(ClientError, match="Role must not be null"):
        glue.update_job(JobName="j", JobUpdate={"Command": COMMAND})


def test_a_deleted_job_is_gone(glue: Any) -> None:
    """DeleteJob succeeds without a job of that name, too; a new job of the name has no tags."""
    glue.create_job(**BASE, Tags={"t": "v"})
    for _ in range(2):
        assert glue.delete_job(JobName="j")["JobName"] == "j"
    with pytest.raises(ClientError, match="Job j not found."):
        glue.get_job(JobName="j")
    glue.create_job(**BASE)
    assert glue.list_jobs(Tags={"t": "v"})["JobNames"] == []


def test_lists_have_pages(glue: Any) -> None:
    """ListJobs and GetJobs give every job once, in pages."""
    names = {f"j{number}" for number in range(5)}
    for name in names:
        glue.create_job(**{**BASE, "Name": name})
    pages = glue.get_paginator("get_jobs").paginate(PaginationConfig={"PageSize": 2})
    assert {job["Name"] for page in pages for job in page["Jobs"]} == names
    first = glue.list_jobs(MaxResults=3)
    assert {*first["JobNames"], *glue.list_jobs(NextToken=first["NextToken"])["JobNames"]} == names
    assert glue.batch_get_jobs(JobNames=["j0", "none"])["JobsNotFound"] == ["none"]


def test_bookmarks_can_be_read_and_reset(glue: Any) -> None:
    """GetJobBookmark shows what was committed; a reset forgets it, or goes back to a run."""
    glue.create_job(**BASE)
    with pytest.raises(ClientError, match="Continuation for job j not found"):
        glue.get_job_bookmark(JobName="j")
    job = glue_backends["123456789012"]["us-east-1"].jobs["j"]
    runs = [JobRun("j", {}, {}, COMMAND, f"jr_{number}") for number in range(3)]
    for number, run in enumerate(runs):
        job.commit(run, f'{{"s": {number}}}')
        job.commit(run, f'{{"s": {number}}}')
    entry = glue.get_job_bookmark(JobName="j")["JobBookmarkEntry"]
    assert (entry["Run"], entry["RunId"], entry["PreviousRunId"], entry["JobBookmark"]) == (
        3,
        "jr_2",
        "jr_1",
        '{"s": 2}',
    )
    assert glue.reset_job_bookmark(JobName="j", RunId="jr_0")["JobBookmarkEntry"]["JobBookmark"] == '{"s": 0}'
    glue.reset_job_bookmark(JobName="j")
    with pytest.raises(ClientError, match="Continuation for job j not found"):
        glue.get_job_bookmark(JobName="j")


@pytest.mark.parametrize("operation", ["create_trigger", "create_workflow", "create_session", "start_trigger"])
def test_what_stays_refused(glue: Any, operation: str) -> None:
    """Triggers, workflows and sessions are refused by name."""
    needed = {
        "create_trigger": {"Name": "t", "Type": "ON_DEMAND", "Actions": []},
        "create_workflow": {"Name": "w"},
        "create_session": {"Id": "s", "Role": "arn:aws:iam::123456789012:role/LabRole", "Command": {"Name": "glueetl"}},
        "start_trigger": {"Name": "t"},
    }
    with pytest.raises(ClientError) as error:
        getattr(glue, operation)(**needed[operation])
    assert code(error) == "UnsupportedOperation"
