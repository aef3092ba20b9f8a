"""The AWS API of the stand-in: one signed endpoint for every service but S3, in one process."""
