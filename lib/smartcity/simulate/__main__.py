"""`python -m smartcity.simulate`: write a run to files; see `--help`."""

from __future__ import annotations

import argparse
from datetime import datetime
from pathlib import Path

from smartcity.errors import LabError
from smartcity.simulate.config import FAULTS, Config
from smartcity.simulate.files import write_events, write_records


def main(arguments: list[str] | None = None) -> None:
    """Read the arguments, run the city, write the files."""
    usual = Config()
    parser = argparse.ArgumentParser(prog="python -m smartcity.simulate", description="Write a simulated run to files.")
    parser.add_argument("folder", type=Path, help="where to write; created if missing")
    parser.add_argument("--minutes", type=int, default=usual.minutes)
    parser.add_argument("--vehicles", type=int, default=usual.vehicles)
    parser.add_argument("--seed", type=int, default=usual.seed)
    parser.add_argument("--start", type=datetime.fromisoformat, default=usual.start, help="ISO 8601 with time zone")
    parser.add_argument("--faults", choices=FAULTS, default="usual")
    parser.add_argument(
        "--records", action="store_true", help="one file of records with their truth, instead of one per topic"
    )
    given = parser.parse_args(arguments)
    try:
        config = Config(given.minutes, given.vehicles, given.seed, given.start, FAULTS[given.faults]())
        given.folder.mkdir(parents=True, exist_ok=True)
        (write_records if given.records else write_events)(config, given.folder)
    except LabError as error:
        parser.error(str(error))


if __name__ == "__main__":
    main()
