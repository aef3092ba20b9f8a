"""Measure what the proxy in front of the object store costs: listings, and objects of 1 KB and 64 MB.

Run: `python bench/s3.py [--keys 10000 100000] [--runs 3] [--json]` while the lab's S3 is up. Each figure is the median
of runs that alternate between the store itself and the proxy. `sorted` is a listing through the proxy after the key
`data-old` was put next to the folder `data/`: the store has it after the folder and S3 before it. `put_hashed` is an
upload whose request signs its SHA-256, which passes through the proxy's Python part.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import boto3
from botocore.config import Config

from localcloud import lab

SMALL, LARGE = 1024, 64 * 2**20
THREADS = 8


def clients() -> dict[str, Any]:
    """Return clients of the store and of the proxy, with the lab's keys."""
    home = lab.home()
    config = Config(s3={"addressing_style": "path"}, max_pool_connections=THREADS)
    common = {
        "aws_access_key_id": home.secret("access_key_id"),
        "aws_secret_access_key": home.secret("secret_access_key"),
        "region_name": "us-east-1",
    }
    addresses = {"store": home.address("seaweedfs.s3"), "proxy": home.address("s3.http")}
    made = {
        name: boto3.client("s3", endpoint_url=f"http://{at}", config=config, **common) for name, at in addresses.items()
    }
    hashed = config.merge(Config(request_checksum_calculation="when_required"))
    made["hashed"] = boto3.client("s3", endpoint_url=f"http://{addresses['proxy']}", config=hashed, **common)
    return made


def seconds(call: Callable[[], Any]) -> float:
    """Return how long a call takes."""
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def medians(calls: dict[str, Callable[[], Any]], runs: int, digits: int) -> dict[str, float]:
    """Return the median of each call; the calls alternate."""
    times: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(runs):
        for name, call in calls.items():
            times[name].append(seconds(call))
    return {name: round(statistics.median(values), digits) for name, values in times.items()}


def listed(client: Any, bucket: str, count: int) -> None:
    """List all keys, page by page; there must be `count`."""
    pages = client.get_paginator("list_objects_v2").paginate(Bucket=bucket)
    total = sum(len(page.get("Contents", [])) for page in pages)
    if total != count:
        raise RuntimeError(f"{count} keys were expected, {total} were listed.")


def listings(made: dict[str, Any], count: int, runs: int) -> dict[str, float]:
    """Measure whole listings of `count` keys, in order for the store and not."""
    bucket, store, proxy = f"bench-{uuid4().hex[:12]}", made["store"], made["proxy"]
    proxy.create_bucket(Bucket=bucket)
    keys = [f"data/part-{number:06}" for number in range(count - 1)] + ["data/zz"]
    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(lambda key: store.put_object(Bucket=bucket, Key=key, Body=b"1"), keys))
    figures = {
        "store": lambda: listed(store, bucket, count),
        "proxy": lambda: listed(proxy, bucket, count),
        "proxy_page": lambda: proxy.list_objects_v2(Bucket=bucket, StartAfter=keys[count // 2]),
    }
    result = medians(figures, runs, 3)
    proxy.put_object(Bucket=bucket, Key="data-old", Body=b"1")
    after = {
        "store_again": lambda: listed(store, bucket, count + 1),
        "sorted": lambda: listed(proxy, bucket, count + 1),
        "sorted_page": lambda: proxy.list_objects_v2(Bucket=bucket, StartAfter=keys[count // 2]),
    }
    result |= medians(after, runs, 3)
    for start in range(0, count, 1000):
        objects = [{"Key": key} for key in keys[start : start + 1000]]
        store.delete_objects(Bucket=bucket, Delete={"Objects": objects, "Quiet": True})
    proxy.delete_object(Bucket=bucket, Key="data-old")
    proxy.delete_bucket(Bucket=bucket)
    return result


def transfers(made: dict[str, Any], size: int, runs: int) -> dict[str, float]:
    """Measure PUT and GET of objects of one size, in milliseconds."""
    bucket, body = f"bench-{uuid4().hex[:12]}", os.urandom(size)
    at = {"Bucket": bucket, "Key": "object"}
    made["proxy"].create_bucket(Bucket=bucket)
    calls: dict[str, Callable[[], Any]] = {
        "put_store": lambda: made["store"].put_object(**at, Body=body),
        "put_proxy": lambda: made["proxy"].put_object(**at, Body=body),
        "put_hashed": lambda: made["hashed"].put_object(**at, Body=body),
        "get_store": lambda: made["store"].get_object(**at)["Body"].read(),
        "get_proxy": lambda: made["proxy"].get_object(**at)["Body"].read(),
    }
    result = medians(calls, runs, 5)
    made["proxy"].delete_object(**at)
    made["proxy"].delete_bucket(Bucket=bucket)
    return {name: round(value * 1000, 1) for name, value in result.items()}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--keys", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    made = clients()
    figures = {f"list {count} keys, s": listings(made, count, options.runs) for count in options.keys}
    figures["1 KB, ms"] = transfers(made, SMALL, 50 * options.runs)
    figures["64 MB, ms"] = transfers(made, LARGE, options.runs)
    if options.json:
        print(json.dumps(figures, indent=1))
        return
    for name, values in figures.items():
        print(f"{name}: " + ", ".join(f"{key} {value}" for key, value in values.items()))


if __name__ == "__main__":
    main()
