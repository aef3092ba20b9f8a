"""Brings a warehouse that another version of the lab made to this version (docs/adr/0016).

`folders` holds the copy, the new data folder and the way back; `servers` starts PostgreSQL on each; `stamp` reads which
version made the old one. Then `roles`, `schema`, `rows` and `books` carry what it holds, and `equality` proves it.
"""
