"""moto's EC2 offers, read when they are asked for."""

from __future__ import annotations

import subprocess
import sys

SCRIPT = """
from localcloud.endpoint.lean import import_ec2
import_ec2()
from moto.ec2.models.instance_types import INSTANCE_TYPE_OFFERINGS as known
print(sorted(known), [len(offers) for offers in known.values()])
one = known["availability-zone"]["eu-central-1"]
print(len(one) > 100, sorted(one[0]), {offer["LocationType"] for offer in one})
print(known["region"].get("nowhere-1", "unknown"), len(known["region"].get("us-east-1")) > 100)
"""


def test_offers_are_read_when_asked_for() -> None:
    """No region's offers are loaded at first; asked for, they are moto's own; an unknown region has none."""
    lines = subprocess.run(
        [sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True
    ).stdout.splitlines()
    assert lines == [
        "['availability-zone', 'availability-zone-id', 'region'] [0, 0, 0]",
        "True ['InstanceType', 'Location', 'LocationType'] {'availability-zone'}",
        "unknown True",
    ]
