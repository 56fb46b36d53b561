"""The settings: where they come from, and which of them wins."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from pydantic import BaseModel, ValidationError

from bot.config.loading import find_config, is_foreign, left_alone, load_config
from bot.config.sections import Config, Sections
from knowledge.formats import Allowed, Format, Phase, Speaks
from tests.config.conftest import FORMAT, settings

SHIPPED = Path(__file__).parents[2] / "config.toml"


# The file that is shipped


def test_shipped_file_holds_every_setting_with_its_default_and_no_other() -> None:
    """It is the documentation of the settings."""
    assert tomllib.loads(SHIPPED.read_text(encoding="utf-8")) == settings()


def test_shipped_file_reads_as_the_defaults() -> None:
    """Copying it changes nothing."""
    assert load_config(SHIPPED, {}) == Config()


def test_every_setting_in_the_shipped_file_has_a_comment_above_it() -> None:
    """A comment of its own: the line before each key is one."""
    lines = SHIPPED.read_text(encoding="utf-8").splitlines()
    keys = [at for at, line in enumerate(lines) if re.match(r"\w+ = ", line)]
    assert len(keys) == sum(len(keys) for keys in settings().values())
    assert [lines[at] for at in keys if not lines[at - 1].startswith("# ")] == []


def test_example_of_a_format_in_the_shipped_file_is_one() -> None:
    """Without the signs that make it a comment."""
    text = SHIPPED.read_text(encoding="utf-8")
    example = re.findall(r"^# (\[\[.+|\w+ = .+)$", text[text.index("# [[format]]") :], flags=re.MULTILINE)
    (form,) = tomllib.loads("\n".join(example))["format"]
    assert form["id"] == "lunch"


def test_formats_of_ones_own_are_read(folder: Path) -> None:
    """As in a pack."""
    (folder / "config.toml").write_text(FORMAT)
    assert load_config(None, {"DILEMMA_ANSWER__MAX_QUESTION_CHARS": "12"}).formats == (
        Format("lunch", "Over lunch", (Phase("talk", "Talk", Speaks.BOTH, 20, (Allowed.POINTS, Allowed.FLOOR)),)),
    )


# Where settings come from


def test_without_a_file_the_defaults_hold(folder: Path) -> None:
    """Nothing needs to be configured."""
    assert find_config(None, {}) is None
    assert load_config(None, {}) == Config()


def test_file_in_the_current_folder_is_read(folder: Path) -> None:
    """As ./config.toml."""
    (folder / "config.toml").write_text("[answer]\nmax_question_chars = 7\n")
    assert load_config(None, {}).answer.max_question_chars == 7


def test_variable_names_the_file_before_the_current_folder_does(folder: Path) -> None:
    """DILEMMA_CONFIG wins over ./config.toml."""
    (folder / "config.toml").write_text("[answer]\nmax_question_chars = 7\n")
    (folder / "other.toml").write_text("[answer]\nmax_question_chars = 8\n")
    assert load_config(None, {"DILEMMA_CONFIG": "other.toml"}).answer.max_question_chars == 8


def test_option_names_the_file_before_the_variable_does(folder: Path) -> None:
    """--config wins over DILEMMA_CONFIG."""
    (folder / "one.toml").write_text("[answer]\nmax_question_chars = 1\n")
    (folder / "two.toml").write_text("[answer]\nmax_question_chars = 2\n")
    assert load_config(Path("one.toml"), {"DILEMMA_CONFIG": "two.toml"}).answer.max_question_chars == 1


def test_empty_variable_names_no_file(folder: Path) -> None:
    """As shells have it: empty is unset."""
    assert load_config(None, {"DILEMMA_CONFIG": ""}) == Config()


def test_environment_wins_over_the_file_key_by_key(folder: Path) -> None:
    """What the environment leaves out stays as the file has it."""
    (folder / "config.toml").write_text('[logging]\nlevel = "error"\nformat = "json"\n[encoder]\noffline = false\n')
    config = load_config(None, {"DILEMMA_LOGGING__LEVEL": "info", "DILEMMA_ANSWER__MAX_QUESTION_CHARS": "12"})
    assert (config.logging.level, config.logging.format) == ("info", "json")
    assert (config.encoder.offline, config.answer.max_question_chars) == (False, 12)


@pytest.mark.parametrize(("text", "value"), [("true", True), ("1", True), ("yes", True), ("off", False), ("0", False)])
def test_switches_in_the_environment_are_words(folder: Path, text: str, value: bool) -> None:  # noqa: FBT001 - a case
    """The usual ones."""
    assert load_config(None, {"DILEMMA_LOG__ENABLED": text}).log.enabled is value


@pytest.mark.parametrize(
    ("variable", "text", "value"),
    [
        ("DISCORD__SHARD_IDS", "[0]", (0,)),
        ("DISCORD__SHARD_IDS", "[0, 2,]", (0, 2)),
        ("DISCORD__SHARD_IDS", "[]", ()),
        ("DISCORD__SHARD_IDS", "0,2", (0, 2)),
        ("DISCORD__SHARD_IDS", "0 2", (0, 2)),
        ("DISCORD__SHARD_COUNT", "0x10", 16),
        ("ANSWER__MAX_QUESTION_CHARS", "1_000", 1000),
        ("DISCORD__WATCHDOG_S", "1.5e1", 15.0),
        ("ENCODER__OFFLINE", "false # as in the file", False),
        ("DISCORD__OWNER", "[0]", "[0]"),
    ],
)
def test_numbers_switches_and_lists_of_the_environment_are_read_as_in_the_file(
    folder: Path, variable: str, text: str, value: object
) -> None:
    """Lists in a short form, too; texts are as they are."""
    section, key = variable.lower().split("__")
    assert getattr(getattr(load_config(None, {f"DILEMMA_{variable}": text}), section), key) == value


def test_variables_of_other_programs_are_left_alone(folder: Path) -> None:
    """A cluster sets such names for a service that is called dilemma."""
    others = {"DILEMMA_SERVICE_HOST": "10.0.0.1", "DILEMMA_PORT": "tcp://10.0.0.1:80", "DILEMMA_HOME": "/opt"}
    assert load_config(None, others) == Config()


def test_settings_cannot_be_changed() -> None:
    """Nor can a section's."""
    config = Config()
    with pytest.raises(ValidationError):
        config.log.enabled = False


