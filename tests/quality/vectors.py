"""Encode the examples of the repository's packs with the reference, and ship their vectors with the program.

    python -m tests.quality.vectors     # two minutes; after many examples changed

A build encodes by itself what is not among them, so that they need not be up to date, and nothing depends on them.
"""

from __future__ import annotations

import sys
from itertools import chain
from typing import TYPE_CHECKING

from embeddings.encoders.precision import EXAMPLE_BITS, rounded
from embeddings.encoders.reference import SentenceEncoder
from embeddings.index.index import example_texts
from embeddings.index.shipped import ShippedVectors
from knowledge.pack import load_pack, shipped_folders

if TYPE_CHECKING:
    from pathlib import Path


def ship_vectors() -> Path:
    """Write the vectors of all examples into the program's folder for them, and return the file's path."""
    texts = sorted(set(chain.from_iterable(example_texts(load_pack(pack)) for pack in shipped_folders())), key=len)
    encoder = SentenceEncoder()
    shipped = ShippedVectors.from_texts(texts, rounded(encoder.encode(texts), EXAMPLE_BITS))
    return shipped.save(encoder.fingerprint)


if __name__ == "__main__":
    sys.stdout.write(f"{ship_vectors()}\n")
