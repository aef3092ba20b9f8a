"""Which licence a component says that it has: read from its own metadata or licence text, never guessed.

What says nothing of itself is `unknown` until someone looks it up and writes it into licences.lock by hand.
"""

from __future__ import annotations

import contextlib
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import Distribution
from pathlib import Path, PurePosixPath
from typing import Final, NamedTuple
from xml.etree import ElementTree

from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression

UNKNOWN: Final = "unknown"
_APACHE, _BSD2, _BSD3 = "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause"
_NAMES: Final = {
    _APACHE: (
        *(
            "apache 2",
            "apache 2.0",
            "apache license 2.0",
            "apache license, version 2.0",
            "apache.org/licenses/license-2.0",
        ),
        *("the apache license, version 2.0", "the apache software license, version 2.0"),
    ),
    "MIT": ("mit license", "the mit license", "the mit license (mit)", "opensource.org/license/mit"),
    "MPL-2.0": ("mozilla public license 2.0 (mpl 2.0)",),
    "ISC": ("isc license", "isc license (iscl)"),
    "PSF-2.0": ("psfl", "python software foundation license"),
    _BSD2: ("bsd 2-clause license", "the bsd 2-clause license", "opensource.org/licenses/bsd-2-clause"),
    _BSD3: ("bsd 3-clause license", "opensource.org/licenses/bsd-3-clause"),
    "EPL-1.0": ("eclipse.org/legal/epl-v10",),
    "EPL-2.0": ("epl 2.0", "eclipse.org/legal/epl-2.0"),
    "CC0-1.0": ("public domain, per creative commons cc0",),
    "GPL-2.0-only WITH Classpath-exception-2.0": ("gpl2 w/ cpe",),
    "LGPL-2.1-only": ("gnu.org/licenses/old-licenses/lgpl-2.1",),
}
_SPDX: Final = {label: spdx for spdx, labels in _NAMES.items() for label in labels}
_TEXTS: Final = (
    (_APACHE, r"Apache License,? Version 2\.0"),
    ("MPL-2.0", r"Mozilla Public License,? [Vv]ersion 2\.0"),
    (_BSD3, r"Redistribution and use in source and binary forms.*(Neither the name|names? of .{0,80} may not be used)"),
    (_BSD2, r"Redistribution and use in source and binary forms"),
    ("ISC", r"Permission to use, copy, modify, and/?(or)? distribute this software for any purpose"),
    ("MIT", r"Permission is hereby granted, free of charge.*The above copyright notice and this permission notice"),
    ("MIT-0", r"Permission is hereby granted, free of charge"),
)
_TEXT_NAME: Final = re.compile(
    r"(META-INF/)?(licenses?/)*(LICEN[CS]E|COPYING)([.-](txt|md|rst|APACHE|MIT|BSD))?", re.IGNORECASE
)


class Finding(NamedTuple):
    """An SPDX expression or `unknown`, and what says so."""

    licence: str
    source: str


def spdx(text: str) -> str:
    """Return the SPDX name of a licence as packages write it, or nothing if the words leave it open."""
    plain = re.sub(r"^https?://(www\.)?|;.*$", "", text.strip().casefold())
    known = _SPDX.get(re.sub(r"\.(txt|html|php)$|/$", "", plain))
    with contextlib.suppress(InvalidLicenseExpression):
        return known or canonicalize_license_expression(plain)
    return ""


def of_text(text: str) -> str:
    """Return the SPDX name of the licence whose text, or notice, comes first; nothing if none is known."""
    flat = re.sub(r"\s+", " ", text)
    matches = (
        (match.start(), at, name) for at, (name, pattern) in enumerate(_TEXTS) if (match := re.search(pattern, flat))
    )
    return min(matches, default=(0, 0, ""))[2]


def joined(names: Iterable[str], word: str) -> str:
    """Return one expression of several licences, or nothing if one of them is not known."""
    distinct = sorted(dict.fromkeys(names))
    return "" if "" in distinct else f" {word} ".join(distinct)


