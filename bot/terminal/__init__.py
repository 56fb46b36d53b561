"""The commands of `dilemma`, each in a module of its own.

Floor 6. A module imports what its own command needs only when the command runs, so that `--help` stays quick.
"""
