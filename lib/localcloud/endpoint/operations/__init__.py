"""Which AWS operations the stand-in performs, which it only records, and which it refuses."""
