"""Texts to vectors: the reference model, and its exported form."""
