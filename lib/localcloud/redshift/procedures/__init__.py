"""Stored procedures, run statement by statement: Redshift's transactions and handlers are not those of the engine.

https://docs.aws.amazon.com/redshift/latest/dg/stored-procedure-overview.html
"""
