"""Figures as PNG pictures, painted by plotly.js in a headless Chromium of this machine."""

from __future__ import annotations

import base64
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

import numpy as np
from playwright.sync_api import Error, sync_playwright
from plotly.offline import get_plotlyjs

from course.pages.palette import png
from smartcity.errors import LabError

Painter = Callable[[Mapping[str, Any]], str]
"""Takes a figure as its JSON object, returns a PNG in base64."""

WIDTH: Final = 760
HEIGHT: Final = 440
_NAMES: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_PAINT: Final = """async ([spec, width, height]) => {
  const picture = new Image();
  picture.src = await Plotly.toImage({data: spec.data, layout: {...spec.layout, width, height}}, {format: "png"});
  await picture.decode();
  const canvas = new OffscreenCanvas(width, height), brush = canvas.getContext("2d");
  brush.drawImage(picture, 0, 0);
  const bytes = brush.getImageData(0, 0, width, height).data, pieces = [];
  for (let at = 0; at < bytes.length; at += 32768) pieces.push(String.fromCharCode(...bytes.subarray(at, at + 32768)));
  return btoa(pieces.join(""));
}"""


class PainterMissing(LabError):
    """No Chromium was found, or it did not start."""


@contextmanager
def painter() -> Iterator[Painter]:
    """Start a Chromium that paints figures; end it afterwards. Raises PainterMissing."""
    with sync_playwright() as play:
        try:
            browser = play.chromium.launch(executable_path=chromium(), args=["--no-sandbox", "--disable-gpu"])
        except Error as error:
            reason = str(error).splitlines()[0]
            raise PainterMissing(
                f"Chromium didn't start: {reason}. Try: install it, or LAB_CHROME=/path/to/it"
            ) from error
        page = browser.new_page()
        page.add_script_tag(content=get_plotlyjs())
        try:
            yield lambda spec: _picture(page, spec)
        finally:
            browser.close()


def _picture(page: Any, spec: Mapping[str, Any]) -> str:
    height = int(spec["layout"].get("height") or HEIGHT)
    painted = base64.b64decode(page.evaluate(_PAINT, [spec, WIDTH, height]))
    return base64.b64encode(png(np.frombuffer(painted, np.uint8).reshape(height, WIDTH, 4)[..., :3])).decode()


def chromium() -> str | None:
    """Return the browser to start, or None for the one that Playwright has installed itself."""
    paths = (shutil.which(name) for name in _NAMES)
    return os.environ.get("LAB_CHROME") or next((path for path in paths if path), None)
