"""What the AWS services of the stand-in are made of: the base of each, keys and signatures, state on disk, refusals."""
