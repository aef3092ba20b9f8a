"""Tests of GEOMETRY and GEOGRAPHY. The oracles are shapely, h3, Trino and what the Developer Guide prints."""
