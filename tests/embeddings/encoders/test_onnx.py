"""The fast encoder: equal to the reference, text by text, and without its libraries."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from embeddings.encoders.export import export
from embeddings.encoders.graph import is_bert
from embeddings.encoders.onnx import OnnxEncoder, passes, usable_cores
from embeddings.encoders.reference import EMBEDDED_SHA256, SentenceEncoder, embedded_model_folder

if TYPE_CHECKING:
    from embeddings.encoders.exported import ExportedModel
    from knowledge.model import Pack

ROOT = Path(__file__).parents[3]
HEAVY = {"torch", "transformers", "sentence_transformers", "sklearn", "scipy", "pandas", "onnx"}

TEXTS = [
    "who made the film",
    "",
    "\x00",
    "\ud800 ok",
    "😀" * 60,
    "word " * 20_000,
    "Does Facebook sell my data?",
    "a b",
]


@pytest.fixture(scope="module")
def fast(exported: ExportedModel) -> OnnxEncoder:
    return exported.open(EMBEDDED_SHA256)


@pytest.fixture(scope="module")
def reference() -> SentenceEncoder:
    return SentenceEncoder()


def test_odd_texts_have_the_vectors_of_the_reference(fast: OnnxEncoder, reference: SentenceEncoder) -> None:
    vectors = fast.encode(TEXTS)
    assert vectors.shape == (len(TEXTS), 384)
    assert vectors.dtype == np.float32
    assert vectors == pytest.approx(reference.encode(TEXTS), abs=1e-5)


def test_examples_have_the_vectors_of_the_reference(
    fast: OnnxEncoder, reference: SentenceEncoder, shipped_pack: Pack
) -> None:
    texts = [question.text for question in shipped_pack.questions[::40]]
    assert fast.encode(texts) == pytest.approx(reference.encode(texts), abs=1e-5)


def test_the_fingerprint_is_that_of_the_reference(fast: OnnxEncoder, reference: SentenceEncoder) -> None:
    assert fast.fingerprint == reference.fingerprint


def test_vector_of_a_text_does_not_depend_on_those_beside_it(fast: OnnxEncoder) -> None:
    texts = [f"{'very ' * (40 - number)}long question number {number}" for number in range(40)]
    together = fast.encode(texts)
    for number in (0, 17, 39):
        assert fast.encode([texts[number]])[0] == pytest.approx(together[number], abs=1e-6)


def test_texts_are_cut_after_256_tokens_and_not_after_128(fast: OnnxEncoder) -> None:
    """The first and the last token are the model's own, so 254 words of one token each are read."""
    begun = "cat " * 150
    assert fast.encode([begun + "dog"])[0] @ fast.encode([begun + "bank"])[0] < 0.999
    full = "cat " * 254
    assert fast.encode([full + "dog"])[0] == pytest.approx(fast.encode([full + "bank"])[0], abs=1e-6)


def test_no_texts_have_no_vectors(fast: OnnxEncoder) -> None:
    assert fast.encode([]).shape == (0, 384)


def test_passes_beside_each_other_give_the_same_vectors(exported: ExportedModel, fast: OnnxEncoder) -> None:
    beside = OnnxEncoder(exported.place, "", threads=1, beside=2)
    assert beside.encode(TEXTS) == pytest.approx(fast.encode(TEXTS), abs=1e-6)
    assert beside.encode([]).shape == (0, 384)


def test_transformer_that_is_no_plain_bert_is_traced(tmp_path: Path) -> None:
    model, made = tmp_path / "model", tmp_path / "made"
    shutil.copytree(embedded_model_folder(), model, ignore=shutil.ignore_patterns("*.safetensors"))
    weights = model / "model.safetensors"
    weights.symlink_to(embedded_model_folder() / weights.name)
    settings = json.loads((model / "config.json").read_text())
    assert is_bert(settings, weights)
    settings["hidden_act"] = "relu"
    assert not is_bert(settings, weights)
    (model / "config.json").write_text(json.dumps(settings))
    made.mkdir()
    export(model, made)
    texts = ["who made the film", "tea", "Does Facebook sell my data?"]
    assert OnnxEncoder(made, "").encode(texts) == pytest.approx(SentenceEncoder(str(model)).encode(texts), abs=1e-5)


def test_cores_are_those_that_the_process_may_use(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.sched_getaffinity", lambda process: {3, 5, 7}, raising=False)
    assert usable_cores() == 3
    monkeypatch.delattr("os.sched_getaffinity")
    monkeypatch.setattr("os.cpu_count", lambda: None)
    assert usable_cores() == 1


def test_nothing_heavy_is_imported(exported: ExportedModel) -> None:
    code = (
        "import sys\n"
        "from pathlib import Path\n"
        "from embeddings.encoders.exported import ExportedModel\n"
        "encoder = ExportedModel(Path(sys.argv[1]), Path(sys.argv[2])).open('')\n"
        "assert encoder.encode(['tea']).shape == (1, 384)\n"
        "print(*sorted({name.partition('.')[0] for name in sys.modules}))\n"
    )
    command = [sys.executable, "-c", code, str(exported.place.parent.parent), str(exported.source)]
    loaded = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    assert {"onnxruntime", "tokenizers"} <= set(loaded)
    assert HEAVY & set(loaded) == set()


def test_nothing_is_reported_to_anybody(fast: OnnxEncoder, tmp_path: Path) -> None:
    """ONNX Runtime would number the machine, keep the number in the cache folder, and send usage figures."""
    assert fast.encode(["once"]).shape == (1, 384)
    code = "from embeddings.encoders.onnx import import_runtime; import_runtime().SessionOptions()"
    environ = {**os.environ, "XDG_CACHE_HOME": str(tmp_path), "HOME": str(tmp_path)}
    environ.pop("ORT_DISABLE_TELEMETRY", None)
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT, env=environ)
    assert list(tmp_path.rglob("*")) == []


def test_texts_of_one_length_share_a_pass() -> None:
    assert list(passes([9, 3, 9, 5, 9, 4, 12])) == [[1, 5, 3, 0, 2, 4], [6]]
    assert list(passes([3, 9, 4, 9, 9, 9])) == [[0, 2, 1, 3, 4, 5]]
    assert [len(together) for together in passes([7] * 40)] == [32, 8]
    assert list(passes([])) == []
