"""Discord as every command uses it."""
