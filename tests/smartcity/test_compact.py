"""Compaction on the lab's S3: the same rows in one file an hour, whatever happens meanwhile."""

from __future__ import annotations

import io
import json
import uuid
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from smartcity.compact import compact
from smartcity.errors import LakeError
from smartcity.lake import Lake
from smartcity.lake.layout import commit_path, file_name, folder
from smartcity.lake.store import Store
from smartcity.schemas import transformed_schema

pytestmark = pytest.mark.stack
TOPIC = "weather_data"


@pytest.fixture
def lake(in_lab: Mapping[str, str]) -> Iterator[Lake]:
    """An empty lake."""
    made = Lake(f"s3://smartcity-lake/test-{uuid.uuid4().hex}")
    made.make_bucket()
    yield made
    made.purge()


def commit(lake: Lake, batch: int, hours: Mapping[str, list[str]]) -> None:
    """Write what the stream would: a file an hour with those event ids, then the commit."""
    store = lake.store(patient=True)
    schema, uploads = transformed_schema(TOPIC), []
    for hour, ids in hours.items():
        columns: dict[str, Any] = {field.name: pa.nulls(len(ids), field.type) for field in schema}
        columns["event_id"] = pa.array(ids)
        columns["event_time"] = pa.array([datetime(2026, 5, 4, int(hour), 30, tzinfo=UTC)] * len(ids))
        path = f"{folder('transformed', TOPIC, '2026-05-04', hour)}/{file_name(batch, 0)}"
        uploads.append(store.upload(path, pa.table(columns).cast(schema)))
    store.complete(uploads)
    files = [{"zone": "transformed", "topic": TOPIC, **upload} for upload in uploads]
    store.put(commit_path(batch), json.dumps({"query_id": "q", "windows": {}, "files": files}).encode())


def compacted(lake: Lake) -> dict[str, bytes]:
    """Return the files of the zone by their hour."""
    store = lake.store(patient=True)
    return {path.split("hour=")[1][:2]: store.get(path) for path in store.paths("compacted/")}


def ids(body: bytes) -> Counter[str]:
    """Return the event ids in a file, counted."""
    return Counter(pq.read_table(io.BytesIO(body))["event_id"].to_pylist())


def test_each_hour_becomes_one_file_with_the_same_rows(lake: Lake) -> None:
    """Three commits over two hours end as two files that hold each event once; the zone itself stays as it was."""
    for batch, hours in enumerate([{"07": ["a", "b"]}, {"07": ["c"], "08": ["d"]}, {"08": ["e"]}]):
        commit(lake, batch, hours)
    before = lake.files("transformed")
    assert [(hour.files, hour.rows) for hour in compact(lake)] == [(2, 3), (2, 2)]
    assert {hour: ids(body) for hour, body in compacted(lake).items()} == {"07": Counter("abc"), "08": Counter("de")}
    assert lake.files("transformed") == before


def test_what_came_later_is_added_once(lake: Lake) -> None:
    """A second run adds the new commit's rows to their hour alone, and a third has nothing to do."""
    commit(lake, 0, {"07": ["a"], "08": ["b"]})
    compact(lake)
    commit(lake, 1, {"07": ["c", "d"]})
    assert [hour.rows for hour in compact(lake)] == [3]
    assert compact(lake) == []
    assert ids(compacted(lake)["07"]) == Counter("acd")


def test_old_rows_stay_where_they_were_in_the_file(lake: Lake) -> None:
    """All bytes of the old file before its footer begin the new one, so that a query under way reads the same rows."""
    commit(lake, 0, {"07": [f"{number}" for number in range(5000)]})
    compact(lake)
    old = compacted(lake)["07"]
    commit(lake, 1, {"07": ["new"]})
    compact(lake)
    footer = int.from_bytes(old[-8:-4], "little") + 8
    assert compacted(lake)["07"].startswith(old[:-footer])
    assert len(old) - footer > 1000


def test_a_run_that_died_is_simply_run_again(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a death between two hours, the next run writes the hour that is missing and doubles nothing."""
    commit(lake, 0, {"07": ["a"], "08": ["b"]})
    with monkeypatch.context() as patch:
        complete, calls = Store.complete, iter([False, True])
        patch.setattr(Store, "complete", lambda *given: 1 / 0 if next(calls) else complete(*given))
        with pytest.raises(ZeroDivisionError):
            compact(lake)
    assert list(compacted(lake)) == ["07"]
    assert [hour.path.split("hour=")[1][:2] for hour in compact(lake)] == ["08"]
    assert {hour: ids(body) for hour, body in compacted(lake).items()} == {"07": Counter("a"), "08": Counter("b")}


def test_a_batch_that_is_not_complete_is_left_out(lake: Lake) -> None:
    """Files of a commit that is still pending are not in the hour."""
    commit(lake, 0, {"07": ["a"]})
    commit(lake, 1, {"07": ["b"]})
    store = lake.store(patient=True)
    store.put(commit_path(1), json.dumps({"query_id": "q", "windows": {}, "pending": []}).encode())
    compact(lake)
    assert ids(compacted(lake)["07"]) == Counter("a")


def test_a_file_that_is_gone_is_told(lake: Lake) -> None:
    """When a committed file was deleted, the hour is not written without it: the error names the file."""
    commit(lake, 0, {"07": ["a"]})
    lake.client.delete_object(Bucket=lake.bucket, Key=f"{lake.prefix}/{lake.files('transformed')[0]}")
    with pytest.raises(LakeError, match=r"hour=07/.*is gone"):
        compact(lake)
    assert compacted(lake) == {}


def test_an_hour_whose_files_lost_rows_is_not_compacted(lake: Lake) -> None:
    """If a file holds fewer rows than its commit says, the error names both numbers."""
    commit(lake, 0, {"07": ["a", "b"]})
    store = lake.store(patient=True)
    note = json.loads(store.get(commit_path(0)))
    note["files"][0]["rows"] = 3
    store.put(commit_path(0), json.dumps(note).encode())
    with pytest.raises(LakeError, match="record 3 rows, but the files hold 2"):
        compact(lake)
    assert compacted(lake) == {}
