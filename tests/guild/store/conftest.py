"""Fixtures that tests of the log share."""

from tests.log.fixtures import impatient, log

__all__ = ["impatient", "log"]
