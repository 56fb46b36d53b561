"""Pointing at one turn of one conversation, so that a button can find its answer again."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TurnRef:
    """A turn: the id of its conversation, and its number in it, from 1."""

    conversation_id: str
    number: int

    def __post_init__(self) -> None:
        """Refuse numbers below 1 (ValueError)."""
        if self.number < 1:
            raise ValueError(f"turns count from 1, not {self.number}")
