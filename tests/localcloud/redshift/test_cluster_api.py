"""The cluster's API tells where the gateway is, and pretends no work."""

from __future__ import annotations

from collections.abc import Mapping

import boto3
import pytest
from botocore.exceptions import ClientError


@pytest.mark.stack
def test_the_one_cluster_is_described_where_the_gateway_is(in_lab: Mapping[str, str]) -> None:
    """DescribeClusters has one cluster, at the gateway's address; pausing or copying it is refused."""
    redshift = boto3.client("redshift")
    (cluster,) = redshift.describe_clusters()["Clusters"]
    assert cluster["ClusterStatus"] == "available"
    address = cluster["Endpoint"]["Address"], str(cluster["Endpoint"]["Port"])
    assert address == (in_lab["REDSHIFT_HOST"], in_lab["REDSHIFT_PORT"])
    name = cluster["ClusterIdentifier"]
    for call, given in (
        (redshift.pause_cluster, {}),
        (redshift.delete_cluster, {"SkipFinalClusterSnapshot": True}),
        (redshift.create_cluster_snapshot, {"SnapshotIdentifier": "s"}),
    ):
        with pytest.raises(ClientError, match="is not supported. The lab"):
            call(ClusterIdentifier=name, **given)
    assert redshift.describe_clusters()["Clusters"][0]["ClusterStatus"] == "available"
