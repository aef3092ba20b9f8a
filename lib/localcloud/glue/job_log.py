"""The logs of job runs in CloudWatch Logs, where Glue puts them: GROUP/output and GROUP/error, a stream for each run.

https://docs.aws.amazon.com/glue/latest/dg/monitor-continuous-logging.html
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Final

from moto.logs.models import LogsBackend, logs_backends

from localcloud.glue.jobs.model import JobRun
from localcloud.glue.jobs.process import ERROR, OUTPUT, folder_of
from localcloud.glue.state import GlueBackend

MAX_LINE: Final = 60_000
MAX_BYTES: Final = 4_000_000
"""What is kept of each output of a run: the lab holds its logs in memory."""
_CUT: Final = f"The lab keeps the first {MAX_BYTES} bytes of a run's output; the rest was dropped."


class RunLog:
    """Copies what a run has written to its streams. Callers of `copy` hold the state lock."""

    def __init__(self, backend: GlueBackend, run: JobRun) -> None:
        self._backend, self._run = backend, run
        self._read = {OUTPUT: 0, ERROR: 0}

    def restart(self) -> None:
        """Empty the streams: all of the output will be copied again."""
        for output in (OUTPUT, ERROR):
            self._logs(output).groups[f"{self._run.log_group}/{output}"].streams.pop(self._run.id)
            self._logs(output)

    def copy(self, last: bool = False) -> None:
        """Copy the whole lines that are new; the last call also copies a line without an end."""
        for output in (OUTPUT, ERROR):
            file = folder_of(self._run) / output
            if file.exists():
                self._copy(output, file, last)

    def add(self, text: str) -> None:
        """Add a line of Glue itself to the errors."""
        self._put(ERROR, [text])

    def _copy(self, output: str, file: Path, last: bool) -> None:
        start = self._read[output]
        if start >= MAX_BYTES:
            return
        with file.open("rb") as opened:
            opened.seek(start)
            content = opened.read(MAX_BYTES - start)
        end = len(content) if last or start + len(content) >= MAX_BYTES else content.rfind(b"\n") + 1
        self._read[output] = start + end
        lines = content[:end].decode(errors="replace").splitlines()
        self._put(output, [*lines, *([_CUT] if self._read[output] >= MAX_BYTES else [])])

    def _put(self, output: str, lines: list[str]) -> None:
        now = round(time.time() * 1000)
        events = [{"timestamp": now, "message": line[:MAX_LINE]} for line in lines if line.strip()]
        if events:
            self._logs(output).put_log_events(f"{self._run.log_group}/{output}", self._run.id, events)

    def _logs(self, output: str) -> LogsBackend:
        logs = logs_backends[self._backend.account_id][self._backend.region_name]
        group = f"{self._run.log_group}/{output}"
        logs.ensure_log_group(group)
        logs.ensure_log_stream(group, self._run.id)
        return logs
