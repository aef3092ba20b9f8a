"""The types of resources that a template may have, and what each one makes."""

from __future__ import annotations

from localcloud.aws.standing import Standing

_REAL, _BOOK = Standing.REAL, Standing.BOOKKEEPING

MADE = {
    "AWS::Athena::WorkGroup": (_REAL, "an Athena workgroup"),
    "AWS::Budgets::Budget": (_BOOK, "a budget; the lab sends no email"),
    "AWS::EC2::InternetGateway": (_BOOK, "part of a network, kept as a record"),
    "AWS::EC2::Route": (_BOOK, "part of a network, kept as a record"),
    "AWS::EC2::RouteTable": (_BOOK, "part of a network, kept as a record"),
    "AWS::EC2::SecurityGroup": (_BOOK, "part of a network, kept as a record"),
    "AWS::EC2::SecurityGroupIngress": (_BOOK, "part of a network, kept as a record"),
    "AWS::EC2::Subnet": (_BOOK, "part of a network, kept as a record"),
    "AWS::EC2::SubnetRouteTableAssociation": (_BOOK, "part of a network, kept as a record"),
    "AWS::EC2::VPC": (_BOOK, "part of a network, kept as a record"),
    "AWS::EC2::VPCEndpoint": (_BOOK, "part of a network, kept as a record"),
    "AWS::EC2::VPCGatewayAttachment": (_BOOK, "part of a network, kept as a record"),
    "AWS::EMRServerless::Application": (_BOOK, "a record in state STOPPED; it runs no jobs"),
    "AWS::Glue::Crawler": (_REAL, "a crawler"),
    "AWS::Glue::Database": (_REAL, "a catalog database"),
    "AWS::IAM::AccessKey": (_REAL, "a key that signs requests to the AWS API"),
    "AWS::IAM::InstanceProfile": (_BOOK, "an instance profile"),
    "AWS::IAM::ManagedPolicy": (_BOOK, "a policy, which is not enforced"),
    "AWS::IAM::Policy": (_BOOK, "a policy, which is not enforced"),
    "AWS::IAM::Role": (_BOOK, "a role, whose policies are not enforced"),
    "AWS::IAM::RolePolicy": (_BOOK, "a policy, which is not enforced"),
    "AWS::IAM::User": (_BOOK, "a user, whose policies are not enforced"),
    "AWS::KMS::Key": (_REAL, "a KMS key"),
    "AWS::Logs::LogGroup": (_REAL, "a log group; events are kept longer than its retention period"),
    "AWS::MSK::ServerlessCluster": (_BOOK, "a record in state CREATING; it has no brokers"),
    "AWS::RedshiftServerless::Namespace": (_REAL, "a database and its owner"),
    "AWS::RedshiftServerless::Workgroup": (_REAL, "the gateway's address"),
    "AWS::S3::Bucket": (
        _REAL,
        "a bucket; its public access block, ownership controls and lifecycle are ignored",
    ),
    "AWS::S3::BucketPolicy": (_REAL, "a bucket policy; statements about TLS are ignored"),
    "AWS::SNS::Topic": (_REAL, "a topic that delivers to SQS"),
    "AWS::SQS::Queue": (_REAL, "a queue"),
    "AWS::SecretsManager::Secret": (_REAL, "a secret"),
}
"""Type -> its standing and what the lab makes of it."""
