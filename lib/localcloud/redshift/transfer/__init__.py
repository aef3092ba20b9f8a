"""COPY and UNLOAD: between S3 and the engine, in the client's transaction, in bounded memory."""
