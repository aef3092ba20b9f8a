"""What a crawl looks at: an include path in S3, or a table of the catalog with the path that it stands for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Target:
    """One include path. `known`: URIs of folders that an incremental crawl leaves out.

    A catalog target has `table`, as `database.table`, and that table's partition `keys` and classification.
    """

    path: str
    exclusions: tuple[str, ...] = ()
    sample_size: int | None = None
    known: frozenset[str] = frozenset()
    table: str = ""
    keys: tuple[str, ...] = ()
    classification: str = ""

    @classmethod
    def of(cls, task: dict[str, Any]) -> Target:
        """Return the target that a crawl's task (JSON) describes."""
        return cls(
            task["path"],
            tuple(task.get("exclusions") or ()),
            task.get("sample_size"),
            frozenset(task.get("known") or ()),
            task.get("table") or "",
            tuple(task.get("keys") or ()),
            task.get("classification") or "",
        )

    @property
    def bucket(self) -> str:
        """The bucket of the path."""
        return self.path.removeprefix("s3://").partition("/")[0]

    @property
    def prefix(self) -> str:
        """The key of the path, without a slash at its end."""
        return self.path.removeprefix("s3://").partition("/")[2].rstrip("/")

    @property
    def root(self) -> str:
        """The path with its bucket in front and a slash at its end."""
        return f"{self.bucket}/{self.prefix}/" if self.prefix else f"{self.bucket}/"
