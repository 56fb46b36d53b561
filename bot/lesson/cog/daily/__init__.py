"""Daily: the commands and what they show."""
