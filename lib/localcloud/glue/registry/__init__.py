"""The Glue Schema Registry: registries, schemas and their versions, and the rules by which a schema may evolve."""
