"""Lesson: the commands and what they show."""
