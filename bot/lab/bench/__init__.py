"""How fast: each part beside its lower bound and a naive baseline."""
