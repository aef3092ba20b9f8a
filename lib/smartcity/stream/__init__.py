"""Kafka to the zones of the lake with Spark, exactly once also for readers that know nothing of Spark."""

from smartcity.stream.config import StreamConfig
from smartcity.stream.job import Caught, records, run_until_caught_up, start
from smartcity.stream.session import spark_session

__all__ = ["Caught", "StreamConfig", "records", "run_until_caught_up", "spark_session", "start"]
