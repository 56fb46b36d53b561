"""The settings: where they come from, which of them wins, and the exact complaint about everything else."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from pydantic import BaseModel, ValidationError

from bot.config.loading import find_config, is_foreign, left_alone, load_config
from bot.config.sections import Config, Sections
from knowledge.errors import UserError
from knowledge.model import Allowed, Format, Phase, Speaks

SHIPPED = Path(__file__).parents[2] / "config.toml"

BROKEN = """\
offline = true
logg = 1
pack = 3
[answer]
max_question_char = 3
max_question_chars = "many"
folder = 2
[encoder]
model = ""
sha256 = "XYZ"
offline = "yes"
[loging]
[log]
path = 1979-05-27
[logging]
level = "warn"
format = ["json"]
path = "a\\u0000b"
"""

FORMAT = """\
[[format]]
id = "lunch"
name = "Over lunch"
[[format.phase]]
id = "talk"
name = "Talk"
speaks = "both"
minutes = 20
allows = ["points", "floor"]
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in an empty folder with an empty home."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    return tmp_path


def settings() -> dict[str, dict[str, object]]:
    """Give every setting of the model with its default, paths as config.toml writes them."""
    return {
        name: {key: _as_toml(field.default) for key, field in type(getattr(Config(), name)).model_fields.items()}
        for name in Sections.model_fields
    }


def _as_toml(default: object) -> object:
    """Give a default as config.toml writes it."""
    if default is None:
        return ""
    return list(default) if isinstance(default, tuple) else default


def complaints(path: Path | None, environ: dict[str, str] | None = None) -> list[str]:
    """Give the lines of the error that reading the settings ends in."""
    with pytest.raises(UserError) as caught:
        load_config(path, environ or {})
    return str(caught.value).splitlines()


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


@pytest.mark.parametrize("text", ["[true]", "[1.5]", "[-1]", "[0", "x"])
def test_shards_that_are_none_are_named_as_they_were_written(folder: Path, text: str) -> None:
    """In the environment."""
    wanted = f'DILEMMA_DISCORD__SHARD_IDS: must be a list of whole numbers from 0, not "{text}"'
    assert complaints(None, {"DILEMMA_DISCORD__SHARD_IDS": text}) == [wanted]


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


def test_further_packs_are_a_list_of_folders(folder: Path) -> None:
    """In the file and in the environment; anything else is refused."""
    (folder / "config.toml").write_text('[pack]\nfurther = ["phones", "/srv/bypass"]\n')
    assert load_config(None, {}).pack.folders == (None, folder / "phones", Path("/srv/bypass"))
    environ = {"DILEMMA_PACK__FURTHER": '["mice", "rats"]', "DILEMMA_PACK__FOLDER": "pets"}
    assert load_config(None, environ).pack.folders == (folder / "pets", folder / "mice", folder / "rats")
    for wrong, told in (("1", "1"), ("[1]", "a list"), ('[""]', "a list")):
        (folder / "config.toml").write_text(f"[pack]\nfurther = {wrong}\n")
        with pytest.raises(UserError, match=f'"further" must be a list of folders, not {told}'):
            load_config(None, {})


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


