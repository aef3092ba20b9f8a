"""The types of resources that a template may have, and what each one makes."""

from __future__ import annotations

from localcloud.aws.standing import Standing

_REAL, _BOOK = Standing.REAL, Standing.BOOKKEEPING

MADE = {
    "AWS::Athena::WorkGroup": (_REAL, "a workgroup of Athena"),
    "AWS::Budgets::Budget": (_BOOK, "a budget; the lab sends no mail"),
    "AWS::EC2::InternetGateway": (_BOOK, "part of a network in the books"),
    "AWS::EC2::Route": (_BOOK, "part of a network in the books"),
    "AWS::EC2::RouteTable": (_BOOK, "part of a network in the books"),
    "AWS::EC2::SecurityGroup": (_BOOK, "part of a network in the books"),
    "AWS::EC2::SecurityGroupIngress": (_BOOK, "part of a network in the books"),
    "AWS::EC2::Subnet": (_BOOK, "part of a network in the books"),
    "AWS::EC2::SubnetRouteTableAssociation": (_BOOK, "part of a network in the books"),
    "AWS::EC2::VPC": (_BOOK, "part of a network in the books"),
    "AWS::EC2::VPCEndpoint": (_BOOK, "part of a network in the books"),
    "AWS::EC2::VPCGatewayAttachment": (_BOOK, "part of a network in the books"),
    "AWS::EMRServerless::Application": (_BOOK, "a record in state STOPPED; it runs no jobs"),
    "AWS::Glue::Crawler": (_REAL, "a crawler"),
    "AWS::Glue::Database": (_REAL, "a database of the catalog"),
    "AWS::IAM::AccessKey": (_REAL, "a key that signs requests to the AWS API"),
    "AWS::IAM::InstanceProfile": (_BOOK, "an instance profile"),
    "AWS::IAM::ManagedPolicy": (_BOOK, "a policy, which is not applied"),
    "AWS::IAM::Policy": (_BOOK, "a policy, which is not applied"),
    "AWS::IAM::Role": (_BOOK, "a role, whose policies are not applied"),
    "AWS::IAM::RolePolicy": (_BOOK, "a policy, which is not applied"),
    "AWS::IAM::User": (_BOOK, "a user, whose policies are not applied"),
    "AWS::KMS::Key": (_REAL, "a key of KMS"),
    "AWS::Logs::LogGroup": (_REAL, "a log group; events are kept longer than its retention says"),
    "AWS::MSK::ServerlessCluster": (_BOOK, "a record in state CREATING; it has no brokers"),
    "AWS::RedshiftServerless::Namespace": (_REAL, "a database and its owner"),
    "AWS::RedshiftServerless::Workgroup": (_REAL, "the gateway's address"),
    "AWS::S3::Bucket": (
        _REAL,
        "a bucket; its public access block, ownership controls and lifecycle are read and left out",
    ),
    "AWS::S3::BucketPolicy": (_REAL, "a bucket policy; statements about TLS are left out"),
    "AWS::SNS::Topic": (_REAL, "a topic that delivers to SQS"),
    "AWS::SQS::Queue": (_REAL, "a queue"),
    "AWS::SecretsManager::Secret": (_REAL, "a secret"),
}
"""Type -> its standing and what the lab makes of it."""
