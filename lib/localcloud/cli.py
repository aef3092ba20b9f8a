"""The stand-in from the command line: `localcloud up`, `eval "$(localcloud env)"`, `localcloud down`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from localcloud import card, standalone
from localcloud.errors import LocalCloudError
from localcloud.home import Home


def _say(name: str, what: str) -> None:
    print(f"  {name:<10} {what}", file=sys.stderr)


def _status(home: Home) -> None:
    for row in standalone.supervisor(home).status():
        ports = " ".join(f"{use}:{port}" for use, port in row.ports.items())
        print(f"{row.name:<10} {'up' if row.pid else 'down':<5} {ports}")


def _env(home: Home) -> None:
    variables = card.environment(home)
    print(card.shell(variables), end="")
    if not variables:
        raise LocalCloudError("Nothing is running, so these addresses don't answer. Try: localcloud up")


def main() -> None:
    """Run one command, and report an error in one line."""
    parser = argparse.ArgumentParser(prog="localcloud", description=__doc__)
    parser.add_argument("command", choices=("up", "down", "env", "status"))
    parser.add_argument("services", nargs="*", help="default: " + " ".join(standalone.DEFAULT))
    parser.add_argument("--home", type=Path, default=Path(".localcloud"), help="folder for ports, keys and data")
    options = parser.parse_args()
    home = Home(options.home.resolve())
    try:
        if options.command == "up":
            standalone.start(home, options.services, _say)
        elif options.command == "down":
            standalone.supervisor(home, _say).down(options.services or None)
        else:
            {"env": _env, "status": _status}[options.command](home)
    except LocalCloudError as error:
        sys.exit(f"localcloud: {error}")


if __name__ == "__main__":
    main()
