"""Feature: ask, chat, rebut, cite, and look things up."""