def of_distribution(distribution: Distribution) -> Finding:
    """Read what an installed Python package says of itself."""
    expression, licence = (_first(distribution, field) for field in ("License-Expression", "License"))
    if expression:
        return Finding(expression, "metadata")
    trove = [
        classifier.rpartition(" :: ")[2]
        for classifier in _all(distribution, "Classifier")
        if classifier.startswith("License :: OSI")
    ]
    if name := spdx(licence) or (spdx(trove[0]) if len(trove) == 1 else ""):
        return Finding(name, "metadata")
    if name := of_text(licence) or joined(filter(None, map(of_text, _own_texts(distribution))), "AND"):
        return Finding(name, "licence text in the package")
    return Finding(UNKNOWN, f"metadata says {' / '.join([*licence.splitlines()[:1], *trove]) or 'nothing'}")


def _all(distribution: Distribution, field: str) -> list[str]:
    return distribution.metadata.get_all(field) or []


def _first(distribution: Distribution, field: str) -> str:
    return next(iter(_all(distribution, field)), "")


def _own_texts(distribution: Distribution) -> Iterator[str]:
    for path in distribution.files or ():
        _, _, inner = path.as_posix().partition(".dist-info/")
        if inner and _TEXT_NAME.fullmatch(inner):
            yield path.read_text(encoding="utf-8")


def of_jar(path: Path) -> Finding:
    """Read what a jar says of itself: its one pom, its manifest, or the text of its licence."""
    with zipfile.ZipFile(path) as jar:
        names = jar.namelist()
        poms = [name for name in names if re.fullmatch(r"META-INF/maven/.+/pom\.xml", name)]
        if len(poms) == 1 and (name := _of_pom(jar.read(poms[0]))):
            return Finding(name, "pom in the jar")
        manifest = jar.read("META-INF/MANIFEST.MF").decode(errors="replace") if "META-INF/MANIFEST.MF" in names else ""
        if name := _of_manifest(manifest):
            return Finding(name, "manifest")
        for inner in names:
            if _TEXT_NAME.fullmatch(inner) and (name := of_text(jar.read(inner).decode(errors="replace"))):
                return Finding(name, "licence text in the jar")
    return Finding(UNKNOWN, "-")


def _of_pom(pom: bytes) -> str:
    tree = ElementTree.fromstring(pom)  # noqa: S314  of a jar whose sha256 is pinned
    said = [name.text or "" for name in tree.findall("{*}licenses/{*}license/{*}name")]
    return joined(map(spdx, said), "OR") if said else ""


def _of_manifest(manifest: str) -> str:
    unfolded = re.sub(r"\r?\n ", "", manifest)
    match = re.search(r"^Bundle-License: *(.+?)\r?$", unfolded, re.MULTILINE)
    return joined(map(spdx, match[1].split(",")), "OR") if match and "," not in spdx(match[1]) else ""


def purl_of_jar(path: Path, name: str) -> str:
    """Return the package URL of a jar: by the coordinates within it, or by its name `group_artifact-version.jar`."""
    with zipfile.ZipFile(path) as jar:
        texts = [
            jar.read(member).decode()
            for member in jar.namelist()
            if re.fullmatch(r"META-INF/maven/.+/pom\.properties", member)
        ]
    stem = PurePosixPath(name).stem
    for values in (dict(re.findall(r"^(\w+)=(.*?)\r?$", text, re.MULTILINE)) for text in texts):
        if stem.partition("_")[2].startswith(f"{values.get('artifactId')}-{values.get('version')}"):
            return purl(values, stem)
    named = re.fullmatch(r"(?P<groupId>[^_]+)_(?P<artifactId>.+?)-(?P<version>\d.*)", stem)
    return purl(named.groupdict(), stem) if named and "..." not in stem else f"pkg:generic/{name}"


def purl(values: Mapping[str, str], stem: str) -> str:
    """Return the package URL of coordinates; what stands behind them in the name of the file is its classifier."""
    whole = f"{values['artifactId']}-{values['version']}"
    classifier = stem.rpartition(whole)[2].lstrip("-")
    base = f"pkg:maven/{values['groupId']}/{values['artifactId']}@{values['version']}"
    return f"{base}?classifier={classifier}" if classifier else base
