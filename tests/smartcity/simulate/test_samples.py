"""The committed samples are what their README's commands make."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

from smartcity.simulate.__main__ import main

SAMPLES = Path(__file__).parents[3] / "data" / "samples"


def test_the_samples_are_made_again_byte_for_byte(tmp_path: Path) -> None:
    """The two commands of the README give every committed file, and nothing else, to the byte."""
    commands = re.findall(r"^\.venv/bin/python -m smartcity\.simulate (.*)$", (SAMPLES / "README.md").read_text(), re.M)
    assert len(commands) == 2
    for command in commands:
        folder, *options = shlex.split(command)
        main([str(tmp_path / Path(folder).relative_to("data/samples")), *options])
    made = {path.relative_to(tmp_path): path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    kept = {path.relative_to(SAMPLES): path.read_bytes() for path in SAMPLES.rglob("*.json*")}
    assert made == kept


def test_the_samples_stay_small() -> None:
    """All files together have less than a million bytes."""
    assert sum(path.stat().st_size for path in SAMPLES.rglob("*") if path.is_file()) < 1_000_000
