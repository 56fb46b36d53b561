"""Looking things up: what stands against a claim, whether a quotation is right, what there is to ask, and help."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

from discord import app_commands
from discord.app_commands import locale_str

from bot.answer.cog.turn import answer_interaction
from bot.answer.service.answers import Answers
from bot.guild.cog.manners import manners_for_question, manners_to
from bot.guild.service.settings import Settings
from bot.quote.cog.layout import footer, headline
from bot.quote.rules import points
from bot.quote.rules.cite_check import Verdict
from bot.values.text import heard, is_blank
from bot.wire.page.controls import Choice, Menu
from bot.wire.page.escaping import echoed, escaped
from bot.wire.page.layout import ROOM, Group, Page, Part, Style, paged
from bot.wire.page.limits import MOST_CHOICES, line
from bot.wire.press import id_of
from bot.wire.visit import Cost, visit
from knowledge.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from bot.answer.service.ask import Reply
    from bot.guild.cog.manners import Manners
    from bot.quote.rules.cite_check import CiteCheck
    from bot.values.asker import Asker
    from bot.wire.page.language import Words
    from bot.wire.press import Handlers, Press
    from bot.wire.visit import Interaction
    from knowledge.model import Article, Pack, Passage, Side


FEATURE: Final = "lookup"

TOPIC: Final = "topic"
POINT: Final = "point"
CHARGE: Final = "charge"
"""What a menu lists, as the verb of its id; what a side says has the side behind it."""


def topics_page(pack: Pack, words: Words) -> Page:
    """Return what can be asked about, a topic a line; the menus below open one."""
    lines = [f"- **{echoed(topic.name, 80)}**: {echoed(topic.question, 120)}" for topic in pack.topics]
    head = f"**{words('What the articles cover')}**\n" + words("Choose below what to open; only you see it.")
    return Page(head, (Group((Part("\n".join(lines)),)),), "")


def topics_menus(pack: Pack, words: Words) -> tuple[Menu, ...]:
    """Return the menus: the topics, each side's numbered points, and what the other sides say, by what it answers."""
    counts = points.counts(pack)
    menus = [
        Menu(
            id_of(FEATURE, TOPIC),
            words("Open a topic"),
            tuple(Choice(line(topic.name), topic.id, line(topic.question)) for topic in pack.topics[:MOST_CHOICES]),
        )
    ]
    for side in pack.sides:
        if side.id in counts:
            menus.append(_points_menu(pack, side, counts[side.id], words))
        else:
            menus.append(_charges_menu(pack, side, words))
    return tuple(menu for menu in menus if menu.choices)


def _points_menu(pack: Pack, side: Side, last: int, words: Words) -> Menu:
    def about(number: int) -> str:
        passages = points.passages_of(pack, points.Point(side.id, number))
        return points.question_about(pack, passages[0]) if passages else ""

    choices = (
        Choice(words("Point {number}", number=number), str(number), line(about(number)))
        for number in range(1, min(last, MOST_CHOICES) + 1)
    )
    placeholder = line(words("{side}: open one of {count} points", side=side.short_name, count=last))
    return Menu(id_of(FEATURE, POINT, side.id), placeholder, tuple(choices))


def _charges_menu(pack: Pack, side: Side, words: Words) -> Menu:
    """List a side's passages by the questions that they answer: a quote itself must not be cut to a menu's length."""

    def charge(passage: Passage) -> Choice:
        question = points.question_about(pack, passage)
        topics = ", ".join(pack.topic(topic).name for topic in passage.topics)
        return Choice(line(question[:1].upper() + question[1:]), passage.id, line(topics))

    placeholder = line(words("{side}: open one of its charges", side=side.short_name))
    return Menu(id_of(FEATURE, CHARGE, side.id), placeholder, tuple(map(charge, pack.of_voice(side.id)[:MOST_CHOICES])))


def sources_page(pack: Pack, words: Words) -> Page:
    """List the articles with what they say of themselves."""
    lines = [f"- {_described(article, words)}" for article in pack.articles]
    head = f"**{words('The articles that are quoted')}**"
    return Page(head, (Group((Part("\n".join(lines)),)),), footer(words))


def _described(article: Article, words: Words) -> str:
    author = article.author or words("the article's unnamed writer")
    by = words("{title}, by {author}", title=article.title, author=author)
    where = ", ".join(fact for fact in (article.publisher, article.published) if fact)
    return echoed(f"{by} ({where})" if where else by, 300)


