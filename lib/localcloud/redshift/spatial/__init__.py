"""GEOMETRY and GEOGRAPHY: their forms, and the functions that the engine asks a process of its own for (ADR 18).

https://docs.aws.amazon.com/redshift/latest/dg/geospatial-overview.html
"""
