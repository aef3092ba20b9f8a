"""Runs the notebooks with target "aws" against the lab's stack, and writes down each call that they make of AWS.

Two recording proxies stand between the notebooks and the stand-in; the notebooks know them by the SDK's endpoint
variables alone. What comes out is what docs/aws.md, the estimate and the tests of the policies rest on:
`lib/smartcity/aws/usage.json` (how many calls a lesson makes) and `tests/smartcity/aws/calls.jsonl` (which ones).

    ./lab up && eval "$(./lab env)"
    ./lab aws deploy --name smartcity-aws --run-id aws --email you@example.com --client-cidr 127.0.0.1/32 \
        --port $REDSHIFT_PORT && eval "$(./lab aws env --name smartcity-aws)"
    python bench/aws_calls.py --run-id aws [--minutes 60] [--vehicles 200] [--keep]
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import threading
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from course import mainjob, runner
from smartcity.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
WRITES = ("s3:PutObject", "s3:ListBucket", "s3:ListBucketMultipartUploads", "s3:CreateBucket")


@dataclass
class Book:
    """What was called, by lesson."""

    lesson: str = ""
    counts: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    distinct: set[tuple[str, str, str]] = field(default_factory=set)
    refused: list[str] = field(default_factory=list)

    def note(self, action: str, *resources: str) -> None:
        """Write down one call."""
        self.counts[self.lesson][action] += 1
        self.distinct |= {(self.lesson, action, one) for one in resources}


def s3_call(method: str, target: str) -> tuple[str, str]:
    """Return the IAM action and the resource of a request to S3.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
    """
    parts = urlsplit(target)
    bucket, _, key = unquote(parts.path).lstrip("/").partition("/")
    asked = parse_qs(parts.query, keep_blank_values=True)
    if not bucket:
        return "s3:ListAllMyBuckets", "*"
    if key:
        return _object_action(method, asked), f"{bucket}/{key}"
    if "delete" in asked:
        return "s3:DeleteObject", f"{bucket}/*"
    named = {"location": "s3:GetBucketLocation", "uploads": "s3:ListBucketMultipartUploads"}
    found = next((action for name, action in named.items() if name in asked), None)
    return found or {"PUT": "s3:CreateBucket", "DELETE": "s3:DeleteBucket"}.get(method, "s3:ListBucket"), bucket


def _object_action(method: str, asked: dict[str, Any]) -> str:
    if method == "GET" and "uploadId" in asked:
        return "s3:ListMultipartUploadParts"
    if method == "DELETE":
        return "s3:AbortMultipartUpload" if "uploadId" in asked else "s3:DeleteObject"
    return "s3:GetObject" if method in ("GET", "HEAD") else "s3:PutObject"


def api_call(headers: Any, body: bytes) -> list[tuple[str, list[str]]]:
    """Return the actions, each with its resources (ends of ARNs), of a request to any other service."""
    scope = headers.get("Authorization", "").split("Credential=")[-1].split("/")
    service = scope[3] if len(scope) > 3 else "unsigned"
    if "X-Amz-Target" not in headers:
        return [(f"{service}:{parse_qs(body.decode()).get('Action', ['?'])[0]}", ["*"])]
    name, asked = headers["X-Amz-Target"].rpartition(".")[2], json.loads(body or b"{}")
    if service == "athena":
        group = asked.get("WorkGroup") or os.environ["WR_WORKGROUP"]
        return [(f"athena:{name}", [f"workgroup/{group}"])]
    if service == "secretsmanager":
        return [(f"secretsmanager:{name}", [asked.get("SecretId", "*")])]
    calls = [(f"{service}:{name}", _glue_resources(name, asked) if service == "glue" else ["*"])]
    if "Role" in asked:
        calls.append(("iam:PassRole", [asked["Role"]]))
    return calls


def _glue_resources(name: str, asked: dict[str, Any]) -> list[str]:
    if "Registry" in name or "Schema" in name:
        asked = {**asked, **asked.get("RegistryId", {}), **asked.get("SchemaId", {})}
        registry, schema = asked.get("RegistryName"), asked.get("SchemaName")
        schemas = [f"schema/{registry}/{schema}"] if schema else []
        return [f"registry/{registry}", *schemas] if registry else ["*"]
    if "Crawler" in name:
        return [f"crawler/{asked['Name']}" if "Name" in asked else "*"]
    database = asked.get("DatabaseName") or asked.get("DatabaseInput", asked).get("Name", "")
    table = asked.get("TableName") or asked.get("TableInput", {}).get("Name")
    if "Table" in name and not table:
        table = asked.get("Name", "*")
    found = ["catalog", *([f"database/{database}"] if database else [])]
    return [*found, f"table/{database}/{table}"] if table else found


def proxy(upstream: str, book: Book, service: str) -> str:
    """Start a proxy to a server on loopback; return its URL."""
    place = urlsplit(upstream)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

        def whole(self) -> bytes:
            """Return the body, chunked or not."""
            if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
                return self.rfile.read(int(self.headers.get("Content-Length") or 0))
            body = b""
            while size := int(self.rfile.readline().split(b";")[0], 16):
                body += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
            return body

        def answer(self) -> None:
            """Write the call down, pass it on, pass the answer back."""
            body = self.whole()
            headers = {name: value for name, value in self.headers.items() if name.lower() != "transfer-encoding"}
            calls = [s3_call(self.command, self.path)] if service == "s3" else api_call(self.headers, body)
            for action, resource in calls:
                book.note(action, *([resource] if isinstance(resource, str) else resource))
            line = http.client.HTTPConnection(place.hostname or "", place.port, timeout=300)
            line.request(self.command, self.path, body, headers)
            got = line.getresponse()
            content = got.read()
            if got.status in (401, 403):
                book.refused.append(f"{calls}: {content[:200]!r}")
            self.send_response(got.status)
            for name, value in got.getheaders():
                if name.lower() not in ("transfer-encoding", "connection", "content-length"):
                    self.send_header(name, value)
            length = got.getheader("Content-Length") if self.command == "HEAD" else str(len(content))
            if length is not None:
                self.send_header("Content-Length", length)
            self.end_headers()
            self.wfile.write(content)
            line.close()

        do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = answer  # noqa: N815

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}"


def record(options: argparse.Namespace, book: Book) -> dict[str, Any]:
    """Run the notebooks one by one; return what they reported."""
    results: dict[str, Any] = {}
    given = {name: getattr(options, name) for name in ("minutes", "vehicles", "seed", "run_id")}
    out = ROOT / "out" / options.run_id
    given |= {"target": "aws", "out": str(out), "role": os.environ["SMARTCITY_COPY_ROLE"]}
    for path in runner.notebooks(ROOT / "notebooks" / "solutions", "00-10"):
        book.lesson = path.name[:2]
        for done in runner.run([path], out / "notebooks", given, lambda *_: None):
            print(f"{done.name} {done.seconds:.0f} s, {sum(book.counts[book.lesson].values())} calls", flush=True)
            results |= done.results
    return results


def usage(book: Book) -> dict[str, dict[str, int]]:
    """Return the counts that cost, by lesson."""
    return {
        lesson: {
            "s3_writes": sum(counts[name] for name in WRITES),
            "s3_reads": counts["s3:GetObject"],
            "queries": counts["athena:StartQueryExecution"],
            "crawls": counts["glue:StartCrawler"],
        }
        for lesson, counts in sorted(book.counts.items())
    }


def general(resource: str, run: Settings) -> str:
    """Return a resource with the names of this run replaced by those that the tests fill in."""
    names = {
        os.environ["SMARTCITY_BUCKET"]: "LAKE",
        os.environ["SMARTCITY_LOGIN_SECRET"]: "LOGIN",
        os.environ["SMARTCITY_CRAWLER_ROLE"]: "CRAWLER_ROLE",
        f"workgroup/{os.environ['WR_WORKGROUP']}": "workgroup/STACK",
        run.database: "DATABASE",
    }
    for name, word in names.items():
        resource = resource.replace(name, word)
    return "LAKE/key" if resource.startswith("LAKE/") else resource


def main() -> None:
    """Run, check the ledger, write both files."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--run-id", default="aws")
    parser.add_argument("--minutes", type=int, default=60)
    parser.add_argument("--vehicles", type=int, default=200)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--keep", action="store_true", help="leave both files as they are; only run and check")
    options, book = parser.parse_args(), Book()
    os.environ["LAB_HOME"] = str(ROOT / "out")  # there is no card there: the variables are all that leads anywhere
    for name, service in (("AWS_ENDPOINT_URL", "api"), ("AWS_ENDPOINT_URL_S3", "s3")):
        os.environ[name] = proxy(os.environ[name], book, service)
    results = record(options, book)
    mainjob.check_ledger(results)
    counts = {name: results[name] for name in (*mainjob.COUNTS, "athena_rows", "redshift_rows")}
    print(json.dumps({"ledger": counts, "usage": usage(book), "refused": book.refused[:5]}, indent=1))
    if not options.keep:
        run = Settings(run_id=options.run_id)
        rows = sorted({(lesson, action, general(one, run)) for lesson, action, one in book.distinct})
        lines = [json.dumps({"lesson": a, "action": b, "resource": c}) for a, b, c in rows]
        (ROOT / "tests" / "smartcity" / "aws" / "calls.jsonl").write_text("\n".join(lines) + "\n")
        (ROOT / "lib" / "smartcity" / "aws" / "usage.json").write_text(json.dumps(usage(book), indent=1) + "\n")


if __name__ == "__main__":
    main()
