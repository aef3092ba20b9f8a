"""A local stand-in for AWS data services: S3, Glue, Athena and Redshift on real engines, without Docker."""
