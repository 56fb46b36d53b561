"""What is wrong with the settings: the exact complaint, with its line."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.config.loading import load_config
from knowledge.errors import UserError
from tests.config.conftest import FORMAT, settings

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


def complaints(path: Path | None, environ: dict[str, str] | None = None) -> list[str]:
    """Give the lines of the error that reading the settings ends in."""
    with pytest.raises(UserError) as caught:
        load_config(path, environ or {})
    return str(caught.value).splitlines()


@pytest.mark.parametrize("text", ["[true]", "[1.5]", "[-1]", "[0", "x"])
def test_shards_that_are_none_are_named_as_they_were_written(folder: Path, text: str) -> None:
    """In the environment."""
    wanted = f'DILEMMA_DISCORD__SHARD_IDS: must be a list of whole numbers from 0, not "{text}"'
    assert complaints(None, {"DILEMMA_DISCORD__SHARD_IDS": text}) == [wanted]


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
