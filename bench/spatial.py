"""Ask the running lab's Redshift spatial questions over many points: which vehicles passed within 300 m of an incident?

Run: `python bench/spatial.py [--points 1000000] [--json]` while the lab is up. It makes its tables, asks each question
three times, prints the median seconds, and compares the answers with numpy's and shapely's.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from typing import Any

import boto3
import numpy as np
import psycopg
import shapely

from localcloud import card, lab
from localcloud.redshift.spatial.geodesy import RADIUS
from localcloud.services.redshift import ADMIN, DATABASE

BUCKET, TABLES = "bench-spatial", ("bench_spatial_positions", "bench_spatial_incidents")
NEAR_M, VEHICLES, INCIDENTS = 300, 5000, 20
DISTRICT = "POLYGON((13.3 52.45,13.5 52.45,13.45 52.5,13.5 52.55,13.3 52.55,13.3 52.45))"
QUESTIONS = {
    "vehicles within 300 m of an incident": (
        "SELECT count(DISTINCT p.vehicle) FROM {p} p JOIN {i} i ON ST_DistanceSphere(p.geom, i.geom) <= 300 "
        "WHERE i.id = 0"
    ),
    "of each of 20 incidents": (
        "SELECT count(*) FROM (SELECT i.id, p.vehicle FROM {p} p JOIN {i} i "
        "ON ST_DistanceSphere(p.geom, i.geom) <= 300 GROUP BY i.id, p.vehicle) AS near"
    ),
    "positions in a district": "SELECT count(*) FROM {p} WHERE ST_Contains(ST_GeomFromText('{d}', 4326), geom)",
    "positions within 0.003 degrees": (
        "SELECT count(*) FROM {p} WHERE ST_DWithin(geom, ST_SetSRID(ST_Point(13.4, 52.5), 4326), 0.003)"
    ),
}


def positions(count: int) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Return longitude and latitude of positions."""
    chance = np.random.default_rng(7)
    return chance.uniform(13.2, 13.6, count), chance.uniform(52.4, 52.6, count)


def made(connection: psycopg.Connection[Any], x: np.ndarray[Any, Any], y: np.ndarray[Any, Any]) -> float:
    """Make the tables by a COPY of WKT; return its seconds."""
    for name in TABLES:
        connection.execute(f"DROP TABLE IF EXISTS {name}".encode())
    s3 = boto3.client("s3")
    s3.create_bucket(Bucket=BUCKET)
    pairs = zip(x.tolist(), y.tolist(), strict=True)
    lines = [f"{at % VEHICLES}|SRID=4326;POINT({lon!r} {lat!r})" for at, (lon, lat) in enumerate(pairs)]
    s3.put_object(Bucket=BUCKET, Key="positions", Body="\n".join(lines).encode())
    connection.execute(f"CREATE TABLE {TABLES[0]} (vehicle integer, geom geometry)".encode())
    started = time.perf_counter()
    connection.execute(f"COPY {TABLES[0]} FROM 's3://{BUCKET}/positions' IAM_ROLE default".encode())
    seconds = time.perf_counter() - started
    rows = f"SELECT vehicle AS id, geom FROM {TABLES[0]} LIMIT {INCIDENTS}"
    connection.execute(f"CREATE TABLE {TABLES[1]} AS {rows}".encode())
    return seconds


def expected(x: np.ndarray[Any, Any], y: np.ndarray[Any, Any], centres: list[tuple[int, float, float]]) -> list[int]:
    """Return the answers, by numpy and shapely."""
    near = list[int]()
    for _, lon, lat in sorted(centres):
        a, b = np.radians(y), np.radians(lat)
        half = np.sin((b - a) / 2) ** 2 + np.cos(a) * np.cos(b) * np.sin(np.radians(lon - x) / 2) ** 2
        close = 2 * RADIUS * np.arcsin(np.sqrt(half)) <= NEAR_M
        near.append(len(set(np.flatnonzero(close) % VEHICLES)))
    inside = shapely.contains_xy(shapely.from_wkt(DISTRICT), x, y)
    planar = np.hypot(x - 13.4, y - 52.5) <= 0.003
    return [near[0], sum(near), int(inside.sum()), int(planar.sum())]


def main() -> None:
    """Measure, compare and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--points", type=int, default=1_000_000)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    environment = card.environment(lab.home())
    connection = psycopg.connect(
        host=environment["REDSHIFT_HOST"],
        port=environment["REDSHIFT_PORT"],
        user=ADMIN,
        password=environment["REDSHIFT_PASSWORD"],
        dbname=DATABASE,
        autocommit=True,
    )
    x, y = positions(given.points)
    figures = {"COPY of WKT": round(made(connection, x, y), 2)}
    centres = connection.execute(f"SELECT id, ST_X(geom), ST_Y(geom) FROM {TABLES[1]}".encode()).fetchall()
    answers = list[int]()
    for name, question in QUESTIONS.items():
        sql = question.format(p=TABLES[0], i=TABLES[1], d=DISTRICT).encode()
        seconds = list[float]()
        for _ in range(3):
            started = time.perf_counter()
            answer = connection.execute(sql).fetchall()[0][0]
            seconds.append(time.perf_counter() - started)
        answers.append(answer)
        figures[name] = round(statistics.median(seconds), 2)
    assert answers == expected(x, y, centres), (answers, expected(x, y, centres))
    for name in TABLES:
        connection.execute(f"DROP TABLE {name}".encode())
    print(
        json.dumps(figures) if given.json else "\n".join(f"{value:8.2f} s  {name}" for name, value in figures.items())
    )


if __name__ == "__main__":
    main()
