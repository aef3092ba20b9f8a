"""How fast, large and usable the pages are: `./lab bench pages [FILE ...] [--json]`, for the live page and for files.

Loads each page in Chromium with an empty cache, then looks at it in light and dark, on a laptop and on a phone. Faults
are faint texts, parts without a name, stops that Tab does not reach, and sideways scrolling. Needs a Chromium.
"""

from __future__ import annotations

import argparse
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from course.pages import audit
from smartcity.dashboard import Live, serve
from smartcity.dashboard.lakewatch import LakeWatch
from smartcity.lake import Lake
from smartcity.simulate import Config, city, simulate

REPORT = Path(__file__).resolve().parent.parent / "out" / "run" / "index.html"


@contextmanager
def live_page() -> Iterator[str]:
    """Serve the live page of a simulated hour and give its address."""
    config = Config(vehicles=100)
    live, feed = Live(city(config).roads), SimpleNamespace(down_since=None)
    for chunk in simulate(config):
        rows = chunk.records.select(["topic", "value", "timestamp_ms"]).to_pylist()
        live.take((row["topic"], row["value"], row["timestamp_ms"]) for row in rows)
    server = serve(live, feed, LakeWatch(Lake("s3://nowhere/run")), ("127.0.0.1", 0))  # type: ignore[arg-type]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.port}/"
    server.shutdown()
    server.server_close()


def looked_at(browser: Any, url: str) -> dict[str, Any]:
    """Return the lowest contrast of a page and its faults, over all sizes and schemes."""
    contrasts, faults = [], list[str]()
    for scheme in audit.SCHEMES:
        for name, (width, height) in audit.SIZES.items():
            context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
            page = context.new_page()
            page.goto(url)
            page.wait_for_timeout(4000)
            contrasts.append(audit.lowest_contrast(page))
            faults += [f"{scheme}, {name}: {one}" for one in audit.faults(page) + audit.unreached(page)]
            context.close()
    return {"lowest_contrast": min(contrasts), "faults": len(faults), "told": faults}


def main() -> None:
    """Look at the live page and at files."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", type=Path, nargs="*", default=[REPORT] if REPORT.exists() else [])
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with live_page() as address, audit.browser() as browser:
        pages = {"live page": address, **{path.name: path.resolve().as_uri() for path in options.files}}
        for name, url in pages.items():
            report = {"page": name, **audit.loading(browser, url), **looked_at(browser, url)}
            print(json.dumps(report) if options.json else ", ".join(f"{key} {value}" for key, value in report.items()))


if __name__ == "__main__":
    main()
