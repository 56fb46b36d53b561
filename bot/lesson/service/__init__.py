"""Use cases, as coroutines."""
