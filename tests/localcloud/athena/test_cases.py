"""Recorded answers of a real engine, asked through boto3."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from .conftest import Athena
from .golden import CASES, NEWER, Case, problem

pytestmark = pytest.mark.stack


@pytest.mark.timeout(900)
def test_all_cases(athena: Athena) -> None:
    """Every recorded case has its answer: rows, column types, order, or the name of its error."""

    def check(case: Case) -> str:
        answer = athena.ask(case["sql"])
        types = [str(column["Type"]) for column in answer.columns]
        return problem(case, answer.state, answer.reason, answer.rows, types)

    with ThreadPoolExecutor(8) as pool:
        found = {case["id"]: text for case, text in zip(CASES, pool.map(check, CASES), strict=True) if text}
    assert {key: text for key, text in found.items() if key not in NEWER} == {}
    assert set(NEWER) - set(found) == set(), "these agree now: take them off the list and out of docs/athena.md"
