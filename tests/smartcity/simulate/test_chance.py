"""Chance is a function of seed, use, who and when, and of nothing else."""

from __future__ import annotations

import numpy as np
import pytest

from smartcity.simulate.chance import Chance


def test_a_number_does_not_depend_on_its_company() -> None:
    """Drawn alone or among others, a number is the same."""
    many = Chance(7).uniform("x", np.arange(100), 5)
    assert Chance(7).uniform("x", 42, 5) == many[42]


def test_seed_use_and_ids_all_count() -> None:
    """Another seed, use, id, or order of ids gives another number."""
    draws = [Chance(s).bits(u, *ids) for s, u, ids in [(7, "x", (1, 2)), (8, "x", (1, 2)), (7, "y", (1, 2))]]
    draws += [Chance(7).bits("x", 2, 1), Chance(7).bits("x", 1, 3)]
    assert len({int(each) for each in draws}) == 5


def test_the_numbers_are_the_same_on_every_machine() -> None:
    """These bits were written down once; a machine that gives others would make another city."""
    assert [hex(int(each)) for each in Chance(7).bits("gps_n", np.array([0, 1, -1]))] == [
        "0xeebf1a9687ffd13d",
        "0x830a3e06d04b6257",
        "0x8fef993db04b098e",
    ]


def test_the_distributions_have_their_moments() -> None:
    """Uniform, normal and exponential numbers have the means and spreads of their names."""
    who, chance = np.arange(200_000), Chance(1)
    uniform, normal, waits = chance.uniform("u", who), chance.normal("n", who), chance.exponential("e", who)
    assert abs(uniform.mean() - 0.5) < 0.005
    assert uniform.min() >= 0
    assert uniform.max() < 1
    assert (normal.mean(), normal.std()) == pytest.approx((0, 1), abs=0.01)
    assert (waits.mean(), waits.std()) == pytest.approx((1, 1), abs=0.02)
