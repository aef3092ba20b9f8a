"""The folder that a job has on its path: `awsglue`, and nothing else."""
