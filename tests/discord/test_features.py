"""A feature can go: the bot opens without it, and everything else goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.features import ALL
from bot.process.feature import Feature, open_features
from knowledge.errors import Fault
from tests.discord.answering_bot import answering
from tests.discord.loopback import Permission
from tests.discord.test_privacy import used

if TYPE_CHECKING:
    from pathlib import Path

    from tests.discord.loopback import Loopback

COMMANDS = {
    "guild": {"settings"},
    "answer": {"ask", "What each side says", "rebut", "cite", "topics", "sources", "style", "help"},
    "debate": {"debate", "evidence"},
    "fleet": set(),
    "lesson": {"prompt", "quiz", "handout", "lesson", "daily"},
    "spar": {"spar", "sparrings"},
    "review": {"review", "stats"},
    "privacy": {"privacy"},
}


@pytest.mark.parametrize("gone", ["debate", "lesson", "spar", None])
async def test_the_rest_starts_and_its_commands_are_those_of_the_rest(
    gone: str | None, pointed: Loopback, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """It answers, shows its settings, and deletes; nothing that runs beside it has broken."""
    guild = pointed.world.guild("Debating club")
    general = pointed.world.channel(guild, "general")
    chief = pointed.world.member(guild, "chief", pointed.world.role(guild, "chiefs", Permission.MODERATOR))
    rest = [feature for feature in ALL if feature.name != gone]
    async with answering(pointed, tmp_path, features=rest) as bot:
        commands = {command.name for command in bot.client.tree.get_commands()}
        assert commands == {name for feature in rest for name in COMMANDS[feature.name]}
        assert "Word-for-word" in (await used(pointed, chief, general, "ask", question="is my data sold")).text
        settings = await used(pointed, chief, general, "settings show")
        assert ("Daily prompt" in settings.text) is (gone != "lesson")
        question = await used(pointed, chief, general, "privacy delete")
        deleted = await pointed.answer(await pointed.press(chief, question, "Delete everything"))
        assert deleted.text == "Deleted: 4 entries."
    assert [record for record in caplog.records if record.name == "bot.fault"] == []


def test_a_feature_comes_after_those_that_it_needs() -> None:
    """Whoever puts it earlier into the list is told."""
    debate: Feature[object, object] = Feature("debate", after=("guild",), open=lambda _parts: None, exports=object)
    with pytest.raises(Fault, match="the feature debate comes before guild"):
        open_features([debate], parts=None)  # type: ignore[arg-type]  # it is never looked at
