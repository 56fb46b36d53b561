"""What a turn of a conversation means, from its words and what came before."""
