"""What an example of the Developer Guide differs in here, and the reasons for it."""

from __future__ import annotations

from typing import NamedTuple

DATA = "Data not available"
SERVICE = "AWS service not in the lab"
SESSION = "Depends on the day or session"
GUIDE = "Error in the guide"
LAB = "Lab differs"
ORDER = "Order not defined"
TEXT = "Not a statement"


class Difference(NamedTuple):
    """What differs in an example of one page or more."""

    pages: str
    example: str
    difference: str
    reason: str
