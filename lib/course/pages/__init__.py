"""Pages seen through Chromium: what keeps readers out of them, and figures as pictures."""
