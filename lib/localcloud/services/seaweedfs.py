"""The object store behind the lab's S3: SeaweedFS, a real, distributed store in one process."""

from __future__ import annotations

import hashlib
import json
import sysconfig
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from botocore.exceptions import ClientError

from localcloud.home import Home, write_private
from localcloud.service import Command, Service
from localcloud.tls import certificate

_FLAGS = {
    "master.telemetry": "false",
    # The default of 10 s makes a restart after a kill take 20 s.
    "master.electionTimeout": "1s",
    "master.volumeSizeLimitMB": 256,
    "volume.max": 0,
    "filer.disableHttp": "true",
    "s3.port.iceberg": 0,
    "s3.port.lance": 0,
    "s3.iam": "false",
    # Of other origins, only those that a bucket's CORS rules allow.
    "s3.allowedOrigins": "http://none.invalid",
    # A mistyped bucket must be an error, not a new bucket.
    "s3.autoCreateBucket": "false",
    # As on AWS, BucketNotEmpty: the store would delete all objects along with their bucket.
    "s3.allowDeleteBucketNotEmpty": "false",
    # Relative to the working folder: a path to a socket may have 107 bytes, the path to a lab may be longer.
    "filer.localSocket": "filer.sock",
    "s3.localSocket": "s3.sock",
}
_CERTIFICATE = "whoever has a certificate that the lab's own authority signed (mutual TLS)"
_PROBE = ".lab-probe"
_PARTS = ("volume", "master", "filer", "s3", "client")


class SeaweedFS(Service):
    """The lab's S3. Keys are required; the store's other ports need a certificate of this lab, or are closed."""

    name = "seaweedfs"
    asks = ("s3",)
    awaits = "S3 to list its buckets, and to read and write an object (is the disk full?)"
    ports: ClassVar[Mapping[str, str]] = {
        "s3": "whoever signs with the lab's keys; nginx (the service `s3`) stands in front of it",
        "s3_grpc": _CERTIFICATE,
        "master": "nobody: its page and its calls are refused",
        "master_grpc": _CERTIFICATE,
        "volume": "whoever has a token that the lab's S3 signed for the object",
        "volume_grpc": _CERTIFICATE,
        "filer": "nobody: its page is off",
        "filer_grpc": _CERTIFICATE,
    }

    def command(self, home: Home) -> Command:
        """Write `s3.json` (the keys) and `security.toml` (mutual TLS between the parts, signed volume access)."""
        conf = home.conf(self.name)
        write_private(conf / "s3.json", json.dumps(_identities(home)))
        write_private(conf / "security.toml", _security(home))
        weed = Path(sysconfig.get_path("scripts")) / "weed"
        options = tuple(f"-{flag}={value}" for flag, value in self._flags(home).items())
        argv = (str(weed), "-logtostderr=true", "-v=0", "server", *options, "-filer", "-s3")
        return Command(argv, env=_env(home), cwd=conf)

    def _flags(self, home: Home) -> dict[str, object]:
        flags = {
            "dir": home.data(self.name),
            "ip": home.host(self.name),
            "ip.bind": home.host(self.name),
            "s3.config": home.conf(self.name) / "s3.json",
            **_FLAGS,
        }
        for part in ("master", "volume", "filer", "s3"):
            flags[f"{part}.port"] = self.port(home, part)
            flags[f"{part}.port.grpc"] = self.port(home, f"{part}_grpc")
        return flags

    def residue(self, home: Home) -> Mapping[str, Path]:
        """Return the sockets that it always creates in the system's temporary folder."""
        ports = {f"{part}_grpc": part for part in ("master", "volume", "filer", "s3")}
        return {
            use: Path("/tmp") / f"seaweedfs-{part}-grpc-{self.port(home, use)}.sock"  # noqa: S108
            for use, part in ports.items()
        }

    def ready(self, home: Home) -> bool:
        """List the buckets with the lab's keys, read an older object, and write, as users do.

        For a moment after its start the store lists objects whose content it can't find yet. After a minute with a full
        disk it reads but fails to write until it is started again.
        """
        client = self.client(home)
        buckets = [bucket["Name"] for bucket in client.list_buckets()["Buckets"]]
        return _reads(client, buckets) and _writes(client, buckets)

    def client(self, home: Home) -> Any:
        """Return an S3 client with the lab's keys, a short timeout and no retries."""
        return s3_client(home, self._url(home))

    def _url(self, home: Home) -> str:
        return f"http://{self.address(home, 's3')}"


def s3_client(home: Home, url: str) -> Any:
    """Return a client of that S3 with the lab's keys, a short timeout and no retries."""
    return client_with_keys(url, home.secret("access_key_id"), home.secret("secret_access_key"))


