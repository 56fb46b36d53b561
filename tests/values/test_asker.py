from __future__ import annotations

import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.values.asker import Asker, TurnRef, guild_of, pseudonym

NAMES = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x1f"))


def test_pseudonym_is_the_whole_hex_hmac_of_guild_and_user() -> None:
    """The value is HMAC-SHA256 over guild, U+001F, user; nothing is cut off."""
    expected = hmac.new(b"secret", b"12\x1f34", hashlib.sha256).hexdigest()
    assert pseudonym(b"secret", "12", "34") == expected
    assert len(expected) == 64


@given(NAMES, NAMES, NAMES, NAMES)
def test_two_people_never_share_a_pseudonym(guild: str, user: str, other_guild: str, other_user: str) -> None:
    """The separator keeps (1, 23) and (12, 3) apart."""
    same = (guild, user) == (other_guild, other_user)
    assert (pseudonym(b"s", guild, user) == pseudonym(b"s", other_guild, other_user)) is same


def test_another_secret_gives_another_name() -> None:
    """Without the secret the name cannot be recomputed."""
    assert pseudonym(b"one", "1", "2") != pseudonym(b"two", "1", "2")


def test_an_empty_secret_is_refused() -> None:
    """An HMAC with an empty key would be a mere hash of an id that everybody can list."""
    with pytest.raises(ValueError, match="secret for pseudonyms is empty"):
        pseudonym(b"", "1", "2")


def test_a_guild_with_the_separator_is_refused() -> None:
    """It could imitate another guild's user."""
    with pytest.raises(ValueError, match="separator"):
        pseudonym(b"s", "1\x1f2", "3")


@pytest.mark.parametrize(("place", "guild"), [("12/34", "12"), ("dm/5", "dm"), ("terminal", None), ("1/2/3", "1")])
def test_the_guild_stands_before_the_first_slash(place: str, guild: str | None) -> None:
    """Where there is none, there is no guild."""
    assert guild_of(place) == guild
    assert Asker("anna", place).guild == (guild or "dm")


def test_turns_count_from_one() -> None:
    """There is no turn before the first."""
    with pytest.raises(ValueError, match="turns count from 1, not 0"):
        TurnRef("0" * 32, 0)
