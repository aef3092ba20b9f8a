"""The rules of a job's definition, what holds if it says nothing, and what the lab can't run."""

from __future__ import annotations

from typing import Any, Final

from localcloud.aws.refusal import Refusal
from localcloud.glue.jobs.capacity import dpus
from localcloud.glue.names import InvalidInput

Json = dict[str, Any]

SHELL: Final = "pythonshell"
COMMANDS: Final = ("glueetl", "gluestreaming", SHELL)
RUN_SETTINGS: Final = (
    *("Timeout", "MaxCapacity", "AllocatedCapacity", "WorkerType", "NumberOfWorkers", "GlueVersion"),
    *("NotificationProperty", "ExecutionClass"),
)
"""Members of a definition that a run shows."""
MAX_MINUTES: Final = 10_080
_VERSION: Final = "6.0"
"""The version of Glue that a job without one has."""
_CAPACITY: Final = 10
_NOT_HERE: Final = {
    "--additional-python-modules": "Install the module into the lab's Python, or give its file as --extra-py-files.",
    "--enable-glue-datacatalog": "Read tables with create_dynamic_frame.from_catalog and toDF().",
    "--extra-jars": "The lab's Spark has the jars for S3 and Kafka.",
    "--extra-files": "Read the file from S3 in the script.",
    "--class": "The lab runs Python scripts only.",
    "--datalake-formats": "The lab's Spark has no jars of Delta, Hudi or Iceberg.",
    "--python-modules-installer-option": "The lab installs no modules for a job.",
    "--encryption-type": "The lab encrypts its whole object store already.",
    "--job-bookmark-from": "Reset the bookmark to a run with ResetJobBookmark.",
    "--job-bookmark-to": "Reset the bookmark to a run with ResetJobBookmark.",
}
"""Special parameters that the lab does not act on, and what to do instead."""
_BOOKMARK: Final = ("job-bookmark-enable", "job-bookmark-disable", "job-bookmark-pause")


def checked(given: Json) -> Json:
    """Return a definition with its defaults.

    Raises:
        InvalidInput, Refusal: Glue does not take it, or the lab can't run it.
    """
    for member in ("Role", "Command"):
        if not given.get(member):
            raise InvalidInput(f"{member} must not be null.")
    check_arguments({**given.get("DefaultArguments", {}), **given.get("NonOverridableArguments", {})})
    check_run(given)
    _check_supported(given)
    definition = {**given, **_capacity(given)}
    version = str(given.get("GlueVersion", _VERSION))
    old = version != "auto" and int(version.split(".")[0]) < 5
    return {
        "ExecutionProperty": {"MaxConcurrentRuns": 1},
        "MaxRetries": 0,
        "GlueVersion": version,
        "Timeout": 2880 if old or given["Command"].get("Name") == SHELL else 480,
        **definition,
    }


def check_run(given: Json) -> None:
    """Check the members that a definition and a StartJobRun share."""
    if "AllocatedCapacity" in given and "MaxCapacity" in given:
        raise InvalidInput("Please set only Allocated Capacity or Max Capacity")
    if "MaxCapacity" in given and ("WorkerType" in given or "NumberOfWorkers" in given):
        raise InvalidInput("Please do not set Max Capacity if using Worker Type and Number of Workers.")
    if given.get("Timeout", 1) > MAX_MINUTES:
        raise InvalidInput(f"Timeout must be at most {MAX_MINUTES} minutes, not {given['Timeout']}.")
    if given.get("SecurityConfiguration"):
        raise _refusal(
            "SecurityConfiguration", "The lab has no security configurations; its object store is encrypted."
        )
    if given.get("ExecutionRoleSessionPolicy"):
        raise _refusal("ExecutionRoleSessionPolicy", "The lab's jobs run with the lab's own keys.")


def check_arguments(arguments: dict[str, str]) -> None:
    """Refuse special parameters that the lab would have to ignore."""
    for name, instead in _NOT_HERE.items():
        if arguments.get(name, "false") not in ("", "false"):
            raise _refusal(name, instead)
    if arguments.get("--job-language", "python") != "python":
        raise _refusal("--job-language", "The lab runs Python scripts only.")
    option = arguments.get("--job-bookmark-option", _BOOKMARK[0])
    if option not in _BOOKMARK:
        raise InvalidInput(f"--job-bookmark-option must be one of {', '.join(_BOOKMARK)}, not {option[:100]!r}.")


def merged(definition: Json, arguments: dict[str, str]) -> dict[str, str]:
    """Return the arguments of a run: the job's defaults, the run's own, and those that no run can replace."""
    fixed = definition.get("NonOverridableArguments", {})
    return {**definition.get("DefaultArguments", {}), **arguments, **fixed}


def run_settings(definition: Json, given: Json) -> Json:
    """Return the settings of a run: the job's, replaced by those of StartJobRun."""
    own: Json = {name: given[name] for name in RUN_SETTINGS if name in given}
    inherited: Json = {name: definition[name] for name in RUN_SETTINGS if name in definition}
    if {"WorkerType", "NumberOfWorkers", "MaxCapacity", "AllocatedCapacity"} & own.keys():
        inherited.pop("MaxCapacity", None)
        inherited.pop("AllocatedCapacity", None)
    settings = {**inherited, **own}
    return {**settings, **_capacity({**settings, "Command": definition["Command"]})}


def _capacity(given: Json) -> Json:
    """Return both names of the capacity; they show the same."""
    if "WorkerType" in given and "NumberOfWorkers" in given:
        capacity = dpus(given)
    else:
        shell = given["Command"].get("Name") == SHELL
        default = 0.0625 if shell else _CAPACITY
        capacity = float(given.get("MaxCapacity") or given.get("AllocatedCapacity") or default)
        if shell and capacity not in (0.0625, 1):
            raise InvalidInput(f"MaxCapacity of a Python shell job must be 0.0625 or 1, not {capacity:g}.")
    return {"MaxCapacity": capacity, "AllocatedCapacity": int(capacity)}


def _check_supported(given: Json) -> None:
    command = given["Command"].get("Name")
    if command == "glueray":
        raise _refusal("the command glueray", f"The lab runs {', '.join(COMMANDS)}.")
    for member in ("CodeGenConfigurationNodes", "SourceControlDetails", "MaintenanceWindow"):
        if given.get(member):
            raise _refusal(member, "Give the job a script instead.")
    if given.get("JobRunQueuingEnabled"):
        raise _refusal("JobRunQueuingEnabled", "Start the run when the one before has ended.")
    if given.get("Connections", {}).get("Connections"):
        raise _refusal(
            "Connections", "The lab's Glue connects to nothing but S3; a script can open its own connection."
        )


def _refusal(what: str, instead: str) -> Refusal:
    return Refusal("UnsupportedOperation", f"A Glue job with {what} is not supported. {instead}", 501)
