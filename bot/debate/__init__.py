"""Feature: debates, led in a thread or rehearsed in a terminal."""
