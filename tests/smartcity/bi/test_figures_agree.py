"""Every figure that a BI tool shows is the same in Redshift, in Athena and in the extract."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from course import prepare
from smartcity import warehouse
from smartcity.bi import check, engines
from smartcity.bi.files import Files
from smartcity.settings import settings
from smartcity.simulate import Config

pytestmark = [pytest.mark.stack, pytest.mark.timeout(600)]
pytest.importorskip("tableauhyperapi", reason="Tableau's Hyper API has no wheel for this machine", exc_type=ImportError)


def test_every_figure_is_the_same_in_all_engines(in_lab: Mapping[str, str], tmp_path: Path) -> None:
    """Rows of each table and figures of each sheet agree; a row less in the extract is found."""
    city, files = settings(run_id="test"), Files(tmp_path)
    prepare.tables(city, Config(minutes=20, vehicles=60, seed=11))  # the run of tests/notebooks, where it was before
    with engines.warehouse(city) as (connection, place):
        warehouse.load_events(connection, city.mart, city.lake_uri, city.crawler_role)
        warehouse.build_star(connection, city.mart)
        files.make(connection, place, ("tableau",))
        ask, athena = engines.redshift_asker(connection), engines.athena_asker(city)
        assert not [one for one in check.figure_checks(files, ask, athena, city.mart) if one.wrong]
        connection.cursor().execute(f"DELETE FROM {city.mart}.fact_incident")
        assert [one for one in check.figure_checks(files, ask, athena, city.mart) if one.wrong]
        connection.rollback()
