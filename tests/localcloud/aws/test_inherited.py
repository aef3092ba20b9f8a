"""Operations that moto answers and the page calls real: each does what its AWS page says."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

Client = Callable[..., Any]
ROLE = "arn:aws:iam::123456789012:role/LabRole"


def code_of(call: Callable[..., Any], **given: Any) -> str:
    """Return the code of the error that a call ends with."""
    with pytest.raises(ClientError) as caught:
        call(**given)
    return str(caught.value.response["Error"]["Code"])


def test_assumed_keys_sign(client: Client) -> None:
    """AssumeRole of a role that exists gives keys that sign; of another it is denied."""
    sts = client("sts")
    keys = sts.assume_role(RoleArn=ROLE, RoleSessionName="session")["Credentials"]
    assumed = client(
        "sts",
        aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"],
        aws_session_token=keys["SessionToken"],
    )
    assert assumed.get_caller_identity()["Account"] == "123456789012"
    for arn in (ROLE + "X", "arn:aws:iam::999999999999:role/LabRole"):
        assert code_of(sts.assume_role, RoleArn=arn, RoleSessionName="session") == "AccessDenied"


def test_access_keys_sign_until_they_are_inactive(client: Client) -> None:
    """A user's key signs, is listed, stops when it is made inactive, and is gone when it is deleted."""
    iam = client("iam")
    iam.create_user(UserName="u")
    key = iam.create_access_key(UserName="u")["AccessKey"]
    own = {"aws_access_key_id": key["AccessKeyId"], "aws_secret_access_key": key["SecretAccessKey"]}
    assert client("sts", **own).get_caller_identity()["Arn"].endswith("user/u")
    iam.update_access_key(UserName="u", AccessKeyId=key["AccessKeyId"], Status="Inactive")
    assert code_of(client("sts", **own).get_caller_identity) == "InvalidClientTokenId"
    assert [each["Status"] for each in iam.list_access_keys(UserName="u")["AccessKeyMetadata"]] == ["Inactive"]
    iam.delete_access_key(UserName="u", AccessKeyId=key["AccessKeyId"])
    assert iam.list_access_keys(UserName="u")["AccessKeyMetadata"] == []


def test_a_key_encrypts_until_it_is_disabled(client: Client) -> None:
    """What a key encrypts it decrypts; disabled or waiting for its deletion it does nothing."""
    kms = client("kms")
    key = kms.create_key(Description="d")["KeyMetadata"]["KeyId"]
    other = kms.create_key()["KeyMetadata"]["KeyId"]
    kms.create_alias(AliasName="alias/a", TargetKeyId=key)
    blob = kms.encrypt(KeyId="alias/a", Plaintext=b"secret")["CiphertextBlob"]
    assert kms.decrypt(CiphertextBlob=blob)["Plaintext"] == b"secret"
    moved = kms.re_encrypt(CiphertextBlob=blob, DestinationKeyId=other)["CiphertextBlob"]
    assert kms.decrypt(CiphertextBlob=moved)["Plaintext"] == b"secret"
    data = kms.generate_data_key(KeyId=key, KeySpec="AES_256")
    assert kms.decrypt(CiphertextBlob=data["CiphertextBlob"])["Plaintext"] == data["Plaintext"]
    assert kms.generate_data_key_without_plaintext(KeyId=key, KeySpec="AES_256")["CiphertextBlob"]
    assert len(kms.generate_random(NumberOfBytes=24)["Plaintext"]) == 24
    kms.disable_key(KeyId=key)
    assert code_of(kms.encrypt, KeyId="alias/none", Plaintext=b"x") == "NotFoundException"
    assert code_of(kms.encrypt, KeyId="alias/a", Plaintext=b"x") == "DisabledException"
    assert code_of(kms.decrypt, CiphertextBlob=blob) == "DisabledException"
    assert code_of(kms.generate_data_key, KeyId=key, KeySpec="AES_256") == "DisabledException"
    kms.enable_key(KeyId=key)
    assert kms.decrypt(CiphertextBlob=blob)["Plaintext"] == b"secret"
    kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
    assert code_of(kms.decrypt, CiphertextBlob=blob) == "KMSInvalidStateException"
    kms.cancel_key_deletion(KeyId=key)
    assert kms.describe_key(KeyId=key)["KeyMetadata"]["KeyState"] == "Disabled"
    kms.update_alias(AliasName="alias/a", TargetKeyId=other)
    kms.update_key_description(KeyId=other, Description="other")
    assert kms.describe_key(KeyId="alias/a")["KeyMetadata"]["Description"] == "other"
    assert {each["KeyId"] for each in kms.list_keys()["Keys"]} == {key, other}
    kms.delete_alias(AliasName="alias/a")
    assert not any(each["AliasName"] == "alias/a" for each in kms.list_aliases()["Aliases"])


