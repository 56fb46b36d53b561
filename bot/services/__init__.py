"""The use cases, as coroutines: ask, and everything that goes with it.

Floor 4, and the only floor in which threads are crossed: what is above awaits, what is below blocks.
"""
