"""Audits a page in Chromium: how fast and large it is, and what keeps readers out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from typing import Any, Final
from urllib.parse import urlsplit

from playwright.sync_api import sync_playwright

from course.pages.paint import chromium

SIZES: Final = {"1366x768": (1366, 768), "phone": (390, 844)}
SCHEMES: Final = ("light", "dark")

_NAMED: Final = ("button", "checkbox", "combobox", "image", "img", "link", "radio", "slider", "textbox", "listbox")
"""Roles that a screen reader needs a name for."""

_LOOK: Final = files("course.pages").joinpath("audit.js").read_text(encoding="utf-8")
_TIMES: Final = """() => {
  const [page] = performance.getEntriesByType("navigation");
  const [paint] = performance.getEntriesByName("first-contentful-paint");
  return { first_paint_ms: Math.round(paint ? paint.startTime : 0),
    content_ms: Math.round(page.domContentLoadedEventEnd), load_ms: Math.round(page.loadEventEnd) };
}"""
_STOPS: Final = """() => {
  const stops = [...document.querySelectorAll("a[href], button, input, select, textarea, [tabindex]")];
  const open = (part) => part.tabIndex >= 0 && !part.disabled && part.getBoundingClientRect().width;
  const mark = (part, at) => (part.focus(), (document.activeElement.dataset.stop = at)); // some hand the focus on
  return stops.filter((part) => open(part) && getComputedStyle(part).visibility !== "hidden").map(mark).length;
}"""
_HERE: Final = """() => {
  const part = document.activeElement, style = getComputedStyle(part);
  return [part.dataset.stop ?? "", style.outlineStyle !== "none" || style.boxShadow !== "none"];
}"""


@contextmanager
def browser() -> Iterator[Any]:
    """Start a Chromium without a window; end it afterwards."""
    with sync_playwright() as play:
        arguments = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]
        made = play.chromium.launch(executable_path=chromium(), args=arguments)
        try:
            yield made
        finally:
            made.close()


def loading(made: Any, url: str) -> dict[str, Any]:
    """Load a page with an empty cache; return its times, kilobytes over the wire, requests, and other hosts asked."""
    context = made.new_context(viewport={"width": 1366, "height": 768})
    page, requests, sizes = context.new_page(), list[str](), list[int]()
    wire = context.new_cdp_session(page)
    wire.send("Network.enable")
    wire.on("Network.loadingFinished", lambda event: sizes.append(int(event["encodedDataLength"])))
    page.on("request", lambda request: requests.append(request.url))
    page.goto(url, wait_until="load")
    page.wait_for_timeout(1500)
    home = urlsplit(url).netloc
    addresses = [urlsplit(request) for request in requests]
    measured = {**page.evaluate(_TIMES), "kilobytes": round(sum(sizes) / 1024), "requests": len(requests)}
    measured["other_hosts"] = sorted(
        {address.netloc for address in addresses if address.scheme.startswith("http")} - {home}
    )
    context.close()
    return measured


def faults(page: Any) -> list[str]:
    """Return what keeps readers out of an open page, in words: faint text, nameless parts, sideways scrolling."""
    seen = page.evaluate(_LOOK)
    faint = [each for each in seen["contrasts"] if each["ratio"] < each["wanted"]]
    wrong = [f"contrast {each['ratio']:.2f}: {each['text']!r}" for each in faint]
    if seen["sideways"]:
        wrong.append(f"{seen['sideways']} px wider than the screen")
    if seen["headings"] != 1 or not seen["language"] or not seen["title"]:
        wrong.append(f"h1: {seen['headings']}, language: {seen['language']!r}, title: {seen['title']!r}")
    return wrong + [f"{role} without a name" for role in nameless(page)]


def lowest_contrast(page: Any) -> float:
    """Return the lowest contrast of a text that is seen on an open page."""
    return round(min(float(each["ratio"]) for each in page.evaluate(_LOOK)["contrasts"]), 2)


def nameless(page: Any) -> list[str]:
    """Return the roles of controls and pictures for which a screen reader would have no name."""
    wire = page.context.new_cdp_session(page)
    nodes = wire.send("Accessibility.getFullAXTree")["nodes"]
    wire.detach()
    shown = [node for node in nodes if not node["ignored"] and node["role"]["value"] in _NAMED]
    return [node["role"]["value"] for node in shown if not node.get("name", {}).get("value", "").strip()]


def unreached(page: Any) -> list[str]:
    """Press Tab through an open page; return which stops were not reached, or did not show that they have the focus."""
    count, seen = int(page.evaluate(_STOPS)), dict[str, bool]()
    page.evaluate("() => document.activeElement.blur()")
    for _ in range(count + 2):
        page.keyboard.press("Tab")
        stop, visible = page.evaluate(_HERE)
        seen[stop] = seen.get(stop, False) or visible
    messages = [f"Tab does not reach stop {stop} of {count}" for stop in range(count) if str(stop) not in seen]
    return messages + [f"stop {stop} has no visible focus" for stop, visible in seen.items() if stop and not visible]
