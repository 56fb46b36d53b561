"""The terminal as every command uses it."""