def test_secrets_have_versions(client: Client) -> None:
    """Each change is a version; a deleted secret can be restored."""
    api = client("secretsmanager")
    first = api.create_secret(Name="s", SecretString="1")["VersionId"]
    api.put_secret_value(SecretId="s", SecretString="2")
    api.update_secret(SecretId="s", SecretString="3")
    assert api.get_secret_value(SecretId="s")["SecretString"] == "3"
    assert api.get_secret_value(SecretId="s", VersionStage="AWSPREVIOUS")["SecretString"] == "2"
    api.update_secret_version_stage(SecretId="s", VersionStage="KEPT", MoveToVersionId=first)
    assert api.get_secret_value(SecretId="s", VersionStage="KEPT")["SecretString"] == "1"
    assert len(api.list_secret_version_ids(SecretId="s", IncludeDeprecated=True)["Versions"]) == 3
    assert api.batch_get_secret_value(SecretIdList=["s"])["SecretValues"][0]["SecretString"] == "3"
    api.delete_secret(SecretId="s", RecoveryWindowInDays=7)
    assert code_of(api.get_secret_value, SecretId="s") == "InvalidRequestException"
    api.restore_secret(SecretId="s")
    assert api.describe_secret(SecretId="s")["Name"] == "s"
    assert [each["Name"] for each in api.list_secrets()["SecretList"]] == ["s"]
    assert len(api.get_random_password(PasswordLength=20)["RandomPassword"]) == 20


def test_log_events_are_kept_and_filtered(client: Client) -> None:
    """Events come back in order; a pattern of words filters them, one of another kind is refused."""
    logs = client("logs")
    logs.create_log_group(logGroupName="g")
    logs.create_log_stream(logGroupName="g", logStreamName="s")
    now = int(time.time() * 1000)
    events = [{"timestamp": now + number, "message": text} for number, text in enumerate(("INFO a", "ERROR b"))]
    logs.put_log_events(logGroupName="g", logStreamName="s", logEvents=events)
    got = logs.get_log_events(logGroupName="g", logStreamName="s", startFromHead=True)["events"]
    assert [each["message"] for each in got] == ["INFO a", "ERROR b"]
    for pattern in ("ERROR", '"ERROR b"'):
        found = logs.filter_log_events(logGroupName="g", filterPattern=pattern)["events"]
        assert [each["message"] for each in found] == ["ERROR b"]
    for pattern in ("{ $.level = 1 }", "[a, b]", "?ERROR ?INFO", "-ERROR", "ERROR b", "%ERR%"):
        assert code_of(logs.filter_log_events, logGroupName="g", filterPattern=pattern) == "InvalidParameterException"
    assert logs.describe_log_groups()["logGroups"][0]["logGroupName"] == "g"
    assert logs.describe_log_streams(logGroupName="g")["logStreams"][0]["logStreamName"] == "s"
    logs.delete_log_stream(logGroupName="g", logStreamName="s")
    assert logs.describe_log_streams(logGroupName="g")["logStreams"] == []
    logs.delete_log_group(logGroupName="g")
    assert logs.describe_log_groups()["logGroups"] == []


