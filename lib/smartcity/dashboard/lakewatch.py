"""What the stream has stored: a thread that reads the lake's new commits, each once."""

from __future__ import annotations

import json
import threading
from collections import Counter
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from smartcity.lake import Lake

_EVERY_S: Final = 3.0


class LakeWatch:
    """Counts the stored rows by zone. `trouble` says why the lake can't be read, or is None."""

    def __init__(self, lake: Lake) -> None:
        self.rows: Counter[str] = Counter()
        self.batches = 0
        self.trouble: str | None = None
        self._lake, self._last = lake, ""
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._run, name="lake", daemon=True)

    def start(self) -> LakeWatch:
        """Begin to look."""
        self._thread.start()
        return self

    def stop(self, limit_s: float = 10) -> None:
        """End looking, within the limit."""
        self._end.set()
        self._thread.join(limit_s)

    def _run(self) -> None:
        client = self._lake.client
        while not self._end.is_set():
            try:
                self._look(client)
                self.trouble = None
            except (BotoCoreError, ClientError) as error:
                self.trouble = type(error).__name__
            self._end.wait(_EVERY_S)

    def _look(self, client: Any) -> None:
        prefix = f"{self._lake.prefix}/_commits/"
        pages = client.get_paginator("list_objects_v2").paginate(
            Bucket=self._lake.bucket, Prefix=prefix, StartAfter=self._last
        )
        for key in [item["Key"] for page in pages for item in page.get("Contents", ())]:
            commit = json.loads(client.get_object(Bucket=self._lake.bucket, Key=key)["Body"].read())
            if "files" not in commit:
                return  # begun, not complete: it is looked at again
            for file in commit["files"]:
                self.rows[file["zone"]] += file["rows"]
            self.batches, self._last = self.batches + 1, key
