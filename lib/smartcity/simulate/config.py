"""The settings of a simulator run: its length, vehicles and seed, and the rates of its faults."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from datetime import UTC, datetime, timedelta

from smartcity.errors import ConfigInvalid

MOST_VEHICLES = 1_000_000
"""Vehicle ids have six digits."""


@dataclass(frozen=True)
class Faults:
    """How often things go wrong. Rates are probabilities from 0 to 1; each says what it is counted by."""

    exact_copy: float = 0.004
    """By record: the network delivers it twice within 50 ms."""
    resent: float = 0.006
    """By record: the device sends it again 5 to 600 s later."""
    cut_json: float = 0.001
    """By record, like the following five: only the first part of the JSON text arrives."""
    bad_utf8: float = 0.0005
    empty: float = 0.0005
    missing_field: float = 0.001
    wrong_type: float = 0.001
    out_of_range: float = 0.001
    straggler: float = 0.01
    """By record: it arrives 5 to 90 s after it was sent, and so behind younger ones."""
    tunnel_offline: float = 0.08
    """By passage of a tunnel: the modem finds the network again 1 to 25 minutes after the entrance, then sends all."""
    clock_slow: float = 0.01
    """By device and hour: its clock is 2 to 40 minutes behind."""
    clock_fast: float = 0.005
    """By device and hour: its clock is 1 to 40 minutes ahead."""
    silent_sensor: float = 0.04
    """By camera or weather station and hour: it sends nothing for 5 to 40 minutes."""

    def __post_init__(self) -> None:
        for each in fields(self):
            rate = getattr(self, each.name)
            if not 0 <= rate <= 1:
                raise ConfigInvalid(f"Faults.{each.name} is {rate!r}. Try: a probability from 0 to 1.")
        broken = self.cut_json + self.bad_utf8 + self.empty + self.missing_field + self.wrong_type + self.out_of_range
        if broken > 1:
            raise ConfigInvalid(
                f"The ways to break a record add up to {broken:g}. Try: smaller rates that add up to at most 1."
            )

    @classmethod
    def none(cls) -> Faults:
        """Return rates at which nothing goes wrong."""
        return cls(**{each.name: 0.0 for each in fields(cls)})

    @classmethod
    def many(cls) -> Faults:
        """Return rates five times the usual ones, for tests and lessons about faults."""
        return cls(**{each.name: min(1.0, 5 * float(each.default)) for each in fields(cls)})  # type: ignore[arg-type]


LESSON_MINUTES, LESSON_VEHICLES = (20, 1440), (50, 5000)
"""What the lessons can show: enough that queues form and incidents happen, little enough for a notebook's memory."""

FAULTS = {"none": Faults.none, "usual": Faults, "many": Faults.many}
"""The rates that a command line knows by name."""


@dataclass(frozen=True)
class Config:
    """One run: the same config gives the same bytes on every machine, whatever `chunk_s` is.

    `start` must have a time zone and fall on a full minute; the city's clocks show UTC. The city grows with its fleet
    (see `city.intersections_per_side`), so that connected vehicles stay only part of its traffic. Raises ConfigInvalid
    for an impossible value; the message says which values are possible.
    """

    minutes: int = 60
    vehicles: int = 200
    seed: int = 7
    start: datetime = datetime(2026, 3, 2, 7, 0, tzinfo=UTC)
    faults: Faults = field(default_factory=Faults)
    chunk_s: int = 60

    def __post_init__(self) -> None:
        self._between("minutes", 1, 366 * 24 * 60)
        self._between("vehicles", 1, MOST_VEHICLES)
        self._between("seed", 0, 2**31 - 1)
        self._between("chunk_s", 1, 24 * 3600)
        if self.start.tzinfo is None:
            raise ConfigInvalid(f"start is {self.start} without a time zone. Try: start.replace(tzinfo=UTC).")
        if self.start.second or self.start.microsecond:
            raise ConfigInvalid(f"start is {self.start}, not a full minute. Try: set seconds and microseconds to 0.")

    @classmethod
    def for_lesson(cls, minutes: int = 60, vehicles: int = 200, seed: int = 7) -> Config:
        """Return the run of a notebook. Raises ConfigInvalid for one too small or too large for the lessons."""
        config = cls(minutes=minutes, vehicles=vehicles, seed=seed)
        config._between("minutes", *LESSON_MINUTES)
        config._between("vehicles", *LESSON_VEHICLES)
        return config

    def _between(self, name: str, low: int, high: int) -> None:
        value = getattr(self, name)
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise ConfigInvalid(f"{name} is {value!r}. Try: a whole number from {low} to {high}.")

    @property
    def start_ms(self) -> int:
        """The start in milliseconds since the epoch (UTC)."""
        return int((self.start - datetime(1970, 1, 1, tzinfo=UTC)) / timedelta(milliseconds=1))

    @property
    def end_ms(self) -> int:
        """The end of the simulated time, in milliseconds since the epoch; late records arrive after it."""
        return self.start_ms + self.minutes * 60_000
