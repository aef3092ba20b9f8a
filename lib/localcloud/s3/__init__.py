"""The front of the object store: a proxy for data, and a door for requests that the store would answer wrongly."""
