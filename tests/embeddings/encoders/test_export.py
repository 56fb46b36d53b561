"""Exporting: which models can be, what is compared, and what becomes of an export that fails."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from embeddings.encoders.export import compared, exporting, supported_length, texts_to_compare
from embeddings.encoders.exported import ExportedModel, ExportError
from embeddings.encoders.reference import embedded_model_folder

if TYPE_CHECKING:
    from embeddings.encoders.reference import Vectors
    from knowledge.model import Pack

ROOT = Path(__file__).parents[3]


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    folder = tmp_path / "model"
    shutil.copytree(embedded_model_folder(), folder, ignore=shutil.ignore_patterns("*.safetensors"))
    return folder


def change(path: Path, **values: object) -> None:
    path.write_text(json.dumps(json.loads(path.read_text()) | values))


def units(*angles: float) -> Vectors:
    """Return the unit vectors of angles in radians."""
    return np.array([[np.cos(angle), np.sin(angle)] for angle in angles], dtype=np.float32)


# Which models


def test_length_is_that_of_sentence_transformers_and_not_of_the_tokenizer(settings: Path) -> None:
    """The embedded model's tokenizer.json says 128, its sentence_bert_config.json 256."""
    assert json.loads((settings / "tokenizer.json").read_text())["truncation"]["max_length"] == 128
    assert supported_length(settings) == 256


def test_newer_way_to_name_the_pooling_is_understood(settings: Path) -> None:
    (settings / "1_Pooling" / "config.json").write_text('{"pooling_mode": "mean", "embedding_dimension": 384}')
    assert supported_length(settings) == 256


@pytest.mark.parametrize(
    ("file", "values", "reason"),
    [
        ("1_Pooling/config.json", {"pooling_mode_cls_token": True}, "only models that take the mean of the tokens"),
        ("1_Pooling/config.json", {"pooling_mode_mean_tokens": False}, "only models that take the mean of the tokens"),
        ("sentence_bert_config.json", {"do_lower_case": True}, "or asks for lower case"),
        ("sentence_bert_config.json", {"max_seq_length": None}, "gives no max_seq_length"),
        ("config_sentence_transformers.json", {"default_prompt_name": "query"}, "it puts a prompt before each text"),
    ],
)
def test_model_of_another_kind_is_refused(settings: Path, file: str, values: dict[str, Any], reason: str) -> None:
    """Its exported form would give other vectors."""
    change(settings / file, **values)
    with pytest.raises(ExportError, match=reason):
        supported_length(settings)


@pytest.mark.parametrize(
    ("modules", "named"),
    [
        ('[{"type": "x.Transformer", "path": ""}, {"type": "x.Pooling", "path": "p"}]', "Transformer, Pooling"),
        ("[]", "no modules"),
        ("broken", "no modules"),
    ],
)
def test_other_modules_are_named(settings: Path, modules: str, named: str) -> None:
    (settings / "modules.json").write_text(modules)
    with pytest.raises(ExportError, match=rf"^only models of Transformer, Pooling, Normalize .* not one of {named}$"):
        supported_length(settings)


# What is compared


def test_every_passage_is_compared_with_some_examples_and_one_text_that_is_too_long(shipped_pack: Pack) -> None:
    texts, passages = texts_to_compare(shipped_pack)
    assert texts[:passages] == [passage.text for passage in shipped_pack.passages]
    examples = texts[passages:-1]
    assert 250 < len(examples) <= 300
    assert len({example.split()[0] for example in examples}) > 100
    assert len(texts[-1]) > 5000


def test_equal_vectors_stand_the_comparison() -> None:
    proof = compared(units(0, 1, 0.2), units(0, 1, 0.2), 2)
    assert proof.texts == 3
    assert proof.least_cosine == pytest.approx(1, abs=1e-6)


def test_one_vector_that_is_too_far_away_fails() -> None:
    with pytest.raises(ExportError, match=r"differ from the reference's \(least cosine 0\.999950\)$"):
        compared(units(0, 1, 0.2), units(0, 1, 0.21), 2)


def test_vectors_that_are_no_numbers_fail() -> None:
    with pytest.raises(ExportError, match="differ from the reference's"):
        compared(units(0, 1), units(0, np.nan), 1)


def test_other_ranking_fails_though_the_vectors_are_near() -> None:
    """The question lies between two passages: 0.498 from the one, 0.502 from the other; moved by 0.004 it turns."""
    with pytest.raises(ExportError, match="ranks passages in another order"):
        compared(units(0, 1, 0.498), units(0, 1, 0.502), 2)


def test_equally_near_passages_may_change_places() -> None:
    """Single precision does not tell them apart."""
    assert compared(units(0, 1, 0.5), units(0, 1, 0.500001), 2).texts == 3


def test_vectors_of_another_shape_fail() -> None:
    with pytest.raises(ExportError, match=r"have the shape \(1, 2\) instead of \(2, 2\)$"):
        compared(units(0, 1), units(0), 1)


# The process


def test_export_that_fails_gives_its_reason_and_leaves_nothing(
    settings: Path, tmp_path: Path, shipped_pack: Pack
) -> None:
    (settings / "modules.json").write_text("[]")
    (settings / "model.safetensors").touch()
    target = ExportedModel(tmp_path, settings)
    with (
        pytest.raises(ExportError, match=r"^only models of Transformer, Pooling, Normalize can be exported"),
        exporting(target, shipped_pack) as export,
    ):
        export.finish(lambda texts: pytest.fail("nothing is left to be compared"))
    assert [path.name for path in target.place.parent.iterdir() if path.suffix != ".json"] == ["building.lock"]


def test_export_that_never_ends_is_given_up(
    tmp_path: Path, shipped_pack: Pack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("embeddings.encoders.export._PATIENCE_S", 0)
    target = ExportedModel(tmp_path, embedded_model_folder())
    with (
        pytest.raises(ExportError, match=r"^the process that exports it is not done after 0 s$"),
        exporting(target, shipped_pack) as export,
    ):
        export.finish(lambda texts: pytest.fail("nothing is there to be compared"))
    assert [path.name for path in target.place.parent.iterdir() if path.suffix != ".json"] == ["building.lock"]


def test_export_ends_when_nobody_waits_for_it_any_more(tmp_path: Path) -> None:
    """As when its parent is killed: its stdin ends long before there is a model."""
    code = "import sys; from embeddings.encoders.export import main; main(sys.argv[1], sys.argv[2])"
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(embedded_model_folder()), str(tmp_path)], cwd=ROOT, stdin=subprocess.PIPE
    )
    assert process.stdin is not None
    process.stdin.write(b'["one text"]\n')
    process.stdin.close()
    assert process.wait(timeout=60) == 1
    assert not (tmp_path / "vectors.npy").exists()
