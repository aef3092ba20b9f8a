"""Failures of the machine or of a service, in a sentence: a full disk, a closed file, a service that can't answer.

An error of any other kind is a bug and keeps its traceback.
"""

from __future__ import annotations

import errno
from typing import Final

from localcloud import lab as stand_in
from localcloud.disk import shortage

_SERVER_ERROR: Final = 500
_FREE: Final = "Try: free some space there (df -h .lab out), then run the same command again"
_OWN: Final = "Try: ./lab as the user who made this folder, or give that file back to its owner (ls -l shows it)"
_REMEDIES: Final = {
    errno.ENOSPC: _FREE,
    errno.EDQUOT: _FREE,
    errno.EROFS: "Try: mount the disk writable, or move the lab to another one",
    errno.EACCES: _OWN,
    errno.EPERM: _OWN,
}


def sentence(error: Exception) -> str | None:
    """Return what failed and what to try, or None for an error that says nothing about the machine."""
    if isinstance(error, OSError) and error.errno in _REMEDIES:
        return f"{error}. {_REMEDIES[error.errno]}"
    if short := shortage(stand_in.home()):  # whatever failed, on a full disk that is the first thing to fix
        return f"{type(error).__name__}: {error}. {short}"
    if _is_of_a_service(error):
        return f"{error}. Try: ./lab status, then ./lab up and the same command again"
    return None


def _is_of_a_service(error: Exception) -> bool:
    """Return whether an AWS client got no answer, or one with the server's own error; botocore is imported late."""
    if type(error).__module__ != "botocore.exceptions" and not type(error).__module__.startswith(
        "botocore.errorfactory"
    ):
        return False
    response = getattr(error, "response", None)
    return response is None or response["ResponseMetadata"]["HTTPStatusCode"] >= _SERVER_ERROR
