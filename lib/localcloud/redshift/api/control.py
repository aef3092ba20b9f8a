"""The cluster's API: moto's bookkeeping with the gateway's address, and passwords that the gateway checks.

https://docs.aws.amazon.com/redshift/latest/APIReference/Welcome.html
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from moto.core.responses import ActionResult
from moto.redshift.exceptions import ClusterNotFoundError, InvalidParameterValueError, RedshiftClientError
from moto.redshift.models import Cluster, redshift_backends
from moto.redshift.responses import RedshiftResponse as MotoRedshiftResponse

from localcloud.redshift import temporary
from localcloud.redshift.api.place import ADMIN, CLUSTER, place


class LabCluster(Cluster):
    """The one cluster there is; its endpoint is the gateway, wherever that listens now."""

    @property
    def address(self) -> str:
        """Return the gateway's host."""
        return place().host

    @property
    def port(self) -> int:
        """Return the gateway's port."""
        return place().port

    @port.setter
    def port(self, value: int) -> None:
        """Leave the gateway where it is."""


class RedshiftResponse(MotoRedshiftResponse):
    """Answers the calls of Redshift's API."""

    backends = redshift_backends

    def create_cluster(self) -> ActionResult:
        """Refuse: one gateway is one cluster, and a second name for it would be another's data."""
        raise RedshiftClientError(
            "ClusterQuotaExceeded", f"The lab has one Redshift cluster, {CLUSTER!r}. Try: describe_clusters"
        )

    def restore_from_cluster_snapshot(self) -> ActionResult:
        """Refuse: a snapshot here is a name without data."""
        raise RedshiftClientError("UnsupportedOperation", "The lab's Redshift keeps no data in snapshots.")

    def get_cluster_credentials(self) -> ActionResult:
        """Issue a password for a database user, which the gateway refuses after its end."""
        return self._credentials(str(self._get_param("DbUser")), bool(self._get_bool_param("AutoCreate", False)))

    def get_cluster_credentials_with_iam(self) -> ActionResult:
        """Issue a password for the user that stands for the caller: in the lab, the admin."""
        return self._credentials(ADMIN, False)

    def _credentials(self, user: str, create: bool) -> ActionResult:
        cluster = str(self._get_param("ClusterIdentifier"))
        if cluster not in self.redshift_backend.clusters:
            raise ClusterNotFoundError(cluster)
        if self._get_param("DbGroups"):
            raise InvalidParameterValueError("The lab's Redshift does not join DbGroups at login. Try: ALTER GROUP")
        seconds = int(self._get_int_param("DurationSeconds", 900))
        if not 900 <= seconds <= 3600:
            raise InvalidParameterValueError("Token duration must be between 900 and 3600 seconds")
        name = f"{'IAMA' if create else 'IAM'}:{user}"
        password, ends = temporary.issue(place().credentials_key, name, seconds)
        return ActionResult({"DbUser": name, "DbPassword": password, "Expiration": datetime.fromtimestamp(ends, UTC)})


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
