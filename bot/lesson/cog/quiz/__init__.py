"""Quiz: the commands and what they show."""
