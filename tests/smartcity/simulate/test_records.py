"""Faults happen as often as asked for, and the truth about each record is what the rules of the contract give."""

from __future__ import annotations

from datetime import datetime

import pandas as pd
import pyarrow as pa
import pytest

from smartcity.events import DUPLICATE_WINDOW_S, FUTURE_LIMIT_S, LATENESS_LIMIT_S, TOPICS, Verdict
from smartcity.simulate import Config, Faults, simulate
from smartcity.transforms.judge import Fault, examine

FAULTY = Config(minutes=20, vehicles=250, faults=Faults.many(), seed=11)


@pytest.fixture(scope="module")
def wire() -> pd.DataFrame:
    """Twenty minutes with many faults."""
    return pa.concat_tables([chunk.wire for chunk in simulate(FAULTY)]).to_pandas()


def test_an_independent_judge_comes_to_the_same_verdicts(wire: pd.DataFrame) -> None:
    """Reading bytes and times in their order, the pipeline's judge finds what the truth says, record by record."""
    first: dict[tuple[str, str], int] = {}
    for row in wire.itertuples():
        found = examine(TOPICS[row.topic], row.value)
        if isinstance(found, Fault):
            assert (row.verdict, row.reason) == ("dead_letter", found.reason.value)
            continue
        age_ms = row.timestamp_ms - round(datetime.fromisoformat(found.values[2]).timestamp() * 1000)
        key = (row.topic, found.values[0])
        if age_ms < -FUTURE_LIMIT_S * 1000:
            assert row.reason == "future_event_time"
        elif age_ms > LATENESS_LIMIT_S * 1000:
            assert row.verdict == Verdict.LATE
        else:
            assert row.verdict == (Verdict.DUPLICATE if key in first else Verdict.TRANSFORMED)
            assert row.timestamp_ms - first.setdefault(key, row.timestamp_ms) <= DUPLICATE_WINDOW_S * 1000


@pytest.mark.parametrize("fault", ["cut_json", "bad_utf8", "empty", "missing_field", "wrong_type", "out_of_range"])
def test_records_break_at_their_rate(wire: pd.DataFrame, fault: str) -> None:
    """The share of each way to break is its parameter, within four standard deviations."""
    rate, share = getattr(FAULTY.faults, fault), (wire["fault"] == fault).mean()
    assert abs(share - rate) < 4 * (rate / len(wire)) ** 0.5


@pytest.mark.parametrize(("fault", "copy"), [("exact_copy", "1"), ("resent", "2")])
def test_copies_are_made_at_their_rate(wire: pd.DataFrame, fault: str, copy: str) -> None:
    """The share of events with a copy is its parameter, and a sound copy has exactly the bytes of its original."""
    events = wire[wire["record_id"].str.endswith("#0")]
    copies = wire[wire["record_id"].str.endswith(f"#{copy}")]
    rate = getattr(FAULTY.faults, fault)
    assert abs(len(copies) / len(events) - rate) < 4 * (rate / len(events)) ** 0.5
    broken = ("cut_json", "bad_utf8", "empty", "missing_field", "wrong_type", "out_of_range")
    both = copies.merge(events, on="event_id")
    both = both[~both["fault_x"].isin(broken) & ~both["fault_y"].isin(broken)]
    assert (both["value_x"] == both["value_y"]).all()
    assert (both["timestamp_ms_x"] > both["timestamp_ms_y"]).all()


def test_a_tunnel_makes_a_backlog(wire: pd.DataFrame) -> None:
    """What a phone kept while it had no network arrives at once, some of it late, with the clock being right."""
    kept = wire[wire["fault"] == "tunnel_offline"]
    assert {"late", "transformed"} <= set(kept["verdict"])
    burst = kept.groupby("key")["timestamp_ms"].agg(lambda at: at.max() - at.min())
    span = kept.groupby("key")["event_time"].agg(lambda at: (at.max() - at.min()).total_seconds() * 1000)
    assert (burst[span > 60_000] < span[span > 60_000] / 2).mean() > 0.8


def test_without_faults_every_record_is_clean() -> None:
    """With all rates zero each record is the only one of its event and is to be transformed."""
    wire = pa.concat_tables(
        [c.wire for c in simulate(Config(minutes=3, vehicles=50, faults=Faults.none()))]
    ).to_pandas()
    assert set(wire["verdict"]) == {"transformed"}
    assert wire["reason"].isna().all()
    assert wire["event_id"].is_unique
    assert set(wire["fault"]) == {"none"}
