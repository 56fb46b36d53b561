"""Asking on Discord's wire: each command and button, in every place, and what goes wrong there."""
