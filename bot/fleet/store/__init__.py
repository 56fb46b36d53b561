"""Rows: what is kept, in plain SQL."""
