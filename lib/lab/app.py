"""All commands of the lab, put together."""

from __future__ import annotations

import typer

from lab import aws, dashboards, developer, joining, lessons, releases, services, simulation, streams

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="The commands of the lab (`./lab COMMAND`).",
)
for group in (services, joining, developer, simulation, streams, dashboards, lessons, releases):
    app.add_typer(group.app)
app.add_typer(aws.app, name="aws")
