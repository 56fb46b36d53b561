"""Exporting a model to ONNX, and proving the result equal to the reference.

A process of its own exports, then encodes texts with the reference, while what it exported builds the index here:
`exporting` starts it, `Export.encoder` is there after some seconds, and `Export.finish` compares the two. So torch is
in no other process. Supported are models of a transformer, the mean of its tokens, and the length 1.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final

import numpy as np

from embeddings.encoders.deferred import DeferredEncoder
from embeddings.encoders.exported import WEIGHTS, ExportError, Proof
from embeddings.encoders.graph import OPSET, is_bert, write_bert
from embeddings.encoders.precision import LEAST_COSINE, least_cosine
from embeddings.learnt.spelling import Spelling

# What runs a model takes seconds to import, and only the process that exports needs it.
# ruff: noqa: PLC0415

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from embeddings.encoders.exported import ExportedModel
    from embeddings.encoders.onnx import OnnxEncoder
    from embeddings.encoders.reference import Encoder, Vectors
    from knowledge.model import Pack

_RANKED: Final = 5
"""Passages nearest to a question whose order must be the reference's."""

_ROUNDING: Final = 5e-6
"""Cosines of the reference that differ by less count as equal: single precision does not tell them apart."""

_PASSAGES_COMPARED: Final = 20_000
"""Passages that are compared, evenly spread where there are more: a minute's work."""

_EXAMPLES_COMPARED: Final = 300
"""Examples that are compared, evenly spread over the pack's files, where questions of a kind stand together."""

_PATIENCE_S: Final = 600
"""How long an export may take once everything else is done; half a minute is usual."""

_ENVIRON: Final = {
    "HF_HUB_OFFLINE": "1",
    "PYTHONWARNINGS": "ignore",
    # One core at most: the other ones build the index meanwhile.
    "OMP_NUM_THREADS": "1",
    # What a forward pass took is given back: 80 MB less.
    "MALLOC_MMAP_THRESHOLD_": "1000000",
}

_BLOCK: Final = 256
_VECTORS: Final = "vectors.npy"
_EXPORTED: Final = "exported"
_POLL_S: Final = 0.05
_MODULES: Final = ["Transformer", "Pooling", "Normalize"]
_ROOT: Final = Path(__file__).parents[2]
_RUN: Final = """\
import sys
sys.path.append(sys.argv[1])
from embeddings.encoders.export import main
main(sys.argv[2], sys.argv[3])
"""


@dataclass(frozen=True, slots=True)
class Export:
    """An export under way in another process, where the reference encodes `texts` for the comparison.

    The first `passages` of the texts are what the others are ranked against.
    """

    target: ExportedModel
    fresh: Path
    texts: Sequence[str]
    passages: int
    process: subprocess.Popen[bytes]
    messages: IO[bytes]

    @property
    def kept(self) -> bool:
        """Whether the model was proven and put in its place."""
        return not self.fresh.exists()

    def encoder(self) -> Encoder:
        """Return the exported model, not yet proven. It is waited for at the first text (ExportError)."""
        return DeferredEncoder(self.target.fingerprint, self._loaded)

    def _loaded(self) -> OnnxEncoder:
        from embeddings.encoders.onnx import OnnxEncoder, usable_cores

        deadline = time.monotonic() + _PATIENCE_S
        while not (self.fresh / _EXPORTED).exists():
            self._wait(min(_POLL_S, deadline - time.monotonic()), last=time.monotonic() > deadline - _POLL_S)
        # Threads that share a pass wait for each other: a tenth more texts a second where each has its own.
        return OnnxEncoder(self.fresh, self.target.fingerprint, threads=1, beside=usable_cores())

    def finish(self, encode: Callable[[Sequence[str]], Vectors]) -> None:
        """Compare vectors by the exported model with the reference's, and keep the model. Raises ExportError."""
        self._wait(_PATIENCE_S, last=True)
        path = self.fresh / _VECTORS
        try:
            reference = np.load(path)
            path.unlink()
            (self.fresh / _EXPORTED).unlink()
            self.target.keep(self.fresh, compared(reference, encode(self.texts), self.passages))
        except (OSError, ValueError) as error:
            raise ExportError(f"what was exported cannot be kept ({error})") from error

    def _wait(self, patience_s: float, *, last: bool) -> None:
        """Wait for the process to end, at the `last` time not in vain. Raises ExportError, also if it failed."""
        try:
            code = self.process.wait(max(0.0, patience_s))
        except subprocess.TimeoutExpired as error:
            if not last:
                return
            raise ExportError(f"the process that exports it is not done after {_PATIENCE_S} s") from error
        if code:
            self.messages.seek(0)
            said = self.messages.read().decode("utf-8", "replace").strip().rpartition("\n")[2]
            raise ExportError(said[:200] or f"the process that exports it ended with code {code}")


