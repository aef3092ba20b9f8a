"""How long an event takes from Kafka to the pixels of the live page: `./lab bench dashboard [--browsers 20] [--json]`.

Sends events with advancing event times at a steady pace, and notes in each browser when its clock shows them. Needs
Kafka up and a Chromium.
"""

from __future__ import annotations

import argparse
import json
import os
import threading
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from confluent_kafka import Producer
from playwright.sync_api import sync_playwright

from smartcity import kafka
from smartcity.dashboard import Feed, Live, serve
from smartcity.dashboard.lakewatch import LakeWatch
from smartcity.lake import Lake
from smartcity.simulate import Config, city

BASE = datetime(2026, 3, 2, 12, tzinfo=UTC)
WATCH = """() => { window.seen = []; const clock = document.getElementById("clock");
  new MutationObserver(() => { const text = clock.textContent;
    requestAnimationFrame(() => requestAnimationFrame(() => window.seen.push([Date.now(), text]))); })
  .observe(clock, { childList: true, characterData: true, subtree: true }); }"""


def vehicle(number: int, roads: int, at: datetime) -> bytes:
    """Return a reading of a vehicle."""
    fields: dict[str, Any] = {
        "event_id": f"bench-{time.time_ns()}-{number}",
        "device_id": "bench",
        "latitude": 45.01,
        "longitude": 9.01,
    }
    fields |= {"vehicle_id": "bench", "vehicle_type": "private", "speed_kmh": float(number % 60), "direction_deg": 0.0}
    fields |= {"make": "a", "model": "b", "year": 2020, "fuel_type": "petrol", "odometer_km": 1.0}
    fields |= {
        "road_id": f"road-{number % roads:05d}",
        "event_time": at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
    }
    return json.dumps(fields).encode()


def send(broker: str, roads: int, seconds: int, rate: int) -> dict[str, float]:
    """Send `rate` events a second; return when each second of event time, as the clock shows it, was sent first."""
    producer, sent = Producer({"bootstrap.servers": broker, "linger.ms": 0}), dict[str, float]()
    begin = time.time()
    for number in range(seconds * rate):
        time.sleep(max(0.0, begin + number / rate - time.time()))
        at = BASE + timedelta(seconds=number // rate)
        sent.setdefault(f"{at:%H:%M:%S}", time.time())
        producer.produce("vehicle_data", vehicle(number, roads, at), timestamp=int(at.timestamp() * 1000))
        producer.poll(0)
    producer.flush(10)
    return sent


def latencies(sent: dict[str, float], seen: list[tuple[float, str]]) -> list[float]:
    """Return seconds from sending to the first picture that shows that second or a later one."""
    shown = [(at / 1000, text.rpartition(", ")[2].removesuffix(" UTC")) for at, text in seen]
    found = [next((at - when for at, clock in shown if clock >= second), np.nan) for second, when in sent.items()]
    return found[3:-1]  # the first seconds compile the page's code


def measure(browsers: int, seconds: int, rate: int) -> dict[str, Any]:
    """Serve the page, open it so many times, send, and return the percentiles over all browsers."""
    broker = os.environ["KAFKA_BOOTSTRAP_SERVERS"]
    kafka.ensure_topics(broker)
    live = Live(city(Config()).roads)
    feed = Feed(live, broker, kafka.end_offsets(broker)).start()
    server = serve(live, feed, LakeWatch(Lake("s3://smartcity-lake/bench")), 0)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    live.take(
        [("vehicle_data", vehicle(0, len(live.roads), BASE - timedelta(minutes=1)), int(BASE.timestamp() * 1000))]
    )
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-gpu", "--disable-quic"]
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=arguments)
        pages = [browser.new_context(viewport={"width": 1366, "height": 768}).new_page() for _ in range(browsers)]
        for page in pages:
            page.set_default_timeout(120_000)
            page.goto(f"http://127.0.0.1:{server.port}/")
            page.wait_for_function("document.getElementById('clock')?.textContent.startsWith('Live')")
            page.evaluate(WATCH)
        cpu = time.process_time()
        sent = send(broker, len(live.roads), seconds, rate)
        busy = time.process_time() - cpu
        pages[0].wait_for_timeout(4000)
        delays = np.array([delay for page in pages for delay in latencies(sent, page.evaluate("window.seen"))])
        pictures = [len(page.evaluate("window.seen")) for page in pages]
        browser.close()
    feed.stop()
    server.shutdown()
    p50, p95, worst = (round(float(np.nanquantile(delays, part)), 2) for part in (0.5, 0.95, 1.0))
    missing = int(np.isnan(delays).sum())
    told = {"browsers": browsers, "events_s": rate, "seconds": seconds, "p50_s": p50, "p95_s": p95, "max_s": worst}
    return {**told, "never_shown": missing, "fewest_pictures": min(pictures), "server_cpu_s": round(busy, 1)}


def main() -> None:
    """Measure with one browser and with many."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--browsers", type=int, default=20)
    parser.add_argument("--seconds", type=int, default=30)
    parser.add_argument("--rate", type=int, default=100, help="events a second")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    for browsers in dict.fromkeys((1, options.browsers)):
        report = measure(browsers, options.seconds, options.rate)
        print(
            json.dumps(report) if options.json else ", ".join(f"{name} {value}" for name, value in report.items()),
            flush=True,
        )


if __name__ == "__main__":
    main()
