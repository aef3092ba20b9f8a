"""The crawler's engine: lists S3, reads the head or the end of files, says which tables are there. Knows no catalog."""
