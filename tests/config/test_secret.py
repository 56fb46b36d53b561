"""The secret behind the pseudonyms: where it may stand, and how short it may not be."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.config.secret import kept_secret, passing_secret, read_by_others, read_secret, read_token
from knowledge.errors import UserError

if TYPE_CHECKING:
    from pathlib import Path

LONG = "correct horse battery"


def test_secret_comes_from_the_environment() -> None:
    """As its bytes, without white space around it."""
    assert read_secret({"DILEMMA_SECRET": f" {LONG}\n"}) == b"correct horse battery"


def test_secret_comes_from_the_file_that_the_environment_names(tmp_path: Path) -> None:
    """Without the line end that editors add."""
    file = tmp_path / "secret"
    file.write_bytes(b"\xff" * 16 + b"\r\n")
    assert read_secret({"DILEMMA_SECRET_FILE": str(file)}) == b"\xff" * 16


def test_without_a_secret_there_is_none() -> None:
    """The caller makes one for the run, another each time."""
    assert read_secret({}) is None
    assert len(passing_secret()) == 32
    assert passing_secret() != passing_secret()


def test_two_secrets_are_refused() -> None:
    """Which of them was meant cannot be known."""
    with pytest.raises(UserError, match="both DILEMMA_SECRET and DILEMMA_SECRET_FILE are set: unset one"):
        read_secret({"DILEMMA_SECRET": LONG, "DILEMMA_SECRET_FILE": "x"})


@pytest.mark.parametrize("short", ["", "   ", "123456789012345"])
def test_short_secret_is_refused_without_being_shown(short: str) -> None:
    """Pseudonyms under it could be undone."""
    with pytest.raises(UserError) as caught:
        read_secret({"DILEMMA_SECRET": short})
    assert f"the secret from DILEMMA_SECRET has {len(short.strip())} bytes, 16 are the least" in str(caught.value)
    assert "12345" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "reason"), [("gone", "No such file or directory"), ("", "Is a directory"), ("\0", "embedded null byte")]
)
def test_file_that_cannot_be_read_is_named(tmp_path: Path, name: str, reason: str) -> None:
    """With the reason, and with the variable that names it."""
    with pytest.raises(UserError) as caught:
        read_secret({"DILEMMA_SECRET_FILE": f"{tmp_path}/{name}"})
    assert f"cannot be read ({reason}): correct DILEMMA_SECRET_FILE" in str(caught.value)


def test_token_comes_from_the_environment_or_its_file(tmp_path: Path) -> None:
    """As one line; the word that stands before it in headers is taken off."""
    file = tmp_path / "token.txt"
    file.write_text("abc.def.ghi\n", encoding="utf-8")
    assert read_token({}) is None
    assert read_token({"DISCORD_TOKEN": " abc.def.ghi "}) == "abc.def.ghi"
    assert read_token({"DISCORD_TOKEN": "Bot abc.def.ghi"}) == "abc.def.ghi"
    assert read_token({"DISCORD_TOKEN_FILE": str(file)}) == "abc.def.ghi"


@pytest.mark.parametrize(
    ("token", "fault"),
    [
        ("", "is empty: open your application's page"),
        (" \n", "is empty"),
        ("two words", "has a space or a line break in it: copy it again, as one line"),
        ("line\nbreak", "has a space or a line break in it"),
        ("umlaut-ü", "is none, for a bot's has three parts with dots between them"),
        ("control-\x07", "is none"),
        ('"MTAx.Gabc.x-y_z"', "stands in quotation marks: remove them"),
        ("‘MTAx.Gabc.x-y_z’", "stands in quotation marks"),
        ("DISCORD_TOKEN=MTAx.Gabc.x-y_z", "begins with a variable's name: keep only what stands after it"),
        ('export TOKEN="MTAx.Gabc.x-y_z', "begins with a variable's name"),
        ("token: MTAx.Gabc.x-y_z", "begins with a variable's name"),
        ("your-bot-token-here", "is a placeholder"),
        ("your.bot.token", "is a placeholder"),
        ("<MTAx.Gabc.xyz>", "is a placeholder"),
        ("$TOKEN", "is a placeholder"),
        ("xxxxxxxx", "is a placeholder"),
        ("Ab3-" * 8, "is a client secret by its length"),
        ("123456789012345678", "is an application's id"),
        ("0a" * 32, "is an application's public key"),
        ("mfa.abc.def9", "is a person's own, and Discord forbids bots to use those"),
    ],
)
def test_what_cannot_be_a_token_is_told_by_its_shape_and_not_repeated(token: str, fault: str) -> None:
    """With what to do; it would be refused by Discord, or as a header, anyway."""
    with pytest.raises(UserError) as error:
        read_token({"DISCORD_TOKEN": token})
    assert str(error.value).startswith(f"the token from DISCORD_TOKEN {fault}")
    assert not token.strip() or token not in str(error.value)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_token_file_may_begin_with_a_byte_order_mark(tmp_path: Path, encoding: str) -> None:
    """As PowerShell and Notepad write it."""
    file = tmp_path / "token.txt"
    file.write_text("abc.def.ghi\r\n", encoding=encoding)
    assert read_token({"DISCORD_TOKEN_FILE": str(file)}) == "abc.def.ghi"


def test_token_in_two_places_or_in_a_file_that_is_not_there_is_refused() -> None:
    """With the variables to correct."""
    with pytest.raises(UserError, match="both DISCORD_TOKEN and DISCORD_TOKEN_FILE are set: unset one"):
        read_token({"DISCORD_TOKEN": "x", "DISCORD_TOKEN_FILE": "y"})
    with pytest.raises(UserError, match=r'"nowhere/token" cannot be read .*: correct DISCORD_TOKEN_FILE'):
        read_token({"DISCORD_TOKEN_FILE": "nowhere/token"})


NOW = "2026-03-01T12:00:00+00:00"


def test_kept_secret_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    """The next run has the same: a person's turns of before stay theirs, to be seen and deleted."""
    path = tmp_path / "data" / "log.sqlite3.secret"
    made = kept_secret(path, in_use=lambda: False, now=NOW)
    assert len(made) == 64
    assert kept_secret(path, in_use=lambda: True, now=NOW) == made
    assert path.stat().st_mode & 0o777 == 0o600
    assert read_by_others((path, tmp_path / "none")) == ()
    path.chmod(0o640)
    assert read_by_others((path,)) == (f"{path} can be read by other accounts (mode 640): run `chmod 600 {path}`",)


