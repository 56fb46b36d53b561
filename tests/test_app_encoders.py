"""Which encoder answers: the fast one where it is there, and what happens where it is not."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

import pytest

from bot import app, opening
from bot.config.loading import load_config
from embeddings.encoders.exported import ExportError
from embeddings.encoders.onnx import OnnxEncoder
from embeddings.encoders.reference import Encoder, SentenceEncoder, embedded_model_folder
from embeddings.retriever import Retriever
from knowledge.errors import UserError
from knowledge.pack import load_pack
from tests.screen.encoders import HashEncoder
from tests.test_app import Heard, opened

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from bot.config.sections import Config
    from bot.process.feature import Parts
    from embeddings.encoders.exported import ExportedModel
    from embeddings.encoders.reference import Vectors
    from embeddings.encoders.remembered import RememberingEncoder
    from knowledge.model import Pack
    from tests.knowledge.conftest import TinyPack


MISSING = "no fast encoder has been made of this model; `dilemma index` makes the fast one"


@pytest.fixture
def config(tiny: TinyPack, tmp_path: Path) -> Config:
    """Give settings of a tiny pack, under which everything lies in one folder and nothing is logged."""
    places = {"PACK__FOLDER": str(tiny.path), "LOG__ENABLED": "false", "INDEX__FOLDER": str(tmp_path / "cache")}
    return load_config(None, {f"DILEMMA_{name}": value for name, value in places.items()})


@pytest.fixture
def heard() -> Heard:
    """Give someone to tell."""
    return Heard()


class Reference(SentenceEncoder):
    """Stands in for the reference; nothing is loaded."""

    def __init__(self) -> None:
        """Have no model."""

    @property
    def fingerprint(self) -> str:
        """Give that of the fast one."""
        return HashEncoder.fingerprint

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Give one vector a text."""
        return HashEncoder().encode(texts)


