"""What a crawl did with every object that it listed: listed = classified + skipped, each skip with its reason."""

from __future__ import annotations

from dataclasses import dataclass, field

MAX_NAMED = 200
"""Objects that are named for one reason, as many as AWS's log names; the others are counted."""


class BooksError(Exception):
    """The numbers of a crawl do not add up; the text names them."""


@dataclass
class Named:
    """Objects that share a sentence. `uris` holds the first of them."""

    count: int = 0
    uris: list[str] = field(default_factory=list)

    def add(self, uri: str, count: int = 1) -> None:
        """Count `count` objects under one URI."""
        self.count += count
        if len(self.uris) < MAX_NAMED:
            self.uris.append(uri)


@dataclass
class Books:
    """The count of one crawl.

    `skipped`: by reason; `notes`: by sentence; `unknown`: by the reason why no classifier recognized the objects.
    """

    listed: int = 0
    classified: int = 0
    skipped: dict[str, Named] = field(default_factory=dict)
    notes: dict[str, Named] = field(default_factory=dict)
    unknown: dict[str, Named] = field(default_factory=dict)
    unread: dict[str, str] = field(default_factory=dict)
    """URI -> S3's answer, of objects that are skipped because they could not be read."""

    def skip(self, reason: str, uri: str, count: int = 1) -> None:
        """Count objects that are in no table."""
        self.skipped.setdefault(reason, Named()).add(uri, count)

    def note(self, sentence: str, uri: str) -> None:
        """Keep a sentence that the log says of an object."""
        self.notes.setdefault(sentence, Named()).add(uri)

    def note_unknown(self, reason: str, uri: str) -> None:
        """Keep why an object is in a table that is UNKNOWN."""
        self.unknown.setdefault(reason, Named()).add(uri)

    @property
    def skipped_count(self) -> int:
        """Objects in no table."""
        return sum(named.count for named in self.skipped.values())

    def check(self, in_tables: int) -> None:
        """Compare what was listed with what is in the tables and what was skipped.

        Raises:
            BooksError: an object is missing, or counted twice.
        """
        if not self.listed == self.classified + self.skipped_count or in_tables != self.classified:
            raise BooksError(
                f"The crawl's counts don't add up: {self.listed} objects listed, {self.classified} classified "
                f"({in_tables} of them in tables), {self.skipped_count} skipped. Nothing was written to the catalog."
            )
