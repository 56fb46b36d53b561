"""What the examples teach: ranking, silence, stances, what a turn wants."""
