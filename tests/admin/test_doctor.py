"""What `doctor` finds, and what it says would mend it."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import pytest

from bot import opening
from knowledge.errors import Fault, UserError
from tests.log.samples import open_log
from tests.screen.encoders import HashEncoder

if TYPE_CHECKING:
    from pathlib import Path

    from embeddings.encoders.exported import ExportedModel
    from tests.conftest import Program

pytestmark = pytest.mark.usefixtures("tiny_in_use")
"""The pack is examined whole each time, and most of this is about other parts."""


@pytest.fixture
def _has_model(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a model that loads at once."""
    monkeypatch.setattr(opening, "load_encoder", lambda config, reference=None: HashEncoder())


def findings(program: Program) -> dict[str, tuple[str, str]]:
    """Call `doctor` and give each part's verdict and text."""
    lines = [line.split(maxsplit=2) for line in program("doctor").out.splitlines()]
    return {part: (verdict, text) for verdict, part, text in lines}


@pytest.mark.usefixtures("_has_model")
def test_each_part_is_one_line(dilemma: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the order in which they are needed; a missing index is a fault, for the first question would wait for it."""
    monkeypatch.delenv("DILEMMA_PACK__FOLDER")
    outcome = dilemma("doctor")
    assert (outcome.code, outcome.err) == (1, "")
    lines = outcome.out.splitlines()
    assert lines[0] == "ok     config  no file: the defaults"
    assert lines[1] == (
        "ok     secret  none: the log's pseudonyms are new in every run; DILEMMA_SECRET would keep them"
    )
    assert lines[2].startswith("ok     pack    social-dilemma, 2 articles, ")
    assert lines[3] == "ok     model   all-MiniLM-L6-v2, with the expected weights"
    assert lines[4] == (
        "ok     runtime the reference, which takes seconds to load: no fast encoder has been made of this model; "
        "`dilemma index` makes the fast encoder"
    )
    assert lines[5] == "fault  index   no index yet: run `dilemma index`"
    assert lines[6] == f"ok     log     {dilemma.log}, which the first question makes"
    assert lines[7] == "ok     token   none: only `dilemma run` needs one, in DISCORD_TOKEN or DISCORD_TOKEN_FILE"
    assert len(lines) == 8


@pytest.mark.usefixtures("_has_model")
def test_it_changes_nothing(dilemma: Program) -> None:
    """Not even a folder is made."""
    there = sorted(dilemma.folder.rglob("*"))
    dilemma("doctor")
    assert sorted(dilemma.folder.rglob("*")) == there


@pytest.mark.usefixtures("_has_model")
def test_all_is_well_after_building_the_index(dilemma: Program, tiny_in_use: Path) -> None:
    """The fix that it names is one."""
    assert findings(dilemma)["index"] == ("fault", "no index yet: run `dilemma index`")
    assert dilemma("index").code == 0
    outcome = dilemma("doctor")
    assert outcome.code == 0
    assert f"ok     index   {dilemma.folder / 'cache' / 'dilemma' / 'pets'}/" in outcome.out


@pytest.mark.usefixtures("_has_model")
def test_damaged_index_is_found(dilemma: Program, tiny_in_use: Path) -> None:
    """As it would be when it is opened."""
    dilemma("index")
    (database,) = dilemma.folder.glob("cache/dilemma/pets/*/lexical.sqlite3")
    database.write_bytes(b"")
    verdict, text = findings(dilemma)["index"]
    assert verdict == "fault"
    assert text.startswith("the index is damaged: lexical.sqlite3 has 0 bytes instead of ")
    assert text.endswith(": run `dilemma index`")


def test_broken_settings_end_the_examination(dilemma: Program) -> None:
    """All problems on one line; the rest depends on them."""
    (dilemma.folder / "config.toml").write_text("[pack]\nfolders = 1\n[log]\nenabled = 2\n")
    outcome = dilemma("doctor")
    assert outcome.code == 1
    assert outcome.out == (
        'fault  config  config.toml:2: [pack] unknown key "folders"; did you mean "folder"?; '
        'config.toml:4: [log] "enabled" must be true or false, not 2\n'
    )


@pytest.mark.usefixtures("_has_model")
def test_settings_are_named_by_their_file(dilemma: Program) -> None:
    """To know which one it is."""
    (dilemma.folder / "config.toml").write_text("[log]\nenabled = false\n")
    found = findings(dilemma)
    assert found["config"] == ("ok", "config.toml")
    assert found["log"] == ("ok", "turned off")


@pytest.mark.usefixtures("_has_model")
def test_secret_is_never_shown(dilemma: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only that there is one, or what is wrong with it."""
    monkeypatch.setenv("DILEMMA_SECRET", "hunter2-hunter2-hunter2")
    assert findings(dilemma)["secret"] == ("ok", "set: the log's pseudonyms stay the same")
    monkeypatch.setenv("DILEMMA_SECRET", "hunter2")
    verdict, text = findings(dilemma)["secret"]
    assert verdict == "fault"
    assert text.startswith("the secret from DILEMMA_SECRET has 7 bytes, 16 are the least: make one with ")
    assert "hunter2" not in text


@pytest.mark.usefixtures("_has_model")
def test_broken_pack_leaves_the_index_unexamined(dilemma: Program, tiny_in_use: Path) -> None:
    """The other parts are examined."""
    (tiny_in_use / "passages.toml").unlink()
    found = findings(dilemma)
    assert found["pack"] == (
        "fault",
        "the pack pets cannot be used: passages.toml: the file is missing; see `dilemma pack check`",
    )
    assert list(found) == ["config", "secret", "pack", "model", "runtime", "log", "token"]


def test_missing_model_is_a_fault_with_its_setting(dilemma: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder that is not there."""
    monkeypatch.setenv("DILEMMA_ENCODER__MODEL", "./nowhere")
    assert findings(dilemma)["model"] == (
        "fault",
        f"no model folder at {dilemma.folder}/nowhere: correct `model` under [encoder] in config.toml",
    )


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (UserError("no model: get one"), "no model: get one"),
        (
            ModuleNotFoundError("No module named 'torch'"),
            "No module named 'torch': install the program's packages again",
        ),
    ],
)
def test_model_that_cannot_be_loaded_is_a_fault(
    dilemma: Program, monkeypatch: pytest.MonkeyPatch, error: Exception, text: str
) -> None:
    """Whatever the reason."""

    def load_encoder(config: object) -> None:
        raise error

    monkeypatch.setattr(opening, "load_encoder", load_encoder)
    assert findings(dilemma)["model"] == ("fault", text)


def test_part_that_breaks_does_not_hide_the_others(dilemma: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is a fault with an id, which the messages explain."""

    def load_encoder(config: object) -> None:
        raise Fault("the handle came off")

    monkeypatch.setattr(opening, "load_encoder", load_encoder)
    outcome = dilemma("doctor")
    assert "fault  model   something broke inside (id " in outcome.out
    assert "ok     log     " in outcome.out
    assert "Fault: the handle came off" in outcome.err


@pytest.mark.usefixtures("_has_model")
def test_log_that_is_there_is_named(dilemma: Program) -> None:
    """Also while it is in use."""
    log = open_log(dilemma.log)
    assert findings(dilemma)["log"] == ("ok", str(dilemma.log))
    log.close()


@pytest.mark.usefixtures("_has_model")
def test_damaged_log_is_a_fault_and_stays_where_it_is(dilemma: Program) -> None:
    """Moving it aside is for the next question."""
    dilemma.log.parent.mkdir(parents=True)
    dilemma.log.write_bytes(b"no database at all" * 100)
    assert findings(dilemma)["log"] == (
        "fault",
        f"{dilemma.log} cannot be read as a log: it is not a database; the next question saves what can be saved",
    )
    assert dilemma.log.read_bytes().startswith(b"no database")


@pytest.mark.usefixtures("_has_model")
def test_log_that_cannot_be_written_is_a_fault(dilemma: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder that is there is named, for the others would be made."""
    monkeypatch.setattr("os.access", lambda path, mode: False)
    assert findings(dilemma)["log"] == (
        "fault",
        f"{dilemma.folder} cannot be written: make it writable, or set `path` under [log]",
    )


@pytest.mark.usefixtures("_has_model")
def test_fast_encoder_is_looked_at_thoroughly(dilemma: Program, exported: ExportedModel) -> None:
    """Also where size and time of a file are what they were: a copy in which one byte is another."""
    copy = dilemma.folder / "cache" / "dilemma" / "onnx_models" / exported.place.name
    shutil.copytree(exported.place, copy)
    verdict, text = findings(dilemma)["runtime"]
    assert verdict == "ok"
    assert text.startswith("the fast encoder, equal to the reference on ")
    assert " texts (least cosine 0.99999" in text
    path = copy / "model.onnx.data"
    before = path.stat()
    with path.open("r+b") as stream:
        stream.seek(1000)
        byte = stream.read(1)
        stream.seek(1000)
        stream.write(bytes([byte[0] ^ 1]))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert findings(dilemma)["runtime"] == (
        "fault",
        "the fast encoder is damaged: model.onnx.data has other contents than when it was made: run `dilemma index`",
    )


@pytest.mark.usefixtures("_has_model")
@pytest.mark.parametrize(
    ("runtime", "finding"),
    [
        ("onnx", ("fault", "no fast encoder has been made of this model: run `dilemma index`")),
        ("reference", ("ok", "the reference, as `runtime` under [encoder] says; it takes seconds to load")),
    ],
)
def test_what_runs_the_model_is_what_the_settings_say(
    dilemma: Program, monkeypatch: pytest.MonkeyPatch, runtime: str, finding: tuple[str, str]
) -> None:
    """The one is missing, the other needs nothing."""
    monkeypatch.setenv("DILEMMA_ENCODER__RUNTIME", runtime)
    assert findings(dilemma)["runtime"] == finding


def test_shipped_model_is_found_sound(dilemma: Program) -> None:
    """The real one, loaded."""
    assert findings(dilemma)["model"] == ("ok", "all-MiniLM-L6-v2, with the expected weights")


def test_model_folder_without_a_hash_is_said_to_be_unchecked(dilemma: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    """To tell it from the shipped one."""
    monkeypatch.setattr(opening, "load_encoder", lambda config, reference=None: HashEncoder())
    monkeypatch.setenv("DILEMMA_ENCODER__MODEL", "/srv/mine")
    assert findings(dilemma)["model"] == ("ok", "/srv/mine, weights not checked")
