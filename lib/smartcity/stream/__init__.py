"""Kafka to the zones of the lake with Spark, exactly once, even for readers that know nothing about Spark."""

from smartcity.stream.config import StreamConfig
from smartcity.stream.job import Caught, records, run_until_caught_up, start
from smartcity.stream.session import spark_session
from smartcity.stream.views import VIEWS, catch_up_view, start_view

__all__ = [
    "VIEWS",
    "Caught",
    "StreamConfig",
    "catch_up_view",
    "records",
    "run_until_caught_up",
    "spark_session",
    "start",
    "start_view",
]
