"""How many files a process may have open: raised as far as the system allows, for the services started later."""

from __future__ import annotations

import resource

FILES_NEEDED = 1024
"""A broker, a query engine and a database each keep a few hundred files and connections open."""
FILES_WANTED = 4096


def allowed_files() -> int | None:
    """Return how many files a process of this user may open at most; None if there is no limit."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    return None if hard == resource.RLIM_INFINITY else hard


def raise_files() -> None:
    """Raise this process's own limit of open files, which what it starts inherits, as far as it may."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FILES_WANTED if hard == resource.RLIM_INFINITY else min(hard, FILES_WANTED)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
