"""What can go wrong in the stand-in. Every message says what failed, what was seen, and the next step."""

from __future__ import annotations


class LocalCloudError(Exception):
    """Anything the stand-in reports to its user; the message ends in a step to try."""


class ServiceFailed(LocalCloudError):
    """A service died, or was not ready within its limit. The message holds the last line of its log."""


class DownloadFailed(LocalCloudError):
    """An artifact could not be fetched, or its bytes are not the pinned ones."""


class PortsTaken(LocalCloudError):
    """No free port was found in the range that the lab uses."""


class AlreadyRuns(LocalCloudError):
    """A program that may run only once is running already; the message names its process."""


class StateDamaged(LocalCloudError):
    """A file that the lab must not replace can't be read; the message names it."""


class BundleFailed(LocalCloudError):
    """An offline bundle could not be made, or the given one does not fit this machine or this lab."""
