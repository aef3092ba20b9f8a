"""The control room in a real Chromium: it follows, filters, looks back, and says when something is away."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from typing import Any

import pytest

from smartcity.figures.live import LEVELS

from .conftest import Room, until

pytestmark = pytest.mark.timeout(180)
LIMIT_MS = 60_000
WIDE, PHONE = {"width": 1366, "height": 768}, {"width": 390, "height": 844}


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
    until(page, "document.getElementById('clock').textContent.startsWith('Looking back')")
    shown = text(page, "clock")
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
    assert text(page, "tile-queues") == str(_queues(room, "Harbour"))


def _queues(room: Room, district: str) -> int:
    from smartcity.dashboard.view import view

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
    """The banner comes and goes by itself, and says what to do."""
    room.feed.down_since = time.time()
    page.wait_for_selector("#banner.banner")
    assert "Kafka does not answer" in text(page, "banner")
    assert "./lab up kafka" in text(page, "banner")
    room.feed.down_since = None
    page.wait_for_selector("#banner.hidden", state="attached")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_can_be_read_in_light_and_dark(page: Any, scheme: str) -> None:
    """Every text that is seen has a contrast of 4.5 to what lies behind it."""
    page.emulate_media(color_scheme=scheme)
    worst = page.evaluate(CONTRASTS)
    assert len(worst) > 20
    assert not [one for one in worst if one[0] < 4.5], worst[:5]


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["1366x768", "phone"])
def test_nothing_is_cut_off(page: Any, size: dict[str, int]) -> None:
    """The page is as wide as the screen; at 1366x768 it needs no scrolling either."""
    page.set_viewport_size(size)
    until(page, "document.documentElement.scrollWidth <= innerWidth")
    if size is WIDE:
        until(page, "document.documentElement.scrollHeight <= innerHeight")


def test_the_picture_has_streets_of_all_levels(page: Any) -> None:
    """Free, slow and queued streets and incidents are drawn, each wider or of another form than the one before."""
    widths = page.eval_on_selector_all(
        "#map .street", "all => all.map(one => parseFloat(getComputedStyle(one).strokeWidth))"
    )
    assert set(widths) == {width for _, _, width in LEVELS}
    assert len({width for _, _, width in LEVELS}) == 4
    assert page.locator("#map .spot").count() == int(text(page, "tile-incidents")) > 0


def test_everything_has_a_name_for_a_screen_reader(page: Any) -> None:
    """Each drawing has words, each control a label, and there is one first heading."""
    assert page.locator("[role=img]").count() == page.locator("[role=img][aria-label]").count() == 4
    assert page.get_attribute("html", "lang") == "en"
    assert page.locator("h1").count() == 1
    assert re.match(r"\S+", page.title())


SLOW = """() => { const draw = window.requestAnimationFrame.bind(window);
  window.requestAnimationFrame = (done) => setTimeout(() => draw(done), 800); }"""
CONTRASTS = """() => {
  const channel = (value) => { value /= 255; return value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4; };
  const light = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  const numbers = (text) => (text.match(/[\\d.]+/g) || []).map(Number);
  const behind = (part) => {
    for (; part; part = part.parentElement) {
      const colour = numbers(getComputedStyle(part).backgroundColor);
      if (colour.length === 3 || colour[3] > 0.5) return colour;
    }
    return matchMedia("(prefers-color-scheme: dark)").matches ? [0, 0, 0] : [255, 255, 255];
  };
  const found = [];
  for (const part of document.querySelectorAll("body *")) {
    const own = [...part.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
    const box = part.getBoundingClientRect(), style = getComputedStyle(part);
    if (!own || !box.width || style.visibility === "hidden" || part.closest("script, style")) continue;
    const drawn = part instanceof SVGElement;
    const pair = [light(numbers(drawn ? style.fill : style.color)), light(behind(part))].sort((a, b) => b - a);
    found.push([(pair[0] + 0.05) / (pair[1] + 0.05), part.textContent.trim().slice(0, 40)]);
  }
  return found.sort((a, b) => a[0] - b[0]);
}"""
