"""Resources other than the lake: secrets, the warehouse, a budget, policies, and the bookkeeping of MSK and EMR."""

from __future__ import annotations

import json
from typing import Any

from moto.core.common_models import CloudFormationModel

from localcloud.aws.seed import ACCOUNT
from localcloud.cloudformation.resource import Properties, Resource, lower_first


class Secret(Resource, CloudFormationModel):
    """A secret, given or generated."""

    TYPE, SERVICE = "AWS::SecretsManager::Secret", "secretsmanager"
    HELD = frozenset({"Name", "Description", "SecretString", "GenerateSecretString", "Tags"})

    def make(self, given: Properties) -> None:
        """Create the secret."""
        request = {name: given[name] for name in ("Description", "Tags", "SecretString") if name in given}
        if rule := given.get("GenerateSecretString"):
            request["SecretString"] = self._generated(dict(rule))
        secret = self.api.create_secret(Name=given.get("Name") or self.physical_resource_id, **request)
        self.physical_resource_id = secret["ARN"]

    def _generated(self, rule: dict[str, Any]) -> str:
        template, key = json.loads(rule.pop("SecretStringTemplate", "{}")), rule.pop("GenerateStringKey", None)
        word = self.api.get_random_password(**rule)["RandomPassword"]
        return json.dumps({**template, key: word}) if key else word

    def remove(self) -> None:
        """Delete the secret at once."""
        self.api.delete_secret(SecretId=self.physical_resource_id, ForceDeleteWithoutRecovery=True)


class Key(Resource, CloudFormationModel):
    """A key of KMS. moto would keep its policy as it is in the template, and could not describe the key then."""

    TYPE, SERVICE = "AWS::KMS::Key", "kms"
    HELD = frozenset({"KeyPolicy", "Description", "Enabled", "EnableKeyRotation", "PendingWindowInDays", "Tags"})
    ATTRIBUTES = ("Arn", "KeyId")

    def make(self, given: Properties) -> None:
        """Create the key."""
        request: dict[str, Any] = {"Description": given["Description"]} if "Description" in given else {}
        if "KeyPolicy" in given:
            policy = given["KeyPolicy"]
            request["Policy"] = policy if isinstance(policy, str) else json.dumps(policy)
        request["Tags"] = [{"TagKey": tag["Key"], "TagValue": tag["Value"]} for tag in given.get("Tags", [])]
        made = self.api.create_key(**request)["KeyMetadata"]
        self.physical_resource_id, self._days = made["KeyId"], int(given.get("PendingWindowInDays", 30))
        self.attributes = {name: made[name] for name in self.ATTRIBUTES}
        if str(given.get("EnableKeyRotation", False)).lower() == "true":
            self.api.enable_key_rotation(KeyId=made["KeyId"])
        if str(given.get("Enabled", True)).lower() == "false":
            self.api.disable_key(KeyId=made["KeyId"])

    def remove(self) -> None:
        """Have the key deleted after its days of grace, as AWS does."""
        self.api.schedule_key_deletion(KeyId=self.physical_resource_id, PendingWindowInDays=self._days)


class Namespace(Resource, CloudFormationModel):
    """A namespace of Redshift Serverless: a database and its owner behind the lab's gateway."""

    TYPE, SERVICE = "AWS::RedshiftServerless::Namespace", "redshift-serverless"
    HELD = frozenset({"NamespaceName", "DbName", "AdminUsername", "AdminUserPassword", "IamRoles", "Tags"})

    def make(self, given: Properties) -> None:
        """Create the namespace."""
        self.physical_resource_id = given["NamespaceName"]
        self.api.create_namespace(**lower_first(given))

    def remove(self) -> None:
        """Delete the namespace with its data."""
        self.api.delete_namespace(namespaceName=self.physical_resource_id)


