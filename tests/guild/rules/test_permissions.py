from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.guild.rules.permissions import MOST_CHANNELS, Changes, GuildSettings, Rights, changed, difference, may_moderate
from knowledge.errors import UserError

NOBODY, MEMBER, JUDGE, CHIEF = (
    Rights(manages=False),
    Rights(manages=False, roles=frozenset({1})),
    Rights(manages=False, roles=frozenset({1, 5})),
    Rights(manages=True),
)
SET = GuildSettings(moderator_role=5, channels=frozenset({7}), style="plain", language="hi", retention_days=30)


@pytest.mark.parametrize(
    ("settings", "rights", "may"),
    [
        (GuildSettings(), CHIEF, True),
        (GuildSettings(), JUDGE, False),
        (GuildSettings(), NOBODY, False),
        (SET, JUDGE, True),
        (SET, MEMBER, False),
        (SET, CHIEF, True),
    ],
)
def test_moderators_manage_the_guild_or_have_the_role(settings: GuildSettings, rights: Rights, *, may: bool) -> None:
    """Where no role was set, no role moderates."""
    assert may_moderate(settings, rights) is may


def test_only_moderators_change_settings() -> None:
    with pytest.raises(UserError, match="Only moderators of this server may do that: those with “Manage Server”"):
        changed(SET, Changes(style="card"), MEMBER)


@pytest.mark.parametrize("changes", [Changes(moderator_role=1), Changes(reset=frozenset({"moderator_role"}))])
def test_only_managers_choose_who_moderates(changes: Changes) -> None:
    with pytest.raises(UserError, match="Only those with “Manage Server” may choose the moderators' role"):
        changed(SET, changes, JUDGE)
    assert changed(SET, changes, CHIEF).moderator_role == changes.moderator_role


def test_what_is_given_changes_and_the_rest_stays() -> None:
    """Channels are added and taken away one by one."""
    assert changed(SET, Changes(), JUDGE) == SET
    assert changed(SET, Changes(style="card", retention_days=9), JUDGE) == replace(SET, style="card", retention_days=9)
    assert changed(SET, Changes(language="de"), JUDGE).language == "de"
    assert changed(SET, Changes(allow_channel=8), JUDGE).channels == {7, 8}
    assert changed(SET, Changes(disallow_channel=7), JUDGE).channels == frozenset()
    assert changed(SET, Changes(disallow_channel=8), JUDGE).channels == {7}


def test_a_reset_comes_first() -> None:
    """So that one command can begin anew."""
    assert changed(SET, Changes(allow_channel=8, reset=frozenset({"channels"})), JUDGE).channels == {8}


def test_channels_are_few_enough_to_be_listed() -> None:
    full = GuildSettings(channels=frozenset(range(1, MOST_CHANNELS + 1)))
    with pytest.raises(UserError, match="one channel too many: disallow another first"):
        changed(full, Changes(allow_channel=999), CHIEF)
    assert len(changed(full, Changes(allow_channel=999, disallow_channel=1), CHIEF).channels) == MOST_CHANNELS


@given(st.sampled_from(["moderator_role", "channels", "style", "language", "retention_days"]))
def test_every_setting_can_be_reset(name: str) -> None:
    """To what holds where nobody set anything."""
    after = changed(SET, Changes(reset=frozenset({name})), CHIEF)
    assert getattr(after, name) == getattr(GuildSettings(), name)
    assert replace(after, **{name: getattr(SET, name)}) == SET


def test_a_difference_names_what_changed() -> None:
    """As it is now; nothing for nothing."""
    assert difference(SET, SET) == ""
    assert difference(GuildSettings(), SET) == ("moderator_role=5 channels=7 style=plain language=hi retention_days=30")
    assert difference(SET, GuildSettings()) == (
        "moderator_role=default channels=all style=card language=default retention_days=default"
    )
