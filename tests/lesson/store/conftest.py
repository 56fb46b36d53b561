"""Fixtures that tests of the log share."""

from tests.log.fixtures import impatient, log, path, place

__all__ = ["impatient", "log", "path", "place"]
