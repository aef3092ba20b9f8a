"""How a command ends when the machine refuses something."""

from __future__ import annotations

import errno
import os
import signal

import pytest
from botocore.exceptions import ClientError

from lab import __main__ as main
from lab import failures


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


@pytest.mark.parametrize(("status", "told"), [(500, True), (503, True), (400, False), (404, False)])
def test_a_service_that_fails_is_told_in_a_sentence(status: int, told: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """S3 that can't write answers 500; an error of the request is a bug of ours."""
    monkeypatch.setattr(failures, "shortage", lambda _: "")
    error = ClientError({"Error": {"Code": "X"}, "ResponseMetadata": {"HTTPStatusCode": status}}, "PutObject")  # type: ignore[typeddict-item]
    assert ("./lab status" in (failures.sentence(error) or "")) == told


def test_on_a_full_disk_any_failure_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Kafka, Redshift and Spark fail in ways of their own when they can't write."""
    monkeypatch.setattr(failures, "shortage", lambda _: "The disk has only 0 MB free.")
    assert failures.sentence(ValueError("odd")) == "ValueError: odd. The disk has only 0 MB free."


def test_any_other_error_of_the_system_keeps_its_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that is missing where the code expects it is a bug, and is not dressed up as the machine's fault."""

    def command(**_: object) -> None:
        raise FileNotFoundError(errno.ENOENT, "no such file")

    monkeypatch.setattr(main, "app", command)
    monkeypatch.setattr(failures, "shortage", lambda _: "")
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    with pytest.raises(FileNotFoundError):
        main.main()
