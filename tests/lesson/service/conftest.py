"""Fixtures that tests of services share."""

from tests.debate.service.fixtures import clock, debates, log

__all__ = ["clock", "debates", "log"]
