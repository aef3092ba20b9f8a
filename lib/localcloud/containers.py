"""One service of the lab in each container (docker/compose.yaml), by the same code as on one machine.

The containers share the lab's folder. `prepare` fills it once; then each runs one service, which waits for those it
needs. The container engine starts a process again that has ended.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import NoReturn

from localcloud.card import environment
from localcloud.cluster import Cluster, await_ready, prepare, services
from localcloud.errors import LocalCloudError
from localcloud.home import Home
from localcloud.jupyter import jupyter_command
from localcloud.lab import home
from localcloud.limits import raise_files
from localcloud.process import variables
from localcloud.service import Service
from localcloud.setup import ensure

_ANYWHERE = "0.0.0.0"  # noqa: S104  the engine publishes it on the loopback of the server, and it asks for a token


def run(home: Home, service: Service) -> NoReturn:
    """Become the process of a service, once those that it needs answer."""
    known = services(home)
    for name in needs(service, known):
        await_ready(home, known[name])
    ensure(service.setup(home), lambda line: print(line, flush=True))
    command = service.command(home)
    raise_files()
    os.chdir(command.cwd or home.root)
    os.execve(command.argv[0], command.argv, variables(command))  # noqa: S606


def needs(service: Service, known: dict[str, Service]) -> tuple[str, ...]:
    """Return the names of those that must answer first, of the services that this lab has."""
    return tuple(name for name in service.needs if name in known)


def notebook(home: Home, folder: Path) -> tuple[list[str], dict[str, str]]:
    """Return JupyterLab's arguments and variables; its token is the lab's secret."""
    argv, env = jupyter_command(home, folder, home.port("jupyterlab.http"), _ANYWHERE)
    return [*argv, "--no-browser"], {**environment(home), **env, "JUPYTER_TOKEN": home.secret("jupyter")}


def _named(home: Home, name: str) -> Service:
    known = services(home)
    if name not in known:
        raise LocalCloudError(f"There is no service {name!r}. Try one of: {', '.join(known)}")
    return known[name]


def main(arguments: list[str]) -> None:
    """Run one step: `prepare`, `run SERVICE`, `check SERVICE`, or `notebook FOLDER`."""
    match arguments:
        case ["prepare"]:
            prepare(home())
        case ["run", name]:
            run(home(), _named(home(), name))
        case ["check", name]:
            await_ready(home(), _named(home(), name), limit_s=1)
        case ["notebook", folder]:
            Cluster(home(), lambda name, what: print(f"{name}: {what}", flush=True)).up()
            argv, env = notebook(home(), Path(folder))
            os.execve(argv[0], argv, {**os.environ, **env})  # noqa: S606
        case _:
            raise LocalCloudError(f"There is no step {' '.join(arguments)!r}. Try: prepare")


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except LocalCloudError as error:
        sys.exit(f"lab: {error}")
