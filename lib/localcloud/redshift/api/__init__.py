"""Redshift's APIs, run in the process of the AWS API: the cluster, the workgroup, and statements over HTTP."""

from localcloud.redshift.api.control import RedshiftResponse

__all__ = ["RedshiftResponse"]
