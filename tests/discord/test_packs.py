"""One bot with two packs: each channel has its own, and what was begun with one stays with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from bot.debate.service.debates import Debates
from bot.log.access import read
from bot.values.passage import FIRST_PACK, PassageRef
from embeddings.library import Shelf
from tests.discord.answering_bot import answering
from tests.discord.debating import a_hall, seen
from tests.packs import WordSearch, loaded
from tests.quote.rules.findings import pack

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from bot.log.connection import Connection
    from embeddings.hits import Findings
    from embeddings.retriever import Retriever
    from knowledge.model import Pack
    from tests.discord.answering_bot import Bot
    from tests.discord.debating import Hall
    from tests.discord.loopback import Channel, Loopback, Message, User
    from tests.discord.loopback.payloads import Given

BULLYING = "Would a ban stop bullying?"
SELLS = "who sells my data?"
AWAY = "This belongs to the pack “phones”, which I do not have just now: I cannot answer here."
SOLD = pack().passage("no-selling-information").text


@dataclass(frozen=True)
class Search(WordSearch):
    """The same, for many who ask at once."""

    def language(self, _text: str) -> None:
        """Take everything for English."""

    def encoded(self, questions: Sequence[str]) -> Sequence[str]:
        """Have nothing to encode."""
        return questions

    def found(self, encoded: Sequence[str]) -> list[Findings]:
        """Find for all of them."""
        return [self.find(question) for question in encoded]


@dataclass(frozen=True)
class Scene:
    """A server with two channels, and two packs."""

    hall: Hall
    quiet: Channel
    phones: Pack

    @property
    def anna(self) -> User:
        """Somebody who asks."""
        return self.hall.people[0]

    @property
    def loopback(self) -> Loopback:
        """Discord."""
        return self.hall.loopback

    async def used(self, user: User, command: str, /, *, at: Channel | None = None, **options: Given) -> Message:
        """Use a command, and give the message that comes."""
        return await seen(self.loopback, await self.loopback.slash(user, at or self.hall.general, command, **options))

    async def pressed(self, message: Message, button: str) -> Message:
        """Press a button, and give the message that comes."""
        return await seen(self.loopback, await self.loopback.press(self.anna, message, button))

    def quotes_phones(self, message: Message) -> bool:
        """Return whether a message quotes a side of the second pack."""
        return any(
            passage.text in message.text for side in self.phones.side_ids for passage in self.phones.of_voice(side)
        )


def kept(db: Connection) -> dict[str, list[str]]:
    """Return the packs of what the log holds, by table."""
    tables = ("conversation", "debate", "lesson", "posting", "quiz", "sparring", "exclusion")
    return {table: [row["pack"] for row in db.query(f"SELECT pack FROM {table} ORDER BY rowid")] for table in tables}  # noqa: S608 - names only


async def test_two_packs_serve_their_channels_and_keep_what_is_theirs(pointed: Loopback, tmp_path: Path) -> None:
    """Questions, buttons after a change, topics, debates, lessons, sparrings, exclusions; and a pack taken away."""
    hall = a_hall(pointed)
    phones = loaded("phones", tmp_path)
    scene = Scene(hall, pointed.world.channel(hall.guild, "quiet"), phones)
    async with answering(pointed, tmp_path, further=[Shelf(phones, cast("Retriever", Search(phones)))]) as bot:
        film, school = await _each_channel_has_its_own(scene)
        await _what_was_begun_stays(scene, film)
        excluded = await _excluded_in_one_pack(scene, bot, school)
        await _debate_lesson_and_sparring(scene, bot)
    async with answering(pointed, tmp_path) as bot:
        await bot.client.wait_until_ready()
        for button in ("Context", "More"):
            away = await pointed.answer(await pointed.press(scene.anna, school, button))
            assert (away.message.text, away.message.is_ephemeral) == (AWAY, True)
        assert (await scene.pressed(school, "Helpful")).text.startswith("Noted: this answer was helpful to you.")
        nothing = await pointed.slash(scene.anna, hall.general, "ask", question=BULLYING)
        told = await pointed.until(lambda: nothing.followups, "what is told instead")
        assert told[-1].text == AWAY
        assert SOLD in (await scene.used(scene.anna, "ask", at=scene.quiet, question=SELLS)).text
        listed = await scene.used(hall.chief, "review", list="excluded")
        assert excluded in listed.text.replace("\\", "")


async def _each_channel_has_its_own(scene: Scene) -> tuple[Message, Message]:
    """Choose a pack for one channel, and give an answer of each."""
    chief, quiet = scene.hall.chief, scene.quiet
    asked = await scene.loopback.complete(chief, quiet, "settings set", "pack", pack="pho")
    assert (await scene.loopback.answer(asked)).choices == ({"name": "Phones in school", "value": "phones"},)
    refused = await scene.used(chief, "settings set", pack="phone")
    assert refused.text == 'There is no pack "phone"; did you mean "phones"?'
    told = await scene.used(chief, "settings set", pack="Phones in School", pack_channel=quiet)
    assert f"**Pack:** The Social Dilemma\n**Pack in <#{quiet.id}>:** Phones in school" in told.text
    film = await scene.used(scene.anna, "ask", question=SELLS)
    assert SOLD in film.text
    assert f"Word-for-word quotes from {len(pack().articles)} articles." in film.text
    school = await scene.used(scene.anna, "ask", at=quiet, question=BULLYING)
    assert scene.quotes_phones(school)
    assert f"Word-for-word quotes from {len(scene.phones.articles)} articles." in school.text
    return film, school


async def _what_was_begun_stays(scene: Scene, film: Message) -> None:
    """Let the server take the other pack: cards and menus stay with theirs, and words begin anew."""
    chief, anna = scene.hall.chief, scene.anna
    topics = await scene.used(anna, "topics", at=scene.quiet)
    await scene.used(chief, "settings set", pack="phones")
    told = await scene.used(chief, "settings set", pack="social-dilemma", pack_channel=scene.quiet)
    assert f"**Pack:** Phones in school\n**Pack in <#{scene.quiet.id}>:** The Social Dilemma" in told.text
    assert pack().articles[0].title in (await scene.pressed(film, "Context")).text
    assert not scene.quotes_phones(await scene.pressed(film, "More"))
    opened = await seen(
        scene.loopback, await scene.loopback.choose(anna, topics, "bullying", custom_id="lookup:topic:phones")
    )
    assert scene.quotes_phones(opened)
    assert "Hand them in at the gate" in (await scene.used(anna, "sources")).text
    assert scene.quotes_phones(await scene.used(anna, "ask", question=BULLYING))


async def _excluded_in_one_pack(scene: Scene, bot: Bot, school: Message) -> str:
    """Have a quote of the second pack excluded, and return what it is called."""
    loopback, guild = scene.loopback, str(scene.hall.guild.id)
    form = await loopback.press(scene.anna, school, "Dispute")
    await loopback.answer(form)
    await loopback.answer(await loopback.submit(form, {"quote": "1", "text": "no"}))
    (waiting,) = await bot.reviews.disputed(guild)
    assert waiting.passage.pack == "phones"
    await bot.reviews.decide(guild, waiting.passage, "somebody", exclude=True)
    again = await scene.used(scene.anna, "ask", question=BULLYING)
    assert scene.phones.passage(waiting.passage.passage).text not in again.text
    assert await bot.settings.excluded(guild) == {PassageRef("phones", waiting.passage.passage)}
    return str(waiting.passage)


async def _debate_lesson_and_sparring(scene: Scene, bot: Bot) -> None:
    """Hold each, and see whose it is in the log."""
    chief = scene.hall.chief
    await scene.used(chief, "debate start", motion="No phones", format="oxford")
    (held,) = bot.parts.get(Debates).live()
    assert [side.id for side in held.state.sides] == list(scene.phones.side_ids)
    await scene.used(chief, "lesson start", pack="social-dilemma")
    wrong = await scene.used(chief, "quiz", pack="phones")
    assert wrong.text == "The lesson in this channel is on another pack: end it first, or leave out `pack`."
    await scene.used(chief, "prompt")
    await scene.used(chief, "quiz", count=1, seconds=0)
    await scene.used(chief, "lesson stop")
    begun = await scene.used(scene.anna, "spar", side="supporters")
    assert begun.text.startswith("I hold Supporters, with its quotes alone.")
    assert await read(bot.log, kept) == {
        "conversation": [FIRST_PACK, "phones", "phones", "phones"],
        "debate": ["phones"],
        "lesson": [FIRST_PACK],
        "posting": [FIRST_PACK],
        "quiz": [FIRST_PACK],
        "sparring": ["phones"],
        "exclusion": ["phones"],
    }