def help_page(pack: Pack, words: Words, longest: int) -> Page:
    """Return how to ask, with two examples, and what is not done here."""
    first, second = (pack.topics[at % len(pack.topics)].question for at in (0, 1))

    def typed(command: str) -> str:
        return f"/{words.name(command)}"

    how = [
        words(
            "Ask with {command}, mention me, write to me directly, or choose “Both sides” in a message's menu.",
            command=typed("ask"),
        ),
        words("For example: {question}", question=escaped(first)),
        words("For example: {question}", question=escaped(second)),
    ]
    others = [
        words("{command} holds quotes against a claim.", command=typed("rebut")),
        words("{command} checks whether a quotation is in the articles.", command=typed("cite")),
        words("{command} lists what can be asked about.", command=typed("topics")),
        words("{command} names the articles.", command=typed("sources")),
        words("{command} sets how answers look to you.", command=typed("style")),
        words("{command} posts a question to discuss and vote on.", command=typed("prompt")),
        words("{command} hides who said something, and lets you guess.", command=typed("quiz")),
        words("{command} gives you both sides on a topic, to print.", command=typed("handout")),
    ]
    never = [
        words("I give no opinion and write nothing about the topic myself: I quote, and name the source."),
        words("I know only these articles: where a side says nothing in them, I say so."),
        words("I read at most {limit} characters of a question.", limit=longest),
    ]
    groups = (
        Group((Part("\n".join(how)),)),
        Group((Part("\n".join(f"- {text}" for text in others)),)),
        Group((Part("\n".join([f"**{words('What I will not do')}**", *(f"- {text}" for text in never)])),)),
    )
    return Page(f"**{escaped(pack.title)}**", groups, footer(words))


def check_page(pack: Pack, checked: CiteCheck, words: Words, style: Style, *, cut_at: int | None = None) -> Page:
    """Return what a quotation turned out to be, and what the article has; `cut_at` is how much was read, None: all."""
    room = ROOM[style]
    whom = pack.side(checked.attributed_to).short_name if checked.attributed_to else None
    label = words("You quoted, put down to {side}", side=whom) if whom else words("You quoted")
    head = f"**{label}:** {echoed(checked.text, room.echo)}\n**{_verdict(checked.verdict, words)}**"
    groups = [Group((Part(echoed(words(note), room.line)),)) for note in checked.notes]
    if checked.original is not None and checked.citation is not None:
        parts = tuple(_original(checked, words, style))
        groups.append(Group(parts, headline(words("The article has"), style)))
    if cut_at is not None:
        note = words("Note: the quotation was longer than {limit} characters; the rest was not read.", limit=cut_at)
        groups.append(Group((Part(note),)))
    whole = Page(head, tuple(groups), footer(words))
    return paged(whole, words, room)[0]


def _verdict(verdict: Verdict, words: Words) -> str:
    match verdict:
        case Verdict.VERBATIM:
            return words("Verbatim: word for word as an article has it.")
        case Verdict.ALTERED:
            return words("Altered: an article has other words.")
        case Verdict.OTHER_SIDE:
            return words("On the other side: somebody else said it.")
        case Verdict.PARAPHRASE:
            return words("Not in these words; the nearest is a paraphrase.")
        case Verdict.ABSENT:
            return words("Not in the sources.")


def _original(checked: CiteCheck, words: Words, style: Style) -> Iterator[Part]:
    assert checked.original is not None  # noqa: S101 - asked for only then
    assert checked.citation is not None  # noqa: S101
    room = ROOM[style]
    where = [words(checked.citation.precise)]
    where += [words("Also in: {where}", where=citation.precise) for citation in checked.also_at]
    if checked.provenance is not None:
        where.insert(0, words(checked.provenance))
    below = "\n".join(echoed(text, room.line) for text in where)
    too_long = words("This quote is too long for a message here ({count} characters).", count=len(checked.original))
    yield Part(f"“{escaped(checked.original)}”\n{below}", f"{too_long}\n{below}")
    if checked.changes:
        changes = words("From there to the quotation:")
        yield Part(f"{changes}\n{_marked(checked, words)}", changes)


def _marked(checked: CiteCheck, words: Words) -> str:
    """Write the changes as a line of words with what was left out and what was put in named: it may be read aloud."""
    pieces = []
    for change in checked.changes:
        if change.kept:
            pieces.append(escaped(change.quoted))
            continue
        if change.original:
            pieces.append(f"(~~{escaped(change.original)}~~ {words('left out')})")
        if change.quoted:
            pieces.append(f"(**{escaped(change.quoted)}** {words('put in')})")
    return " ".join(pieces)


AS_HERE: Final = "server"
"""Chosen by a person who wants what the moderators set."""


@app_commands.command(
    name=locale_str("rebut"), description=locale_str("What does the other side hold against a claim?")
)
@app_commands.rename(statement=locale_str("statement"))
@app_commands.describe(statement=locale_str("The claim, as somebody makes it"))
async def rebut(interaction: Interaction, statement: str) -> None:
    """Hold quotes against a claim."""
    text = heard(statement)
    await answer_interaction(
        interaction, lambda answers, asker, excluded: answers.asking.rebut(asker, text, excluded=excluded), text=text
    )


