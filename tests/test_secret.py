"""The secret behind the pseudonyms: where it may stand, and how short it may not be."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.secret import passing_secret, read_secret
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
