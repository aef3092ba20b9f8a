"""The page's server, on 127.0.0.1 only. A browser is told of news by server-sent events, then asks for its view.

Views are made once for all browsers that look at the same thing.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import flask
from dash import Dash, Input, Output, State, ctx, html, no_update
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from smartcity.dashboard import page
from smartcity.dashboard.feed import Feed
from smartcity.dashboard.lakewatch import LakeWatch
from smartcity.dashboard.state import Live
from smartcity.dashboard.view import View, view

NEWS_S: Final = 0.5
"""News are told at most this often."""

_ASSETS: Final = Path(__file__).parent / "assets"
_POLICY: Final = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:"
)


class Quiet(WSGIRequestHandler):
    """Handles requests without writing a line for each."""

    protocol_version = "HTTP/1.1"

    def log_request(self, *_args: object, **_more: object) -> None:
        """Say nothing."""


def serve(live: Live, feed: Feed, lake: LakeWatch, port: int) -> BaseWSGIServer:
    """Return the server, bound but not serving yet; `serve_forever()` and `shutdown()` are its ways.

    Raises OSError where the port is taken.
    """
    room = ControlRoom(live, feed, lake)
    return make_server("127.0.0.1", port, room.app.server, threaded=True, request_handler=Quiet)


class ControlRoom:
    """The Dash application over the state of a feed."""

    def __init__(self, live: Live, feed: Feed, lake: LakeWatch) -> None:
        self.live, self.feed, self.lake = live, feed, lake
        self.app = Dash(
            __name__, assets_folder=str(_ASSETS), title="Smart city control room", update_title="", serve_locally=True
        )
        self.app.index_string = self.app.index_string.replace("<html>", '<html lang="en">')
        self.app.layout = page.layout(sorted(set(live.roads["district"])))
        self.app.server.add_url_rule("/news", "news", self._news)
        self.app.server.after_request(_secured)
        self._view = lru_cache(maxsize=64)(self._make_view)
        self._making = threading.Lock()
        self._register()

    def _news(self) -> flask.Response:
        return flask.Response(self._pulses(), mimetype="text/event-stream", headers={"Cache-Control": "no-store"})

    def _pulses(self) -> Iterator[str]:
        """Yield the state of the feed whenever it changed, and every five seconds."""
        last, told = "", 0.0
        while True:
            text = json.dumps(self.pulse())
            if text != last or time.monotonic() - told > 5:
                last, told = text, time.monotonic()
                yield f"data: {text}\n\n"
            time.sleep(NEWS_S)

    def pulse(self) -> dict[str, Any]:
        """Return what a browser is told: the version of the state, and since when Kafka is away."""
        return {
            "version": self.live.version,
            "down_since": self.feed.down_since,
            "lake": self.lake.trouble,
            "stored": self.lake.rows["raw"],
        }

    def _register(self) -> None:
        self.app.callback(
            output={
                "figures": [Output(name, "figure") for name in page.FIGURES],
                "tiles": [Output(f"tile-{name}", "children") for name in page.TILES],
                "texts": [Output(name, "children") for name in ("incidents", "alerts", "clock")],
                "slider": [Output("moment", name) for name in ("min", "max", "value", "marks")],
                "feed": Output("feed", "children"),
                "banner": [Output("banner", "children"), Output("banner", "className")],
                "live": Output("live", "aria-pressed"),
                "drawn": Output("drawn", "data"),
            },
            inputs=[
                Input("pulse", "data"),
                Input("district", "value"),
                Input("moment", "value"),
                Input("live", "n_clicks"),
            ],
            state=[State("live", "aria-pressed")],
        )(self._draw)
        told = "function (news) { window.newsAreDrawn(news); return window.dash_clientside.no_update; }"
        ends = (Output("pulse", "storage_type"), Input("drawn", "data"))
        tell: Any = self.app.clientside_callback  # Dash leaves it without types
        tell(told, *ends, prevent_initial_call=True)

    def _draw(self, pulse: Any, district: str, moment: int, _clicks: int, pressed: str) -> dict[str, Any]:
        """Fill the page for one browser: with news where it follows them, else only with what it looks back at."""
        following = ctx.triggered_id == "live" or (pressed == "true" and ctx.triggered_id != "moment")
        with self._making:
            seen, drawings = self._view(self.live.version, district or "", None if following else moment)
        following = following or moment >= seen.last
        texts = (page.incident_rows(seen), page.alert_rows(seen, bool(self.live.alerts)), page.clock(seen, following))
        same = ctx.triggered_id == "pulse" and not following
        banner = self._banner()
        return {
            "figures": [no_update] * len(drawings) if same else drawings,
            "tiles": [no_update] * len(page.TILES) if same else page.tiles(seen),
            "texts": [no_update] * len(texts) if same else texts,
            "slider": (seen.first, max(seen.last, seen.first + 1), seen.last if following else no_update, _marks(seen)),
            "feed": page.feed_line(self.live.taken, self.live.set_aside, self.lake.rows, self.lake.trouble),
            "banner": (banner, "banner" if banner else "hidden"),
            "live": "true" if following else "false",
            "drawn": pulse,
        }

    def _make_view(self, _version: int, district: str, minute: int | None) -> tuple[View, tuple[Any, ...]]:
        seen = view(self.live, district or None, minute)
        return seen, tuple(page.drawings(self.live, seen, district).values())

    def _banner(self) -> Any:
        if self.feed.down_since is None:
            return ""
        since = time.strftime("%H:%M:%S", time.localtime(self.feed.down_since))
        return [
            html.Strong("Kafka does not answer"),
            f" since {since}. What you see is from before; the page goes on by itself when it is back. Try: ",
            html.Code("./lab up kafka"),
        ]


def _marks(seen: View) -> dict[str, str]:
    """Return up to five times to stand below the slider."""
    if seen.at is None:
        return {}
    numbers = sorted({seen.first + (seen.last - seen.first) * part // 4 for part in range(5)})
    return {str(number): time.strftime("%H:%M", time.gmtime(number * 60)) for number in numbers}


def _secured(response: flask.Response) -> flask.Response:
    """Forbid the page everything from elsewhere: it works without a network."""
    response.headers["Content-Security-Policy"] = _POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
