"""The list of what the lab stands on is whole, and its licences are told, not guessed."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Iterable
from importlib.metadata import Distribution
from os import PathLike
from pathlib import Path

import pytest
from packaging.licenses import canonicalize_license_expression

from lab import releases
from release import licences
from release import sbom as listing
from release.licences import Finding

ROOT = Path(__file__).resolve().parents[2]


class Package(Distribution):
    """A package as its files: by name, the text."""

    def __init__(self, **files: str) -> None:
        self._files = {"METADATA": "Name: x\n", **files}

    def read_text(self, filename: str) -> str | None:
        """Return the text of a file of its metadata."""
        return self._files.get(filename)

    def locate_file(self, path: str | PathLike[str]) -> Path:
        """Return no licence: none of its files is on the disk."""
        return Path("nowhere") / path


def jar(path: Path, files: Iterable[tuple[str, str]]) -> Path:
    """Write a jar with these files."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in files:
            archive.writestr(name, text)
    return path


def test_each_pinned_component_has_its_licence_and_no_other_has() -> None:
    """licences.lock names just what requirements.lock and the locks of the jars name."""
    assert set(listing.known()) == {one.key for one in listing.pinned()}


def test_the_page_is_made_from_the_list() -> None:
    """docs/licences.md is what `./lab sbom --update` would write."""
    assert listing.PAGE.read_text() == listing.page(listing.components())


def test_every_licence_is_an_spdx_expression_with_a_source() -> None:
    """A licence is known to SPDX, or a LicenseRef, or said to be unknown; what says so is told."""
    for licence, source in (finding for _, finding in listing.known().values()):
        assert source
        assert licence == licences.UNKNOWN or canonicalize_license_expression(licence) == licence


def test_the_bom_holds_each_component_once(tmp_path: Path) -> None:
    """`./lab sbom` writes CycloneDX whose references differ, and which depends on each of them."""
    releases.sbom(tmp_path / "sbom.json", update=False)
    bom = json.loads((tmp_path / "sbom.json").read_text())
    references = [one["bom-ref"] for one in bom["components"]]
    assert (bom["bomFormat"], bom["specVersion"]) == ("CycloneDX", "1.6")
    assert len(set(references)) == len(references) == len(list(listing.pinned()))
    assert bom["dependencies"] == [{"ref": "smartcity-lab", "dependsOn": references}]


def test_the_bom_has_the_sum_of_each_jar() -> None:
    """What is fetched by sha256 has that sha256, and all have a package URL."""
    parts = listing.bom("1", listing.components())["components"]
    sums = {one["hashes"][0]["content"] for one in parts if one["bom-ref"].startswith("jar/")}
    assert sums == {one.sha256 for one in listing.pinned() if one.sha256}
    assert all(re.match(r"pkg:(pypi|maven|generic)/", one["purl"]) for one in parts)


def test_the_same_locks_give_the_same_bom() -> None:
    """Neither a clock nor chance is in it."""
    assert listing.bom("1", listing.components()) == listing.bom("1", listing.components())


@pytest.mark.parametrize(
    ("metadata", "finding"),
    [
        ("License-Expression: MIT OR Apache-2.0", Finding("MIT OR Apache-2.0", "metadata")),
        ("License: Apache 2.0", Finding("Apache-2.0", "metadata")),
        ("Classifier: License :: OSI Approved :: ISC License (ISCL)", Finding("ISC", "metadata")),
        ("License: BSD", Finding("unknown", "metadata says BSD")),
        ("", Finding("unknown", "metadata says nothing")),
    ],
)
def test_metadata_that_leaves_it_open_is_unknown(metadata: str, finding: Finding) -> None:
    """Expressions, names and classifiers are read; a BSD licence without its clauses is not made up."""
    assert licences.of_distribution(Package(METADATA=f"Name: x\n{metadata}\n")) == finding


def test_the_licence_that_a_text_begins_with_counts() -> None:
    """If a text continues with the licences of bundled parts, its own licence comes first."""
    bsd = "Redistribution and use in source and binary forms ... Neither the name of x"
    assert licences.of_text(f"{bsd} ... Apache License, Version 2.0") == "BSD-3-Clause"
    assert licences.of_text(f"Apache License\n  Version 2.0 ... {bsd}") == "Apache-2.0"
    assert licences.of_text("All rights reserved.") == ""


_NAME = "<license><name>{}</name></license>"


@pytest.mark.parametrize(
    ("name", "text", "finding"),
    [
        (
            "META-INF/maven/g/a/pom.xml",
            f"<project><licenses>{_NAME.format('EPL 2.0')}{_NAME.format('MIT')}</licenses></project>",
            Finding("EPL-2.0 OR MIT", "pom in the jar"),
        ),
        ("META-INF/maven/g/a/pom.xml", "<project/>", Finding("unknown", "-")),
        ("META-INF/MANIFEST.MF", "Bundle-License: https://opensource.org/license/mit\n", Finding("MIT", "manifest")),
        ("META-INF/LICENSE.txt", "Apache License\nVersion 2.0", Finding("Apache-2.0", "licence text in the jar")),
    ],
)
def test_a_jar_is_asked_itself(tmp_path: Path, name: str, text: str, finding: Finding) -> None:
    """Its pom, its manifest and its licence text are read; without any it is unknown."""
    assert licences.of_jar(jar(tmp_path / "a.jar", [(name, text)])) == finding


def test_the_coordinates_of_a_jar(tmp_path: Path) -> None:
    """They come from within it, or from its name; an abbreviated name gives none."""
    told = jar(
        tmp_path / "a.jar", [("META-INF/maven/g/a-b/pom.properties", "groupId=g\nartifactId=a-b\nversion=1.2\n")]
    )
    empty = jar(tmp_path / "b.jar", [])
    assert licences.purl_of_jar(told, "g...x_a-b-1.2-linux.jar") == "pkg:maven/g/a-b@1.2?classifier=linux"
    assert licences.purl_of_jar(empty, "org.x_some-part-1.0.jar") == "pkg:maven/org.x/some-part@1.0"
    assert licences.purl_of_jar(empty, "org...x_part-1.0.jar") == "pkg:generic/org...x_part-1.0.jar"
