"""What a Discord message is made of, in the reader's language."""
