"""Programs of a lab that may run only once."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from localcloud import programs
from localcloud.errors import AlreadyRuns
from localcloud.home import Home

LIB = str(Path(programs.__file__).parents[1])
HOLD = """
import os, sys
from pathlib import Path
from localcloud import programs
from localcloud.home import Home
home = Home(Path(sys.argv[1]))
programs.claim(home, "stream", "run")
loop = "import sys, time; print('on', flush=True); time.sleep(60)"
os.execve(sys.executable, [sys.executable, "-c", loop], {**os.environ, **programs.mark(home, "stream", "run")})
"""


def _holder(home: Home) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", HOLD, str(home.root)]
    return subprocess.Popen(command, env={**os.environ, "PYTHONPATH": LIB}, stdout=subprocess.PIPE, text=True)


def test_a_second_program_is_refused_with_the_name_of_the_first(tmp_path: Path) -> None:
    """The claim survives exec; another process is told the pid of the holder, and another run is free."""
    home = Home(tmp_path / ".lab")
    with _holder(home) as holder:
        assert holder.stdout
        assert holder.stdout.readline() == "on\n"
        with pytest.raises(AlreadyRuns, match=rf"already running for the run 'run' \(process {holder.pid}, since "):
            programs.claim(home, "stream", "run")
        programs.claim(home, "stream", "other")
        holder.kill()


def test_the_claim_ends_with_its_process_however_it_ends(tmp_path: Path) -> None:
    """After kill -9 of the holder the next program gets the claim."""
    home = Home(tmp_path / ".lab")
    with _holder(home) as holder:
        assert holder.stdout
        holder.stdout.readline()
        holder.kill()
    programs.claim(home, "stream", "run")
