"""How good: questions, conversations and claims that were not learnt from."""
