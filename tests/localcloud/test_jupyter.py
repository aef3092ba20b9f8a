"""JupyterLab starts quietly and on loopback only."""

from __future__ import annotations

import json
from pathlib import Path

from localcloud.home import Home
from localcloud.jupyter import jupyter_command


def test_jupyterlab_is_told_to_be_quiet_and_to_stay_on_this_machine(tmp_path: Path) -> None:
    """Its address is 127.0.0.1, and its configuration switches off news, updates and the advice to build."""
    argv, env = jupyter_command(Home(tmp_path / ".lab"), tmp_path, 28123)
    conf = Path(env["JUPYTER_CONFIG_DIR"])
    told = [json.loads(path.read_text()) for path in sorted(conf.rglob("*")) if path.is_file()]
    assert {"--ip=127.0.0.1", "--port=28123"} <= set(argv)
    assert {"fetchNews": "false", "checkForUpdates": False} in told
    assert {"buildCheck": False, "buildAvailable": False} in told
