"""The lab's components as one list: packages of two locks for Python, jars of two more, Trino's core.

licences.lock holds each licence and its source. The list is written as CycloneDX JSON and as docs/licences.md.
"""

from __future__ import annotations

import re
import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import PurePosixPath
from typing import Any, Final, NamedTuple

from localcloud.binaries.jars import jar_artifacts, lock_lines
from localcloud.binaries.trino import CORE, VERSION, plugin_artifacts
from release import ROOT
from release.licences import UNKNOWN, Finding

LOCK: Final = ROOT / "licences.lock"
PAGE: Final = ROOT / "docs" / "licences.md"
_HEAD: Final = (
    "# component, package URL, licence (SPDX), what says so. Written by `./lab sbom --update`; see CONTRIBUTING.md.\n"
)
_NAMESPACE: Final = uuid.UUID("5f1c3d51-0d0e-4a55-9b6c-3f3a6f3b7a10")
"""A number for each list comes from its content, so that the same locks give the same file."""


class Pinned(NamedTuple):
    """Something that a lock file names: a Python package (`name==version`) or a file, with its sha256."""

    key: str
    purl: str
    sha256: str
    marker: str


Look = Callable[[Pinned], tuple[str, Finding]]
"""Reads the package URL and the licence of something that is pinned."""


class Component(NamedTuple):
    """Something pinned, and its licence."""

    pinned: Pinned
    purl: str
    finding: Finding


def pinned() -> Iterator[Pinned]:
    """Yield all that the lock files name, in their order."""
    text = "".join((ROOT / folder / "requirements.lock").read_text() for folder in ("", "tests"))
    for name, version, marker in re.findall(r"^([a-z0-9._-]+)==([^ ;\\]+)(?: ; ([^\\\n]+?))? \\", text, re.MULTILINE):
        yield Pinned(f"{name}=={version}", f"pkg:pypi/{name}@{version}", "", marker)
    coordinates = (line[0] for line in lock_lines("jars.lock"))
    for coordinate, jar in zip(coordinates, jar_artifacts(), strict=True):
        group, artifact, version = coordinate.split(":")
        yield Pinned(jar.name, f"pkg:maven/{group}/{artifact}@{version}", jar.sha256, "")
    for jar in plugin_artifacts():
        yield Pinned(jar.name, "", jar.sha256, "")
    yield Pinned(CORE.name, f"pkg:maven/io.trino/trino-server-core@{VERSION}?type=tar.gz", CORE.sha256, "")


def known() -> dict[str, tuple[str, Finding]]:
    """Return package URL and licence by component, as licences.lock has them."""
    rows = (line.split("\t") for line in LOCK.read_text().splitlines() if line and not line.startswith("#"))
    return {key: (purl, Finding(licence, source)) for key, purl, licence, source in rows}


def components() -> list[Component]:
    """Return all components. Raises KeyError if licences.lock lacks one; remedy: `./lab sbom --update`."""
    rows = known()
    return [Component(pin, *rows[pin.key]) for pin in pinned()]


def update(look: Look) -> int:
    """Write licences.lock and the page again; `look` reads what is new. Return how many licences are unknown."""
    rows = known() if LOCK.exists() else {}
    rows_now = [(pin.key, *(rows.get(pin.key) or look(pin))) for pin in pinned()]
    LOCK.write_text(_HEAD + "".join("\t".join((key, purl, *finding)) + "\n" for key, purl, finding in sorted(rows_now)))
    PAGE.write_text(page(components()))
    return sum(finding.licence == UNKNOWN for _, _, finding in rows_now)


def bom(version: str, listed: Iterable[Component]) -> dict[str, Any]:
    """Return the list as CycloneDX 1.6 (https://cyclonedx.org/docs/1.6/json/)."""
    parts = [_part(component) for component in listed]
    lab = {"type": "application", "bom-ref": "smartcity-lab", "name": "smartcity-lab", "version": version}
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid5(_NAMESPACE, repr(parts))}",
        "version": 1,
        "metadata": {"component": {**lab, "licenses": [{"license": {"id": "Apache-2.0"}}]}},
        "components": parts,
        "dependencies": [{"ref": "smartcity-lab", "dependsOn": [part["bom-ref"] for part in parts]}],
    }


def _part(component: Component) -> dict[str, Any]:
    group, name, version = coordinates(component)
    kind = "pypi" if component.purl.startswith("pkg:pypi/") else "jar"
    part: dict[str, Any] = {
        "type": "library",
        "bom-ref": f"{kind}/{component.pinned.key}",
        "name": name,
        "purl": component.purl,
    }
    part |= {"version": version} if version else {}
    part |= {"group": group} if group else {}
    if component.pinned.sha256:
        part["hashes"] = [{"alg": "SHA-256", "content": component.pinned.sha256}]
    if component.finding.licence != UNKNOWN:
        part["licenses"] = [_licence(component.finding.licence)]
    notes = {"lab:licence-source": component.finding.source, "lab:marker": component.pinned.marker}
    part["properties"] = [{"name": name, "value": value} for name, value in notes.items() if value]
    return part


def _licence(expression: str) -> dict[str, Any]:
    if expression.startswith("LicenseRef-"):
        return {"license": {"name": expression.removeprefix("LicenseRef-").replace("-", " ")}}
    return {"expression": expression} if " " in expression else {"license": {"id": expression}}


def coordinates(component: Component) -> tuple[str, str, str]:
    """Return group, name and version; a jar without a group and version is named after its file."""
    match = re.fullmatch(r"pkg:\w+/(?:(.+)/)?([^/@]+)@([^?]+)(?:\?.*)?", component.purl)
    return (match[1] or "", match[2], match[3]) if match else ("", PurePosixPath(component.pinned.key).stem, "")


def page(listed: list[Component]) -> str:
    """Return docs/licences.md."""
    counts = Counter(component.finding.licence for component in listed)
    table = "".join(
        f"| {licence} | {count} |\n" for licence, count in sorted(counts.items(), key=lambda row: (-row[1], row[0]))
    )
    python = [component for component in listed if component.purl.startswith("pkg:pypi/")]
    return f"""# Licences of the lab's components

The lab itself is under [Apache-2.0](../LICENSE). It uses {len(python)} Python packages, of which each machine installs
the ones it needs, and downloads {len(listed) - len(python)} Java files. This repository and its wheels contain none of
them. `./lab sbom` writes the same list as CycloneDX JSON; `./lab sbom --update` regenerates both from the locks.

Each licence is what the component itself declares: in its metadata, its pom or manifest, or as a licence text that it
includes. The column "by" says which. `unknown` means that it declares none. The list doesn't go inside components:
pyspark includes jars, Trino's core includes libraries, and other wheels include compiled libraries. Look for `LICENSE`,
`NOTICE` and `legal` in them.

| licence | components |
|---|---|
{table}
## Python packages

{_rows(python)}
## Files for Java: Kafka, Spark's connectors, Trino

{_rows([component for component in listed if component not in python])}"""


def _rows(listed: Iterable[Component]) -> str:
    lines = []
    for component in listed:
        (group, name, version), finding = coordinates(component), component.finding
        lines.append(f"| {group + ':' if group else ''}{name} | {version} | {finding.licence} | {finding.source} |\n")
    return "| component | version | licence | by |\n|---|---|---|---|\n" + "".join(sorted(set(lines), key=str.casefold))
