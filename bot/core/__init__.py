"""Deciding what to say, as pure functions over values.

Floor 2. It must not know Discord, SQL, the clock, `await`, or a model: importing it stays cheap, and testing it plain.
"""
