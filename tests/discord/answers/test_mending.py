"""Questions that are mended by editing the message, on Discord's wire."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.answer.cog.messages import MENDED_WITHIN_S
from bot.process.limits import Rate
from tests.discord.answering_bot import answering
from tests.discord.answers.steps import EVERYTHING_TRACKED, quoted_in
from tests.discord.debating import MovedClock

if TYPE_CHECKING:
    from pathlib import Path

    from tests.discord.answering_bot import Bot
    from tests.discord.loopback import Channel, Loopback, Message, User


async def mended(loopback: Loopback, message: Message, content: str, reply: Message) -> None:
    """Let the author edit a message, and wait for the reply to change."""
    edits = reply.edits
    await loopback.rewrite_own(message, content)
    await loopback.until(lambda: reply.edits > edits, "the reply to be changed")


def logged(bot: Bot) -> list[tuple[str, int]]:
    """Give the questions in the log, each with its number in its conversation."""
    query = "SELECT question, number FROM turn ORDER BY id"
    return bot.log.read(lambda db: [(row["question"], row["number"]) for row in db.query(query)])


async def test_a_question_that_is_mended_is_answered_anew_in_the_same_reply(
    bot: Bot, loopback: Loopback, anna: User, general: Channel
) -> None:
    """And what is asked next goes on from there; what is no edit of the text changes nothing."""
    me = loopback.world.bot.mention
    asked = await loopback.say(anna, general, f"{me} is my dota sold")
    reply = await loopback.reply_to(asked)
    assert quoted_in(reply) == []
    await mended(loopback, asked, f"{me} is my data sold", reply)
    assert reply.text.startswith("**Question:** is my data sold\n")
    assert EVERYTHING_TRACKED in reply.text
    shown = quoted_in(reply)
    # The preview of a link comes as an edit, too.
    asked.more = {"embeds": [{"type": "link", "title": "data"}]}
    await loopback.tell_message("MESSAGE_UPDATE", asked)
    follow = await loopback.mention(anna, general, "where is that from?")
    source = await loopback.reply_to(follow)
    assert quoted_in(source) == shown
    await mended(loopback, follow, f"{me} and the other side of the data?", source)
    await mended(loopback, follow, f"{me} any data at all?", source)
    assert (reply.edits, source.edits) == (1, 2)
    assert len(loopback.world.from_bot(general)) == 2
    context = await loopback.answer(await loopback.press(anna, reply, "Context"))
    assert context.text.startswith("**Context of quote 1**")
    turns = [("is my dota sold", 1), ("is my data sold", 1), ("where is that from?", 2)]
    assert logged(bot) == [*turns, ("and the other side of the data?", 2), ("any data at all?", 2)]


async def test_only_what_was_answered_lately_is_answered_anew_and_no_faster_than_questions(
    pointed: Loopback, general: Channel, anna: User, bert: User, tmp_path: Path
) -> None:
    """Whoever is too quick hears so, once, and the answer stays."""
    clock, me = MovedClock(), pointed.world.bot.mention
    async with answering(pointed, tmp_path, clock=clock, person=Rate(burst=2, every_s=60.0)) as bot:
        other = await pointed.say(anna, general, "is my data sold")
        asked = await pointed.say(anna, general, f"{me} zebras")
        reply = await pointed.reply_to(asked)
        await pointed.rewrite_own(other, f"{me} is my data sold?")
        await mended(pointed, asked, f"{me} is my data sold", reply)
        await pointed.rewrite_own(asked, f"{me} is their data sold")
        busy = await pointed.posted(general, after=reply)
        assert busy.text.startswith("You're asking quickly")
        late = await pointed.say(bert, general, f"{me} zebras")
        answered = await pointed.reply_to(late)
        clock.move(MENDED_WITHIN_S + 1)
        await pointed.rewrite_own(late, f"{me} is my data sold")
        await pointed.reply_to(await pointed.say(bert, general, f"{me} lions"))
        assert (reply.edits, answered.edits) == (1, 0)
        assert all(each.reply_to is not other for each in pointed.world.from_bot(general))
        assert logged(bot) == [
            *(("zebras", 1), ("is my data sold", 1)),
            *(("zebras", 1), ("lions", 2)),
        ]
