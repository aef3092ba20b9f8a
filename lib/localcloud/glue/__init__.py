"""Glue: the data catalog as its clients need it, crawlers that read what is in S3, and jobs."""
