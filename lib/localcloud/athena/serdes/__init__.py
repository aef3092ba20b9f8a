"""SerDes: which ones the engine reads, what their properties mean, and what the engine needs to read them."""
