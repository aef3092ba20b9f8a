"""How a command ends when the machine refuses something."""

from __future__ import annotations

import errno
import os
import signal

import pytest

from lab import __main__ as main


def _run(error: OSError, monkeypatch: pytest.MonkeyPatch) -> int | str | None:
    def command(**_: object) -> None:
        raise error

    monkeypatch.setattr(main, "app", command)
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    with pytest.raises(SystemExit) as ended:
        main.main()
    return ended.value.code


@pytest.mark.parametrize(
    ("number", "remedy"),
    [(errno.ENOSPC, "free some space"), (errno.EDQUOT, "free some space"), (errno.EROFS, "mount the disk writable"),
     (errno.EACCES, "./lab as the user who made"), (errno.EPERM, "./lab as the user who made")],
)  # fmt: skip
def test_a_full_or_closed_disk_is_told_in_a_sentence(
    number: int, remedy: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The message names the file, and what to try; the exit code is 1."""
    assert _run(OSError(number, os.strerror(number), "ports.json"), monkeypatch) == 1
    told = " ".join(capsys.readouterr().err.split())
    assert "ports.json" in told
    assert f"Try: {remedy}" in told


def test_any_other_error_of_the_system_keeps_its_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that is missing where the code expects it is a bug, and is not dressed up as the machine's fault."""

    def command(**_: object) -> None:
        raise FileNotFoundError(errno.ENOENT, "no such file")

    monkeypatch.setattr(main, "app", command)
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    with pytest.raises(FileNotFoundError):
        main.main()
