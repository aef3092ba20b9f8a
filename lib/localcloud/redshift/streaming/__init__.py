"""Streaming ingestion from Kafka: external schemas of topics, and the records that a refresh reads from them."""
