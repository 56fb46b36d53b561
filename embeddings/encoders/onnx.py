"""The reference's vectors by an exported model, within half a second of a start: torch is not imported."""

from __future__ import annotations

import json
import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from tokenizers import Tokenizer

from embeddings.encoders.reference import clean_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray
    from tokenizers import Encoding

    from embeddings.encoders.reference import Vectors

MODEL: Final = "model.onnx"
TOKENIZER: Final = "tokenizer.json"
"""The tokenizer as the reference uses it: it cuts where the reference cuts, and pads nothing."""

SETTINGS: Final = "encoder.json"
PADDING_ID: Final = "padding_id"

TEXTS_A_PASS: Final = 4
"""Texts of one forward pass, which are padded to the longest of them.

Measured with 32 questions of the pack on one core: 3.5 ms of processor time a text by fours, 5.1 by sixteens.
"""

MOST_ALIKE: Final = 32
"""Texts of one forward pass where the further ones need no padding.

Measured with 1,800 questions: 4.1 ms of processor time a text; 4.2 by sixteens, 4.7 by fours.
"""

_ERRORS_ONLY: Final = 3


def import_runtime() -> Any:  # noqa: ANN401 - it ships no types
    """Import ONNX Runtime, without the machine's number in the cache folder and the usage figures that it sends."""
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    import onnxruntime  # noqa: PLC0415 - it reads the variable as it is imported

    return onnxruntime


class OnnxEncoder:
    """An exported model on the CPU. It changes nothing, so several threads may use it at once."""

    def __init__(self, folder: Path, fingerprint: str, *, threads: int | None = None, beside: int = 1) -> None:
        """Load the files of a folder, exported from the model with this fingerprint; libraries raise anything.

        `threads` share one forward pass; None: as many as this process may use. So many passes run `beside` each other.
        """
        onnxruntime = import_runtime()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads or usable_cores()
        self._beside = beside
        options.inter_op_num_threads = 1
        options.log_severity_level = _ERRORS_ONLY
        # Else it keeps what the largest pass so far took, 40 MB with sixteen texts, for the same time of an answer.
        options.enable_cpu_mem_arena = False
        options.enable_mem_pattern = False
        # Threads that spin take the core from the one that they wait for, where another program has the other core.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._session = onnxruntime.InferenceSession(folder / MODEL, options, providers=["CPUExecutionProvider"])
        self._tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
        self._padding_id = int(json.loads((folder / SETTINGS).read_bytes())[PADDING_ID])
        self._dimensions = int(self._session.get_outputs()[0].shape[1])
        self._fingerprint = fingerprint

    @property
    def fingerprint(self) -> str:
        """That of the reference, for the vectors are the same."""
        return self._fingerprint

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return one unit vector a text, in order; shape (len(texts), dimensions), float32."""
        vectors = np.empty((len(texts), self._dimensions), dtype=np.float32)
        encodings = self._tokenizer.encode_batch_fast([clean_text(text) for text in texts])
        lengths = [len(encoding) for encoding in encodings]

        def encode(together: list[int]) -> None:
            vectors[together] = self._forward([encodings[at] for at in together])

        if self._beside == 1:
            for together in passes(lengths):
                encode(together)
        else:
            with ThreadPoolExecutor(self._beside) as pool:
                for _ in pool.map(encode, list(passes(lengths))[::-1]):  # the longest first: none is left to wait for
                    pass
        return vectors

    def _forward(self, encodings: list[Encoding]) -> NDArray[np.float32]:
        """Encode texts of which the last is the longest."""
        shape = len(encodings), len(encodings[-1].ids)
        ids = np.full(shape, self._padding_id, dtype=np.int64)
        mask = np.zeros(shape, dtype=np.int64)
        for row, encoding in enumerate(encodings):
            length = len(encoding.ids)
            ids[row, :length] = encoding.ids
            mask[row, :length] = 1
        vectors: NDArray[np.float32] = self._session.run(None, {"input_ids": ids, "attention_mask": mask})[0]
        return vectors


def passes(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Yield which texts share a forward pass, the longest last; `lengths` are in tokens."""
    order = sorted(range(len(lengths)), key=lengths.__getitem__)
    start = 0
    while start < len(order):
        end = min(start + TEXTS_A_PASS, len(order))
        longest = lengths[order[end - 1]]
        while end < min(start + MOST_ALIKE, len(order)) and lengths[order[end]] == longest:
            end += 1
        yield order[start:end]
        start = end


def usable_cores() -> int:
    """Return the number of cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
