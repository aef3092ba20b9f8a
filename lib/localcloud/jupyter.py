"""JupyterLab on the lab's notebooks, quiet: no announcements from outside, no advice to build extensions."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from localcloud.home import LOOPBACK, Home, write_private

_NOTIFICATION = "@jupyterlab/apputils-extension/notification.jupyterlab-settings"


def jupyter_command(home: Home, folder: Path, port: int, address: str = LOOPBACK) -> tuple[list[str], dict[str, str]]:
    """Return the arguments that start JupyterLab on `folder`, and the extra variables it needs."""
    conf = home.conf("jupyter")
    # A package brings an extension in source form; JupyterLab would ask each time to build it, which needs Node.js.
    write_private(conf / "labconfig" / "page_config.json", json.dumps({"buildCheck": False, "buildAvailable": False}))
    quiet = {"fetchNews": "false", "checkForUpdates": False}
    write_private(conf / "lab" / "user-settings" / _NOTIFICATION, json.dumps(quiet))
    options = [f"--port={port}", f"--ip={address}", f"--ServerApp.root_dir={folder}"]
    if os.geteuid() == 0:
        options.append("--allow-root")
    return [sys.executable, "-m", "jupyterlab", *options], {"JUPYTER_CONFIG_DIR": str(conf)}