class Fast(OnnxEncoder):
    """Stands in for the fast encoder."""

    def __init__(self) -> None:
        """Have no model."""

    @property
    def fingerprint(self) -> str:
        """Give that of the reference."""
        return HashEncoder.fingerprint

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Give one vector a text."""
        return HashEncoder().encode(texts)


@dataclass
class Workshop:
    """Stands in for loading and exporting: what there is, and what was done."""

    fast: bool = False
    refused: str = ""
    done: list[str] = field(default_factory=list)

    def reference(self, config: Config) -> Reference:
        """Load the reference."""
        self.done.append("reference")
        return Reference()

    def exported(self, config: Config, *, thorough: bool = False) -> Fast:
        """Load the fast encoder, if there is one."""
        if not self.fast:
            raise ExportError("no fast encoder has been made of this model")
        return Fast()

    @contextmanager
    def exporting(self, target: ExportedModel, pack: Pack) -> Iterator[Workshop]:
        """Export while the block runs."""
        if self.refused == "at once":
            raise ExportError("the cache is full")
        self.done.append("export")
        yield self

    @property
    def kept(self) -> bool:
        """Tell whether it was kept."""
        return self.fast

    def encoder(self) -> Fast:
        """Load it, not yet proven."""
        return Fast()

    def finish(self, encode: Callable[[list[str]], Vectors]) -> None:
        """Compare, and keep."""
        if self.refused:
            raise ExportError("its vectors differ")
        assert encode(["tea"]).shape == (1, 16)
        self.fast = True


@pytest.fixture
def workshop(config: Config, monkeypatch: pytest.MonkeyPatch) -> Workshop:
    """Have the real choice of the encoder, between two that load at once."""
    workshop = Workshop()
    monkeypatch.setattr(opening, "load_reference", workshop.reference)
    monkeypatch.setattr(opening, "open_exported", workshop.exported)
    monkeypatch.setattr(opening, "_fingerprint", lambda _config: HashEncoder.fingerprint)
    monkeypatch.setattr("embeddings.encoders.export.exporting", workshop.exporting)
    return workshop


def encoder_of(parts: Parts) -> Encoder:
    """Look up what encodes questions."""
    return parts.get(Retriever)._encoder


def running(config: Config, runtime: str) -> Config:
    """Set what runs the model."""
    return config.model_copy(update={"encoder": config.encoder.model_copy(update={"runtime": runtime})})


def test_index_and_fast_encoder_are_made_together_and_the_fast_one_answers(
    config: Config, heard: Heard, workshop: Workshop
) -> None:
    """The second time only the fast encoder is loaded."""
    with opened(config, heard) as first:
        assert isinstance(encoder_of(first), Fast)
    assert workshop.done == ["export"]
    assert heard.said == ["building the index: no index yet"]
    with opened(config, heard) as second:
        assert isinstance(encoder_of(second), Fast)
    assert workshop.done == ["export"]
    assert heard.said == ["building the index: no index yet"]


def test_index_that_must_be_built_anew_is_built_by_the_fast_encoder(
    config: Config, heard: Heard, workshop: Workshop
) -> None:
    """Where it is there, it was proven; nothing else is loaded."""
    workshop.fast = True
    with opened(config, heard) as running_app:
        assert isinstance(encoder_of(running_app), Fast)
    assert workshop.done == []


@pytest.mark.parametrize(("refused", "reason"), [("at once", "the cache is full"), ("later", "its vectors differ")])
def test_failed_export_stops_nobody(
    config: Config, heard: Heard, workshop: Workshop, refused: str, reason: str
) -> None:
    """The index is built all the same, and one line says why it is slow."""
    workshop.refused = refused
    with opened(config, heard) as running_app:
        assert isinstance(encoder_of(running_app), Reference)
    building = "building the index: no index yet"
    assert heard.said == [
        *([building] if refused == "later" else []),
        f"the reference encoder answers, which takes seconds to load: {reason}",
        building,
    ]


def test_missing_fast_encoder_is_told_and_not_made_by_a_question(
    config: Config, heard: Heard, workshop: Workshop
) -> None:
    """It would take half a minute; `dilemma index` is for that, also when the index is there."""
    with opened(running(config, "reference"), heard):
        pass
    heard.said.clear()
    with opened(config, heard) as running_app:
        assert isinstance(encoder_of(running_app), Reference)
    assert heard.said == [f"the reference encoder answers, which takes seconds to load: {MISSING}"]
    assert "export" not in workshop.done
    encoder, index = opening.open_index_for(config, load_pack(config.pack.folder), heard, complete=True)
    index.close()
    assert isinstance(encoder, Fast)


def test_reference_can_be_forced(config: Config, heard: Heard, workshop: Workshop) -> None:
    """Then nothing is said, nor made."""
    workshop.fast = True
    with opened(running(config, "reference"), heard) as running_app:
        assert isinstance(encoder_of(running_app), Reference)
    assert workshop.done == ["reference"]
    assert heard.said == ["building the index: no index yet"]


def test_fast_encoder_that_is_forced_and_missing_is_an_error(config: Config, heard: Heard, workshop: Workshop) -> None:
    """With what makes it; that itself works under the same settings."""
    forced = running(config, "onnx")
    with (
        pytest.raises(UserError, match=r"^no fast encoder has been made of this model: run `dilemma index`, or set "),
        opened(forced, heard),
    ):
        pass
    encoder, index = opening.open_index_for(forced, load_pack(config.pack.folder), heard, complete=True)
    index.close()
    assert isinstance(encoder, Fast)


def test_fast_encoder_that_is_forced_and_cannot_be_made_is_an_error(
    config: Config, heard: Heard, workshop: Workshop
) -> None:
    """Nothing else may answer."""
    workshop.refused = "later"
    with pytest.raises(UserError, match=r"^the fast encoder cannot be made: its vectors differ; set `runtime` under "):
        opening.open_index_for(running(config, "onnx"), load_pack(config.pack.folder), heard, complete=True)


def test_model_that_is_named_has_no_fast_encoder(config: Config) -> None:
    """For it is not known where its files lie."""
    named = config.model_copy(update={"encoder": config.encoder.model_copy(update={"model": "people/model"})})
    with pytest.raises(ExportError, match=r"^a fast encoder is made of a model's folder only, and `model` under "):
        opening.exported_model(named)


def test_exported_model_lies_in_the_cache_of_the_settings(config: Config) -> None:
    """Beside the indexes."""
    target = opening.exported_model(config)
    assert config.index.folder is not None
    assert target.place.parent == config.index.folder / "onnx_models"
    assert target.source == embedded_model_folder()


class Remote(HashEncoder):
    """Stands in for the reference in another process; counts how often it is closed."""

    closed = 0

    def close(self) -> None:
        """Count."""
        self.closed += 1


def test_who_serves_many_has_the_reference_in_another_process(
    config: Config, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And ends it with the app; nothing is loaded in this one, and an index is built in another one, too."""
    remote = Remote()
    builds: list[object] = []
    monkeypatch.setattr(opening, "build_apart", lambda build, *_: builds.append(build))
    monkeypatch.setattr(opening, "load_remote_reference", lambda _config: remote)
    monkeypatch.setattr(opening, "load_reference", lambda _config: pytest.fail("loaded in this process"))
    settings = opening._with_runtime(config, "reference")
    with app.open_app(settings, holder="test", listener=heard, serving=True) as one:
        assert cast("RememberingEncoder", encoder_of(one))._encoder is remote
        assert remote.closed == 0
    assert remote.closed == 1
    assert builds == [opening.build_index]
