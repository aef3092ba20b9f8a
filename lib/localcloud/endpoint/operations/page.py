"""The page `docs/operations.md`, made from the lists: `python -m localcloud.endpoint.operations.page`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from localcloud.aws.standing import Standing
from localcloud.cloudformation.types import MADE
from localcloud.endpoint.operations.family import Listing
from localcloud.endpoint.operations.table import INSTEAD, LISTINGS

_HEAD = """# AWS operations in the lab

This page is generated from the code (`python -m localcloud.endpoint.operations.page`). Every operation is one of:

- **real**: it does what its AWS page says, within the limits listed on the other pages;
- **bookkeeping**: it keeps a record that nothing acts on, and reports no work done;
- **refused**: it fails with `UnsupportedOperation` and HTTP status 501. The message
  names the operation and what to use instead.

An operation that is not on this page is refused, and so is a service that is not on it. S3 has an endpoint of its own.
"""


def page() -> str:
    """Return the page as Markdown."""
    lines = [_HEAD, *_summary()]
    for listing in LISTINGS:
        lines += ["", *_section(listing)]
    return "\n".join([*lines, "", *_types(), "", *_services()]) + "\n"


def _summary() -> Iterator[str]:
    yield "| service | real | bookkeeping | refused by name |"
    yield "|---|---|---|---|"
    for listing in LISTINGS:
        count = Counter[Standing]()
        for family in listing.families:
            count[family.standing] += len(family.operations)
        yield f"| {listing.title} (`{listing.service}`) | {' | '.join(str(count[each]) for each in Standing)} |"


def _section(listing: Listing) -> Iterator[str]:
    yield f"## {listing.title}"
    yield ""
    yield "| | what it does | operations |"
    yield "|---|---|---|"
    for family in sorted(listing.families, key=lambda each: list(Standing).index(each.standing)):
        yield f"| {family.standing} | {family.note} | {', '.join(sorted(family.operations))} |"


def _types() -> Iterator[str]:
    yield "## CloudFormation resource types"
    yield ""
    yield "A template with any other type is refused as a whole."
    yield ""
    yield "| | type | what it creates |"
    yield "|---|---|---|"
    for name, (standing, note) in sorted(MADE.items()):
        yield f"| {standing} | `{name}` | {note} |"


def _services() -> Iterator[str]:
    yield "## Services that the lab does not have"
    yield ""
    yield "| service | instead |"
    yield "|---|---|"
    for name, instead in INSTEAD.items():
        yield f"| `{name}` | {instead} |"


if __name__ == "__main__":
    print(page(), end="")
