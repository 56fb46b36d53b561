"""What the buttons, menus and forms of answers do: at any age, after a restart too, while the log holds the answer."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, Final

from bot.answer.cog.layout import (
    FEATURE,
    answer_id,
    context_menu,
    context_page,
    first_words,
    has_footer,
    numbers_of,
    page_of,
    ref_of,
)
from bot.answer.cog.turn import answer_interaction, introduces
from bot.answer.service.answers import Answers
from bot.answer.service.ask import Gone
from bot.guild.cog.manners import manners_for_question, manners_to
from bot.process.journal import logger
from bot.values.asker import NO_GUILD
from bot.values.text import is_blank
from bot.wire.channel import Channels
from bot.wire.contents import text_of
from bot.wire.page.controls import Form, field, menu
from bot.wire.page.escaping import escaped
from bot.wire.page.language import words_for
from bot.wire.page.limits import LONGEST_FIELD, MOST_CHOICES
from bot.wire.page.render import payload_of
from bot.wire.press import marks_in
from bot.wire.reply import change_pressed
from bot.wire.trouble import FAILURES
from bot.wire.visit import Cost, is_private, visit
from knowledge.errors import UserError

if TYPE_CHECKING:
    from bot.answer.service.ask import Reply
    from bot.guild.cog.manners import Manners
    from bot.values.asker import Asker, TurnRef
    from bot.wire.press import Handler, Handlers, Press
    from bot.wire.visit import Interaction

MORE: Final = "more"
"""What is said for a person who presses the button for further quotes."""

OF_SIDE: Final = "more from {side}"
"""… for those of one side."""

NAMING_S: Final = 1.0
"""How long the beginnings of quotes are looked up for a form, which must come at once: else numbers must do."""

QUOTE: Final = "quote"
LONGEST_REASON: Final = 1000


def _ref(press: Press) -> TurnRef:
    ref = ref_of(press.arguments)
    if ref is None:
        raise ValueError(f"no turn: {press.arguments}")
    return ref


def _number(press: Press) -> int:
    """Read the number that stands behind the turn, 1 for none."""
    return int(press.arguments[2]) if len(press.arguments) > 2 else 1  # noqa: PLR2004 - a turn has two parts


async def more(interaction: Interaction, press: Press) -> None:
    """Show further quotes."""
    ref = _ref(press)
    await answer_interaction(
        interaction,
        lambda answers, asker, manners: answers.asking.ask(asker, MORE, excluded=manners.excluded, after=ref),
        private=is_private(interaction),
    )


async def of_one_side(interaction: Interaction, press: Press) -> None:
    """Show further quotes of one side alone."""
    ref, side = _ref(press), press.arguments[2]

    async def put(answers: Answers, asker: Asker, manners: Manners) -> Reply:
        pack = answers.library.pack((await answers.given(ref)).pack.id)
        try:
            name = pack.side(side).aliases[0]  # what questions name it by
        except KeyError as error:
            raise Gone from error
        return await answers.asking.ask(asker, OF_SIDE.format(side=name), excluded=manners.excluded, after=ref)

    await answer_interaction(interaction, put, private=is_private(interaction))


async def alone(interaction: Interaction, press: Press) -> None:
    """Answer a question that was taken for a follow-up by its own words, in a conversation of its own."""
    ref = _ref(press)

    async def put(answers: Answers, asker: Asker, manners: Manners) -> Reply:
        given = await answers.given(ref)
        asked = partial(answers.asking.ask, asker, given.answer.question, fresh=True)
        return await asked(excluded=manners.excluded, pack=given.pack.id)

    await answer_interaction(interaction, put, private=is_private(interaction))


async def follow(interaction: Interaction, press: Press) -> None:
    """Ask for a question on exactly that answer."""
    words = words_for(interaction.locale)
    longest = min(interaction.client.services.config.answer.max_question_chars, LONGEST_FIELD)
    form = Form(words("Follow up"), answer_id("follow", _ref(press)), field(words("Your question"), longest))
    async with visit(interaction, form=True) as here:
        await here.ask(form)


async def followed(interaction: Interaction, press: Press) -> None:
    """Answer it."""
    ref, text = _ref(press), press.text
    await answer_interaction(
        interaction,
        lambda answers, asker, manners: answers.asking.ask(asker, text, excluded=manners.excluded, after=ref),
        text=text,
        private=is_private(interaction),
    )


async def show_context(interaction: Interaction, press: Press) -> None:
    """Show the sentences around a quote of an answer, the first unless another was chosen, to this person only."""
    chosen, ref = press.chosen, _ref(press)
    async with visit(interaction, changing=chosen is not None) as here:
        answers = await here.services.get(Answers)
        manners = await manners_to(interaction)
        found = await answers.context(ref, excluded=manners.excluded)
        given = await answers.given(ref)
        at = next((each for each in found if chosen in {None, each.quote.passage_id}), None)
        if at is None:
            wanted = {chosen} if chosen else {quote.passage_id for quote in given.answer.quotes}
            raise (
                UserError("The moderators of this server have excluded this quote.")
                if (wanted & manners.without(given.pack.id))
                else Gone
            )
        page = context_page(given.pack, at, manners.words, manners.style)
        rows = context_menu(given.pack, found, ref, manners.words)
        await here.put(page, rows, manners.words, manners.style)


async def vote(interaction: Interaction, press: Press, *, helpful: bool) -> None:
    """Keep whether an answer helped this person; they may change their mind."""
    ref = _ref(press)
    async with visit(interaction) as here:
        answers = await here.services.get(Answers)
        manners = await manners_to(interaction)
        if await answers.stored(ref) is None:
            raise Gone
        await answers.vote(here.person, here.guild, ref, helpful=helpful)
        if helpful:
            await here.say(manners.words("Noted: this answer was helpful to you. You can change your mind."))
        else:
            await here.say(manners.words("Noted: this answer was not helpful to you. You can change your mind."))


async def share(interaction: Interaction, press: Press) -> None:
    """Show an answer that only this person sees to everybody in the channel."""
    ref = _ref(press)
    async with visit(interaction, Cost.QUESTION, private=False) as here:
        answers = await here.services.get(Answers)
        manners = await manners_for_question(interaction)
        given = await answers.given(ref)
        first = introduces(answers, given, here.asker, interaction.channel)
        page, rows = page_of(given.pack, given.answer, ref, manners, first=first)
        await here.put(page, rows, manners.words, manners.style)


async def turn_page(interaction: Interaction, press: Press) -> None:
    """Put another page of an answer in the place of the one shown."""
    ref, number, private = _ref(press), _number(press), is_private(interaction)
    async with visit(interaction, changing=True) as here:
        answers = await here.services.get(Answers)
        manners = await manners_to(interaction)
        manners = manners.as_in(interaction.message)
        given = await answers.given(ref)
        pack, first = given.pack, has_footer(given.pack, interaction.message)
        page, rows = page_of(pack, given.answer, ref, manners, number=number, shareable=private, first=first)
        await here.put(page, rows, manners.words, manners.style)


async def dispute(interaction: Interaction, press: Press) -> None:
    """Ask which of an answer's quotes is wrong, where there are several, and why."""
    if interaction.client.services.asker_of(interaction).guild == NO_GUILD:
        raise UserError("There are no moderators here: dispute a quote where it is shown in a server.")
    words, seen = words_for(interaction.locale), press.arguments[2:]
    numbers = numbers_of(seen)
    why = field(words("What is wrong with it?"), LONGEST_REASON, words("The moderators of this server read it."))
    async with visit(interaction, form=True) as here:
        begun = await _beginnings(here.services.current(Answers), _ref(press)) if len(numbers) > 1 else ()

        def label(number: int) -> str:
            known = f": {begun[number - 1]}" if number <= len(begun) else ""
            return words("Quote {number}", number=number) + known

        choices = [(label(number), str(number)) for number in numbers[:MOST_CHOICES]]
        which = [menu(words("Which quote?"), QUOTE, choices)] if len(choices) > 1 else []
        await here.ask(Form(words("Dispute a quote"), answer_id("dispute", _ref(press), *seen), *which, why))


