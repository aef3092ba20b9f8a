"""How many data processing units (DPU) a run is billed for: https://docs.aws.amazon.com/glue/latest/dg/add-job.html"""

from __future__ import annotations

from typing import Any


def dpus(settings: dict[str, Any]) -> float:
    """Return the DPUs of a run by its workers, or by its capacity."""
    if "WorkerType" in settings:
        return factor(settings["WorkerType"]) * int(settings.get("NumberOfWorkers", 1))
    return float(settings.get("MaxCapacity", 1))


def factor(worker_type: str) -> float:
    """Return the DPUs of one worker: G.1X has one, R.4X four of the kind with more memory."""
    return 1.0 if worker_type == "Standard" else float(worker_type.split(".", 1)[1].rstrip("X").replace("025", "0.25"))
