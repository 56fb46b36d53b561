"""A posted prompt as a message: the question, the sides' quotes once revealed, the vote, and how it is kept current."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from bot.guild.cog.manners import Manners, manners_of_guild
from bot.guild.service.settings import Settings
from bot.lesson.rules import lesson
from bot.lesson.rules.lesson import LESSONS_KEPT, Lesson, Posting, StudentAnswer
from bot.lesson.rules.prompt import DiscussionPrompt, prompt_of
from bot.lesson.service.lessons import Lessons
from bot.quote.cog.checked import checked_lines
from bot.quote.cog.layout import articles_lines, articles_of, colour_of, heading_of, headline, quote_part, small
from bot.values.ballot import KEPT_BACK
from bot.values.text import harmless
from bot.wire.channel import change
from bot.wire.page.controls import Control
from bot.wire.page.escaping import echoed, escaped, size
from bot.wire.page.language import Words, to_say
from bot.wire.page.layout import ROOM, Group, Page, Part, Style, paged
from bot.wire.page.limits import LONGEST_TEXT
from bot.wire.page.render import payload_of
from bot.wire.press import id_of
from embeddings.library import Library

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from bot.values.ballot import Counts, Outcome
    from bot.wire.client import DilemmaClient
    from knowledge.model import Pack

FEATURE: Final = "prompt"

ALL: Final = "all"
"""Stands for all sides where a side's id could be."""

CHOICES: Final[Mapping[str, str]] = {
    lesson.AGREE: to_say("Yes, I agree"),
    lesson.DISAGREE: to_say("No, I disagree"),
    lesson.UNSURE: to_say("Unsure"),
}
"""The labels of the buttons to vote."""

_SIDE: Final = 20
"""Characters of a side's name on a button."""
_NAME: Final = 60
_QUESTION: Final = 120
_ANSWER: Final = 1790
"""Characters that each may take, so that together they fit into one text message."""


def prompt_page(
    pack: Pack, prompt: DiscussionPrompt, posting: Posting, words: Words, style: Style, excluded: Collection[str] = ()
) -> Page:
    """Return a posted prompt's page; once it is closed, everything is revealed.

    Without its follow-ups if it is too long for one message. `excluded` are ids of passages that must not be quoted.
    """
    sides = posting.revealed if posting.closed_utc is None else tuple(prompt.quotes)
    groups = (*_sides(pack, prompt, sides, excluded, words, style), _vote(posting, words))
    foot = _foot(pack, prompt, sides, excluded, words, style)
    whole = Page(_head(prompt, style), (*groups, _talk(prompt, words, style)), foot)
    pages = paged(whole, words, ROOM[style])
    return pages[0] if len(pages) == 1 else _on_one(replace(whole, groups=groups), words, style)


def prompt_rows(
    pack: Pack, prompt: DiscussionPrompt, posting: Posting, words: Words
) -> tuple[tuple[Control, ...], ...]:
    """Return the buttons below an open prompt: to vote, to reveal what is still hidden, to answer and to close."""
    if posting.closed_utc is not None:
        return ()

    def control(label: str, verb: str, *arguments: str) -> Control:
        return Control(label, id_of(FEATURE, verb, posting.id, *arguments))

    hidden = [side for side in prompt.quotes if side not in posting.revealed]
    showing = [control(words("Reveal: {side}", side=_short(pack, side)), "show", side) for side in hidden]
    if len(hidden) > 1:
        showing.append(control(words("Reveal all"), "show", ALL))
    voting = [control(words(label), "vote", choice) for choice, label in CHOICES.items()]
    ending = [control(words("Answer"), "answer"), control(words("Close"), "close")]
    return tuple(tuple(row) for row in (voting, showing, ending) if row)


def whole_page(pack: Pack, prompt: DiscussionPrompt, words: Words, style: Style) -> Page:
    """Return a prompt's page with everything revealed and no vote."""
    groups = (*_sides(pack, prompt, prompt.quotes, (), words, style), _talk(prompt, words, style))
    foot = _foot(pack, prompt, prompt.quotes, (), words, style)
    return _on_one(Page(_head(prompt, style), groups, foot), words, style)


