"""S3 as COPY and UNLOAD see it: prefixes, manifests, streams. Blocking; called in threads."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from pyarrow import fs

from localcloud.redshift.errors import SqlError
from localcloud.redshift.settings import GatewaySettings
from localcloud.redshift.transfer import roles
from localcloud.redshift.transfer.statements import Authorization

_REASON = re.compile(r"AWS Error (\w+) during \w+ operation: (.*)")


class Object(NamedTuple):
    """One object: `bucket/key`, and its bytes."""

    path: str
    size: int

    @property
    def url(self) -> str:
        """Return its address as COPY writes it."""
        return f"s3://{self.path}"


def open_storage(authorization: Authorization, settings: GatewaySettings) -> fs.S3FileSystem:
    """Return S3 as seen with a role or keys. Raises SqlError if the role does not exist."""
    if authorization.region and authorization.region != settings.region:
        raise SqlError("XX000", f"S3ServiceException: the lab has one region, {settings.region}")
    keys = (settings.access_key, settings.secret_key)
    if authorization.access_key:
        keys = (authorization.access_key, authorization.secret_key)
    elif authorization.iam_role != "default":
        roles.check(authorization.iam_role, settings)
    scheme, endpoint = settings.s3_endpoint.split("://", 1)
    return fs.S3FileSystem(
        access_key=keys[0],
        secret_key=keys[1],
        session_token=authorization.session_token or None,
        endpoint_override=endpoint,
        scheme=scheme,
        region=settings.region,
        background_writes=True,
        allow_bucket_creation=False,
        connect_timeout=5,
        request_timeout=60,
    )


@contextmanager
def storage_errors(url: str) -> Iterator[None]:
    """Give errors of S3 as Redshift words them."""
    try:
        yield
    except FileNotFoundError:
        raise SqlError("XX000", f"S3ServiceException: The specified key does not exist: {url}") from None
    except OSError as error:
        match = _REASON.search(str(error))
        reason = f"{match[2]},Error {match[1]}" if match else str(error)[:300]
        raise SqlError("XX000", f"S3ServiceException: {reason} ({url})") from None


def path_of(url: str) -> str:
    """Return `bucket/key` of an s3:// address."""
    if not url.startswith("s3://") or "/" not in url[5:]:
        if url.startswith("s3://") and len(url) > 5:
            return url[5:] + "/"
        raise SqlError("22023", f"invalid S3 path {url!r}", hint="s3://bucket/prefix")
    return url[5:]


def list_prefix(storage: fs.S3FileSystem, url: str) -> list[Object]:
    """Return the objects whose address begins with `url`, by name."""
    path = path_of(url)
    folder = path.rsplit("/", 1)[0]
    with storage_errors(url):
        entries = storage.get_file_info(fs.FileSelector(folder, recursive=True, allow_not_found=True))
        if not entries and "/" not in folder:
            storage.get_file_info(fs.FileSelector(folder))  # distinguishes a missing bucket from an empty one
    files = [Object(info.path, info.size) for info in entries if info.type == fs.FileType.File]
    return sorted(file for file in files if file.path.startswith(path))


def read_bytes(storage: fs.S3FileSystem, url: str) -> bytes:
    """Return a whole small object."""
    with storage_errors(url), storage.open_input_stream(path_of(url)) as stream:
        return bytes(stream.read())