def client_with_keys(url: str, key: str, secret: str) -> Any:
    """Return a client of that S3 with these keys, a short timeout and no retries."""
    import boto3  # noqa: PLC0415  late: it would double the time until `./lab` answers
    from botocore.config import Config  # noqa: PLC0415  as above

    return boto3.client(
        "s3",
        endpoint_url=url,
        aws_access_key_id=key,
        aws_secret_access_key=secret,
        region_name="us-east-1",
        config=Config(connect_timeout=2, read_timeout=5, retries={"total_max_attempts": 1}),
    )


def _reads(client: Any, buckets: list[str]) -> bool:
    """Read the first object that needs no KMS key, if there is one."""
    for bucket in buckets:
        for item in client.list_objects_v2(Bucket=bucket, MaxKeys=20).get("Contents", ()):
            if not _needs_kms(client, bucket, item["Key"]):
                return _has_content(client, bucket, item["Key"])
    return True


def _writes(client: Any, buckets: list[str]) -> bool:
    """Write a part of an object and abort the upload, so that nobody ever sees it."""
    for bucket in buckets:
        if _encrypts_by_kms(client, bucket):
            continue
        try:
            upload = client.create_multipart_upload(Bucket=bucket, Key=_PROBE)["UploadId"]
            client.upload_part(Bucket=bucket, Key=_PROBE, UploadId=upload, PartNumber=1, Body=b"1")
            client.abort_multipart_upload(Bucket=bucket, Key=_PROBE, UploadId=upload)
        except ClientError as error:
            return _is_refusal(error)
        return True
    return True


def _encrypts_by_kms(client: Any, bucket: str) -> bool:
    """Ask whether new objects of a bucket need KMS, which starts only when S3 is there."""
    try:
        rules = client.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"]
    except ClientError:
        return False  # it has no default, or writing shows the error again
    return any(rule["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"].startswith("aws:kms") for rule in rules)


def _is_refusal(error: ClientError) -> bool:
    """Whoever may not read or write, or finds it deleted, has at least been answered."""
    return bool(error.response["ResponseMetadata"]["HTTPStatusCode"] < 500)


def _needs_kms(client: Any, bucket: str, key: str) -> bool:
    """Return whether an object is encrypted by a key of KMS, which starts only when S3 is there."""
    try:
        return bool(client.head_object(Bucket=bucket, Key=key).get("ServerSideEncryption") == "aws:kms")
    except ClientError:
        return False  # whatever this error is, reading the object's content shows it again, and counts


def _has_content(client: Any, bucket: str, key: str) -> bool:
    try:
        client.get_object(Bucket=bucket, Key=key)["Body"].read(1)
    except ClientError as error:
        return _is_refusal(error)
    return True


def _env(home: Home) -> dict[str, str]:
    # The key that encrypts the keys of objects put with SSE-S3; without it S3 answers them with an internal error.
    key = hashlib.sha256(home.secret("s3_sse").encode()).hexdigest()
    # It sets aside 260 MB of buffers that it hardly touches: a limit below that would have it collect garbage all day.
    return {"GOMEMLIMIT": "400MiB", "GOGC": "10", "WEED_S3_SSE_KEK": key}


def _identities(home: Home) -> dict[str, object]:
    keys = {"accessKey": home.secret("access_key_id"), "secretKey": home.secret("secret_access_key")}
    actions = ["Admin", "Read", "Write", "List", "Tagging"]
    return {"identities": [{"name": "lab", "credentials": [keys], "actions": actions}], "kms": _kms(home)}


def _kms(home: Home) -> dict[str, object]:
    # SSE-KMS by the keys of the lab's own KMS, which is asked when an object is written or read with one.
    lab = {
        "type": "aws",
        "endpoint": f"http://{home.address('aws.http')}",
        "region": "us-east-1",
        "access_key": home.secret("access_key_id"),
        "secret_key": home.secret("secret_access_key"),
    }
    return {"default_provider": "lab", "providers": {"lab": lab}}


def _security(home: Home) -> str:
    files = certificate(home, "seaweedfs")
    lines = ["[access]", "ui = false"]
    for section, secret in (("jwt.signing", "volume_jwt"), ("jwt.signing.read", "volume_read_jwt")):
        lines += [f"[{section}]", f'key = "{home.secret(secret)}"', "expires_after_seconds = 60"]
    for section, secret in (("jwt.filer_signing", "filer_jwt"), ("jwt.filer_signing.read", "filer_read_jwt")):
        lines += [f"[{section}]", f'key = "{home.secret(secret)}"', "expires_after_seconds = 60"]
    lines += ["[grpc]", f'ca = "{files.authority}"']
    for part in _PARTS:
        lines += [f"[grpc.{part}]", f'cert = "{files.certificate}"', f'key = "{files.key}"']
    lines += ["[https.master]", f'cert = "{files.certificate}"', f'key = "{files.key}"', f'ca = "{files.authority}"']
    return "\n".join(lines) + "\n"
