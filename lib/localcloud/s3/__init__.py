"""What comes before the object store: a proxy for data, and a door for what the store would answer wrongly."""
