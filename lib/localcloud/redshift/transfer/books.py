"""What a COPY read and what became of it, file by file. The two must agree, or the load fails."""

from __future__ import annotations

from dataclasses import dataclass, field

from localcloud.redshift.errors import SqlError
from localcloud.redshift.transfer.storage import Object


@dataclass
class FileBook:
    """The count of one file: records read, sent to the engine and rejected; lines and bytes scanned."""

    file: Object
    read: int = 0
    sent: int = 0
    rejected: int = 0
    lines: int = 0
    scanned: int = 0

    def check(self) -> None:
        """Raise SqlError when records are missing, or when the file is not the one that was listed."""
        if self.read != self.sent + self.rejected:
            raise SqlError(
                "XX000",
                f"COPY lost count of {self.file.url}: {self.read} record(s) were read, "
                f"{self.sent} loaded and {self.rejected} rejected",
            )
        if self.scanned != self.file.size:
            raise SqlError(
                "XX000",
                f"{self.file.url} changed while it was read: {self.file.size} bytes were listed, "
                f"{self.scanned} were read",
            )


@dataclass
class Books:
    """The count of a whole load."""

    files: list[FileBook] = field(default_factory=list)

    def open(self, file: Object) -> FileBook:
        """Return the page of a file that is about to be read."""
        self.files.append(FileBook(file))
        return self.files[-1]

    @property
    def sent(self) -> int:
        """Return the number of records that were sent to the engine."""
        return sum(file.sent for file in self.files)

    def check(self, stored: int) -> None:
        """Raise SqlError when the engine did not store what it was sent."""
        if stored != self.sent:
            raise SqlError("XX000", f"COPY lost count: {self.sent} record(s) were sent, {stored} were stored")