def _on_one(whole: Page, words: Words, style: Style) -> Page:
    """Return a page that fits into one message: if need be, its longest quotes give way to where they stand."""
    while len(pages := paged(whole, words, ROOM[style])) > 1:
        longest = max((part for group in whole.groups for part in group.parts if part.instead), key=_length)
        whole = replace(
            whole,
            groups=tuple(
                replace(group, parts=tuple(Part(each.instead) if each is longest else each for each in group.parts))
                for group in whole.groups
            ),
        )
    return pages[0]


def _length(part: Part) -> int:
    return size(part.text)


def sides_page(
    pack: Pack, prompt: DiscussionPrompt, sides: Collection[str], excluded: Collection[str], words: Words, style: Style
) -> Page:
    """Return the page with some sides' quotes for one person alone."""
    head = f"**{echoed(prompt.question, ROOM[style].line)}**"
    own = small(words("Only you see this."), style)
    foot = "\n".join(filter(None, (_foot(pack, prompt, sides, excluded, words, style), own)))
    groups = tuple(_sides(pack, prompt, sides, excluded, words, style))
    return _on_one(Page(head, groups, foot), words, style)


def answer_line(pack: Pack, prompt: DiscussionPrompt, answer: StudentAnswer, words: Words) -> str:
    """Return an answer as everybody sees it: the name only if names are shown, and what its quotations are."""
    who = echoed(answer.name, _NAME) if answer.named else words("Someone in this class")
    shown = f"**{who}** → {echoed(prompt.question, _QUESTION)}\n{_in_bars(answer.text)}"
    for line in checked_lines(pack, answer.text, words):
        if size(longer := f"{shown}\n{line}") <= LONGEST_TEXT:
            shown = longer
    return shown


def readers_line(posting: Posting, lesson: Lesson | None, days: int, words: Words) -> str:
    """Return the sentence that says who will read an answer, under which name, and for how many days it is kept."""
    if posting.names:
        lines = [words("Everybody in this channel will see your answer **with your name**.")]
    else:
        lines = [
            words("Your class will see your answer **without your name**."),
            words("The lesson's leader and the moderators here can look up who wrote it."),
        ]
    if lesson is not None and not lesson.logged:
        lines.append(words("I delete my copy when the lesson ends; the message here stays."))
    else:
        lines.append(words.count("I keep it for {number} day.", "I keep it for {number} days.", days))
    return " ".join(lines)


def count_line(counts: Counts, words: Words) -> str:
    """Return the votes by choice."""
    values = dict(zip(lesson.CHOICES, counts, strict=True))
    return words("agree **{agree}** · disagree **{disagree}** · unsure **{unsure}**", **values)


def result_lines(result: Outcome, words: Words) -> list[str]:
    """Return the result of a vote before the quotes, and after them if people voted again."""
    before, after = result.told
    voted_before, voted_after, _ = result.voters
    few = words(KEPT_BACK)
    if not voted_before + voted_after:
        return [words("Nobody voted.")]
    if before is None and (after is None or not voted_after):
        return [words("The result is kept back, as so few took part.")]
    if not voted_after and before is not None:
        return [count_line(before, words)]
    lines = [words("After the quotes: {counts}", counts=few if after is None else count_line(after, words))]
    if voted_before:
        told = few if before is None else count_line(before, words)
        lines.insert(0, words("Before the quotes: {counts}", counts=told))
    if result.compared is not None:
        changed = result.paired - sum(row[place] for place, row in enumerate(result.compared))
        lines.append(
            words.count(
                "Of {number} person who voted twice, {changed} changed their mind.",
                "Of {number} people who voted twice, {changed} changed their minds.",
                result.paired,
                changed=changed,
            )
        )
    return lines


def _in_bars(text: str) -> str:
    """Return what somebody wrote, inert, with a bar before each line; on one cut line if it is too long."""
    lines = "\n> ".join(escaped(harmless(line)) for line in text.splitlines())
    return f"> {lines if size(lines) <= _ANSWER else echoed(text, _ANSWER)}"


