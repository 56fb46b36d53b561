"""Roof: what is kept about a person, shown, exported and deleted."""
