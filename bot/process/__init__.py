"""What keeps one process going: its clock, limits, messages and background work."""
