"""What is done to records and events, without network and clock."""
