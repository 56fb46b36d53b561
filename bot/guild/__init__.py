"""Ground: who may do what, in which language and style, and what must not be quoted."""
