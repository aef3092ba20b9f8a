"""Grok patterns: what a line of a log is made of, as Glue's classifiers and the GrokSerDe write it."""