def test_all_problems_are_reported_at_once_each_with_its_line(folder: Path) -> None:
    """Of every kind, in the order of the file, then those of the environment."""
    (folder / "config.toml").write_text(BROKEN)
    environ = {"DILEMMA_LOG__ENABLED": "maybe", "DILEMMA_ANSWER__MAX_QUESTION_CHARS": "0"}
    assert complaints(None, environ) == [
        'config.toml:1: unknown key "offline"; it belongs under [encoder]',
        'config.toml:2: "logg" stands outside any section; did you mean "log"?',
        'config.toml:3: "pack" must be a section headed [pack], not 3',
        'config.toml:5: [answer] unknown key "max_question_char"; did you mean "max_question_chars"?',
        'config.toml:6: [answer] "max_question_chars" must be a whole number from 1, not "many"',
        'config.toml:7: [answer] unknown key "folder"; it belongs under [pack] or [index]',
        'config.toml:9: [encoder] "model" must be the name of a model, or its folder, not ""',
        'config.toml:10: [encoder] "sha256" must be 64 of the digits 0-9 and a-f, or empty, not "XYZ"',
        'config.toml:11: [encoder] "offline" must be true or false, not "yes"',
        'config.toml:12: unknown section "loging"; did you mean "logging"?',
        'config.toml:14: [log] "path" must be a path, or empty, not a date or time',
        'config.toml:16: [logging] "level" must be "auto", "debug", "info", "warning" or "error", not "warn"',
        'config.toml:17: [logging] "format" must be "console" or "json", not a list',
        'config.toml:18: [logging] "path" must be a path, or empty, not "a\\u0000b"',
        'DILEMMA_ANSWER__MAX_QUESTION_CHARS: must be a whole number from 1, not "0"',
        'DILEMMA_LOG__ENABLED: must be true or false, not "maybe"',
    ]


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ('"both"', '"bot"', '7: phase "talk": unknown speaks "bot"; did you mean "both"?'),
        ('"floor"', '"flor"', '9: phase "talk": unknown permission "flor"; did you mean "floor"?'),
        ("minutes = 20", "minutes = 999", '8: phase "talk": "minutes" must be more than 0, and 180 or less, not 999'),
        (
            '"floor"',
            '"ballot_after"',
            '1: format "lunch": no phase has "ballot_before": only two ballots can be compared',
        ),
        ("[[format]]", "[format]", '1: "format" must be tables headed [[format]]'),
        ("[[format]]", "[[fromat]]", '1: unknown section "fromat"; did you mean "format"?'),
        ("[[format]]", "[[formats]]", '1: unknown section "formats"; did you mean "format"?'),
        ("[[format]]", "[[log]]", '1: "log" must be a section headed [log], not a list'),
    ],
)
def test_slip_in_a_format_is_reported_with_its_line(folder: Path, old: str, new: str, complaint: str) -> None:
    """As in a pack's own file."""
    text = FORMAT.replace("format.phase", "fromat.phase") if new == "[[fromat]]" else FORMAT
    (folder / "config.toml").write_text(text.replace(old, new))
    assert complaints(None)[0] == f"config.toml:{complaint}"


def test_slips_in_formats_and_in_sections_are_reported_together(folder: Path) -> None:
    """In the order of the file."""
    (folder / "config.toml").write_text(FORMAT.replace("20", "0") + "[answer]\nmax_question_chars = 0\n")
    assert complaints(None) == [
        'config.toml:8: phase "talk": "minutes" must be more than 0, and 180 or less, not 0',
        'config.toml:11: [answer] "max_question_chars" must be a whole number from 1, not 0',
    ]


@pytest.mark.parametrize(
    ("variable", "message"),
    [
        ("DILEMMA_LOG_PATH", "unknown setting; did you mean DILEMMA_LOG__PATH?"),
        ("DILEMMA_LOGS__PATH", "unknown setting; did you mean DILEMMA_LOG__PATH?"),
        ("DILEMMA_SECRT", "unknown setting; did you mean DILEMMA_SECRET?"),
        ("DILEMMA_X__Y", "unknown setting; config.toml lists all that there are"),
    ],
)
def test_slip_in_a_variable_is_noticed(folder: Path, variable: str, message: str) -> None:
    """Else it would be passed over without a word."""
    assert complaints(None, {variable: "x"}) == [f"{variable}: {message}"]


@pytest.mark.parametrize("value", ["0", "-1", "2.5", "true", '"5"', "inf"])
def test_number_must_be_a_whole_one_from_1(folder: Path, value: str) -> None:
    """TOML's own types are taken at their word: "5" is a text."""
    (folder / "config.toml").write_text(f"[answer]\nmax_question_chars = {value}\n")
    assert complaints(None) == [
        f'config.toml:2: [answer] "max_question_chars" must be a whole number from 1, not {value}'
    ]


@pytest.mark.parametrize("key", ["secret", "DILEMMA_SECRET", "secret_key", "discord_token", "Password"])
@pytest.mark.parametrize("section", ["", "[log]\n"])
def test_secret_in_the_file_is_refused_and_not_repeated(folder: Path, section: str, key: str) -> None:
    """The file may be shared; the environment is where secrets belong."""
    (folder / "config.toml").write_text(f'{section}{key} = "hunter2-hunter2-hunter2"\n')
    (line,) = complaints(None)
    variable = "DISCORD_TOKEN" if "token" in key else "DILEMMA_SECRET"
    assert f'"{key}" looks like a secret, and none may stand here: remove it, and set {variable} or' in line
    assert "hunter2" not in line


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


def test_broken_toml_is_reported_with_its_line(folder: Path) -> None:
    """And alone: nothing else can be said about such a file."""
    (folder / "config.toml").write_text("[answer]\nmax_question_chars = 5 6\n")
    (line,) = complaints(None)
    assert line.startswith("config.toml:2: broken TOML: ")


