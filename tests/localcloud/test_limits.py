"""The limit of open files."""

from __future__ import annotations

import subprocess
import sys

import pytest

SHOW = "import resource; from localcloud import limits; limits.raise_files(); print(*resource.getrlimit(resource.RLIMIT_NOFILE))"


def limits_under(soft: int, hard: int) -> list[int]:
    """Return the limits of a process that began with these and raised them."""
    limited = f"import os, resource; resource.setrlimit(resource.RLIMIT_NOFILE, ({soft}, {hard})); "
    done = subprocess.run([sys.executable, "-c", limited + SHOW], capture_output=True, text=True, check=True)
    return [int(number) for number in done.stdout.split()]


@pytest.mark.parametrize(
    ("soft", "hard", "raised"), [(256, 2048, 2048), (256, 256, 256), (256, 9000, 4096), (5000, 9000, 5000)]
)
def test_the_soft_limit_is_raised_as_far_as_it_may(soft: int, hard: int, raised: int) -> None:
    """The soft limit becomes what the lab wants or the hard one, never less than before; the hard one stays."""
    assert limits_under(soft, hard) == [raised, hard]