async def _beginnings(answers: Answers | None, ref: TurnRef) -> tuple[str, ...]:
    """Return the first words of an answer's quotes; nothing where they are not found at once."""
    if answers is None:
        return ()
    try:
        async with asyncio.timeout(NAMING_S):
            return tuple(map(first_words, (await answers.given(ref)).answer.quotes))
    except (TimeoutError, UserError):
        return ()


async def disputed(interaction: Interaction, press: Press) -> None:
    """Put the quote before the moderators."""
    ref, reason = _ref(press), press.text
    if is_blank(reason):
        raise UserError("There is no reason: say what is wrong with the quote.")
    async with visit(interaction) as here:
        answers = await here.services.get(Answers)
        manners = await manners_to(interaction)
        quotes = (await answers.given(ref)).answer.quotes
        at = int(press.written.get(QUOTE) or numbers_of(press.arguments[2:])[0])
        if at > len(quotes):
            raise Gone
        await answers.dispute(here.person, here.guild, ref, quotes[at - 1].passage_id, reason)
        said = manners.words("Thank you. The moderators of this server will review quote {number}.", number=at)
        await here.say(said)


async def _renew(interaction: Interaction, press: Press) -> None:
    """Lay the answer below which something was pressed out anew where it shows what is excluded by now.

    One that only its person sees is hidden from the bot: nothing but the token of a press can change it.
    """
    message, private = interaction.message, is_private(interaction)
    if message is None or all(mark.verb == "context" for mark in marks_in(message.components)):
        return
    try:
        manners = (await manners_to(interaction)).as_in(message)
        answers, ref = await interaction.client.services.get(Answers), _ref(press)
        if not manners.excluded:
            return
        given, read = await answers.given(ref), text_of(message)
        if any(
            quote.passage_id in manners.without(given.pack.id) and escaped(quote.text) in read
            for quote in given.answer.quotes
        ):
            beside = [int(mark.arguments[2]) for mark in marks_in(message.components) if mark.verb == "page"]
            number, first = max(beside, default=2) - 1, has_footer(given.pack, message)
            page, rows = page_of(given.pack, given.answer, ref, manners, number=number, shareable=private, first=first)
            payload = payload_of(page, rows, manners.words, manners.style, editing=True)
            if private:
                await change_pressed(interaction, message.id, payload)
            else:
                await Channels(interaction.client).edit(message.channel.id, message.id, payload)
    except (UserError, *FAILURES) as failure:
        logger(__name__).info("an excluded quote still stands in a message", failure=type(failure).__name__)


def _renewing(handler: Handler) -> Handler:
    async def handle(interaction: Interaction, press: Press) -> None:
        try:
            await handler(interaction, press)
        finally:
            await _renew(interaction, press)

    return handle


_PRESSES: Final[Handlers] = {
    (FEATURE, "context"): show_context,
    (FEATURE, "more"): more,
    (FEATURE, "side"): of_one_side,
    (FEATURE, "alone"): alone,
    (FEATURE, "follow"): follow,
    (FEATURE, "helpful"): partial(vote, helpful=True),
    (FEATURE, "unhelpful"): partial(vote, helpful=False),
    (FEATURE, "dispute"): dispute,
    (FEATURE, "share"): share,
    (FEATURE, "page"): turn_page,
}
_FORMS: Final[Handlers] = {(FEATURE, "follow"): followed, (FEATURE, "dispute"): disputed}

# A page that is turned is new by that.
PRESSES: Final[Handlers] = {
    what: handler if handler is turn_page else _renewing(handler) for what, handler in _PRESSES.items()
}
FORMS: Final[Handlers] = {what: _renewing(handler) for what, handler in _FORMS.items()}
