"""The form of the lists: operations of one service, grouped by how the stand-in treats them."""

from __future__ import annotations

from dataclasses import dataclass

from localcloud.aws.standing import Standing


@dataclass(frozen=True)
class Family:
    """Operations that have the same standing for the same reason."""

    standing: Standing
    operations: frozenset[str]
    note: str
    """A sentence for the reader of the page. For refused operations it is also part of the error message."""
    test: str = ""
    """For real operations that moto answers: the file, relative to `tests/`, that calls each of them."""


@dataclass(frozen=True)
class Listing:
    """All operations of one service that the stand-in's code could answer."""

    service: str
    """The service's name in a signature."""
    title: str
    model: str
    """Its name in botocore."""
    families: tuple[Family, ...]

    def family(self, operation: str) -> Family | None:
        """Return the family that lists the operation, or None."""
        return next((family for family in self.families if operation in family.operations), None)


def real(note: str, names: str, test: str = "") -> Family:
    """Return a family of real operations; `names` are separated by blanks."""
    return Family(Standing.REAL, frozenset(names.split()), note, test)


def bookkeeping(note: str, names: str) -> Family:
    """Return a family of operations that only keep records."""
    return Family(Standing.BOOKKEEPING, frozenset(names.split()), note)


def refused(note: str, names: str) -> Family:
    """Return a family of operations that are refused; `note` says why and what to use instead."""
    return Family(Standing.REFUSED, frozenset(names.split()), note)
