"""The shape of what the log does at the wish of others: one of the store's own functions, over an open database."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from sqlite_utils import Database

T = TypeVar("T")

Job = Callable[[Database], T]
