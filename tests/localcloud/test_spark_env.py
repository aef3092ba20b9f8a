"""Spark gets the lab's Java, and other programs in the same shell keep theirs."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from localcloud.home import Home
from localcloud.services.s3 import S3
from localcloud.services.spark import spark_card


def test_spark_starts_whatever_java_a_shell_has(tmp_path: Path) -> None:
    """The card has no JAVA_HOME, and spark-submit runs although JAVA_HOME leads nowhere and no java is on the PATH."""
    home = Home(tmp_path / ".lab")
    card = spark_card(home)
    assert "JAVA_HOME" not in card
    env = {**os.environ, **card, "JAVA_HOME": "/nowhere", "PATH": "/usr/bin:/bin"}
    done = subprocess.run(
        [Path(sys.executable).parent / "spark-submit", "--version"],
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, "version 4.2.0" in done.stderr) == (0, True), done.stderr


def test_clients_in_rust_are_told_that_s3_speaks_http(tmp_path: Path) -> None:
    """delta-rs and object_store refuse an http:// endpoint unless AWS_ALLOW_HTTP is set."""
    assert S3().card(Home(tmp_path / ".lab"))["AWS_ALLOW_HTTP"] == "true"
