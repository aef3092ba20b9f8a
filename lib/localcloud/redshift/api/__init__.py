"""Redshift's APIs, run in the process of the AWS API: the cluster, the workgroup, and statements over HTTP."""

from localcloud.redshift.api.control import RedshiftResponse
from localcloud.redshift.api.data import RedshiftDataResponse
from localcloud.redshift.api.serverless import RedshiftServerlessResponse

__all__ = ["RedshiftDataResponse", "RedshiftResponse", "RedshiftServerlessResponse"]
