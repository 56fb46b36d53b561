"""Handout: the commands and what they show."""