@contextlib.contextmanager
def exporting(target: ExportedModel, pack: Pack) -> Iterator[Export]:
    """Export a model in a process that does not outlive the block. Raises ExportError."""
    texts, passages = texts_to_compare(pack)
    with target.being_made() as fresh, tempfile.TemporaryFile() as messages:
        environ = os.environ | _ENVIRON
        # -P: a folder of the name embeddings where the person happens to be is none of ours.
        command = [sys.executable, "-P", "-c", _RUN, str(_ROOT), str(target.source), str(fresh)]
        with subprocess.Popen(  # noqa: S603 - our own program
            command, env=environ, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=messages
        ) as process:
            try:
                assert process.stdin is not None  # noqa: S101 - it is a pipe
                # It stays open: its end tells the process that nobody waits for it any more.
                with contextlib.suppress(BrokenPipeError):
                    process.stdin.write(json.dumps(texts).encode() + b"\n")
                    process.stdin.flush()
                yield Export(target, fresh, texts, passages, process, messages)
            finally:
                process.kill()


def texts_to_compare(pack: Pack) -> tuple[list[str], int]:
    """Return a pack's passages, then some examples and one text that is too long; and the number of passages."""
    passages = _spread([passage.text for passage in pack.passages], _PASSAGES_COMPARED)
    read = Spelling.of(pack).read
    asked = [question.text for question in pack.questions]
    claimed = [statement.text for statement in pack.statements]
    examples = [read(text) for text in _spread(asked + claimed, _EXAMPLES_COMPARED)]
    return [*passages, *examples, " ".join(passages)[:10_000]], len(passages)