def _head(prompt: DiscussionPrompt, style: Style) -> str:
    return headline(echoed(prompt.question, ROOM[style].line), style)


def _foot(
    pack: Pack, prompt: DiscussionPrompt, sides: Collection[str], excluded: Collection[str], words: Words, style: Style
) -> str:
    """Return the titles of the articles that are quoted, and that this is word for word; nothing without a quote."""
    shown = [quote for side, quote in prompt.quotes.items() if side in sides and quote.passage_id not in excluded]
    if not shown:
        return ""
    titles = articles_lines(pack, articles_of(shown), words, style)
    return "\n".join((*titles, small(words("Quotes are word for word from the articles."), style)))


def _sides(
    pack: Pack, prompt: DiscussionPrompt, sides: Collection[str], excluded: Collection[str], words: Words, style: Style
) -> Iterator[Group]:
    for side_id, quote in prompt.quotes.items():
        if side_id not in sides:
            continue
        side = pack.side(side_id)
        part = quote_part(pack, quote, words, style)
        if quote.passage_id in excluded:
            part = Part(words("The moderators of this server have excluded this quote."))
        yield Group((part,), headline(heading_of(side), style), colour_of(side))


def _vote(posting: Posting, words: Words) -> Group:
    """Return the state of the vote: how many voted, and for what only once it is closed."""
    if posting.result is not None:
        lines = [f"**{words('The vote is closed.')}**", *result_lines(posting.result, words)]
    else:
        lines = [
            words("And now? Vote again: you may change your mind.")
            if posting.revealed
            else words("What do you think? Vote first, then the quotes are revealed."),
            _so_far(posting.voters, words),
        ]
    if posting.answers:
        lines.append(words.count("{number} written answer", "{number} written answers", posting.answers))
    return Group((Part("\n".join(lines)),))


def _so_far(voters: int, words: Words) -> str:
    if not voters:
        return words("Votes are secret. Nobody has voted yet.")
    return words.count("Votes are secret. {number} has voted.", "Votes are secret. {number} have voted.", voters)


def _talk(prompt: DiscussionPrompt, words: Words, style: Style) -> Group:
    asked = [f"- {echoed(follow_up.text, ROOM[style].line)}" for follow_up in prompt.follow_ups]
    return Group((Part("\n".join([f"**{words('To talk about')}**", *asked])),))


def _short(pack: Pack, side_id: str) -> str:
    name = pack.side(side_id).short_name
    return name if len(name) <= _SIDE else f"{name[: _SIDE - 1]}…"


def panel_payload(
    pack: Pack, prompt: DiscussionPrompt, posting: Posting, manners: Manners, *, editing: bool = False
) -> dict[str, Any]:
    """Return the message of a prompt in its present state."""
    page = prompt_page(pack, prompt, posting, manners.words, manners.style, manners.without(pack.id))
    rows = prompt_rows(pack, prompt, posting, manners.words)
    return payload_of(page, rows, manners.words, manners.style, editing=editing)


def refresh_soon(client: DilemmaClient, posting: Posting, message_id: int | None = None) -> None:
    """Have the message of a prompt updated soon, if it is known which one that is."""
    shown = posting.message or message_id
    if shown is not None:
        client.refresher.soon(posting.id, partial(_refresh, client, posting.id, shown))


async def _refresh(client: DilemmaClient, posting_id: str, message_id: int) -> None:
    posting = await (await client.services.get(Lessons)).prompts.posting(posting_id)
    pack = None if posting is None else (await client.services.get(Library)).find(posting.pack)
    if posting is None or pack is None:
        return
    prompt = prompt_of(pack, posting.prompt)
    manners = await manners_of_guild(client, posting.guild)

    def made(style: Style) -> dict[str, Any]:
        return panel_payload(pack, prompt, posting, manners.in_style(style), editing=True)

    await change(client, posting.channel, message_id, made, manners.style)


async def kept_days(client: DilemmaClient, guild: str) -> int:
    """Return for how many days a guild keeps what a class does."""
    settings = await (await client.services.get(Settings)).of(guild)
    return min(settings.retention_days or client.services.config.discord.retention_days, LESSONS_KEPT.days)
