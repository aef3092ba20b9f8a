"""Spectrum: tables of the Glue catalog, read through Trino into the client's session when a query names them."""
