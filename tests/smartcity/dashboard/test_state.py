"""The page counts each clean event once, in its minute, and can show any past moment."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime

import pyarrow as pa
import pytest

from smartcity.dashboard import Live
from smartcity.dashboard.view import view
from smartcity.events import STREAM_TOPICS
from smartcity.figures.live import level
from smartcity.simulate import simulate

from .conftest import CONFIG, Record

ALERT = {
    "kind": "jam",
    "event_id": "a",
    "event_time": "2026-03-02T07:05:00.000Z",
    "road_id": "road-00003",
    "text": "jam on road-00003",
}


def test_verdicts_are_those_of_the_truth(live: Live, records: list[Record]) -> None:
    """The page counts as many clean, late, duplicate and broken records as the simulator made."""
    live.take(records)
    truth = pa.concat_tables(chunk.truth for chunk in simulate(CONFIG))["verdict"].cast(pa.string()).to_pylist()
    assert {"transformed": live.taken.total(), **live.set_aside} == dict(Counter(truth))


def test_the_whole_is_the_sum_of_its_minutes(live: Live, records: list[Record]) -> None:
    """Each clean reading of a vehicle, except an ambulance, is in one minute and on one road."""
    live.take(records)
    ambulances = sum(b'"emergency"' in (value or b"") for topic, value, _ in records if topic == "vehicle_data")
    readings = sum(int(minute.readings.sum()) for minute in live.minutes.values())
    assert 0 < live.taken["vehicle_data"] - readings <= ambulances


def test_a_look_back_shows_what_was_known_then(live: Live, records: list[Record]) -> None:
    """The view of a past minute has no later series, and its incidents are those open at its end."""
    live.take(records)
    now = view(live)
    back = view(live, minute=now.first + 4)
    assert back.at == datetime.fromtimestamp((now.first + 4) * 60 + 59, UTC)
    assert len(back.times) == 5
    assert back.series["city"] == now.series["city"][:5]
    assert all(min(one.times.values()) <= back.at for _, one, _ in back.incidents)


def test_a_clock_that_is_ahead_does_not_move_the_page(live: Live, records: list[Record]) -> None:
    """An event of a future minute is counted, but not shown before that minute."""
    live.take(records)
    before, taken = view(live), live.taken.total()
    topic, value, _ = next(one for one in records if one[0] == "gps_data" and one[1] and b'"event_time"' in one[1])
    assert before.at is not None
    ahead = datetime.fromtimestamp(before.at.timestamp() + 240, UTC).isoformat(timespec="milliseconds")
    event = {**json.loads(value or b""), "event_id": "ahead", "event_time": ahead.replace("+00:00", "Z")}
    live.take([(topic, json.dumps(event).encode(), int(before.at.timestamp() * 1000))])
    after = view(live)
    assert live.taken.total() == taken + 1
    assert (after.at, after.last) == (before.at, before.last)
    assert max(live.minutes) >= before.last + 4


def test_a_district_shows_its_own_roads_only(live: Live, records: list[Record]) -> None:
    """The queues and speeds of all districts add up to those of the city."""
    live.take(records)
    districts = sorted(set(live.roads["district"]))
    assert sum(view(live, one).queues for one in districts) == view(live).queues > 0
    assert len({view(live, one).speed for one in districts}) > 1
    assert all((live.roads["district"][view(live, one).inside] == one).all() for one in districts)


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        pytest.param(ALERT, 1, id="an alert"),
        pytest.param({**ALERT, "event_time": None}, 0, id="without a time"),
        pytest.param({**ALERT, "event_time": "2026-03-02T08:05:00.000+01:00"}, 1, id="another zone"),
    ],
)
def test_an_alert_is_shown_once(live: Live, records: list[Record], value: dict[str, str], kept: int) -> None:
    """An alert that is sent twice is shown once; one without a time, or that isn't JSON, is not shown."""
    live.take([*records, *[("alerts", json.dumps(value).encode(), 0), ("alerts", b"no alert", 0)] * 2])
    assert [one["at"].isoformat() for one in view(live).alerts] == ["2026-03-02T07:05:00+00:00"] * kept


WRONG = [
    pytest.param("alerts", {"event_time": "2026-03-02T07:05:00Z"}, id="an alert without an id"),
    pytest.param("alerts", {**ALERT, "event_id": ["a", "list"]}, id="an alert whose id is a list"),
    pytest.param("alerts", {**ALERT, "road_id": {"an": "object"}}, id="an alert of no road"),
    pytest.param(
        "aggregates", {"minute_start": "2026-03-02T07:05:00Z", "district": ["Harbour"]}, id="a list of districts"
    ),
    pytest.param(
        "aggregates",
        {"minute_start": "2026-03-02T07:05:00Z", "district": "Harbour", "mean_speed_kmh": "fast"},
        id="a speed in words",
    ),
]


@pytest.mark.parametrize(("topic", "value"), WRONG)
def test_a_wrong_record_does_not_stop_the_page(
    live: Live, records: list[Record], topic: str, value: dict[str, object]
) -> None:
    """A record that the stream can't have written is ignored, and right ones around it count."""
    right = [("alerts", json.dumps({**ALERT, "event_id": name}).encode(), 0) for name in ("first", "second")]
    live.take([*records, right[0], (topic, json.dumps(value).encode(), 0), (topic, b"[]", 0), right[1]])
    seen = view(live)
    assert (len(seen.alerts), seen.districts) == (2, None)


def test_the_last_row_of_a_district_and_minute_counts(live: Live, records: list[Record]) -> None:
    """The minutes of a district are provisional for ten minutes, and a look back shows them as they were then."""
    live.take(records)
    begin = view(live).first
    for minute, speed in ((0, 20.0), (0, 21.0), (9, 30.0), (9, None)):
        at = datetime.fromtimestamp((begin + minute) * 60, UTC).isoformat()
        row = {"district": "Harbour", "minute_start": at, "mean_speed_kmh": speed}
        live.take([("aggregates", json.dumps(row).encode(), 0)])
    now, back = view(live).districts, view(live, minute=begin + 4).districts
    assert now is not None
    assert back is not None
    assert (now.minute, now.final, now.rows["Harbour"]["mean_speed_kmh"]) == (begin + 9, False, None)
    assert (back.minute, back.final, back.rows["Harbour"]["mean_speed_kmh"]) == (begin, True, 21.0)


def test_the_page_takes_every_topic_of_the_stream(live: Live) -> None:
    """What the stream writes is not taken for events of devices."""
    assert live.takers.keys() == STREAM_TOPICS.keys()


def test_before_the_first_event_the_page_is_empty(live: Live) -> None:
    """Without records, the view is empty."""
    seen = view(live)
    assert (seen.at, seen.queues, seen.speed, seen.incidents) == (None, 0, None, [])


def test_levels_follow_the_limits() -> None:
    """A road is free from 80 %, slow from 60 %, and has a queue below that; NaN is not measured."""
    assert [level(share) for share in (float("nan"), 1.2, 0.8, 0.79, 0.6, 0.59, 0.0)] == [0, 1, 1, 2, 2, 3, 3]
