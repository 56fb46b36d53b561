"""What people read on a message stands in many places; and who is called by the bot's own role."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import bot.wire.client as client_module
from tests.discord.answering_bot import answering

if TYPE_CHECKING:
    from pathlib import Path

    from tests.discord.loopback import Channel, Guild, Loopback, User
    from tests.discord.loopback.wire import Json

CLAIM = "they sell my data"


def poll(question: str, *answers: str | None) -> Json:
    """Write a poll; Discord says that an answer may come to have no text."""
    listed = [{"answer_id": number, "poll_media": {"text": answer}} for number, answer in enumerate(answers, start=1)]
    asked = {"question": {"text": question}, "answers": listed, "allow_multiselect": False, "layout_type": 1}
    return {"poll": {**asked, "expiry": "2030-05-03T07:00:00+00:00"}}


def forwarded(content: str = "", **more: object) -> Json:
    """Write a message that holds another one."""
    when = {"timestamp": "2026-05-03T07:00:00+00:00", "edited_timestamp": None}
    held = {"type": 0, "content": content, "embeds": [], "attachments": [], "flags": 0, **when, **more}
    return {
        "message_reference": {"type": 1, "message_id": "1", "channel_id": "2"},
        "message_snapshots": [{"message": held}],
    }


def embed(**parts: object) -> Json:
    """Write an embed."""
    return {"type": "rich", **parts}


FIELDS = [{"name": "Claim", "value": CLAIM}, {"name": "Source", "value": "a blog"}]
CARD = [{"type": 17, "id": 1, "components": [{"type": 10, "id": 2, "content": CLAIM}]}]
RESULT = [
    {"name": "poll_question_text", "value": "Who has my data?"},
    {"name": "victor_answer_votes", "value": "3"},
    {"name": "victor_answer_text", "value": "Facebook"},
]

PLACES: dict[str, tuple[str, Json, str]] = {
    "forwarded": ("", forwarded(CLAIM), CLAIM),
    "forwarded embed": ("", forwarded(embeds=[embed(title="News", description=CLAIM)]), f"News {CLAIM}"),
    "forwarded card": ("", forwarded(components=CARD), CLAIM),
    "embeds": ("", {"embeds": [embed(title="News"), embed(description=CLAIM)]}, f"News {CLAIM}"),
    "fields of an embed": ("", {"embeds": [embed(fields=FIELDS)]}, f"Claim {CLAIM} Source a blog"),
    "text and an embed": ("Is it true?", {"embeds": [embed(description=CLAIM)]}, f"Is it true? {CLAIM}"),
    "card": ("", {"components": CARD}, CLAIM),
    "poll": ("", poll("Who has my data?", "Facebook", None, "Nobody"), "Who has my data? Facebook Nobody"),
    "text and a poll": ("Vote!", poll("Who has my data?", "I"), "Vote! Who has my data? I"),
    "result of a poll": (
        "",
        {"embeds": [embed(type="poll_result", fields=RESULT)]},
        "Who has my data? Facebook",
    ),
}
"""What is typed, what else is on the message, and what is read."""


async def test_text_is_read_wherever_it_stands(
    pointed: Loopback, chief: User, general: Channel, tmp_path: Path
) -> None:
    """By the menu of messages, and in direct messages, where a picture is still greeted."""
    direct = pointed.world.dm(chief)
    pointed.journal.openapi = None  # it is about what the bot sends, not about what it is told
    async with answering(pointed, tmp_path) as bot:
        for place, (content, more, text) in PLACES.items():
            said = await pointed.say(chief, direct, content, more=more)
            assert f"**Question:** {text}\n" in (await pointed.reply_to(said)).text, place
            said = await pointed.say(chief, general, content, more=more)
            shown = await pointed.answer(await pointed.menu(chief, said, "What each side says"))
            assert text in shown.text, place
            assert bot.retriever.asked[-1] == text, place
        empty = await pointed.menu(chief, await pointed.say(chief, general, ""), "What each side says")
        assert (await pointed.answer(empty)).text == "This message has no text that I could look up."
        picture = await pointed.say(chief, direct, "", more={"embeds": [embed(type="image")]})
        assert "You could ask:" in (await pointed.reply_to(picture)).text


async def test_the_bots_own_role_calls_it_and_no_other(
    pointed: Loopback, chief: User, guild: Guild, general: Channel, tmp_path: Path
) -> None:
    """Where Discord hides what was written, one line says so; a role of another bot's, or one given to it, is none."""
    world = pointed.world
    own, others, given = (world.role(guild, name) for name in ("Dilemma", "Another", "Bots"))
    own.bot_id, others.bot_id = world.bot.id, world.new_id()
    guild.members[world.bot.id].roles += [own, given]
    async with answering(pointed, tmp_path):
        for role in (others, given):
            await pointed.say(chief, general, f"<@&{role.id}> is my data sold?")
        told = await pointed.reply_to(await pointed.say(chief, general, f"<@&{own.id}> is my data sold?"))
        assert told.text == "Discord hides what you wrote to my role: mention me by name, or use `/ask`."
        both = await pointed.reply_to(await pointed.mention(chief, general, f"<@&{own.id}> is my data sold?"))
        assert "**Question:** is my data sold?\n" in both.text
    assert world.from_bot(general) == [told, both]


BROKEN: tuple[tuple[str, Json], ...] = (
    ("MESSAGE_CREATE", {"id": "1", "channel_id": "none"}),
    ("INTERACTION_CREATE", {"id": "1", "type": 2, "data": {"text": "is my data sold?"}}),
    ("GUILD_ROLE_CREATE", {"guild_id": "?"}),
    ("CHANNEL_UPDATE", {"id": None, "type": 99}),
    ("GUILD_CREATE", {}),
)
"""Events that discord.py cannot parse."""


async def test_an_event_that_cannot_be_parsed_ends_no_session(
    pointed: Loopback, chief: User, guild: Guild, general: Channel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is written down; what comes after it is heard in the same session, also in a server that was not heard of."""
    faults: list[BaseException] = []
    monkeypatch.setattr(client_module, "log_fault", faults.append)
    async with answering(pointed, tmp_path) as bot:
        for event, content in BROKEN:
            await pointed.tell(event, content, guild.id)
        assert "my data" in (await pointed.answer(await pointed.slash(chief, general, "ask", question="my data"))).text
        new = pointed.world.guild("New club", with_bot=False)
        unheard = pointed.world.channel(new)
        for user in (chief, pointed.world.bot):
            pointed.world.join(new, user)
        new.with_bot = True
        await pointed.say(chief, unheard, "is my data sold?")
        told = await pointed.reply_to(await pointed.mention(chief, unheard, "is my data sold?"))
        assert pointed.world.from_bot(unheard) == [told]
        assert bot.log.recent(1)[0].place == f"{new.id}/{unheard.id}"
    assert len(faults) == len(BROKEN)
    assert len(pointed.gateway.identifies) == 1
    assert pointed.gateway.resumes == []


@pytest.fixture
def chief(loopback: Loopback, guild: Guild) -> User:
    """Make a member whose app speaks English."""
    return loopback.world.member(guild, "chief")


@pytest.fixture
def guild(loopback: Loopback) -> Guild:
    """Make a server that speaks English."""
    return loopback.world.guild("Debating club")
