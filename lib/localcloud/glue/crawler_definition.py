"""The definition of a crawler: its defaults, and what CreateCrawler and UpdateCrawler refuse."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import Any

from localcloud.glue.names import InvalidInput
from localcloud.glue.schedule import next_run

Json = dict[str, Any]

DEFAULTS: Json = {
    "Classifiers": [],
    "RecrawlPolicy": {"RecrawlBehavior": "CRAWL_EVERYTHING"},
    "SchemaChangePolicy": {"UpdateBehavior": "UPDATE_IN_DATABASE", "DeleteBehavior": "DEPRECATE_IN_DATABASE"},
    "LineageConfiguration": {"CrawlerLineageSettings": "DISABLE"},
    "LakeFormationConfiguration": {"UseLakeFormationCredentials": False, "AccountId": ""},
}


CONFIGURATION: Json = {
    "Version": None,
    "CreatePartitionIndex": bool,
    "CrawlerOutput": {
        "Tables": {"AddOrUpdateBehavior": ("MergeNewColumns",), "TableThreshold": int},
        "Partitions": {"AddOrUpdateBehavior": ("InheritFromTable",)},
    },
    "Grouping": {"TableGroupingPolicy": ("CombineCompatibleSchemas",), "TableLevelConfiguration": int},
}
"""The options of a Configuration: a type, or the values that it takes. Numbers are at least 1.

https://docs.aws.amazon.com/glue/latest/dg/crawler-configuration.html
"""


def parse_configuration(text: str | None) -> Json:
    """Return the Configuration of a crawler, which is JSON with `"Version": 1.0`.

    Raises:
        InvalidInput: it is not, or it has an option that the crawler does not know and so would ignore.
    """
    if not text:
        return {}
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        raise InvalidInput("Configuration is not valid JSON.") from None
    if not isinstance(content, dict) or content.get("Version") != 1.0:
        raise InvalidInput('Configuration must be a JSON object with "Version": 1.0.')
    _check_options(content, CONFIGURATION, "Configuration")
    return content


def _check_options(given: Any, known: Json, path: str) -> None:
    if not isinstance(given, dict):
        raise InvalidInput(f"{path} must be a JSON object.")
    for name, value in given.items():
        rule = known.get(name, ...)
        if rule is ...:
            raise InvalidInput(f"{path} has no option {name[:100]!r}; it has {', '.join(known)}.")
        if isinstance(rule, dict):
            _check_options(value, rule, f"{path}.{name}")
        elif isinstance(rule, tuple) and value not in rule:
            raise InvalidInput(f"{path}.{name} must be {' or '.join(rule)}.")
        elif rule is int and (isinstance(value, bool) or not isinstance(value, int) or value < 1):
            raise InvalidInput(f"{name} must be a positive integer.")
        elif rule is bool and not isinstance(value, bool):
            raise InvalidInput(f"{path}.{name} must be true or false.")


def checked(given: Json) -> Json:
    """Return a definition with the API's defaults.

    Raises:
        InvalidInput: a member is wrong, or two exclude each other.
    """
    definition = {**DEFAULTS, **{key: value for key, value in given.items() if value is not None}}
    policy = definition["SchemaChangePolicy"]
    definition["SchemaChangePolicy"] = {**DEFAULTS["SchemaChangePolicy"], **policy}
    _check_targets(definition["Targets"])
    if definition["Targets"].get("CatalogTargets"):
        definition["SchemaChangePolicy"] = _catalog_policy(policy)
    elif not definition.get("DatabaseName"):
        raise InvalidInput("DatabaseName cannot be null or empty")
    parse_configuration(definition.get("Configuration"))
    if definition.get("Schedule"):
        next_run(definition["Schedule"], datetime.now(UTC))
    _check_recrawl(definition)
    return definition


def _catalog_policy(policy: Json) -> Json:
    """Return the policy of a crawler with catalog targets, which deletes nothing (define-crawler)."""
    if policy.get("DeleteBehavior") not in (None, "LOG") and policy is not DEFAULTS["SchemaChangePolicy"]:
        raise InvalidInput(
            "The SchemaChangePolicy for a crawler with catalog targets can have only LOG DeleteBehavior."
        )
    return {**DEFAULTS["SchemaChangePolicy"], **policy, "DeleteBehavior": "LOG"}


def _check_recrawl(definition: Json) -> None:
    behavior = definition["RecrawlPolicy"].get("RecrawlBehavior", "CRAWL_EVERYTHING")
    if behavior == "CRAWL_EVENT_MODE":
        raise InvalidInput("CRAWL_EVENT_MODE needs S3 event notifications, which the lab's S3 does not send.")
    if behavior == "CRAWL_NEW_FOLDERS_ONLY" and set(definition["SchemaChangePolicy"].values()) != {"LOG"}:
        raise InvalidInput(
            "The SchemaChangePolicy for a crawler with CRAWL_NEW_FOLDERS_ONLY can have only LOG UpdateBehavior "
            "and LOG DeleteBehavior."
        )
    if behavior == "CRAWL_NEW_FOLDERS_ONLY" and not definition["Targets"].get("S3Targets"):
        raise InvalidInput("CRAWL_NEW_FOLDERS_ONLY needs S3Targets.")


def _check_targets(targets: Json) -> None:
    given = {kind for kind, members in targets.items() if members}
    others = sorted(given - {"S3Targets", "CatalogTargets"})
    if others:
        raise InvalidInput(f"The lab crawls S3Targets and CatalogTargets, not {', '.join(others)}.")
    if not given:
        raise InvalidInput("At least one target is required: Targets={'S3Targets': [{'Path': 's3://...'}]}.")
    if len(given) > 1:
        raise InvalidInput("CatalogTargets cannot be mixed with other targets.")
    for target in targets.get("S3Targets") or []:
        _check_s3_target(target)


def _check_s3_target(target: Json) -> None:
    if not re.fullmatch(r"s3://[a-z0-9][a-z0-9.\-]{1,62}(/.*)?", target.get("Path", ""), re.DOTALL):
        raise InvalidInput(f"Invalid S3 path {target.get('Path', '')[:200]!r}: write s3://bucket/folder/.")
    if not 1 <= target.get("SampleSize", 1) <= 249:
        raise InvalidInput("SampleSize must be between 1 and 249.")
