"""The arguments of a job, as a script reads them."""

from __future__ import annotations

import pytest

from localcloud.glue.library.awsglue.utils import GlueArgumentError, getResolvedOptions

ARGV = ["script.py", "--JOB_NAME", "j", "--JOB_RUN_ID", "jr_1", "--day", "monday", "--other", "x"]


def test_named_arguments_are_returned_with_those_of_glue() -> None:
    """The answer has what was asked for and what Glue sets; other arguments are left out."""
    options = getResolvedOptions(ARGV, ["JOB_NAME", "day"])
    assert {key: value for key, value in options.items() if value is not None} == {
        "JOB_NAME": "j",
        "JOB_RUN_ID": "jr_1",
        "day": "monday",
        "job_bookmark_option": "job-bookmark-disable",
    }


def test_the_folder_for_temporary_files_has_two_names() -> None:
    """TempDir is also RedshiftTempDir; a job without it may still ask for it."""
    options = getResolvedOptions([*ARGV, "--TempDir", "s3://t/"], ["TempDir"])
    assert (options["TempDir"], options["RedshiftTempDir"]) == ("s3://t/", "s3://t/")
    assert getResolvedOptions(ARGV, ["TempDir"])["TempDir"] is None


@pytest.mark.parametrize("value", ["a b", "--day", "", "x=y", "ü"])
def test_a_value_may_be_any_text_after_an_equals_sign(value: str) -> None:
    """An argument in one word takes any value."""
    assert getResolvedOptions(["s", f"--day={value}"], ["day"])["day"] == value


def test_a_missing_argument_is_an_error_of_glue() -> None:
    """A missing argument does not end the process, as argparse would."""
    with pytest.raises(GlueArgumentError, match="the following arguments are required: --night"):
        getResolvedOptions(ARGV, ["night"])


def test_abbreviations_do_not_count() -> None:
    """`--da` is not `--day`."""
    with pytest.raises(GlueArgumentError):
        getResolvedOptions(["s", "--da", "x"], ["day"])


@pytest.mark.parametrize("name", ["JOB_RUN_ID", "job-bookmark-option", "encryption-type"])
def test_reserved_names_are_refused(name: str) -> None:
    """A script can't ask for what it gets anyway."""
    with pytest.raises(RuntimeError, match=f"Using reserved arguments {name}"):
        getResolvedOptions(ARGV, [name])
