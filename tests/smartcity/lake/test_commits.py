"""Which batches are complete, from what the stream has written down."""

from __future__ import annotations

from smartcity.lake import commits
from smartcity.lake.commits import Committed
from smartcity.lake.store import Store

FILE = {"zone": "raw", "topic": "gps_data", "path": "raw/gps_data/1.parquet", "rows": 3, "bytes": 9}


def test_a_new_lake_has_no_batch(store: Store) -> None:
    """Nothing is complete, and there is no last commit."""
    assert (commits.last(store), commits.last_complete(store), list(commits.complete(store))) == (None, -1, [])


def test_a_pending_batch_is_not_complete(store: Store) -> None:
    """It is the last commit, but readers see the batches before it alone."""
    commits.write(store, 9, {"files": [FILE]})
    commits.write(store, 10, {"pending": []})
    assert commits.last(store) == (10, {"pending": []})
    assert commits.last_complete(store) == 9
    assert list(commits.complete(store)) == [(9, [Committed(9, "raw", "gps_data", "raw/gps_data/1.parquet", 3)])]


def test_batches_come_in_their_order_and_from_where_one_left_off(store: Store) -> None:
    """Numbers decide, not their digits as text; `after` leaves out what was read."""
    for batch in (2, 10, 9):
        commits.write(store, batch, {"files": []})
    assert [batch for batch, _ in commits.complete(store)] == [2, 9, 10]
    assert [batch for batch, _ in commits.complete(store, after=2)] == [9, 10]
