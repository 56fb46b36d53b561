"""The log: one SQLite file, one writer, and what it holds about people."""
