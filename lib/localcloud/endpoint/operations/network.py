"""Operations of EC2, MSK and EMR Serverless: the lab records networks and runs no machines."""

from __future__ import annotations

from localcloud.endpoint.operations.family import Listing, bookkeeping, refused

EC2 = Listing(
    "ec2",
    "EC2",
    "ec2",
    (
        bookkeeping(
            "Networks are kept as records. Nothing runs in them, and no packet passes through them.",
            """AssociateRouteTable AttachInternetGateway AuthorizeSecurityGroupEgress AuthorizeSecurityGroupIngress
            CreateDefaultSubnet CreateDefaultVpc CreateInternetGateway CreateNetworkAcl CreateNetworkAclEntry
            CreateRoute CreateRouteTable CreateSecurityGroup CreateSubnet CreateTags CreateVpc CreateVpcEndpoint
            DeleteInternetGateway DeleteNetworkAcl DeleteNetworkAclEntry DeleteRoute DeleteRouteTable
            DeleteSecurityGroup DeleteSubnet DeleteTags DeleteVpc DeleteVpcEndpoints DescribeAccountAttributes
            DescribeAvailabilityZones DescribeInternetGateways DescribeNetworkAcls DescribePrefixLists DescribeRegions
            DescribeRouteTables DescribeSecurityGroupRules DescribeSecurityGroups DescribeSubnets DescribeTags
            DescribeVpcAttribute DescribeVpcEndpointServices DescribeVpcEndpoints DescribeVpcs DetachInternetGateway
            DisassociateRouteTable ModifySecurityGroupRules ModifySubnetAttribute ModifyVpcAttribute ModifyVpcEndpoint
            ReplaceNetworkAclAssociation ReplaceNetworkAclEntry ReplaceRoute ReplaceRouteTableAssociation
            RevokeSecurityGroupEgress RevokeSecurityGroupIngress UpdateSecurityGroupRuleDescriptionsEgress
            UpdateSecurityGroupRuleDescriptionsIngress""",
        ),
        refused(
            "The lab has no machines, disks or images.",
            """AllocateHosts AssociateIamInstanceProfile AttachVolume BundleInstance CancelBundleTask
            CancelReservedInstancesListing CancelSpotFleetRequests CancelSpotInstanceRequests CopyImage CopySnapshot
            CreateFleet CreateImage CreateKeyPair CreateLaunchTemplate CreateLaunchTemplateVersion
            CreateReservedInstancesListing CreateSnapshot CreateSnapshots CreateSpotDatafeedSubscription CreateVolume
            DeleteFleets DeleteKeyPair DeleteLaunchTemplate DeleteSnapshot DeleteSpotDatafeedSubscription
            DeleteVolume DeregisterImage DescribeBundleTasks DescribeFleetInstances DescribeFleets DescribeHosts
            DescribeIamInstanceProfileAssociations DescribeImageAttribute DescribeImages DescribeInstanceAttribute
            DescribeInstanceCreditSpecifications DescribeInstanceStatus DescribeInstanceTypeOfferings
            DescribeInstanceTypes DescribeInstances DescribeKeyPairs DescribeLaunchTemplateVersions
            DescribeLaunchTemplates DescribeReservedInstances DescribeReservedInstancesListings
            DescribeReservedInstancesOfferings DescribeSnapshotAttribute DescribeSnapshotTierStatus DescribeSnapshots
            DescribeSpotDatafeedSubscription DescribeSpotFleetInstances DescribeSpotFleetRequests
            DescribeSpotInstanceRequests DescribeSpotPriceHistory DescribeVolumeAttribute DescribeVolumeStatus
            DescribeVolumes DescribeVolumesModifications DetachVolume DisableEbsEncryptionByDefault DisableImage
            DisassociateIamInstanceProfile EnableEbsEncryptionByDefault EnableImage EnableVolumeIO GetConsoleOutput
            GetEbsEncryptionByDefault GetInstanceUefiData GetLaunchTemplateData GetPasswordData ImportKeyPair
            ImportVolume ModifyEbsDefaultKmsKeyId ModifyHosts ModifyImageAttribute ModifyInstanceAttribute
            ModifyInstanceMetadataOptions ModifyLaunchTemplate ModifySnapshotAttribute ModifySnapshotTier
            ModifySpotFleetRequest ModifyVolume ModifyVolumeAttribute MonitorInstances
            PurchaseReservedInstancesOffering RebootInstances RegisterImage ReleaseHosts
            ReplaceIamInstanceProfileAssociation RequestSpotFleet RequestSpotInstances ResetImageAttribute
            ResetSnapshotAttribute RestoreSnapshotTier RunInstances StartInstances StopInstances TerminateInstances
            UnmonitorInstances""",
        ),
        refused(
            "The lab keeps only the parts of a network that its own template needs.",
            """AcceptTransitGatewayPeeringAttachment AcceptVpcPeeringConnection AllocateAddress AssignIpv6Addresses
            AssignPrivateIpAddresses AssociateAddress AssociateDhcpOptions AssociateSubnetCidrBlock
            AssociateTransitGatewayRouteTable AssociateVpcCidrBlock AttachNetworkInterface AttachVpnGateway
            CreateCarrierGateway CreateCustomerGateway CreateDhcpOptions CreateEgressOnlyInternetGateway
            CreateFlowLogs CreateManagedPrefixList CreateNatGateway CreateNetworkInterface
            CreateSubnetCidrReservation CreateTrafficMirrorFilter CreateTrafficMirrorSession
            CreateTrafficMirrorTarget CreateTransitGateway CreateTransitGatewayPeeringAttachment
            CreateTransitGatewayRoute CreateTransitGatewayRouteTable CreateTransitGatewayVpcAttachment
            CreateVpcEndpointServiceConfiguration CreateVpcPeeringConnection CreateVpnConnection CreateVpnGateway
            DeleteCarrierGateway DeleteCustomerGateway DeleteDhcpOptions DeleteEgressOnlyInternetGateway
            DeleteFlowLogs DeleteManagedPrefixList DeleteNatGateway DeleteNetworkInterface
            DeleteSubnetCidrReservation DeleteTrafficMirrorSession DeleteTransitGateway
            DeleteTransitGatewayPeeringAttachment DeleteTransitGatewayRoute DeleteTransitGatewayRouteTable
            DeleteTransitGatewayVpcAttachment DeleteVpcEndpointServiceConfigurations DeleteVpcPeeringConnection
            DeleteVpnConnection DeleteVpnGateway DescribeAddresses DescribeAddressesAttribute DescribeCarrierGateways
            DescribeCustomerGateways DescribeDhcpOptions DescribeEgressOnlyInternetGateways DescribeFlowLogs
            DescribeManagedPrefixLists DescribeNatGateways DescribeNetworkInterfaceAttribute
            DescribeNetworkInterfaces DescribeTrafficMirrorFilters DescribeTrafficMirrorSessions
            DescribeTrafficMirrorTargets DescribeTransitGatewayAttachments DescribeTransitGatewayPeeringAttachments
            DescribeTransitGatewayRouteTables DescribeTransitGatewayVpcAttachments DescribeTransitGateways
            DescribeVpcClassicLink DescribeVpcClassicLinkDnsSupport DescribeVpcEndpointServiceConfigurations
            DescribeVpcEndpointServicePermissions DescribeVpcPeeringConnections DescribeVpnConnections
            DescribeVpnGateways DetachNetworkInterface DetachVpnGateway DisableTransitGatewayRouteTablePropagation
            DisableVpcClassicLink DisableVpcClassicLinkDnsSupport DisassociateAddress DisassociateSubnetCidrBlock
            DisassociateTransitGatewayRouteTable DisassociateVpcCidrBlock EnableTransitGatewayRouteTablePropagation
            EnableVpcClassicLink EnableVpcClassicLinkDnsSupport GetManagedPrefixListEntries GetSubnetCidrReservations
            GetTransitGatewayRouteTableAssociations GetTransitGatewayRouteTablePropagations ModifyManagedPrefixList
            ModifyNetworkInterfaceAttribute ModifyTrafficMirrorSession ModifyTransitGateway
            ModifyTransitGatewayVpcAttachment ModifyVpcEndpointServiceConfiguration
            ModifyVpcEndpointServicePermissions ModifyVpcPeeringConnectionOptions ModifyVpcTenancy
            RejectTransitGatewayPeeringAttachment RejectVpcPeeringConnection ReleaseAddress
            ResetNetworkInterfaceAttribute SearchTransitGatewayRoutes UnassignIpv6Addresses
            UnassignPrivateIpAddresses""",
        ),
    ),
)

MSK = Listing(
    "kafka",
    "MSK",
    "kafka",
    (
        bookkeeping(
            "A template's AWS::MSK::ServerlessCluster is a record that stays in state CREATING: it has no brokers.",
            """DeleteCluster DescribeCluster DescribeClusterV2 ListClusters ListClustersV2 ListTagsForResource
            TagResource UntagResource""",
        ),
        refused(
            "The lab has its own Kafka, at the address in KAFKA_BOOTSTRAP_SERVERS (`./lab env`).",
            "CreateCluster CreateClusterV2 DeleteClusterPolicy GetClusterPolicy PutClusterPolicy",
        ),
    ),
)

EMR = Listing(
    "emr-serverless",
    "EMR Serverless",
    "emr-serverless",
    (
        bookkeeping(
            "A template's AWS::EMRServerless::Application is a record in state STOPPED; it never starts.",
            "DeleteApplication GetApplication ListApplications UpdateApplication",
        ),
        refused(
            "The lab does not run EMR jobs. Run the script with spark-submit; `./lab env` sets it up.",
            "CancelJobRun CreateApplication GetJobRun ListJobRuns StartApplication StartJobRun StopApplication",
        ),
    ),
)
