"""One client's session: what it sends is made ready, run and answered, whatever kind of statement it is."""
