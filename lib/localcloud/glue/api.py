"""The Glue API: one method per operation, one file per family."""

from __future__ import annotations

from localcloud.glue.api_base import GlueBase
from localcloud.glue.api_catalog import CatalogCalls
from localcloud.glue.api_classifiers import ClassifierCalls
from localcloud.glue.api_crawlers import CrawlerCalls
from localcloud.glue.api_jobs import JobCalls
from localcloud.glue.api_partitions import PartitionCalls
from localcloud.glue.api_registry import RegistryCalls
from localcloud.glue.api_schema_versions import SchemaVersionCalls
from localcloud.glue.api_statistics import StatisticsCalls


class GlueResponse(
    CatalogCalls,
    PartitionCalls,
    StatisticsCalls,
    CrawlerCalls,
    ClassifierCalls,
    JobCalls,
    SchemaVersionCalls,
    RegistryCalls,
    GlueBase,
):
    """Glue as the lab answers it; moto answers the rest."""
