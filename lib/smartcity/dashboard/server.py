"""The page's server, for browsers on this machine. They ask for what is new of a view, and wait until there is any.

Views are made once a tick for all browsers that look at the same thing; what a browser has is not sent again.
"""

from __future__ import annotations

import threading
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import flask
from dash import Dash, Input, Output
from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler

from smartcity.dashboard import page, sentences
from smartcity.dashboard.feed import Feed
from smartcity.dashboard.lakewatch import LakeWatch
from smartcity.dashboard.parts import Parts, answer, contents, tagged
from smartcity.dashboard.pulse import Pulse
from smartcity.dashboard.state import Live
from smartcity.dashboard.view import view

WAIT_S: Final = 5.0
"""A browser that nothing is new for gets an answer after this time, so that it knows that the server is there."""

_ASSETS: Final = Path(__file__).parent / "assets"
_POLICY: Final = (
    "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "frame-ancestors 'none'; form-action 'self'; base-uri 'self'"
)
_HOSTS: Final = ("127.0.0.1", "localhost", "[::1]")
"""Under another name, the request comes from a foreign page whose address was made to point to this machine."""


class Quiet(WSGIRequestHandler):
    """Handles requests without writing a line for each."""

    protocol_version = "HTTP/1.1"

    def log_request(self, *_args: object, **_more: object) -> None:
        """Log nothing."""


def serve(live: Live, feed: Feed, lake: LakeWatch, listen: tuple[str, int]) -> Server:
    """Return the server, bound but not serving yet; `serve_forever()`, `shutdown()` and `server_close()` control it.

    Raises OSError if the port is taken.
    """
    return Server(ControlRoom(live, feed, lake), listen)


class Server(ThreadedWSGIServer):
    """The HTTP server of a control room, which ends with it."""

    def __init__(self, room: ControlRoom, listen: tuple[str, int]) -> None:
        super().__init__(*listen, room.app.server, Quiet)
        self._room = room
        room.pulse.start()

    def server_close(self) -> None:
        """Give the port back."""
        super().server_close()
        self._room.pulse.stop()


class ControlRoom:
    """The Dash application over the state of a feed."""

    def __init__(self, live: Live, feed: Feed, lake: LakeWatch) -> None:
        self.live, self.feed, self.lake = live, feed, lake
        self.districts = sorted(set(live.roads["district"]))
        self.pulse = Pulse(self._state)
        self.app = Dash(
            __name__, assets_folder=str(_ASSETS), title="Smart city control room", update_title="", serve_locally=True
        )
        self.app.index_string = self.app.index_string.replace("<html>", '<html lang="en">')
        self.app.layout = page.layout(self.districts)
        self.app.server.add_url_rule("/view", "view", self._view)
        self.app.server.before_request(_only_this_machine)
        self.app.server.after_request(_secured)
        self._parts = lru_cache(maxsize=64)(self._make_parts)
        self._making = threading.Lock()
        steer = "(...given) => window.room.steer(...given, window.dash_clientside.callback_context.triggered_id)"
        inputs = [Input("district", "value"), Input("moment", "value"), Input("live", "n_clicks")]
        callback: Any = self.app.clientside_callback  # Dash leaves it without types
        callback(steer, Output("live", "aria-pressed"), inputs)

    def _state(self) -> object:
        return self.live.version, self.feed.down_since, self.lake.trouble, self.lake.rows["raw"]

    def _view(self) -> flask.Response:
        """Answer one browser: with what is new since a tick, of a district at a minute (left out: all, now)."""
        given = flask.request.args
        district, minute = given.get("district", ""), given.get("minute", type=int)
        if district and district not in self.districts:
            flask.abort(400, f"There is no district {district!r}")
        tick = self.pulse.after(given.get("tick", -1, type=int), WAIT_S)
        with self._making:
            parts = self._parts(tick, district, minute)
        text = answer(tick, parts, given.get("have", "").split(","))
        return flask.Response(text, mimetype="application/json", headers={"Cache-Control": "no-store"})

    def _make_parts(self, _tick: int, district: str, minute: int | None) -> Parts:
        seen = view(self.live, district or None, minute)
        counts = (self.live.taken, self.live.set_aside, self.lake.rows, self.lake.trouble)
        own = {"feed": sentences.feed(*counts), "banner": sentences.banner(self.feed.down_since)}
        return tagged({**own, **contents(self.live, seen, district, minute is None)})


def _only_this_machine() -> None:
    """Refuse a request that a page from elsewhere makes by DNS rebinding or from its own origin."""
    request = flask.request
    if request.host.rsplit(":", 1)[0] not in _HOSTS:
        flask.abort(403, "This page answers only at the address 127.0.0.1.")
    origin = request.headers.get("Origin")
    if origin is not None and origin != f"http://{request.host}":
        flask.abort(403, "This page doesn't answer requests from other pages.")


def _secured(response: flask.Response) -> flask.Response:
    """Let the page load nothing from other hosts: it works without a network."""
    response.headers["Content-Security-Policy"] = _POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
