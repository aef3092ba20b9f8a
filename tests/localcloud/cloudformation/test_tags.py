"""What is deleted is found by no tag."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def test_a_deleted_crawler_has_no_tags(client: Callable[..., Any]) -> None:
    """The tagging service shows a crawler by its tag, and no more once it is deleted."""
    glue, tagging = client("glue"), client("resourcegroupstaggingapi")
    targets = {"S3Targets": [{"Path": "s3://somewhere/"}]}
    glue.create_crawler(Name="c", Role="LabRole", DatabaseName="default", Targets=targets, Tags={"a": "b"})
    wanted = {"TagFilters": [{"Key": "a", "Values": ["b"]}]}
    assert len(tagging.get_resources(**wanted)["ResourceTagMappingList"]) == 1
    glue.delete_crawler(Name="c")
    assert tagging.get_resources(**wanted)["ResourceTagMappingList"] == []