def test_a_queue_hands_out_its_messages(client: Client) -> None:
    """A message is hidden while it is worked on, comes again when that is given up, and is gone when it is deleted."""
    sqs = client("sqs")
    url = sqs.create_queue(QueueName="q", Attributes={"VisibilityTimeout": "30"})["QueueUrl"]
    assert sqs.get_queue_url(QueueName="q")["QueueUrl"] == url
    sqs.send_message(QueueUrl=url, MessageBody="1")
    sqs.send_message_batch(QueueUrl=url, Entries=[{"Id": "a", "MessageBody": "2"}])
    got = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]
    assert sorted(each["Body"] for each in got) == ["1", "2"]
    assert "Messages" not in sqs.receive_message(QueueUrl=url)
    first, second = (each["ReceiptHandle"] for each in got)
    sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=first, VisibilityTimeout=0)
    entry = {"Id": "a", "ReceiptHandle": second, "VisibilityTimeout": 0}
    sqs.change_message_visibility_batch(QueueUrl=url, Entries=[entry])
    got = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]
    sqs.delete_message(QueueUrl=url, ReceiptHandle=got[0]["ReceiptHandle"])
    sqs.delete_message_batch(QueueUrl=url, Entries=[{"Id": "a", "ReceiptHandle": got[1]["ReceiptHandle"]}])
    count = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    assert (count["ApproximateNumberOfMessages"], count["ApproximateNumberOfMessagesNotVisible"]) == ("0", "0")
    sqs.send_message(QueueUrl=url, MessageBody="3")
    sqs.purge_queue(QueueUrl=url)
    assert "Messages" not in sqs.receive_message(QueueUrl=url)
    dead = sqs.create_queue(QueueName="dead")["QueueUrl"]
    rule = {"deadLetterTargetArn": "arn:aws:sqs:us-east-1:123456789012:dead", "maxReceiveCount": 1}
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"RedrivePolicy": json.dumps(rule)})
    assert sqs.list_dead_letter_source_queues(QueueUrl=dead)["queueUrls"] == [url]
    sqs.delete_queue(QueueUrl=dead)
    assert sqs.list_queues()["QueueUrls"] == [url]


def test_a_topic_delivers_to_a_queue(client: Client) -> None:
    """What is published arrives; a filter keeps out the rest; nothing else can subscribe."""
    sns, sqs = client("sns"), client("sqs")
    url = sqs.create_queue(QueueName="q")["QueueUrl"]
    queue = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    topic = sns.create_topic(Name="t")["TopicArn"]
    for protocol in ("email", "sms", "http", "https", "lambda", "firehose"):
        assert code_of(sns.subscribe, TopicArn=topic, Protocol=protocol, Endpoint="x@y.zz") == "InvalidParameter"
    for target in ({"PhoneNumber": "+15550100"}, {"TargetArn": topic}):
        assert code_of(sns.publish, Message="m", **target) == "InvalidParameter"
    subscription = sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue)["SubscriptionArn"]
    raw = {"AttributeName": "RawMessageDelivery", "AttributeValue": "true"}
    sns.set_subscription_attributes(SubscriptionArn=subscription, **raw)
    sns.set_subscription_attributes(
        SubscriptionArn=subscription, AttributeName="FilterPolicy", AttributeValue='{"kind": ["a"]}'
    )
    kinds = {kind: {"kind": {"DataType": "String", "StringValue": kind}} for kind in "ab"}
    sns.publish(TopicArn=topic, Message="1", MessageAttributes=kinds["a"])
    sns.publish(TopicArn=topic, Message="2", MessageAttributes=kinds["b"])
    entry = {"Id": "x", "Message": "3", "MessageAttributes": kinds["a"]}
    sns.publish_batch(TopicArn=topic, PublishBatchRequestEntries=[entry])
    got = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]
    assert sorted(each["Body"] for each in got) == ["1", "3"]
    assert sns.get_subscription_attributes(SubscriptionArn=subscription)["Attributes"]["Protocol"] == "sqs"
    sns.set_topic_attributes(TopicArn=topic, AttributeName="DisplayName", AttributeValue="d")
    assert sns.get_topic_attributes(TopicArn=topic)["Attributes"]["DisplayName"] == "d"
    assert len(sns.list_subscriptions()["Subscriptions"]) == 1
    assert len(sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]) == 1
    sns.unsubscribe(SubscriptionArn=subscription)
    assert sns.list_subscriptions()["Subscriptions"] == []
    sns.delete_topic(TopicArn=topic)
    assert sns.list_topics()["Topics"] == []
