"""Prompt: the commands and what they show."""
