"""The process of the AWS API: reads its environment, loads the state, serves until it is stopped."""

from __future__ import annotations

import logging
import os
import signal
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from moto.moto_server.werkzeug_app import MotoRequestHandler
from werkzeug.serving import BaseWSGIServer, make_server

from localcloud.aws import kms_state, managed_policies, persistence
from localcloud.aws.keys import KeyRing
from localcloud.aws.seed import ACCOUNT, REGION, seed
from localcloud.endpoint.gate import Gate
from localcloud.errors import LocalCloudError
from localcloud.glue import crawl, job_runs
from localcloud.glue import state as glue
from localcloud.glue.schedule import Clock
from localcloud.redshift.api.seed import seed as seed_redshift
from localcloud.s3.begun import Begun
from localcloud.s3.door import Door

log = logging.getLogger(__name__)


class BadEnvironment(LocalCloudError):
    """The process was started without a variable that it needs."""


@dataclass(frozen=True)
class Settings:
    """Where the server listens and keeps its state, and the keys that open it."""

    host: str
    port: int
    state: Path | None
    keys: KeyRing = field(repr=False)
    door: Door | None = None
    """What answers S3's proxy."""

    @classmethod
    def read(cls, env: Mapping[str, str]) -> Settings:
        """Return the settings that LOCALCLOUD_HOST, _PORT and _STATE and the AWS key variables hold."""
        names = ("LOCALCLOUD_HOST", "LOCALCLOUD_PORT", "LOCALCLOUD_STATE", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
        missing = [name for name in names if not env.get(name)]
        if missing:
            raise BadEnvironment(f"Not set: {', '.join(missing)}. Try: ./lab up aws, which sets all of them.")
        host, port, state, key, secret = (env[name] for name in names)
        keys = KeyRing(key, secret)
        return cls(host, int(port), Path(state), keys, _door(env, keys, Path(state)))


def _door(env: Mapping[str, str], keys: KeyRing, state: Path) -> Door | None:
    if not env.get("LOCALCLOUD_S3_DOOR"):
        return None
    return Door(env["LOCALCLOUD_S3_STORE"], keys, env["LOCALCLOUD_S3_DOOR"], Begun(state / "s3_uploads.json"))


def open_server(settings: Settings) -> BaseWSGIServer:
    """Return a server that is bound and has its state; `serve_forever()` starts answering."""

    class Handler(MotoRequestHandler):
        timeout = 120  # idle seconds after which a kept connection is closed

        def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
            """Log nothing: one line per call would bury the errors."""

    managed_policies.install()
    kms_state.install()
    glue.install()
    store = persistence.Store(settings.state) if settings.state else None
    persistence.use(store)
    loaded = store.load() if store else []
    managed_policies.adopt_old_state()
    job_runs.recover()
    seed()
    for service in ("iam", *seed_redshift(ACCOUNT, REGION)):
        persistence.save(service)
    server = make_server(
        settings.host, settings.port, Gate(settings.keys, settings.door), threaded=True, request_handler=Handler
    )
    log.info("AWS API on port %d, state loaded: %s", server.port, ", ".join(loaded) or "none yet")
    return server


def main() -> None:
    """Serve until SIGTERM or SIGINT."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    server = open_server(Settings.read(os.environ))

    def stop(_number: int, _frame: FrameType | None) -> None:
        # shutdown() waits for serve_forever(), which runs in this thread.
        threading.Thread(target=server.shutdown).start()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    clock = Clock(crawl.start_due)
    clock.start()
    server.serve_forever()
    clock.stop()
    crawl.stop_all()
    job_runs.stop_all()
    server.server_close()
