"""Building an index and exporting its model at the same time.

The reference encodes what the index is made of; another process exports the model meanwhile, and is shown to give the
same vectors.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from embeddings.encoders.export import exporting
from embeddings.index.index import inputs_of, open_index, vector_cache
from embeddings.index.storage import IndexStore

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from embeddings.encoders.exported import ExportedModel
    from embeddings.encoders.reference import Encoder
    from knowledge.model import Pack


def must_be_built(pack: Pack, encoder: Encoder, folder: Path) -> bool:
    """Return whether there is no index of this pack in a cache folder that could be opened as it is."""
    return IndexStore(folder, pack.id).fault_of(inputs_of(pack, encoder)) is not None


def prepare(
    pack: Pack,
    reference: Encoder,
    folder: Path,
    target: ExportedModel,
    *,
    say: Callable[[str], None],
    report: Callable[[int, int], None],
) -> None:
    """Build the index where it must be, and export the reference's model to `target`.

    Raises ExportError when the export fails, and the index may then be missing still; UserError when the index cannot
    be built.
    """
    with exporting(target, pack) as export:
        open_index(pack, reference, folder, say=say, report=report).close()
        export.finish(vector_cache(pack, reference, folder).encode)
