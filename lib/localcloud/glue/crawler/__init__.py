"""The crawler's engine: lists S3, reads the head or the end of files, says which tables lie there. Knows no catalog."""
