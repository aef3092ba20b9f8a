"""Athena: the AWS API, the Hive DDL and the result files are here; the SQL is answered by a real Trino."""
