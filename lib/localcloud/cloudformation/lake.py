"""Resources of the lake: buckets in the lab's S3, the Glue catalog, Athena's workgroups."""

from __future__ import annotations

import json
import logging
from typing import Any

from moto.core.common_models import CloudFormationModel

from localcloud.cloudformation.resource import Properties, Resource

log = logging.getLogger(__name__)


class Bucket(Resource, CloudFormationModel):
    """A bucket of the lab's S3.

    The lab's S3 answers on loopback to the lab's keys alone, so there is no public access to block, and it knows one
    owner; of a lifecycle it carries out nothing that ends uploads. These three members are read and left.
    """

    TYPE, SERVICE = "AWS::S3::Bucket", "s3"
    LEFT = frozenset({"PublicAccessBlockConfiguration", "OwnershipControls", "LifecycleConfiguration"})
    HELD = LEFT | {"BucketName", "BucketEncryption", "Tags"}
    ATTRIBUTES = ("Arn",)

    def make(self, given: Properties) -> None:
        """Create the bucket, its encryption and its tags."""
        name = self.physical_resource_id = given.get("BucketName") or self.physical_resource_id.lower()
        log.info("bucket %s: not carried out: %s", name, ", ".join(sorted(self.LEFT & set(given))) or "nothing")
        self.attributes = {"Arn": f"arn:aws:s3:::{name}"}
        self.api.create_bucket(Bucket=name)
        for rule in given.get("BucketEncryption", {}).get("ServerSideEncryptionConfiguration", []):
            default = {"ApplyServerSideEncryptionByDefault": rule["ServerSideEncryptionByDefault"]}
            self.api.put_bucket_encryption(Bucket=name, ServerSideEncryptionConfiguration={"Rules": [default]})
        if given.get("Tags"):
            self.api.put_bucket_tagging(Bucket=name, Tagging={"TagSet": given["Tags"]})

    def remove(self) -> None:
        """Delete the bucket, which must be empty."""
        self.api.delete_bucket(Bucket=self.physical_resource_id)


class BucketPolicy(Resource, CloudFormationModel):
    """A bucket's policy; a statement that turns away all calls without TLS is left, since the lab's S3 has none."""

    TYPE, SERVICE = "AWS::S3::BucketPolicy", "s3"
    HELD = frozenset({"Bucket", "PolicyDocument"})

    def make(self, given: Properties) -> None:
        """Put the policy."""
        self.physical_resource_id = given["Bucket"]
        document = dict(given["PolicyDocument"])
        document["Statement"] = [
            statement for statement in document["Statement"] if "SecureTransport" not in json.dumps(statement)
        ]
        self.attributes = {"put": bool(document["Statement"])}
        if document["Statement"]:
            self.api.put_bucket_policy(Bucket=given["Bucket"], Policy=json.dumps(document))

    def remove(self) -> None:
        """Delete the policy."""
        if self.attributes["put"]:
            self.api.delete_bucket_policy(Bucket=self.physical_resource_id)


class GlueDatabase(Resource, CloudFormationModel):
    """A database of the catalog."""

    TYPE, SERVICE = "AWS::Glue::Database", "glue"
    HELD = frozenset({"CatalogId", "DatabaseInput"})

    def make(self, given: Properties) -> None:
        """Create the database."""
        database: dict[str, Any] = given["DatabaseInput"]
        self.physical_resource_id = database.setdefault("Name", self.physical_resource_id.lower())
        self.api.create_database(DatabaseInput=database)

    def remove(self) -> None:
        """Delete the database with its tables."""
        self.api.delete_database(Name=self.physical_resource_id)


class GlueCrawler(Resource, CloudFormationModel):
    """A crawler that runs when it is started."""

    TYPE, SERVICE = "AWS::Glue::Crawler", "glue"
    HELD = frozenset(
        {"Name", "Description", "Role", "DatabaseName", "Targets", "TablePrefix", "SchemaChangePolicy", "Tags"}
    )

    def make(self, given: Properties) -> None:
        """Create the crawler."""
        self.physical_resource_id = given.get("Name") or self.physical_resource_id
        self.api.create_crawler(**{**given, "Name": self.physical_resource_id})

    def remove(self) -> None:
        """Delete the crawler."""
        self.api.delete_crawler(Name=self.physical_resource_id)


class WorkGroup(Resource, CloudFormationModel):
    """A workgroup of Athena."""

    TYPE, SERVICE = "AWS::Athena::WorkGroup", "athena"
    HELD = frozenset({"Name", "Description", "WorkGroupConfiguration", "RecursiveDeleteOption", "Tags"})

    def make(self, given: Properties) -> None:
        """Create the workgroup."""
        self.physical_resource_id = given.get("Name") or self.physical_resource_id
        self.attributes = {"recursive": bool(given.pop("RecursiveDeleteOption", False))}
        configuration = given.pop("WorkGroupConfiguration", {})
        self.api.create_work_group(**{**given, "Name": self.physical_resource_id}, Configuration=configuration)

    def remove(self) -> None:
        """Delete the workgroup, with its history where the template says so."""
        recursive = self.attributes["recursive"]
        self.api.delete_work_group(WorkGroup=self.physical_resource_id, RecursiveDeleteOption=recursive)