def test_file_that_is_not_utf8_is_refused_with_the_line(folder: Path) -> None:
    """Whatever wrote it."""
    (folder / "config.toml").write_bytes(b"# fine\n# caf\xe9\n")
    assert complaints(None) == ["config.toml:2: byte 0xe9 is not UTF-8; save the file as UTF-8"]


def test_folder_in_place_of_the_file_is_refused(folder: Path) -> None:
    """Named or not."""
    (folder / "config.toml").mkdir()
    assert complaints(None) == ["config.toml: the file cannot be read: Is a directory"]
    assert complaints(folder) == [f"{folder}: the file cannot be read: Is a directory"]


@pytest.mark.parametrize("environ", [{}, {"DILEMMA_CONFIG": "nowhere.toml"}])
def test_missing_file_that_is_named_is_refused(folder: Path, environ: dict[str, str]) -> None:
    """By the option or by the variable."""
    named = None if environ else Path("nowhere.toml")
    assert complaints(named, environ) == [
        "there is no config file nowhere.toml: correct --config or DILEMMA_CONFIG, or use neither"
    ]


def test_missing_home_folder_is_refused(folder: Path) -> None:
    """In a setting and in the name of the file."""
    (folder / "config.toml").write_text('[log]\npath = "~nobody-at-all/x"\n')
    assert complaints(None) == ['config.toml:2: [log] "path" must be a path, or empty, not "~nobody-at-all/x"']
    assert complaints(Path("~nobody-at-all/d.toml")) == [
        "there is no config file ~nobody-at-all/d.toml, for there is no such home folder: correct it"
    ]


def test_dangling_link_is_a_missing_file(folder: Path) -> None:
    """Somebody meant a file to be there."""
    (folder / "config.toml").symlink_to(folder / "gone.toml")
    assert complaints(None)[0].startswith("there is no config file config.toml")


def test_every_setting_says_what_it_must_be(folder: Path) -> None:
    """A table fits nowhere, so each complains, in words of its own."""
    lines = [line for name, keys in settings().items() for line in (f"[{name}]", *(f"{key} = {{}}" for key in keys))]
    (folder / "config.toml").write_text("\n".join(lines))
    said = complaints(None)
    assert len(said) == sum(len(keys) for keys in settings().values())
    assert all(re.fullmatch(r'config\.toml:\d+: \[\w+\] "\w+" must be .+, not a section', line) for line in said)


def test_sections_are_models_of_their_own() -> None:
    """Each with `extra` forbidden, or unknown keys would pass."""
    for name in Sections.model_fields:
        section = getattr(Config(), name)
        assert isinstance(section, BaseModel)
        assert section.model_config["extra"] == "forbid"


def test_a_password_of_the_database_is_neither_taken_from_the_settings_nor_shown(folder: Path) -> None:
    """It comes from a file or the environment, and no print of the settings has it."""
    for address in ("postgresql://bot:swordfish@db/log", "postgresql://db/log?password=swordfish", "mysql://swordfish"):
        (folder / "config.toml").write_text(f'[log]\nurl = "{address}"\n')
        (said,) = complaints(None)
        assert said.startswith('config.toml:2: [log] "url" must be postgresql://… without a password')
        assert "swordfish" not in said
    (folder / "config.toml").write_text('[log]\nurl = "postgresql://bot@db,db2/log"\n')
    (folder / "pass").write_text("swordfish\n")
    config = load_config(None, {"DILEMMA_LOG_PASSWORD_FILE": str(folder / "pass")})
    assert config.log_password is not None
    assert config.log_password.get_secret_value() == "swordfish"
    assert "swordfish" not in f"{config!r} {config.log_place!r} {config.log_place}"


def test_shards_are_shared_out_only_over_a_common_log(folder: Path) -> None:
    """Two processes with logs of their own would both serve everything."""
    (folder / "config.toml").write_text('[discord]\nshards = "auto"\n')
    with pytest.raises(UserError, match="needs a log that all processes share: set `url` under"):
        load_config(None, {})
    common = {"DILEMMA_LOG__URL": "postgresql://bot@db/log"}
    assert load_config(None, common).discord.shards == "auto"
    with pytest.raises(UserError, match='and `shard_ids` names some: remove them, or set `shards` to "fixed"'):
        load_config(None, {**common, "DILEMMA_DISCORD__SHARD_COUNT": "4", "DILEMMA_DISCORD__SHARD_IDS": "1"})
