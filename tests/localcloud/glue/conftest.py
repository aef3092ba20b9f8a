"""A crawl over files in memory, and a real S3 server in this process."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from hashlib import md5
from threading import Thread
from typing import Any

import pytest
from werkzeug.serving import make_server

from localcloud.glue.crawl_catalog import CatalogWriter
from localcloud.glue.crawler.books import Books
from localcloud.glue.crawler.crawled import CrawledTable
from localcloud.glue.crawler.grouping import Policy
from localcloud.glue.crawler.sample import S3Object
from localcloud.glue.crawler.survey import Survey
from localcloud.glue.crawler.target import Target
from localcloud.glue.crawler_definition import checked
from localcloud.glue.crawlers import Crawler
from localcloud.glue.state import GlueBackend


class Lake:
    """Objects of one bucket, as the crawler's S3 reader shows them; counts the bytes that were read."""

    def __init__(self, files: dict[str, bytes | str]) -> None:
        self.files = {key: body.encode() if isinstance(body, str) else body for key, body in files.items()}
        self.read_bytes = self.requests = 0

    def list(self, bucket: str, prefix: str) -> Iterator[S3Object]:
        for key in sorted(self.files):
            if key.startswith(prefix):
                yield S3Object(key, len(self.files[key]), md5(self.files[key]).hexdigest())

    def read(self, bucket: str, key: str, start: int, length: int) -> bytes:
        found = self.files[key][start : start + length]
        self.read_bytes, self.requests = self.read_bytes + len(found), self.requests + 1
        return found


@pytest.fixture
def survey() -> Callable[..., dict[str, CrawledTable]]:
    """Crawl files of a bucket `lake`; return the tables by the last part of their location."""

    def run(files: dict[str, Any], path: str = "s3://lake/", **options: Any) -> dict[str, CrawledTable]:
        target = Target(path, tuple(options.pop("exclusions", ())), options.pop("sample_size", None))
        classifiers = options.pop("classifiers", [])
        reader: Any = Lake(files)
        found = Survey(reader, classifiers, Policy(**options)).run([target]).tables
        return {table.location.rstrip("/").rpartition("/")[2]: table for table in found}

    return run


class City:
    """A catalog of its own, and one crawler that writes into its database `city`."""

    def __init__(self) -> None:
        self.backend = GlueBackend("us-east-1", "123456789012")
        self.crawler = Crawler("c", {})

    def crawl(self, files: dict[str, Any], known: Any = (), roots: Any = (), **definition: Any) -> dict[str, Any]:
        """Crawl with a changed definition; return what was done."""
        targets = {"S3Targets": [{"Path": "s3://lake/"}]}
        self.crawler.definition = checked({"DatabaseName": "city", "Targets": targets, "Role": "r", **definition})
        reader: Any = Lake(files)
        target = Target("s3://lake/", known=frozenset(known))
        self.found = found = Survey(reader, [], Policy(roots=frozenset(roots))).run([target])
        self.writer = CatalogWriter(self.backend, self.crawler)
        return self.writer.write(found)

    def table(self, name: str) -> dict[str, Any]:
        return self.backend.get_table("city", name).as_dict()

    def columns(self, name: str) -> dict[str, str]:
        return {column["Name"]: column["Type"] for column in self.table(name)["StorageDescriptor"]["Columns"]}

    def partitions(self, name: str) -> list[str]:
        return ["/".join(values) for values in self.backend.get_table("city", name).partitions]


@pytest.fixture
def city() -> City:
    return City()


@pytest.fixture
def s3_url(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The URL of an S3 server, set in the environment that crawls inherit."""
    from moto.moto_server.werkzeug_app import MotoRequestHandler, create_backend_app

    server = make_server("127.0.0.1", 0, create_backend_app("s3"), threaded=True, request_handler=MotoRequestHandler)
    thread = Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    url = f"http://127.0.0.1:{server.port}"
    for name, value in {
        "AWS_ENDPOINT_URL_S3": url,
        "AWS_ACCESS_KEY_ID": "k",
        "AWS_SECRET_ACCESS_KEY": "s",
        "AWS_DEFAULT_REGION": "us-east-1",
    }.items():
        monkeypatch.setenv(name, value)
    yield url
    server.shutdown()
    thread.join(10)
    server.server_close()


@pytest.fixture
def books() -> Callable[..., Books]:
    """Crawl files of a bucket `lake`; return the books of the crawl."""

    def run(files: dict[str, Any], path: str = "s3://lake/", **options: Any) -> Books:
        target = Target(path, tuple(options.pop("exclusions", ())), options.pop("sample_size", None))
        reader: Any = Lake(files)
        return Survey(reader, options.pop("classifiers", []), Policy(**options)).run([target]).books

    return run


@pytest.fixture
def lake() -> type[Lake]:
    """Make an S3 reader of files in memory."""
    return Lake
