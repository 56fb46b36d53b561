"""Measuring: how fast the program is, and how good its answers are."""
