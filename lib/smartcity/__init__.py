"""The pipeline of the lab: simulated city events through Kafka and Spark into a lake, a catalog, and a warehouse."""
