"""Differences in the examples on spatial functions."""

from localcloud.redshift.printed.difference import DATA, GUIDE, LAB, ORDER, Difference

SPATIAL = (
    Difference(
        "ST_Transform-function, ST_MemSize-function, DropBBox-function, SupportsBBox-function",
        "ST_Transform, ST_MemSize and DropBBox (6 statements)",
        "Refused",
        LAB,
    ),
    Difference(
        "ST_Area-function",
        "The area of a polygon in a geography: 201824655743.383",
        "201824850811.762, which is exact; AWS's is an approximation.",
        LAB,
    ),
    Difference(
        "ST_Buffer-function",
        "Buffers with 8 segments for a quarter of a circle",
        "The last one or two of 15 digits differ.",
        LAB,
    ),
    Difference("H3_Boundary-function, H3_Center-function", "POLYGON, POINT", "The last digit of some coordinates", LAB),
    Difference("ST_Collect-function", "Geometries by id", "In another order, which the query leaves open", ORDER),
    Difference("ST_Collect-function", "The last example", "A parenthesis more: the page drops it.", GUIDE),
    Difference("H3_Polyfill-function", "The list of cells", "The same cells in another order", ORDER),
    Difference("ST_IsPolygonCW-function", "`true`", "false: ST_IsPolygonCCW is true of the same polygon.", GUIDE),
    Difference(
        "spatial-tutorial, spatial-copy-shapefile", "Files of the tutorial, and shapefiles", "No such files", DATA
    ),
)
