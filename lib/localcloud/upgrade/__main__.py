"""The program that `./lab up` runs before it starts PostgreSQL on the folder of another version."""

from __future__ import annotations

import sys
from pathlib import Path

from localcloud.errors import LocalCloudError
from localcloud.home import Home
from localcloud.upgrade.warehouse import upgrade


def main(arguments: list[str]) -> None:
    """Upgrade the warehouse of the lab whose folder is given; the last line of a failure says what to do."""
    try:
        upgrade(Home(Path(arguments[0])), lambda line: print(line, flush=True))
    except LocalCloudError as error:
        sys.exit(" ".join(str(error).split()))


if __name__ == "__main__":
    main(sys.argv[1:])
