"""Resources of a network, and managed policies: those that moto makes in a stack, but leaves behind when it goes."""

from __future__ import annotations

import json
from typing import Any

from moto.core.common_models import CloudFormationModel

from localcloud.cloudformation.resource import Properties, Resource


def tagged(kind: str, given: Properties) -> dict[str, Any]:
    """Return the parameter by which EC2 takes the tags of a new resource."""
    tags = given.get("Tags")
    return {"TagSpecifications": [{"ResourceType": kind, "Tags": tags}]} if tags else {}


class InternetGateway(Resource, CloudFormationModel):
    """A gateway to the internet."""

    TYPE, SERVICE = "AWS::EC2::InternetGateway", "ec2"
    HELD = frozenset({"Tags"})

    def make(self, given: Properties) -> None:
        """Create the gateway."""
        answer = self.api.create_internet_gateway(**tagged("internet-gateway", given))
        self.physical_resource_id = answer["InternetGateway"]["InternetGatewayId"]

    def remove(self) -> None:
        """Delete the gateway."""
        self.api.delete_internet_gateway(InternetGatewayId=self.physical_resource_id)


class GatewayAttachment(Resource, CloudFormationModel):
    """A gateway at a network."""

    TYPE, SERVICE = "AWS::EC2::VPCGatewayAttachment", "ec2"
    HELD = frozenset({"VpcId", "InternetGatewayId"})

    def make(self, given: Properties) -> None:
        """Attach the gateway."""
        self.attributes = dict(given)
        self.physical_resource_id = f"IGW|{given['VpcId']}"
        self.api.attach_internet_gateway(**given)

    def remove(self) -> None:
        """Detach the gateway."""
        self.api.detach_internet_gateway(**self.attributes)


class RouteTable(Resource, CloudFormationModel):
    """A table of routes."""

    TYPE, SERVICE = "AWS::EC2::RouteTable", "ec2"
    HELD = frozenset({"VpcId", "Tags"})

    def make(self, given: Properties) -> None:
        """Create the table."""
        answer = self.api.create_route_table(VpcId=given["VpcId"], **tagged("route-table", given))
        self.physical_resource_id = answer["RouteTable"]["RouteTableId"]

    def remove(self) -> None:
        """Delete the table, which no subnet may use any more."""
        self.api.delete_route_table(RouteTableId=self.physical_resource_id)


class Route(Resource, CloudFormationModel):
    """A route by a gateway."""

    TYPE, SERVICE = "AWS::EC2::Route", "ec2"
    HELD = frozenset({"RouteTableId", "DestinationCidrBlock", "GatewayId"})

    def make(self, given: Properties) -> None:
        """Create the route."""
        self.attributes = {name: given[name] for name in ("RouteTableId", "DestinationCidrBlock")}
        self.physical_resource_id = f"{given['RouteTableId']}|{given['DestinationCidrBlock']}"
        self.api.create_route(**given)

    def remove(self) -> None:
        """Delete the route."""
        self.api.delete_route(**self.attributes)


class RouteTableAssociation(Resource, CloudFormationModel):
    """A subnet's use of a table of routes."""

    TYPE, SERVICE = "AWS::EC2::SubnetRouteTableAssociation", "ec2"
    HELD = frozenset({"RouteTableId", "SubnetId"})

    def make(self, given: Properties) -> None:
        """Associate the two."""
        self.physical_resource_id = self.api.associate_route_table(**given)["AssociationId"]

    def remove(self) -> None:
        """End the association."""
        self.api.disassociate_route_table(AssociationId=self.physical_resource_id)


class Endpoint(Resource, CloudFormationModel):
    """A door from a network to a service."""

    TYPE, SERVICE = "AWS::EC2::VPCEndpoint", "ec2"
    HELD = frozenset({"VpcId", "ServiceName", "VpcEndpointType", "RouteTableIds", "Tags"})

    def make(self, given: Properties) -> None:
        """Create the endpoint."""
        request = {name: value for name, value in given.items() if name != "Tags"}
        answer = self.api.create_vpc_endpoint(**request, **tagged("vpc-endpoint", given))
        self.physical_resource_id = answer["VpcEndpoint"]["VpcEndpointId"]

    def remove(self) -> None:
        """Delete the endpoint."""
        self.api.delete_vpc_endpoints(VpcEndpointIds=[self.physical_resource_id])


class ManagedPolicy(Resource, CloudFormationModel):
    """A policy that roles can share."""

    TYPE, SERVICE = "AWS::IAM::ManagedPolicy", "iam"
    HELD = frozenset({"ManagedPolicyName", "Description", "PolicyDocument"})

    def make(self, given: Properties) -> None:
        """Create the policy."""
        answer = self.api.create_policy(
            PolicyName=given.get("ManagedPolicyName") or self.physical_resource_id,
            Description=given.get("Description", ""),
            PolicyDocument=json.dumps(given["PolicyDocument"]),
        )
        self.physical_resource_id = answer["Policy"]["Arn"]

    def remove(self) -> None:
        """Delete the policy, which no role may have any more."""
        self.api.delete_policy(PolicyArn=self.physical_resource_id)