@app_commands.command(name=locale_str("cite"), description=locale_str("Is a quotation in the articles, word for word?"))
@app_commands.rename(text=locale_str("text"))
@app_commands.describe(text=locale_str("The quotation; “the film says: …” before it names who is said to have said it"))
async def cite(interaction: Interaction, text: str) -> None:
    """Check a quotation."""
    quotation = heard(text)
    if is_blank(quotation):
        raise UserError("There is no quotation: type one, with or without quotation marks.")
    limit = interaction.client.services.config.answer.max_question_chars
    async with visit(interaction, Cost.QUESTION, private=False) as here:
        answers = await here.services.get(Answers)
        manners = await manners_for_question(interaction)
        checked = await answers.check(quotation[:limit])
        rest = limit if len(quotation) > limit else None
        page = check_page(answers.pack, checked, manners.words, manners.style, cut_at=rest)
        await here.put(page, (), manners.words, manners.style)


@app_commands.command(
    name=locale_str("topics"), description=locale_str("What can be asked about? Open a topic, a point, a charge")
)
async def topics(interaction: Interaction) -> None:
    """List the topics, to this person."""
    await _show(interaction, lambda pack, manners: topics_page(pack, manners.words), menus=True)


@app_commands.command(name=locale_str("sources"), description=locale_str("Which articles are quoted?"))
async def sources(interaction: Interaction) -> None:
    """List the articles, to this person."""
    await _show(interaction, lambda pack, manners: sources_page(pack, manners.words))


@app_commands.command(
    name=locale_str("help"), description=locale_str("How to ask, with examples, and what I will not do")
)
async def help_(interaction: Interaction) -> None:
    """Say how to ask, to this person."""
    longest = interaction.client.services.config.answer.max_question_chars
    await _show(interaction, lambda pack, manners: help_page(pack, manners.words, longest))


@app_commands.command(
    name=locale_str("style"), description=locale_str("How should answers look to you here? Others see no difference")
)
@app_commands.rename(look=locale_str("look"))
@app_commands.describe(look=locale_str("In frames, as plain text, or as this server has it"))
@app_commands.choices(
    look=[
        app_commands.Choice(name=locale_str("cards: a frame for each side"), value=Style.CARD.value),
        app_commands.Choice(name=locale_str("plain text"), value=Style.PLAIN.value),
        app_commands.Choice(name=locale_str("as this server has it"), value=AS_HERE),
    ]
)
async def style(interaction: Interaction, look: str) -> None:
    """Keep how answers look to this person."""
    async with visit(interaction) as here:
        settings = await here.services.get(Settings)
        await settings.set_style(here.person, here.guild, None if look == AS_HERE else look)
        manners = await manners_to(interaction)
        await here.say(manners.words("Noted: this is how answers to you look from now on."))


async def _show(interaction: Interaction, lay: Callable[[Pack, Manners], Page], *, menus: bool = False) -> None:
    async with visit(interaction) as here:
        answers = await here.services.get(Answers)
        manners = await manners_to(interaction)
        rows: tuple[Menu, ...] = topics_menus(answers.pack, manners.words) if menus else ()
        await here.put(lay(answers.pack, manners), rows, manners.words, manners.style)


def _question(pack: Pack, listed: str, press: Press) -> str:
    """Return the question of the topic, the point or the charge that was chosen (KeyError, ValueError: not there)."""
    chosen = press.chosen or ""
    match listed:
        case "topic":
            return pack.topic(chosen).question
        case "point":
            (side,) = press.arguments
            return points.question_for(pack, points.Point(side, int(chosen)))
        case _:
            return points.question_about(pack, pack.passage(chosen))


async def open_chosen(interaction: Interaction, press: Press, *, listed: str) -> None:
    """Answer what was chosen from a menu below the topics, to the person alone, who can share it."""

    async def put(answers: Answers, asker: Asker, excluded: Collection[str]) -> Reply:
        try:
            asked = _question(answers.pack, listed, press)
        except (KeyError, ValueError) as error:
            raise UserError("This list is out of date: open it again.") from error
        return await answers.asking.ask(asker, asked, excluded=excluded, fresh=True)

    await answer_interaction(interaction, put, private=True)


PRESSES: Final[Handlers] = {(FEATURE, listed): partial(open_chosen, listed=listed) for listed in (TOPIC, POINT, CHARGE)}

COMMANDS: Final[tuple[app_commands.Command[Any, ..., None], ...]] = (rebut, cite, topics, sources, style, help_)
