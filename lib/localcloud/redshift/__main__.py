"""The process of the gateway: prepares the engine, then listens until it is told to end."""

from __future__ import annotations

import asyncio
import logging
import signal

from localcloud.redshift.engine import Engine, prepare
from localcloud.redshift.gateway import activation
from localcloud.redshift.gateway.server import Gateway
from localcloud.redshift.planning import Planning
from localcloud.redshift.settings import GatewaySettings


async def main() -> None:
    """Run until SIGTERM or SIGINT."""
    settings, engine = GatewaySettings.from_environment(), Engine()
    await prepare(engine, settings.admin_password)
    serving = asyncio.create_task(Gateway(settings, engine, Planning()).serve())
    spatial = asyncio.create_task(activation.keep(activation.listen()))
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, serving.cancel)
    try:
        await serving
    except asyncio.CancelledError:
        spatial.cancel()
        await asyncio.gather(spatial, return_exceptions=True)
        await engine.close()


logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
asyncio.run(main())