class Workgroup(Resource, CloudFormationModel):
    """A workgroup of Redshift Serverless, whose endpoint is the lab's gateway."""

    TYPE, SERVICE = "AWS::RedshiftServerless::Workgroup", "redshift-serverless"
    HELD = frozenset(
        {"WorkgroupName", "NamespaceName", "Port", "BaseCapacity", "MaxCapacity", "PubliclyAccessible"}
        | {"SecurityGroupIds", "SubnetIds", "ConfigParameters", "Tags"}
    )
    ATTRIBUTES = ("Workgroup.Endpoint.Address", "Workgroup.Endpoint.Port")

    def make(self, given: Properties) -> None:
        """Create the workgroup."""
        self.physical_resource_id = given["WorkgroupName"]
        endpoint = self.api.create_workgroup(**lower_first(given))["workgroup"]["endpoint"]
        values = (endpoint["address"], endpoint["port"])
        self.attributes = dict(zip(self.ATTRIBUTES, values, strict=True))

    def remove(self) -> None:
        """Delete the workgroup."""
        self.api.delete_workgroup(workgroupName=self.physical_resource_id)


class Budget(Resource, CloudFormationModel):
    """A budget; the lab keeps it and sends no mail."""

    TYPE, SERVICE = "AWS::Budgets::Budget", "budgets"
    HELD = frozenset({"Budget", "NotificationsWithSubscribers", "ResourceTags"})

    def make(self, given: Properties) -> None:
        """Create the budget."""
        budget: dict[str, Any] = given["Budget"]
        self.physical_resource_id = budget["BudgetName"]
        budget["BudgetLimit"]["Amount"] = str(budget["BudgetLimit"]["Amount"])
        notifications = given.get("NotificationsWithSubscribers", [])
        self.api.create_budget(AccountId=ACCOUNT, Budget=budget, NotificationsWithSubscribers=notifications)

    def remove(self) -> None:
        """Delete the budget."""
        self.api.delete_budget(AccountId=ACCOUNT, BudgetName=self.physical_resource_id)


class RolePolicy(Resource, CloudFormationModel):
    """A policy within a role."""

    TYPE, SERVICE = "AWS::IAM::RolePolicy", "iam"
    HELD = frozenset({"RoleName", "PolicyName", "PolicyDocument"})

    def make(self, given: Properties) -> None:
        """Put the policy."""
        self.attributes = {name: given[name] for name in ("RoleName", "PolicyName")}
        self.physical_resource_id = f"{given['PolicyName']}|{given['RoleName']}"
        self.api.put_role_policy(**self.attributes, PolicyDocument=json.dumps(given["PolicyDocument"]))

    def remove(self) -> None:
        """Delete the policy."""
        self.api.delete_role_policy(**self.attributes)


class KafkaCluster(Resource, CloudFormationModel):
    """A cluster of MSK Serverless in the lab's books, in state CREATING; the lab's own Kafka is another."""

    TYPE, SERVICE = "AWS::MSK::ServerlessCluster", "kafka"
    HELD = frozenset({"ClusterName", "ClientAuthentication", "VpcConfigs", "Tags"})

    def make(self, given: Properties) -> None:
        """Create the cluster."""
        networks = [
            {"SubnetIds": network["SubnetIds"], "SecurityGroupIds": network["SecurityGroups"]}
            for network in given["VpcConfigs"]
        ]
        serverless = {"VpcConfigs": networks, "ClientAuthentication": given["ClientAuthentication"]}
        cluster = self.api.create_cluster_v2(
            ClusterName=given["ClusterName"], Serverless=serverless, Tags=given.get("Tags", {})
        )
        self.physical_resource_id = cluster["ClusterArn"]

    def remove(self) -> None:
        """Delete the cluster."""
        self.api.delete_cluster(ClusterArn=self.physical_resource_id)


class SparkApplication(Resource, CloudFormationModel):
    """An application of EMR Serverless in the lab's books, in state STOPPED; it runs no jobs."""

    TYPE, SERVICE = "AWS::EMRServerless::Application", "emr-serverless"
    HELD = frozenset(
        {"Name", "Type", "ReleaseLabel", "Architecture", "MaximumCapacity", "AutoStartConfiguration"}
        | {"AutoStopConfiguration", "Tags"}
    )

    def make(self, given: Properties) -> None:
        """Create the application."""
        tags = {tag["Key"]: tag["Value"] for tag in given.pop("Tags", [])}
        self.physical_resource_id = self.api.create_application(**lower_first(given), tags=tags)["applicationId"]
        self.api.stop_application(applicationId=self.physical_resource_id)  # moto says at once that it has started

    def remove(self) -> None:
        """Delete the application."""
        self.api.delete_application(applicationId=self.physical_resource_id)
