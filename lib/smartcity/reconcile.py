"""The ledger: every record that was sent is in exactly one zone, the one that the simulator's truth says."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from smartcity.errors import LedgerUnbalanced
from smartcity.events import TOPICS, Verdict
from smartcity.lake import Lake

_EXAMPLES = 5


@dataclass(frozen=True)
class Account:
    """The records of one topic, or of all: how many were sent, what became of them, and what went wrong."""

    topic: str
    produced: int
    transformed: int
    duplicate: int
    late: int
    dead_letter: int
    lost: int
    """Sent but in no zone."""
    duplicated: int
    """Rows beyond the first of a record, in all zones together."""
    misjudged: int
    """In another zone than the truth says, or with another reason."""
    unknown: int
    """Stored, but never sent according to the truth."""
    raw: int
    """Rows in the raw zone."""

    @property
    def balanced(self) -> bool:
        """Return whether each record is stored once, in its right zone, and as Kafka delivered it."""
        return not (self.lost or self.duplicated or self.misjudged or self.unknown) and self.raw == self.produced


@dataclass(frozen=True)
class Ledger:
    """The accounts by topic, and some examples of what is wrong (record ids and what is the matter with them)."""

    topics: tuple[Account, ...]
    examples: tuple[str, ...]

    @property
    def total(self) -> Account:
        """Return the sum of all topics."""
        rows = [asdict(account) for account in self.topics]
        return Account("all", **{name: sum(row[name] for row in rows) for name in rows[0] if name != "topic"})

    @property
    def balanced(self) -> bool:
        """Return whether every topic balances."""
        return all(account.balanced for account in self.topics)

    def to_dict(self) -> dict[str, Any]:
        """Return the ledger for JSON."""
        return {
            "balanced": self.balanced,
            "total": asdict(self.total),
            "topics": [asdict(topic) for topic in self.topics],
        }


def reconcile(lake: Lake, truth: pa.Table) -> Ledger:
    """Compare the zones, read as a plain reader reads them, with the truth.

    `truth` has one row per record sent: record_id, topic, verdict, reason (null or "" except for dead letters). Raises
    LedgerUnbalanced, whose `ledger` holds the numbers, unless everything balances. Raises LakeError.
    """
    pairs = [_account(lake, topic, truth.filter(pc.field("topic") == topic)) for topic in TOPICS]
    ledger = Ledger(tuple(account for account, _ in pairs), tuple(line for _, lines in pairs for line in lines))
    if not ledger.balanced:
        raise LedgerUnbalanced(_message(ledger), ledger)
    return ledger


def _account(lake: Lake, topic: str, truth: pa.Table) -> tuple[Account, list[str]]:
    stored = _stored(lake, topic)
    sent = truth.select(["record_id"]).append_column("truth", _judgement(truth))
    both = sent.join(stored, "record_id", join_type="full outer")
    lost = both.filter(pc.field("found").is_null())
    unknown = both.filter(pc.field("truth").is_null())
    wrong = both.filter(pc.field("found") != pc.field("truth"))
    twice = stored.num_rows - pc.count_distinct(stored["record_id"], mode="all").as_py() if stored.num_rows else 0
    raw = lake.read("raw", topic, ["record_id"])
    by_zone = {verdict.value: pc.sum(pc.equal(stored["zone"], verdict)).as_py() or 0 for verdict in Verdict}
    problems = {"lost": lost, "unknown": unknown, "misjudged": wrong}
    counts = {name: table.num_rows for name, table in problems.items()}
    account = Account(topic, truth.num_rows, **by_zone, **counts, duplicated=twice, raw=raw.num_rows)
    return account, [line for name, table in problems.items() for line in _lines(topic, name, table)]


def _stored(lake: Lake, topic: str) -> pa.Table:
    """Return record_id, zone and judgement (`found`) of each row that is stored in one of the four zones."""
    tables = []
    for verdict in Verdict:
        columns = ["record_id"] if verdict == Verdict.TRANSFORMED else ["record_id", "reason"]
        rows = lake.read(verdict, topic, columns)
        zone = pa.repeat(verdict.value, rows.num_rows)
        rows = rows.append_column("verdict", zone)
        tables.append(rows.select(["record_id"]).append_column("zone", zone).append_column("found", _judgement(rows)))
    return pa.concat_tables(tables)


def _judgement(rows: pa.Table) -> pa.ChunkedArray:
    """Return verdict, and for dead letters the reason: `dead_letter: bad_json`."""
    verdict = rows["verdict"].cast(pa.string())
    if "reason" not in rows.column_names:
        return verdict
    reason = pc.if_else(pc.equal(verdict, Verdict.DEAD_LETTER), rows["reason"].cast(pa.string()), None)
    return pc.if_else(reason.is_valid(), pc.binary_join_element_wise(verdict, reason, ": "), verdict)


def _lines(topic: str, what: str, rows: pa.Table) -> list[str]:
    return [
        f"{topic} {row['record_id']} {what}: truth {row['truth']}, found {row['found']}"
        for row in rows.slice(0, _EXAMPLES).to_pylist()
    ]


def _message(ledger: Ledger) -> str:
    total = ledger.total
    examples = "; ".join(ledger.examples[:_EXAMPLES])
    return (
        f"The ledger doesn't balance: of {total.produced} records {total.lost} are lost, {total.duplicated} stored "
        f"twice, {total.misjudged} misjudged, {total.unknown} unknown to the truth, {total.raw} in raw. {examples} "
        "Try: let the stream catch up (./lab stream --once), then ./lab reconcile"
    )
