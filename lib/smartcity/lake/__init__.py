"""The lake: where everything is (`layout`), its objects (`store`), and what the stream writes and readers see."""

from smartcity.lake.commits import Committed
from smartcity.lake.reader import Lake
from smartcity.lake.store import Store, Upload

__all__ = ["Committed", "Lake", "Store", "Upload"]
