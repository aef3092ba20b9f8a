"""How long an event takes from Kafka to the pixels of the live page: `./lab bench dashboard [--browsers 20] [--json]`.

Sends events with advancing event times at a steady pace, and notes in each browser when its clock shows them, which it
does after all else is drawn. `browser_cpu` is how much of a core one browser takes. Needs Kafka up and a Chromium.
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

from smartcity import kafka, kafka_login
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
    producer, sent = Producer({**kafka_login.client(broker), "linger.ms": 0}), dict[str, float]()
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


def serve_page(broker: str) -> tuple[Live, Feed, Any]:
    """Return the state of a city before its first event, its feed from now on, and a server of its page."""
    kafka.ensure_topics(broker)
    live = Live(city(Config()).roads)
    feed = Feed(live, broker, kafka.end_offsets(broker)).start()
    server = serve(live, feed, LakeWatch(Lake("s3://smartcity-lake/bench")), ("127.0.0.1", 0))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    hour = [(number, BASE - timedelta(seconds=3600 - number)) for number in range(3600)]
    live.take(("vehicle_data", vehicle(n, len(live.roads), at), int(at.timestamp() * 1000)) for n, at in hour)
    return live, feed, server


def open_page(browser: Any, url: str) -> Any:
    """Return a page in a profile of its own that shows the live city and notes when its clock changes."""
    page = browser.new_context(viewport={"width": 1366, "height": 768}).new_page()
    page.set_default_timeout(120_000)
    page.goto(url)
    while not page.evaluate("Boolean(document.getElementById('clock')?.textContent.startsWith('Live'))"):
        time.sleep(0.1)
    page.evaluate(WATCH)
    return page


def measure(browsers: int, seconds: int, rate: int) -> dict[str, Any]:
    """Serve the page, open it so many times, send, and return the percentiles over all browsers."""
    broker = os.environ["KAFKA_BOOTSTRAP_SERVERS"]
    live, feed, server = serve_page(broker)
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-gpu", "--disable-quic"]
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=arguments)
        accounts = browser.new_browser_cdp_session()
        pages = [open_page(browser, f"http://127.0.0.1:{server.port}/") for _ in range(browsers)]
        time.sleep(2)  # what a page does when it opens is over
        before = time.process_time(), _cpu_s(accounts)
        sent = send(broker, len(live.roads), seconds, rate)
        server_cpu, all_cpu = time.process_time() - before[0], _cpu_s(accounts) - before[1]
        time.sleep(4)
        seen = [page.evaluate("window.seen") for page in pages]
        browser.close()
    feed.stop()
    server.shutdown()
    server.server_close()
    delays = np.array([delay for one in seen for delay in latencies(sent, one)])
    p50, p95, worst = (round(float(np.nanquantile(delays, part)), 2) for part in (0.5, 0.95, 1.0))
    told = {"browsers": browsers, "events_s": rate, "seconds": seconds, "p50_s": p50, "p95_s": p95, "max_s": worst}
    told |= {"never_shown": int(np.isnan(delays).sum()), "fewest_pictures": min(map(len, seen))}
    return {
        **told,
        "browser_cpu": round(all_cpu / seconds / browsers, 3),
        "server_cpu": round(server_cpu / seconds, 3),
        "load": round(os.getloadavg()[0], 1),
    }


def _cpu_s(accounts: Any) -> float:
    """Return the CPU-seconds of all processes of a browser."""
    return sum(one["cpuTime"] for one in accounts.send("SystemInfo.getProcessInfo")["processInfo"])


def main() -> None:
    """Measure with so many browsers, one number after the other."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--browsers", type=int, nargs="+", default=[1, 10, 20])
    parser.add_argument("--seconds", type=int, default=30)
    parser.add_argument("--rate", type=int, default=100, help="events a second")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    for browsers in options.browsers:
        report = measure(browsers, options.seconds, options.rate)
        print(
            json.dumps(report) if options.json else ", ".join(f"{name} {value}" for name, value in report.items()),
            flush=True,
        )


if __name__ == "__main__":
    main()
