"""The commands around AWS: aws plan, deploy, status, cost, env, destroy."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Annotated, TypeVar

import boto3
import typer
from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console
from rich.table import Table

from lab.options import expanded
from localcloud import lab as stand_in
from smartcity.aws import estimate, stack
from smartcity.errors import LabError, NotConfigured
from smartcity.settings import Settings

app = typer.Typer(no_args_is_help=True, help="The lab on AWS: estimate its cost, deploy it, and prove that it is gone.")
console = Console(highlight=False, emoji=False)

NAME = Annotated[str, typer.Option("--name", help="Name of the stack, and prefix of its resources' names.")]
YES = Annotated[bool, typer.Option("--yes", help="Don't ask for confirmation.")]
T = TypeVar("T")


@dataclass(frozen=True)
class Parts:
    """The parts of the stack that can be left out, and the size of the warehouse."""

    warehouse: Annotated[bool, typer.Option(help="Redshift Serverless, for lesson 08.")] = True
    spark: Annotated[bool, typer.Option(help="EMR Serverless, for streams that are too large for a laptop.")] = False
    kafka: Annotated[bool, typer.Option(help="MSK Serverless, for the same; billed by the hour.")] = False
    rpu: Annotated[int, typer.Option(help="Redshift Processing Units: 4, 8, 16 or 32.")] = 4

    @property
    def costs(self) -> estimate.Stack:
        """Return what is estimated."""
        return estimate.Stack(self.warehouse, self.kafka, self.spark, self.rpu)


@dataclass(frozen=True)
class Access:
    """Who may reach the warehouse and how, for which run, and for how much money."""

    client_cidr: Annotated[
        str, typer.Option(help="Addresses that can reach the warehouse, such as 203.0.113.7/32.")
    ] = ""
    budget_usd: Annotated[int, typer.Option(min=1, help="US dollars per month.")] = 20
    run_id: Annotated[str, typer.Option(help="The run of the notebooks.")] = "run"
    port: Annotated[int, typer.Option(help="Port of the warehouse; a local stand-in uses its own.")] = 5439


def session() -> boto3.Session:
    """Return a session; raise if no keys or no region are found."""
    made = boto3.Session()
    if made.get_credentials() is None or made.region_name is None:
        raise NotConfigured("Found no AWS keys or no region. Try: aws configure, or AWS_PROFILE and AWS_REGION")
    return made


@app.command()
@expanded
def plan(parts: Parts, name: NAME = "smartcity") -> None:
    """Show the account, what would be created and what it costs; creates nothing."""
    at = session()
    console.print(
        f"Stack {name!r} in account {stack.account(at)}, region {at.region_name}. It can contain:", markup=False
    )
    console.print("  " + ", ".join(stack.plan(at)), markup=False)
    show_costs(parts.costs)


@app.command()
@expanded
def cost(
    parts: Parts,
    people: Annotated[int, typer.Option(min=1, help="Number of people in the workshop.")] = 12,
    hours: Annotated[float, typer.Option(min=0, help="Hours from deploy to destroy.")] = 8,
) -> None:
    """Show the cost of an idle hour, each lesson and a workshop; needs no account."""
    show_costs(parts.costs, people, hours)


@app.command()
@expanded
def deploy(
    email: Annotated[str, typer.Option(help="Address for the budget alarm.")],
    access: Access,
    parts: Parts,
    name: NAME = "smartcity",
    yes: YES = False,
) -> None:
    """Show the estimate, ask once, create the stack, and print the variables that connect the notebooks to it."""
    database = Settings(run_id=access.run_id).database
    options = stack.Options(name=name, email=email, database=database, **asdict(access), **asdict(parts))
    options.check()
    at = session()
    show_costs(parts.costs)
    agree(f"Create the stack {name!r} in account {stack.account(at)}, region {at.region_name}?", yes)
    outputs = reporting_aws_errors(lambda: stack.deploy(at, options))
    console.print("The stack is ready. Delete it as soon as you are done: lab aws destroy", markup=False)
    print_variables(outputs)


@app.command()
def status(name: NAME = "smartcity") -> None:
    """Show each resource of the stack and its state."""
    at = session()
    table = Table("thing", "type", "state", "id")
    for resource in reporting_aws_errors(lambda: stack.held(at, name)):
        table.add_row(resource["name"], resource["type"], resource["state"], resource["id"])
    console.print(table)


@app.command()
def env(name: NAME = "smartcity") -> None:
    """Print the variables that connect the notebooks to the stack and to local Kafka: eval "$(./lab aws env)"."""
    at = session()
    print_variables(reporting_aws_errors(lambda: stack.outputs(at, name)))


@app.command()
def destroy(name: NAME = "smartcity", yes: YES = False) -> None:
    """Empty and delete the stack, then prove that nothing is left."""
    from smartcity.aws import proof  # noqa: PLC0415  late: the lake takes 0.5 s and 90 MB

    at = session()
    things = reporting_aws_errors(lambda: stack.held(at, name))
    for resource in things:
        console.print(f"  {resource['type']:<40} {resource['id']}", markup=False)
    agree(f"Delete all {len(things)} resources of {name!r}, with all their data?", yes)
    gone = reporting_aws_errors(lambda: proof.destroy(at, name))
    console.print(f"Gone: none of the {len(gone)} resources exists any more, and nothing has the tag.")


def agree(question: str, yes: bool) -> None:
    """Ask for a yes; end the command on any other answer."""
    if not yes and typer.prompt(f"{question} Type yes", default="no") != "yes":
        console.print("Nothing was done.")
        raise typer.Exit(1)


def show_costs(of: estimate.Stack, people: int = 12, hours: float = 8) -> None:
    """Print the estimate."""
    table = Table("when", "what", "quantity", "unit", "USD", title=f"Estimate, list prices of {prices_date()}")
    for when, lines in (("an idle hour", estimate.idle_hour(of)), *lessons(of)):
        for line in lines:
            table.add_row(when, line.what, f"{line.quantity:.6g}", line.unit, f"{line.usd:.5f}")
        table.add_row(when, "total", "", "", f"{estimate.total(lines):.4f}", style="bold", end_section=True)
    console.print(table)
    if estimate.usage():
        whole = estimate.workshop(people, hours, of)
        console.print(
            f"Workshop: {people} people with a stack each, {hours:g} hours, each lesson twice: {whole:.2f} USD"
        )
    else:
        console.print(
            "Lessons have not been counted yet (bench/aws_calls.py): what they and a workshop cost is unknown."
        )
    console.print(str(estimate.prices()["note"]), markup=False)


def lessons(of: estimate.Stack) -> list[tuple[str, list[estimate.Line]]]:
    """Return the lines of each lesson."""
    return [(f"lesson {number}", estimate.lesson(number, of)) for number in sorted(estimate.usage())]


def prices_date() -> str:
    """Return the month and the region of the prices."""
    return f"{estimate.prices()['as_of']}, {estimate.prices()['region']}"


def print_variables(outputs: dict[str, str]) -> None:
    """Print export lines: those of the stack, and those of the Spark and Kafka of this machine."""
    for name, value in {**stand_in.laptop_environment(stand_in.home()), **stack.variables(outputs)}.items():
        print(f"export {name}={shlex.quote(value)}")


def reporting_aws_errors(call: Callable[[], T]) -> T:
    """Make a call, and raise an AWS error as a LabError."""
    try:
        return call()
    except (BotoCoreError, ClientError) as error:
        raise LabError(f"AWS answered: {error}. Try: aws sts get-caller-identity, lab aws status") from error
