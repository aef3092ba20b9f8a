"""Nobody without the lab's keys gets in, and nothing listens beyond this machine."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Mapping

import boto3
import psutil
import psycopg
import pytest
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError

from localcloud import lab
from localcloud.doors import doors
from localcloud.home import Home

pytestmark = pytest.mark.stack


def listening(home: Home) -> list[tuple[str, int]]:
    """Return the address and port of each listening socket of the lab's services."""
    roots = lab.supervisor(home).processes()
    processes = [process for root in roots for process in (root, *root.children(recursive=True))]
    sockets = [socket for process in processes for socket in process.net_connections("inet")]
    return [(socket.laddr.ip, socket.laddr.port) for socket in sockets if socket.status == psutil.CONN_LISTEN]


def test_nothing_listens_but_on_127_0_0_1(lab_home: Home, lab_env: Mapping[str, str]) -> None:
    """Each listening socket of each service is bound to 127.0.0.1."""
    assert len(listening(lab_home)) >= 10
    assert {address for address, _ in listening(lab_home)} <= {"127.0.0.1", "::ffff:127.0.0.1"}


def test_nothing_listens_that_the_page_does_not_name(lab_home: Home, lab_env: Mapping[str, str]) -> None:
    """Each listening port of each service is in the table of `docs/security.md`."""
    known = {lab_home.known_port(door.name): door.name for door in doors()}
    assert {port for _, port in listening(lab_home) if port not in known} == set()


def test_s3_refuses_the_anonymous_and_the_wrong_key(in_lab: Mapping[str, str]) -> None:
    """Without keys S3 says AccessDenied, with a wrong secret SignatureDoesNotMatch."""
    with pytest.raises(ClientError, match="AccessDenied"):
        boto3.client("s3", config=Config(signature_version=UNSIGNED)).list_buckets()
    with pytest.raises(ClientError, match="SignatureDoesNotMatch"):
        boto3.client("s3", aws_access_key_id=in_lab["AWS_ACCESS_KEY_ID"], aws_secret_access_key="wrong").list_buckets()


def test_a_mistyped_bucket_is_an_error(in_lab: Mapping[str, str]) -> None:
    """Writing to a bucket that was never made fails; it is not made by the write."""
    with pytest.raises(ClientError, match="NoSuchBucket"):
        boto3.client("s3").put_object(Bucket="no-such-bucket-here", Key="k", Body=b"")


@pytest.mark.parametrize("part", ["master", "volume", "filer"])
@pytest.mark.parametrize("path", ["/dir/assign", "/1,01", "/buckets/", "/dir/lookup?volumeId=1"])
def test_the_side_doors_of_the_object_store_are_shut(
    lab_home: Home, lab_env: Mapping[str, str], part: str, path: str
) -> None:
    """Master, volume and filer answer no plain request with anything but a refusal."""
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(f"http://127.0.0.1:{lab_home.port(f'seaweedfs.{part}')}{path}", timeout=5)
    assert refused.value.code in (400, 401, 403, 404)
    refused.value.close()


def test_the_aws_api_refuses_a_wrong_key(in_lab: Mapping[str, str]) -> None:
    """Glue refuses an unknown key id and a wrong secret."""
    right = {"aws_access_key_id": in_lab["AWS_ACCESS_KEY_ID"], "aws_secret_access_key": in_lab["AWS_SECRET_ACCESS_KEY"]}
    for wrong in ({"aws_access_key_id": "unknown"}, {"aws_secret_access_key": "wrong"}):
        with pytest.raises(ClientError, match="UnrecognizedClientException|InvalidSignatureException"):
            boto3.client("glue", **{**right, **wrong}).get_databases()


def test_trino_refuses_who_brings_no_token(lab_home: Home, lab_env: Mapping[str, str]) -> None:
    """A query on Trino's own port without the lab's token is refused, also one that claims to come by HTTPS."""
    url = f"http://127.0.0.1:{lab_home.port('trino.http')}/v1/statement"
    for headers in ({}, {"X-Forwarded-Proto": "https"}):
        request = urllib.request.Request(url, b"SELECT 1", {"X-Trino-User": "athena", **headers})
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(request, timeout=10)
        assert refused.value.code in (401, 403)
        refused.value.close()


def test_redshift_refuses_a_wrong_password(in_lab: Mapping[str, str]) -> None:
    """A wrong password does not log in."""
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(
            host=in_lab["REDSHIFT_HOST"], port=in_lab["REDSHIFT_PORT"], user="awsuser", password="wrong", dbname="city"
        )
