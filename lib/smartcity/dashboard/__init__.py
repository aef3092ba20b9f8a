"""The control room: a live page over Kafka and the lake, for a browser on this machine: `./lab dashboard`."""

from smartcity.dashboard.feed import Feed, run_start
from smartcity.dashboard.server import serve
from smartcity.dashboard.state import Live
from smartcity.dashboard.view import View

__all__ = ["Feed", "Live", "View", "run_start", "serve"]