# Paths


def test_relative_path_starts_in_the_folder_of_the_file(folder: Path) -> None:
    """Wherever the program is called."""
    (folder / "etc").mkdir()
    (folder / "etc" / "d.toml").write_text('[log]\npath = "talk/log.db"\n[pack]\nfolder = "../pets"\n')
    config = load_config(Path("etc/d.toml"), {})
    assert config.log.path == folder / "etc" / "talk" / "log.db"
    assert config.pack.folder == folder / "etc" / ".." / "pets"


def test_relative_path_in_the_environment_starts_in_the_current_folder(folder: Path) -> None:
    """As on a command line."""
    (folder / "etc").mkdir()
    (folder / "etc" / "d.toml").write_text('[log]\npath = "a.db"\n')
    config = load_config(Path("etc/d.toml"), {"DILEMMA_LOG__PATH": "b.db"})
    assert config.log.path == folder / "b.db"


def test_tilde_is_the_home_folder(folder: Path) -> None:
    """In the file and in the environment."""
    (folder / "config.toml").write_text('[index]\nfolder = "~/cache"\n')
    config = load_config(None, {"DILEMMA_LOG__PATH": "~/log.db"})
    assert config.index.folder == folder / "home" / "cache"
    assert config.log.path == folder / "home" / "log.db"


def test_empty_path_means_the_default(folder: Path) -> None:
    """Also where the file has another: the environment can take it back."""
    (folder / "config.toml").write_text('[log]\npath = "a.db"\n')
    assert load_config(None, {"DILEMMA_LOG__PATH": ""}).log.path is None


def test_log_lies_among_the_users_data_unless_a_path_is_set(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a folder of its own."""
    monkeypatch.setenv("XDG_DATA_HOME", str(folder / "data"))
    assert Config().log.file.name == "log.sqlite3"
    assert Config().log.file.parent.name == "dilemma"
    assert load_config(None, {"DILEMMA_LOG__PATH": "b.db"}).log.file == folder / "b.db"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("all-MiniLM-L6-v2", "all-MiniLM-L6-v2"),
        ("sentence-transformers/all-mpnet-base-v2", "sentence-transformers/all-mpnet-base-v2"),
        ("./models/mine", "{folder}/models/mine"),
        ("../mine", "{folder}/../mine"),
        ("~/mine", "{folder}/home/mine"),
        ("/srv/mine", "/srv/mine"),
    ],
)
def test_model_is_a_folder_only_where_it_looks_like_one(folder: Path, written: str, read: str) -> None:
    """Names may hold a slash too."""
    (folder / "config.toml").write_text(f'[encoder]\nmodel = "{written}"\n')
    assert load_config(None, {}).encoder.model == read.format(folder=folder)


# Problems


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ('base_url = "https://example.org"\n[markdown]\nhighlight_code = true\n', True),
        ("[logger]\nlevel = 1\n[server]\nport = 80\n", True),
        ("[build]\n[broken\n", True),
        ("[server]\nport = 80\n[answer]\nmax_question_chars = 3\n", False),
        ("answer.max_question_chars = 3\n", False),
        ("[anwser]\nmax_question_chars = 3\n", False),
        ("# nothing yet\n", False),
    ],
)
def test_another_programs_file_is_left_alone(folder: Path, text: str, left: bool) -> None:  # noqa: FBT001 - a value
    """One without any section of ours, even one with a slip; unless it is named."""
    file = folder / "config.toml"
    file.write_text(text)
    assert is_foreign(file) is left
    assert (find_config(None, {}) is None) is left
    assert (left_alone(None, {}) is not None) is left
    assert find_config(file, {}) == file
    assert left_alone(file, {}) is None


def test_own_file_comes_first(folder: Path) -> None:
    """In a folder that has a config.toml as well, whose ever it is."""
    (folder / "config.toml").write_text("[answer]\nmax_question_chars = 7\n")
    (folder / "dilemma.toml").write_text("[answer]\nmax_question_chars = 9\n")
    assert load_config(None, {}).answer.max_question_chars == 9


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_file_may_begin_with_a_byte_order_mark(folder: Path, encoding: str) -> None:
    """Which editors on Windows put there."""
    (folder / "config.toml").write_text("[answer]\nmax_question_chars = 7\n", encoding=encoding)
    assert load_config(None, {}).answer.max_question_chars == 7


def test_sections_are_models_of_their_own() -> None:
    """Each with `extra` forbidden, or unknown keys would pass."""
    for name in Sections.model_fields:
        section = getattr(Config(), name)
        assert isinstance(section, BaseModel)
        assert section.model_config["extra"] == "forbid"
