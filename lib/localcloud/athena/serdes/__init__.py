"""SerDes: which ones the engine reads, what their properties mean, and what the engine must be told to read them."""
