"""A local stand-in for the AWS data services of the lab: S3, Glue, Athena and Redshift on real engines, without Docker."""
