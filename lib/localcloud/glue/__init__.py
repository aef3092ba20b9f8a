"""Glue: the data catalog as its clients need it, and crawlers that read what is in S3."""
