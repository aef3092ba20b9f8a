"""The statements of Athena, one family a file. `FAMILIES` says which family answers which words."""
