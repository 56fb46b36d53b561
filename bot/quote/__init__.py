"""Ground: what every feature shows, always proven."""
