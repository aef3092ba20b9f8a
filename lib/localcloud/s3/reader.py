"""Reads listings of the store with the lab's keys."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from werkzeug.wrappers import Response

from localcloud.aws.keys import KeyRing
from localcloud.s3.forward import Call, forward
from localcloud.s3.page import OBJECTS_V2, VERSIONS, Item, Kind, Page

_OK, _NEEDS_KEY, _MISSING = 200, 400, 404


@dataclass(frozen=True)
class Reader:
    """Reads listings of a bucket."""

    store: str
    """Where the store is, as `host:port`."""
    keys: KeyRing
    bucket: str

    def has_keys(self, prefix: bytes) -> bool:
        """Check whether a key begins with `prefix`."""
        return bool(self._objects(prefix=prefix.decode()).items)

    def has_versions(self, prefix: bytes) -> bool:
        """Check whether a version or a delete marker has a key that begins with `prefix`."""
        query = {"versions": "", "prefix": prefix.decode(), "max-keys": "1", "encoding-type": "url"}
        return bool(self._page(query, VERSIONS).items)

    def has_siblings(self, folder: bytes) -> bool:
        """Check whether the store has names after a folder that S3 has before it: `a-b` after `a/`."""
        name = folder.decode()
        page = self._objects(prefix=name, delimiter="/", **{"start-after": name + "/"})
        return any(folder < item.key < folder + b"/" for item in page.items)

    def etags(self, prefix: bytes, after: bytes) -> dict[bytes, str]:
        """Return the ETags of at most 1,000 objects after a key."""
        page = self._objects(prefix=prefix.decode(), **{"start-after": after.decode(), "max-keys": "1000"})
        return {item.key: item.etag for item in page.items}

    def read_all(self, kind: Kind, values: Mapping[str, str]) -> Iterator[Item]:
        """Return all items of a listing, without grouping them into common prefixes."""
        query = _format(kind, values)
        is_last = False
        while not is_last:
            page = self._page(query, kind)
            yield from page.items
            is_last = not page.is_truncated
            query |= {} if is_last else page.next_markers()

    def page(self, kind: Kind, values: Mapping[str, str], prefix: bytes, after: bytes, delimiter: str) -> Page:
        """Return the 1,000 items after a key, in the format of a listing with the parameters `values`."""
        query = {"prefix": prefix.decode(), kind.after[-1]: after.decode(), "delimiter": delimiter}
        return self._page({**_format(kind, values), **{name: text for name, text in query.items() if text}}, kind)

    def _objects(self, **values: str) -> Page:
        return self._page({"list-type": "2", "max-keys": "1", "encoding-type": "url", **values}, OBJECTS_V2)

    def etag(self, key: bytes, version: str) -> str:
        """Return the ETag of a version, empty if there is none or only its customer's key would show it."""
        answer = self._send("HEAD", f"/{self.bucket}/{quote(key)}", {"versionId": version})
        if answer.status_code not in (_OK, _NEEDS_KEY, _MISSING):
            raise RuntimeError(f"The store answered HEAD with {answer.status_code}.")
        return answer.headers.get("ETag", "") if answer.status_code == _OK else ""

    def _page(self, query: Mapping[str, str], kind: Kind) -> Page:
        answer = self._send("GET", f"/{self.bucket}", query)
        if answer.status_code != _OK:
            raise RuntimeError(f"The store answered a listing with {answer.status_code}: {answer.get_data()[:200]!r}")
        return Page.parse(answer.get_data(), kind)

    def _send(self, method: str, path: str, query: Mapping[str, str]) -> Response:
        request = AWSRequest(method, f"http://{self.store}{path}", params=dict(query))
        S3SigV4Auth(Credentials(self.keys.access_key_id, self.keys.secret_access_key), "s3", "us-east-1").add_auth(
            request
        )
        prepared = request.prepare()
        url = urlsplit(prepared.url)
        headers = {"Host": url.netloc, **dict(prepared.headers.items())}
        call = Call(method, f"{url.path}?{url.query}", url.path, url.query, headers, io.BytesIO())
        return forward(call, self.store)


def _format(kind: Kind, values: Mapping[str, str]) -> dict[str, str]:
    """Return the parameters of a listing that do not say where it starts and ends."""
    left_out = {*kind.after, kind.second_marker, kind.limit, "delimiter"}
    return {name: value for name, value in values.items() if name not in left_out and not name.startswith("X-Amz")}
