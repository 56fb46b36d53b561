"""Discord: translates, decides nothing."""
