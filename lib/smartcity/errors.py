"""What can go wrong in the pipeline. Every message says what failed, what was seen, and the next step."""

from __future__ import annotations

from typing import ClassVar


class LabError(Exception):
    """Anything the pipeline reports to its user; the message ends in a step to try.

    `exit_code` is what a command ends with because of it.
    """

    exit_code: ClassVar[int] = 1


class NotConfigured(LabError):
    """A setting is missing: no card of a running lab, and no environment variable instead."""


class ConfigInvalid(LabError):
    """A parameter of the simulator is not possible; the message says which values are."""


class ParameterInvalid(LabError):
    """A value for a run is not possible: an unknown name, another type, a range of notebooks that is empty."""

    exit_code = 2


class BrokerUnreachable(LabError):
    """Kafka did not take or give records within the limit."""


class SchemaRefused(LabError):
    """The schema registry refused a producer's schema; no record was sent."""


class QueryDied(LabError):
    """A Spark query ended with an error; the message starts with its cause."""


class LakeError(LabError):
    """A zone of the lake could not be read or written."""


class CrawlFailed(LabError):
    """A Glue crawler ended without success, or did not end within the limit."""


class LedgerUnbalanced(LabError):
    """Events were lost, stored twice, or not judged as the simulator's truth says; `ledger` has the numbers."""

    exit_code = 5

    def __init__(self, message: str, ledger: object = None) -> None:
        super().__init__(message)
        self.ledger = ledger


class LoadUnbalanced(LabError):
    """A load took different rows than the lake holds, or left different rows in the table."""

    exit_code = 5


class NotPrepared(LabError):
    """A lesson needs data that is not there and can't be made from here; the message says which lesson makes it."""


class ExercisesOpen(LabError):
    """Exercises of a lesson are unanswered or wrong; only the solutions require right answers."""


class NotebookFailed(LabError):
    """A cell of a notebook raised; the message names the notebook, the cell and the error."""

    exit_code = 4


class BiFailed(LabError):
    """A file for a BI tool could not be made, or is not what its vendor's rules say."""
