"""UNLOAD with a key of KMS (t_unloading_encrypted_files, r_UNLOAD)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import boto3
import psycopg
import pytest

from localcloud.redshift.errors import SqlError
from localcloud.redshift.sql.lexer import lex
from localcloud.redshift.transfer.unload_statement import parse_unload


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("IAM_ROLE default KMS_KEY_ID 'k'", "needs ENCRYPTED"),
        ("IAM_ROLE default ENCRYPTED AUTO KMS_KEY_ID 'k'", "cannot be combined with ENCRYPTED AUTO"),
        ("CREDENTIALS 'aws_iam_role=arn:aws:iam::123456789012:role/r' ENCRYPTED KMS_KEY_ID 'k'", "CREDENTIALS"),
    ],
)
def test_a_key_goes_with_what_the_page_says(options: str, message: str) -> None:
    """KMS_KEY_ID wants ENCRYPTED, and neither AUTO nor CREDENTIALS."""
    with pytest.raises(SqlError, match=message):
        parse_unload(lex(f"UNLOAD ('SELECT 1') TO 's3://b/k' {options}"))


@pytest.mark.stack
@pytest.mark.parametrize("form", ["CSV", "PARQUET MANIFEST", "CSV PARALLEL OFF GZIP MANIFEST"])
def test_files_are_encrypted_by_the_key(
    in_lab: Mapping[str, str], schema: psycopg.Connection[Any], bucket: str, form: str
) -> None:
    """Every object, the manifest too, is encrypted by the key, and COPY reads the files without being told of it."""
    s3, key = boto3.client("s3"), boto3.client("kms").create_key()["KeyMetadata"]["Arn"]
    schema.execute("CREATE TABLE parts (id INT, name VARCHAR)")
    schema.execute("INSERT INTO parts VALUES (1, 'a'), (2, 'b')")
    prefix = f"keys/{len(form)}/"
    url, options = f"s3://{bucket}/{prefix}", f"IAM_ROLE default ALLOWOVERWRITE FORMAT {form}"
    schema.execute(f"UNLOAD ('SELECT * FROM parts') TO '{url}' {options} ENCRYPTED KMS_KEY_ID '{key}'".encode())
    names = [one["Key"] for one in s3.list_objects_v2(Bucket=bucket, Prefix=prefix)["Contents"]]
    heads = [s3.head_object(Bucket=bucket, Key=name) for name in names]
    assert {(head["ServerSideEncryption"], head["SSEKMSKeyId"]) for head in heads} == {("aws:kms", key)}
    assert (f"{prefix}manifest" in names) == ("MANIFEST" in form)
    source, given = (f"{url}manifest", form.replace(" PARALLEL OFF", "")) if "MANIFEST" in form else (url, form)
    schema.execute(f"COPY parts FROM '{source}' IAM_ROLE default FORMAT {given}".encode())
    assert schema.execute("SELECT id, COUNT(*) FROM parts GROUP BY id ORDER BY id").fetchall() == [(1, 2), (2, 2)]


@pytest.mark.stack
def test_a_key_that_cannot_be_used_is_refused(
    in_lab: Mapping[str, str], schema: psycopg.Connection[Any], bucket: str
) -> None:
    """A key that does not exist, is disabled or about to be deleted is AWS's error, and nothing is written."""
    kms, s3 = boto3.client("kms"), boto3.client("s3")
    disabled, ended = (kms.create_key()["KeyMetadata"]["Arn"] for _ in range(2))
    kms.disable_key(KeyId=disabled.rpartition("/")[2])
    kms.schedule_key_deletion(KeyId=ended.rpartition("/")[2], PendingWindowInDays=7)
    absent = f"{disabled.rpartition('/')[0]}/00000000-0000-0000-0000-000000000000"
    for key, message in (
        (absent, "Error KMS.NotFoundException"),
        (disabled, f"{disabled} is disabled.,Error KMS.DisabledException"),
        (ended, "pending deletion.,Error KMS.KMSInvalidStateException"),
    ):
        with pytest.raises(psycopg.Error, match=message):
            schema.execute(
                f"UNLOAD ('SELECT 1 AS a') TO 's3://{bucket}/refused/' IAM_ROLE default ENCRYPTED KMS_KEY_ID '{key}'".encode()
            )
    assert "Contents" not in s3.list_objects_v2(Bucket=bucket, Prefix="refused/")


@pytest.mark.stack
def test_a_prefix_is_a_folder_of_partitions(schema: psycopg.Connection[Any], bucket: str) -> None:
    """With PARTITION BY a prefix without a slash is the folder of the partitions (r_UNLOAD; aws-sdk-pandas's tests)."""
    schema.execute(
        f"UNLOAD ('SELECT 1 AS a, ''x'' AS p') TO 's3://{bucket}/parted/here' IAM_ROLE default ALLOWOVERWRITE PARQUET "
        "PARTITION BY (p)".encode()
    )
    found = boto3.client("s3").list_objects_v2(Bucket=bucket, Prefix="parted/")["Contents"]
    assert [one["Key"] for one in found] == ["parted/here/p=x/0000_part_00.parquet"]
