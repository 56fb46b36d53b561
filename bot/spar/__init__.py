"""Feature: sparring, in which the bot holds one side."""
