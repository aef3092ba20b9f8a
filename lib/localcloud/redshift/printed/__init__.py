"""The examples that the Developer Guide prints and that don't run here, or come out differently, each with its reason.

Of the pages on COPY, UNLOAD, MERGE, PIVOT, procedures, dates, SUPER and spatial functions: https://docs.aws.amazon.com/redshift/latest/dg/
"""

from localcloud.redshift.printed.spatial import SPATIAL
from localcloud.redshift.printed.statements import MERGE, PIVOT, PROCEDURES
from localcloud.redshift.printed.transfer import COPY, UNLOAD
from localcloud.redshift.printed.values import DATES, OTHER, SUPER

SUBJECTS = {
    "COPY": COPY,
    "UNLOAD": UNLOAD,
    "MERGE": MERGE,
    "PIVOT": PIVOT,
    "Procedures": PROCEDURES,
    "Dates": DATES,
    "SUPER": SUPER,
    "Spatial": SPATIAL,
    "Others": OTHER,
}
"""Subject -> the differences of its examples."""
