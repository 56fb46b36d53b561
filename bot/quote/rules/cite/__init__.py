"""Whether a quotation is what the articles say: what carries it, where it stands, what was changed or cut off."""
