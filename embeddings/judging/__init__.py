"""How good retrieval is, measured on what it has not seen."""
