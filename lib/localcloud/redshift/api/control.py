"""The cluster's API: moto's bookkeeping with the gateway's address, and passwords that the gateway checks.

https://docs.aws.amazon.com/redshift/latest/APIReference/Welcome.html
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from moto.core.responses import ActionResult, BaseResponse
from moto.redshift.exceptions import ClusterNotFoundError, InvalidParameterValueError
from moto.redshift.models import Cluster, redshift_backends
from moto.redshift.responses import RedshiftResponse as MotoRedshiftResponse

from localcloud.aws.service import AwsService, Json
from localcloud.redshift import temporary
from localcloud.redshift.api.access import ADMIN, CLUSTER, gateway

PAGE = 100
DEFAULT_LIFE_S, MAX_LIFE_S = 900, 3600


class LabCluster(Cluster):
    """The one cluster there is; its endpoint is the gateway, wherever that listens now."""

    @property
    def address(self) -> str:
        """Return the gateway's host."""
        return gateway().host

    @property
    def port(self) -> int:
        """Return the gateway's port."""
        return gateway().port

    @port.setter
    def port(self, value: int) -> None:
        """Leave the gateway where it is."""


class RedshiftResponse(AwsService, MotoRedshiftResponse):
    """Answers the calls of Redshift's API: the cluster and its credentials here, the rest by moto."""

    backends = redshift_backends
    title = "Redshift"
    invalid = "ValidationError"
    invalid_page = "InvalidParameterValue"
    page_members = ("Marker", "MaxRecords")

    def describe_clusters(self) -> ActionResult:
        """Describe the cluster."""
        clusters = self.redshift_backend.describe_clusters(
            self.parameters.get("ClusterIdentifier"), self.parameters.get("TagKeys")
        )
        return self.paged("Clusters", clusters, PAGE)

    def get_cluster_credentials(self) -> ActionResult:
        """Issue a password for a database user, which the gateway refuses after its end."""
        return self._credentials(self.parameters["DbUser"], bool(self.parameters.get("AutoCreate")))

    def get_cluster_credentials_with_iam(self) -> ActionResult:
        """Issue a password for the user that stands for the caller: in the lab, the admin."""
        return self._credentials(ADMIN, False)

    def _credentials(self, user: str, create: bool) -> ActionResult:
        cluster = self.parameters.get("ClusterIdentifier")
        if cluster not in self.redshift_backend.clusters:
            raise ClusterNotFoundError(str(cluster))
        if self.parameters.get("DbGroups"):
            raise self.refuse("DbGroups", "The lab's Redshift joins no groups at login. Try: ALTER GROUP")
        seconds = self.parameters.get("DurationSeconds", DEFAULT_LIFE_S)
        if not DEFAULT_LIFE_S <= seconds <= MAX_LIFE_S:
            raise InvalidParameterValueError(
                f"Token duration must be between {DEFAULT_LIFE_S} and {MAX_LIFE_S} seconds"
            )
        name = f"{'IAMA' if create else 'IAM'}:{user}"
        password, ends = temporary.issue(gateway().credentials_key, name, seconds)
        return ActionResult({"DbUser": name, "DbPassword": password, "Expiration": datetime.fromtimestamp(ends, UTC)})

    def answer(self, content: Json) -> ActionResult:
        """Return an answer in XML."""
        return ActionResult(content)

    _enrich_response = staticmethod(BaseResponse._enrich_response)


def add_cluster(account: str, region: str, database: str) -> None:
    """Put the cluster into an account where it is not yet."""
    backend: Any = redshift_backends[account][region]
    if CLUSTER in backend.clusters:
        return
    cluster = LabCluster(  # type: ignore[abstract]  # as moto makes its own
        redshift_backend=backend,
        cluster_identifier=CLUSTER,
        node_type="ra3.xlplus",
        master_username=ADMIN,
        master_user_password="",
        db_name=database,
        cluster_type="single-node",
        cluster_security_groups=[],
        vpc_security_group_ids=[],
        cluster_subnet_group_name="",
        availability_zone=f"{region}a",
        preferred_maintenance_window="",
        cluster_parameter_group_name="",
        automated_snapshot_retention_period="1",
        port="",
        cluster_version="1.0",
        allow_version_upgrade=True,
        number_of_nodes="1",
        publicly_accessible=False,
        encrypted=False,
        region_name=region,
        iam_roles_arn=[f"arn:aws:iam::{account}:role/LabRole"],
    )
    backend.clusters[CLUSTER] = cluster
