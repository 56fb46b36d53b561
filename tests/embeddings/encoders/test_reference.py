from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from embeddings.encoders.reference import (
    EMBEDDED_SHA256,
    SentenceEncoder,
    clean_text,
    embedded_model_folder,
    forward_threads,
)
from embeddings.index.storage import file_sha256
from knowledge.errors import UserError

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def encoder() -> SentenceEncoder:
    def refuse(*_arguments: object, **_options: object) -> None:
        raise AssertionError("a connection was attempted")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", refuse)
        patch.setattr(socket, "create_connection", refuse)
        patch.setattr(socket, "getaddrinfo", refuse)
        loaded = SentenceEncoder()
        loaded.encode(["warm up"])
        return loaded


def test_the_embedded_model_is_the_published_one() -> None:
    assert file_sha256(embedded_model_folder() / "model.safetensors") == EMBEDDED_SHA256


def test_vectors_are_unit_vectors_of_384_dimensions(encoder: SentenceEncoder) -> None:
    vectors = encoder.encode(["Does Facebook sell my data?", "weather"])
    assert vectors.shape == (2, 384)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx([1.0, 1.0], abs=1e-5)


def test_near_meanings_are_near(encoder: SentenceEncoder) -> None:
    asked, paraphrase, other = encoder.encode(
        ["Does Facebook sell my data?", "is my information sold by Facebook", "how to bake bread"]
    )
    assert asked @ paraphrase > 0.7 > asked @ other + 0.4


def test_the_same_text_gives_the_same_vector(encoder: SentenceEncoder) -> None:
    text = "who made the film"
    among = encoder.encode(["a much longer question about something else entirely " * 4, text])[1]
    assert encoder.encode([text])[0] == pytest.approx(among, abs=1e-6)


@pytest.mark.parametrize("text", ["", "\x00", "\ud800", "😀" * 50, "z̷͉̈́a̴̢͠l̵̰͑g̸̤͝o̶̟͝" * 40, "word " * 20_000])
def test_any_text_has_a_vector(encoder: SentenceEncoder, text: str) -> None:
    assert np.isfinite(encoder.encode([text])).all()


def test_clean_text_replaces_what_cannot_be_written() -> None:
    assert clean_text("a\ud800b\x00c") == "a?b c"


def test_a_missing_folder_is_named() -> None:
    with pytest.raises(UserError, match=r"no model folder at /no/such/model: correct `model` under \[encoder\]"):
        SentenceEncoder("/no/such/model")


def test_a_folder_without_weights_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"holds no model\.safetensors"):
        SentenceEncoder(str(tmp_path))


def test_weights_with_a_wrong_hash_are_refused(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"other")
    with pytest.raises(UserError, match=r"are not the expected ones \(sha256 [0-9a-f]{12}…, expected abababababab…\)"):
        SentenceEncoder(str(tmp_path), sha256="ab" * 32)


def test_broken_weights_are_one_sentence(tmp_path: Path) -> None:
    shutil.copytree(embedded_model_folder(), tmp_path / "model", ignore=shutil.ignore_patterns("*.safetensors"))
    (tmp_path / "model" / "model.safetensors").write_bytes(b"broken")
    with pytest.raises(UserError, match=r"the model .* cannot be loaded \(.*\): check `model` under \[encoder\]"):
        SentenceEncoder(str(tmp_path / "model"))


def test_another_folder_is_another_model(tmp_path: Path, encoder: SentenceEncoder) -> None:
    shutil.copytree(embedded_model_folder(), tmp_path / "copy")
    copy = SentenceEncoder(str(tmp_path / "copy"), sha256=EMBEDDED_SHA256)
    assert copy.fingerprint == encoder.fingerprint
    assert copy.encode(["tea"]) == pytest.approx(encoder.encode(["tea"]), abs=1e-6)


@pytest.mark.parametrize("name", ["no-such-model", "no-such-people/no-such-model"])
def test_an_unknown_name_is_refused_offline(name: str) -> None:
    with pytest.raises(UserError, match=rf"the model {name} cannot be loaded"):
        SentenceEncoder(name)


def test_many_texts_have_the_vectors_that_each_has_alone(encoder: SentenceEncoder) -> None:
    texts = [f"{'why ' * (number % 7)}is number {number} here" for number in range(150)]
    threads = forward_threads()
    vectors = encoder.encode(texts)
    assert forward_threads() == threads
    for number in (0, 63, 64, 149):
        assert vectors[number] == pytest.approx(encoder.encode([texts[number]])[0], abs=1e-6)


def test_faster_layers_change_nothing(encoder: SentenceEncoder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("torch.backends.mkldnn.is_available", lambda: False)
    plain = SentenceEncoder()
    kinds = {type(module).__name__ for module in plain._model.modules()}
    assert "Linear" in kinds
    assert "MkldnnLinear" not in kinds
    texts = ["tea", "does fb sell my data", "a longer question about what the film says " * 5]
    assert plain.encode(texts) == pytest.approx(encoder.encode(texts), abs=2e-6)


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({}, ["PASSIVE"]),
        ({"OMP_WAIT_POLICY": "ACTIVE"}, ["ACTIVE"]),
    ],
)
def test_threads_sleep_while_they_wait_unless_somebody_says_otherwise(given: dict[str, str], found: list[str]) -> None:
    """OpenMP reads its variable when torch is imported, so this takes another process."""
    code = (
        "import os, sys\n"
        "class Finder:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name == 'torch':\n"
        "            print(os.environ.get('OMP_WAIT_POLICY'))\n"
        "            sys.exit()\n"
        "sys.meta_path.insert(0, Finder())\n"
        "from embeddings.encoders.reference import SentenceEncoder\n"
        "SentenceEncoder()\n"
    )
    others = {name: value for name, value in os.environ.items() if name != "OMP_WAIT_POLICY"}
    outcome = subprocess.run(
        [sys.executable, "-c", code], env=others | given, cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert outcome.stdout.split() == found
