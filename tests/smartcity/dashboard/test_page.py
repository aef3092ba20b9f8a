"""The control room in a real Chromium: it follows, filters, looks back, and says when something is away."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from course.pages import audit
from smartcity.dashboard.view import view
from smartcity.figures.live import LEVELS

from .conftest import Room, until

pytestmark = pytest.mark.timeout(180)
LIMIT_MS = 60_000
WIDE = {"width": 1366, "height": 768}


@pytest.fixture
def page(browser: Any, room: Room) -> Iterator[Any]:
    """The page, open and drawn; whatever the browser complains of fails the test."""
    context = browser.new_context(viewport=WIDE)
    made = context.new_page()
    made.set_default_timeout(LIMIT_MS)
    wrong: list[str] = []
    made.on("console", lambda message: wrong.append(message.text) if message.type in ("error", "warning") else None)
    made.on("pageerror", lambda error: wrong.append(str(error)))
    made.goto(room.url)
    made.wait_for_selector("#map .street", state="attached")
    until(made, "document.getElementById('clock').textContent.startsWith('Live')")
    yield made
    context.close()
    assert not wrong


def text(page: Any, name: str) -> str:
    """Return what an element says."""
    return str(page.text_content(f"#{name}"))


def test_news_reach_the_page(page: Any, room: Room) -> None:
    """Records that come in move the clock and the counts without a click."""
    before, count = text(page, "clock"), text(page, "feed")
    room.live.take(room.records[2 * len(room.records) // 3 :])
    until(page, f"document.getElementById('clock').textContent !== {before!r}")
    assert text(page, "clock") > before
    assert text(page, "feed") != count
    assert f"{room.live.taken.total():,} events" in text(page, "feed")


def test_the_slider_goes_back_in_time_by_the_keyboard(page: Any, room: Room) -> None:
    """Arrow keys on the slider stop the following, and the Live button takes it up again."""
    page.focus("#moment [role=slider]")
    for _ in range(3):
        page.keyboard.press("ArrowLeft")
    moment = datetime.fromtimestamp((view(room.live).last - 3) * 60 + 59, UTC)
    shown = f"Looking back: {moment:%d %B %Y, %H:%M:%S} UTC"
    until(page, f"document.getElementById('clock').textContent === {shown!r}")
    room.live.take(room.records[2 * len(room.records) // 3 :])
    until(page, f"document.getElementById('feed').textContent.includes('{room.live.taken.total():,}')")
    assert text(page, "clock") == shown
    page.focus("#live")
    page.keyboard.press("Enter")
    until(page, "document.getElementById('clock').textContent.startsWith('Live')")


def test_a_district_filters_tiles_map_and_lines(page: Any, room: Room) -> None:
    """Choosing a district by keyboard changes the tiles and adds the district's line to the city's."""
    page.focus("#district")
    page.keyboard.press("Enter")
    until(page, "document.activeElement.type === 'radio' && document.activeElement.value === ''")
    page.keyboard.press("ArrowDown")
    until(page, "document.activeElement.value === 'Harbour'")
    page.keyboard.press("Space")
    until(page, "document.querySelectorAll('#speeds .line').length === 2")
    assert text(page, "speeds-legend") == "Harbourwhole city"
    assert text(page, "tile-queues").startswith(f"{_queues(room, 'Harbour')} of ")


def _queues(room: Room, district: str) -> int:
    return view(room.live, district).queues


def test_a_hidden_tab_is_not_drawn(page: Any, room: Room) -> None:
    """A tab that nobody sees asks for nothing, and catches up when it is seen again."""
    hide = "hidden => { Object.defineProperty(document, 'hidden', { get: () => hidden, configurable: true }); "
    page.evaluate(hide + "document.dispatchEvent(new Event('visibilitychange')); }", True)
    room.live.take(room.records[:1])  # an answer that is still waited for comes now
    page.wait_for_timeout(1500)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    room.live.take(room.records[2 * len(room.records) // 3 :])
    page.wait_for_timeout(1500)
    assert not asked
    page.evaluate(hide + "document.dispatchEvent(new Event('visibilitychange')); }", False)
    until(page, f"document.getElementById('feed').textContent.includes('{room.live.taken.total():,} events')")


def test_a_slow_browser_asks_less_often(page: Any, room: Room) -> None:
    """There is never more than one question under way, and where drawing is slow fewer are asked than there is news."""
    under_way, counts = set[Any](), list[int]()
    page.on("requestfinished", lambda request: under_way.discard(request))
    page.on("request", lambda request: (under_way.add(request), counts.append(len(under_way))))
    page.evaluate(SLOW)
    room.live.take(room.records[:1])
    page.wait_for_timeout(2500)
    counts.clear()
    for _ in range(16):
        room.live.take(room.records[:1])
        page.wait_for_timeout(250)
    assert 1 <= len(counts) <= 4
    assert set(counts) == {1}


def test_a_banner_stands_while_kafka_is_away(page: Any, room: Room) -> None:
    """The banner appears and disappears on its own, and says what to do."""
    room.feed.down_since = time.time()
    page.wait_for_selector("#banner.banner")
    assert "Kafka doesn't answer" in text(page, "banner")
    assert "./lab up kafka" in text(page, "banner")
    room.feed.down_since = None
    page.wait_for_selector("#banner.hidden", state="attached")


@pytest.mark.parametrize("size", audit.SIZES)
@pytest.mark.parametrize("scheme", audit.SCHEMES)
def test_every_reader_can_use_it(page: Any, scheme: str, size: str) -> None:
    """In light and dark, on a laptop and a phone: readable text, names for all, Tab everywhere, no scrolling sideways."""
    width, height = audit.SIZES[size]
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": height})
    page.wait_for_timeout(500)
    assert audit.faults(page) == []
    assert audit.unreached(page) == []
    assert audit.lowest_contrast(page) >= 4.5


def test_a_laptop_shows_all_at_once(page: Any) -> None:
    """At 1366x768 nothing has to be scrolled, also while a banner stands."""
    assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")
    page.evaluate("document.getElementById('banner').className = 'banner'")
    assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")


def test_the_slider_says_its_time(page: Any) -> None:
    """A screen reader hears an hour and a minute, not a number of minutes."""
    assert re.fullmatch(r"\d\d:\d\d UTC", page.get_attribute("#moment [role=slider]", "aria-valuetext"))


def test_it_asks_no_other_host(browser: Any, room: Room) -> None:
    """All that the page loads comes from its own server."""
    assert audit.loading(browser, room.url)["other_hosts"] == []


def test_the_picture_has_streets_of_all_levels(page: Any) -> None:
    """Free, slow and queued streets and incidents are drawn, each wider or of another form than the one before."""
    widths = page.eval_on_selector_all(
        "#map .street", "all => all.map(one => parseFloat(getComputedStyle(one).strokeWidth))"
    )
    assert set(widths) == {width for _, _, width in LEVELS}
    assert len({width for _, _, width in LEVELS}) == 4
    assert page.locator("#map .spot").count() == int(text(page, "tile-incidents")) > 0


SLOW = """() => { const draw = window.requestAnimationFrame.bind(window);
  window.requestAnimationFrame = (done) => setTimeout(() => draw(done), 800); }"""
