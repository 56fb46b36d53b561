"""The released steps that make the log's tables. They never change."""
