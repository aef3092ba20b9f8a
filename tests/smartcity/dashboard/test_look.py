"""The page looks as it did, roughly: coarse patches of colour are compared, without words, whose fonts differ.

To renew a picture after a change that was meant, delete it and run this test: it is written, and the test skipped.
"""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from .conftest import Room, until

FOLDER = Path(__file__).with_name("look")
LIMIT = 4.0
"""Mean difference of colours, of 255, in an eighth by a sixth of the page, that rounding and other heights may make."""
WORDLESS = "() => document.styleSheets[0].insertRule('* { color: transparent !important; fill: none !important; }')"
SHOWN = {"light": ("light", 1366, 768), "dark": ("dark", 1366, 768)}


def reduced(browser: Any, picture: bytes) -> tuple[bytes, list[int]]:
    """Return a picture as a small PNG of coarse patches, and their colours."""
    page = browser.new_page()
    small, colours = page.evaluate(REDUCE, base64.b64encode(picture).decode())
    page.close()
    return base64.b64decode(small), colours


def worst_block(colours: list[int], wanted: list[int]) -> float:
    """Return the mean difference of colours where it is largest, of 8 by 6 blocks."""
    apart = np.abs(np.array(colours) - np.array(wanted)).reshape(6, 8, 8, 8, 3)
    return float(apart.mean(axis=(1, 3, 4)).max())


@pytest.mark.parametrize("name", SHOWN)
def test_it_looks_as_it_did(browser: Any, room: Room, name: str) -> None:
    """The page has the colours of the reviewed picture everywhere; without its map, it differs from the picture."""
    scheme, width, height = SHOWN[name]
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
    page = context.new_page()
    page.goto(room.url)
    page.wait_for_selector("#map .street", state="attached")
    until(page, "document.getElementById('clock').textContent.startsWith('Live')")
    page.evaluate(WORDLESS)
    page.wait_for_timeout(500)
    small, colours = reduced(browser, page.screenshot())
    page.evaluate("document.querySelector('#map svg').remove()")
    _, empty = reduced(browser, page.screenshot())
    context.close()
    kept = FOLDER / f"{name}.png"
    if not kept.exists():
        kept.parent.mkdir(exist_ok=True)
        kept.write_bytes(small)
        pytest.skip(f"{kept.name} is written")
    _, wanted = reduced(browser, kept.read_bytes())
    assert worst_block(colours, wanted) < LIMIT < worst_block(empty, wanted)


REDUCE = """async (data) => {
  const picture = new Image();
  picture.src = "data:image/png;base64," + data;
  await picture.decode();
  const canvas = new OffscreenCanvas(64, 48), brush = canvas.getContext("2d");
  brush.imageSmoothingQuality = "high";
  brush.drawImage(picture, 0, 0, 64, 48);
  const bytes = new Uint8Array(await (await canvas.convertToBlob()).arrayBuffer());
  const colours = [...brush.getImageData(0, 0, 64, 48).data].filter((_, at) => at % 4 < 3);
  return [btoa(String.fromCharCode(...bytes)), colours];
}"""