@pytest.mark.parametrize(("content", "what"), [(None, "gone"), ("short", "cut short"), ("", "gone")])
def test_a_secret_that_is_gone_is_not_replaced_while_the_log_has_turns(
    tmp_path: Path, content: str | None, what: str
) -> None:
    """Nobody would find their turns. Before the first turn a new one is made, and what was there is kept apart."""
    path = tmp_path / "log.sqlite3.secret"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    with pytest.raises(UserError, match=rf"^the secret in {path} is {what}, and .*: put it back from a copy, or move"):
        kept_secret(path, in_use=lambda: True, now=NOW)
    assert path.exists() is (content is not None)
    assert len(kept_secret(path, in_use=lambda: False, now=NOW)) == 64
    aside = path.with_name(f"{path.name}.damaged-20260301T120000")
    assert (aside.read_text(encoding="utf-8") if aside.exists() else None) == content


def test_secret_that_cannot_be_kept_is_a_users_error(tmp_path: Path) -> None:
    """Said before anybody asks anything."""
    (tmp_path / "data").write_text("a file where the folder should be", encoding="utf-8")
    with pytest.raises(UserError, match=r"no secret can be kept in .*: mend that, or set DILEMMA_SECRET"):
        kept_secret(tmp_path / "data" / "secret", in_use=lambda: False, now=NOW)
