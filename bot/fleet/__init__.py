"""Feature: several processes that serve one bot, and share its shards out among them."""