def _spread(texts: list[str], most: int) -> list[str]:
    return texts[:: max(1, -(-len(texts) // most))]


def compared(reference: Vectors, exported: Vectors, passages: int) -> Proof:
    """Compare two vectors of each text, and the ranking of the passages. Raises ExportError."""
    if reference.shape != exported.shape:
        raise ExportError(f"its vectors have the shape {exported.shape} instead of {reference.shape}")
    least = least_cosine(reference, exported)
    if not least >= LEAST_COSINE:
        raise ExportError(f"its vectors differ from the reference's (least cosine {least:.6f})")
    for start in range(passages, len(reference), _BLOCK):
        block = slice(start, start + _BLOCK)
        right = reference[block] @ reference[:passages].T
        found = exported[block] @ exported[:passages].T
        best = np.take_along_axis(right, np.argsort(-right, axis=1, kind="stable")[:, :_RANKED], axis=1)
        ranked = np.take_along_axis(right, np.argsort(-found, axis=1, kind="stable")[:, :_RANKED], axis=1)
        if np.abs(best - ranked).max(initial=0.0) > _ROUNDING:
            raise ExportError("it ranks passages in another order than the reference")
    return Proof(len(reference), least)


def main(source: str, target: str) -> None:
    """Read texts from stdin, write the model to a folder, then the reference's vectors: the process that exports."""
    texts: list[str] = json.loads(sys.stdin.buffer.readline())
    threading.Thread(target=_end_when_nobody_waits, daemon=True).start()
    try:
        export(Path(source), Path(target))
    except ExportError as error:
        sys.exit(str(error))
    (Path(target) / _EXPORTED).touch()
    from embeddings.encoders.reference import SentenceEncoder

    reference = SentenceEncoder(str(Path(source).absolute()))
    # The last one is as long as can be: in one batch, others would be padded to its length.
    np.save(Path(target) / _VECTORS, np.concatenate([reference.encode(texts[:-1]), reference.encode(texts[-1:])]))


def _end_when_nobody_waits() -> None:
    # Past Python's own buffer, whose lock would be in the way when this process ends.
    os.read(sys.stdin.fileno(), 1)
    os._exit(1)


def export(source: Path, target: Path) -> None:
    """Write the model in a folder as the files of an `OnnxEncoder`. Raises ExportError for a model of another kind."""
    longest = supported_length(source)
    from transformers import AutoTokenizer

    from embeddings.encoders.onnx import MODEL, PADDING_ID, SETTINGS, TOKENIZER

    tokenizer = AutoTokenizer.from_pretrained(source, local_files_only=True)
    # The model's own file may pad and cut in its own way; sentence-transformers does not heed that.
    cutting = tokenizer.backend_tokenizer
    cutting.no_padding()
    cutting.enable_truncation(longest)
    cutting.save(str(target / TOKENIZER), pretty=False)
    (target / SETTINGS).write_text(json.dumps({PADDING_ID: tokenizer.pad_token_id}), encoding="utf-8")
    settings, weights = _settings(source / "config.json", {}), source / WEIGHTS
    if is_bert(settings, weights):
        write_bert(settings, weights, target / MODEL)
    else:
        _write_traced(source, target / MODEL)


def _write_traced(source: Path, path: Path) -> None:
    """Write the graph that torch makes of any transformer."""
    import torch
    from transformers import AutoModel

    # "eager" gives the plainest graph; every attention computes the same.
    transformer = AutoModel.from_pretrained(source, local_files_only=True, attn_implementation="eager").eval().float()

    class Sentences(torch.nn.Module):
        """The three modules of a sentence-transformers model as one."""

        def __init__(self) -> None:
            super().__init__()
            self.transformer = transformer

        def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
            tokens = self.transformer(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
            weights = attention_mask.unsqueeze(-1).to(tokens.dtype)
            means = (tokens * weights).sum(1) / weights.sum(1).clamp(min=1e-9)
            return torch.nn.functional.normalize(means, p=2, dim=1)

    # Two texts of different length; what is 1 here would be taken for a constant.
    ids = torch.arange(1, 19).reshape(2, 9)
    mask = (ids < 15).to(torch.int64)  # noqa: PLR2004 - the last tokens of the second text are padding
    shape = {0: "batch", 1: "length"}
    inputs = ["input_ids", "attention_mask"]
    with torch.inference_mode(), warnings.catch_warnings():
        # The exporter that traces is deprecated; the other one needs a package more.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            Sentences(),
            (ids, mask),
            str(path),
            input_names=inputs,
            output_names=["vectors"],
            dynamic_axes=dict.fromkeys(inputs, shape) | {"vectors": {0: "batch"}},
            opset_version=OPSET,
            dynamo=False,
        )


def supported_length(source: Path) -> int:
    """Return the number of tokens at which a model cuts a text. Raises ExportError for a model of another kind."""
    modules = _settings(source / "modules.json", [])
    kinds = [str(module.get("type")).rpartition(".")[2] for module in modules]
    if kinds != _MODULES or modules[0].get("path"):
        raise ExportError(
            f"only models of {', '.join(_MODULES)} can be exported, not one of {', '.join(kinds) or 'no modules'}"
        )
    pooling = _settings(source / str(modules[1].get("path")) / "config.json", {})
    named = {key.removeprefix("pooling_mode_") for key, on in pooling.items() if key.startswith("pooling_mode_") and on}
    if (named or {f"{pooling.get('pooling_mode')}_tokens"}) != {"mean_tokens"}:
        raise ExportError("only models that take the mean of the tokens can be exported")
    transformer = _settings(source / "sentence_bert_config.json", {})
    longest = transformer.get("max_seq_length")
    if not isinstance(longest, int) or transformer.get("do_lower_case"):
        raise ExportError("its sentence_bert_config.json gives no max_seq_length, or asks for lower case")
    if _settings(source / "config_sentence_transformers.json", {}).get("default_prompt_name"):
        raise ExportError("it puts a prompt before each text")
    return longest


def _settings(path: Path, default: Any) -> Any:  # noqa: ANN401 - JSON holds anything
    try:
        settings = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return default
    return settings if isinstance(settings, type(default)) else default
