"""The statements of Athena, one family per file. `FAMILIES` maps first words to families."""
