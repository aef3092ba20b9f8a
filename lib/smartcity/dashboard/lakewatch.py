"""What the stream has stored: a thread that reads the lake's new commits, each once."""

from __future__ import annotations

import json
from collections import Counter
from typing import Final

from botocore.exceptions import BotoCoreError, ClientError

from smartcity.dashboard.worker import Worker
from smartcity.lake import Lake

_EVERY_S: Final = 3.0


class LakeWatch(Worker):
    """Counts the stored rows by zone. `trouble` says why the lake can't be read, or is None."""

    def __init__(self, lake: Lake) -> None:
        super().__init__("lake")
        self.rows: Counter[str] = Counter()
        self.batches = 0
        self.trouble: str | None = None
        self._lake, self._client, self._last = lake, lake.client, ""

    def turn(self) -> None:
        """Look once, then wait."""
        try:
            self._look()
            self.trouble = None
        except (BotoCoreError, ClientError) as error:
            self.trouble = type(error).__name__
        self._end.wait(_EVERY_S)

    def _look(self) -> None:
        prefix = f"{self._lake.prefix}/_commits/"
        pages = self._client.get_paginator("list_objects_v2").paginate(
            Bucket=self._lake.bucket, Prefix=prefix, StartAfter=self._last
        )
        for key in [item["Key"] for page in pages for item in page.get("Contents", ())]:
            commit = json.loads(self._client.get_object(Bucket=self._lake.bucket, Key=key)["Body"].read())
            if "files" not in commit:
                return  # begun, not complete: it is looked at again
            for file in commit["files"]:
                self.rows[file["zone"]] += file["rows"]
            self.batches, self._last = self.batches + 1, key
