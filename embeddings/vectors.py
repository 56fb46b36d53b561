"""Vectors that were computed once are kept: a text that did not change is not encoded again.

One file a model, `vectors-<fingerprint>.npz`, with the hash of each text and its vector. It must not know what the
texts are.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from embeddings.encoder import Encoder, Vectors

_PIECE: Final = 256
"""Texts encoded between two reports of progress."""


def text_key(text: str) -> str:
    """Give the content hash under which a text's vector is kept."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


class VectorCache:
    """The kept vectors of one model. Without a folder nothing is kept between runs."""

    def __init__(self, encoder: Encoder, folder: Path | None) -> None:
        """Read what is kept; a file that cannot be read counts as empty."""
        self._encoder = encoder
        self._path = folder / f"vectors-{encoder.fingerprint[:16]}.npz" if folder else None
        self._known = self._read()

    def encode(self, texts: Sequence[str], report: Callable[[int, int], None] = lambda _done, _total: None) -> Vectors:
        """Give one unit vector a text, in order, encoding only new texts; shape (len(texts), dimensions).

        `report(done, total)` is called as the new texts are encoded, in texts.
        """
        keys = [text_key(text) for text in texts]
        new = list({key: text for key, text in zip(keys, texts, strict=True) if key not in self._known}.items())
        new.sort(key=lambda entry: len(entry[1]))  # texts of one length share a batch without padding
        report(0, len(new))
        for start in range(0, len(new), _PIECE):
            piece = new[start : start + _PIECE]
            vectors = self._encoder.encode([text for _, text in piece])
            self._known.update({key: vector for (key, _), vector in zip(piece, vectors, strict=True)})
            report(start + len(piece), len(new))
        if not keys:
            return np.zeros((0, 0), dtype=np.float32)
        return np.stack([self._known[key] for key in keys])

    def keep_only(self, texts: Sequence[str]) -> None:
        """Write the vectors of these texts and forget the others. Raises OSError when the folder cannot be written."""
        if self._path is None:
            return
        keys = list(dict.fromkeys(text_key(text) for text in texts))
        self._path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix="vectors-", suffix=".part", dir=self._path.parent)
        try:
            with os.fdopen(handle, "wb") as stream:
                np.savez(stream, keys=np.array(keys), vectors=np.stack([self._known[key] for key in keys]))
            Path(name).replace(self._path)
        except BaseException:
            with contextlib.suppress(OSError):
                Path(name).unlink()
            raise

    def _read(self) -> dict[str, np.ndarray[tuple[int], np.dtype[np.float32]]]:
        if self._path is None:
            return {}
        try:
            with self._path.open("rb") as stream, np.load(stream, allow_pickle=False) as kept:
                return dict(zip(kept["keys"].tolist(), kept["vectors"], strict=True))
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
            return {}
