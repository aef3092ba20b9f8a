"""Glue jobs: what is kept of a job and its runs, the rules of a definition, and the process that runs a script."""
