"""A pack's index: vectors and words, kept on disk."""
