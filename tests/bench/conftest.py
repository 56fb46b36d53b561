"""The tiny pack in use, and the one that is shipped."""

from __future__ import annotations

from tests.knowledge.conftest import shipped, tiny
from tests.screen.fixtures import tiny_in_use

__all__ = ["shipped", "tiny", "tiny_in_use"]
