"""The arguments of a job."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any, NoReturn

BOOKMARK_OPTIONS = ("job-bookmark-enable", "job-bookmark-disable", "job-bookmark-pause")
_RESERVED = {
    "job-bookmark-option": "job-bookmark-disable",
    "JOB_ID": None,
    "JOB_RUN_ID": None,
    "SECURITY_CONFIGURATION": None,
    "encryption-type": None,
    "enable-data-lineage": None,
}
"""Arguments that Glue sets itself, and their values where it sets none. A script gets them without asking."""
_TEMPORARY = ("TempDir", "RedshiftTempDir")


class GlueArgumentError(Exception):
    """An argument of the job is missing or wrong."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise GlueArgumentError(message)


def getResolvedOptions(args: Sequence[str], options: Sequence[str]) -> dict[str, Any]:
    """Return the named arguments of the job, all of which must be there, with those that Glue sets itself.

    Raises:
        GlueArgumentError: one is missing. Remedy: pass `--NAME value` in the job's or the run's arguments.
        RuntimeError: a name is reserved. Remedy: leave it out; the answer has it.
    """
    parser = _Parser(allow_abbrev=False, add_help=False)
    for name, default in _RESERVED.items():
        if name in options:
            raise RuntimeError(f"Using reserved arguments {name}")
        choices = BOOKMARK_OPTIONS if name == "job-bookmark-option" else None
        parser.add_argument(f"--{name}", default=default, choices=choices)
    for name in _TEMPORARY:
        parser.add_argument(f"--{name}")
    for name in dict.fromkeys(options):
        if name not in _TEMPORARY:
            parser.add_argument(f"--{name}", required=True)
    parsed = vars(parser.parse_known_args(list(args[1:]))[0])
    temporary = parsed["TempDir"] or parsed["RedshiftTempDir"]
    return parsed | dict.fromkeys(_TEMPORARY, temporary)
