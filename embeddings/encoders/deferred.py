"""An encoder that is loaded when it is first needed, and known by its fingerprint before."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from embeddings.encoders.reference import Encoder, Vectors


class DeferredEncoder:
    """The reference, which takes seconds and torch to load. Several threads may use it at once."""

    def __init__(self, fingerprint: str, load: Callable[[], Encoder]) -> None:
        """`load` returns the encoder of this fingerprint, or raises UserError."""
        self._fingerprint = fingerprint
        self._load = load
        self._loaded: Encoder | None = None
        self._guard = threading.Lock()

    @property
    def fingerprint(self) -> str:
        """That of the encoder."""
        return self._fingerprint

    def loaded(self) -> Encoder:
        """Return the encoder itself; loads it at the first call (UserError)."""
        with self._guard:
            if self._loaded is None:
                self._loaded = self._load()
            return self._loaded

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return one unit vector a text, in order; shape (len(texts), dimensions), float32."""
        return self.loaded().encode(texts)
