"""Looking things up: what stands against a claim, whether a quotation is right, what there is to ask, and help."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

from discord import app_commands
from discord.app_commands import locale_str

from bot.answer.cog.check_layout import REFERENCE, check_page, check_rows, references_page
from bot.answer.cog.turn import answer_interaction, is_new_to
from bot.answer.service.answers import Answers
from bot.guild.cog.manners import manners_for_question, manners_to
from bot.guild.service.settings import Settings
from bot.quote.cog.layout import footer
from bot.quote.rules import points
from bot.values.passage import FIRST_PACK
from bot.values.text import heard, is_blank
from bot.wire.page.controls import Choice, Menu
from bot.wire.page.escaping import echoed, escaped
from bot.wire.page.layout import Group, Page, Part, Style
from bot.wire.page.limits import MOST_CHOICES, line
from bot.wire.press import id_of
from bot.wire.visit import Cost, visit
from embeddings.library import Library
from knowledge.errors import UserError
from knowledge.model import Span

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bot.answer.service.ask import Reply
    from bot.guild.cog.manners import Manners
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
    """Return how many topics can be asked about, with those that the menu below does not hold; it opens one."""
    covered = words.count("{number} topic", "{number} topics", len(pack.topics))
    head = f"**{words('What the articles cover')}** · {covered}\n" + words(
        "Choose below what to open; only you see it."
    )
    further = "\n".join(f"- {echoed(topic.question, 120)}" for topic in pack.topics[MOST_CHOICES:])
    return Page(head, (Group((Part(further),)),) if further else (), "")


def topics_menus(pack: Pack, words: Words) -> tuple[Menu, ...]:
    """Return the menus: the topics, each side's numbered points, and what the other sides say, by what it answers."""
    counts = points.counts(pack)
    menus = [
        Menu(
            id_of(FEATURE, TOPIC, pack.id),
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
    return Menu(id_of(FEATURE, POINT, side.id, pack.id), placeholder, tuple(choices))


def _charges_menu(pack: Pack, side: Side, words: Words) -> Menu:
    """List a side's passages by the questions that they answer: a quote itself must not be cut to a menu's length."""

    def charge(passage: Passage) -> Choice:
        question = points.question_about(pack, passage)
        topics = ", ".join(pack.topic(topic).name for topic in passage.topics)
        return Choice(line(question[:1].upper() + question[1:]), passage.id, line(topics))

    placeholder = line(words("{side}: open one of its charges", side=side.short_name))
    return Menu(
        id_of(FEATURE, CHARGE, side.id, pack.id), placeholder, tuple(map(charge, pack.of_voice(side.id)[:MOST_CHOICES]))
    )


def sources_page(pack: Pack, words: Words) -> Page:
    """List the articles with what they say of themselves."""
    lines = [f"{number}. {_described(article, words)}" for number, article in enumerate(pack.articles, start=1)]
    head = f"**{words('The articles that are quoted')}**"
    return Page(head, (Group((Part("\n".join(lines)),)),), footer(pack, words))


def _described(article: Article, words: Words) -> str:
    if article.author:
        by = words("{title}, by {author}", title=article.title, author=article.author)
    else:
        by = words("{title}; the article does not name its writer", title=article.title)
    where = ", ".join(fact for fact in (article.publisher, article.published) if fact)
    return echoed(f"{by} ({where})" if where else by, 300)


def help_page(pack: Pack, words: Words, longest: int) -> Page:
    """Return how to ask, with two examples, and what is not done here."""
    first, second = (pack.topics[at % len(pack.topics)].question for at in (0, 1))

    def typed(command: str) -> str:
        return f"/{words.name(command)}"

    how = [
        words(
            "Ask with {command}, mention me, write to me directly, or choose “What each side says” in a "
            "message's menu.",
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
        words("{command} gives you what each side says on a topic, to print.", command=typed("handout")),
        words("{command} shows, exports or deletes what is kept about you.", command=typed("privacy")),
        words("For moderators: {commands}", commands=", ".join(map(typed, _LEADING))),
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
    return Page(f"**{escaped(pack.title)}**", groups, footer(pack, words))


_LEADING: Final = ("debate", "lesson", "daily", "settings", "review")
"""Commands with which moderators lead and set things."""

AS_HERE: Final = "server"
"""Chosen by a person who wants what the moderators set."""


@app_commands.command(name=locale_str("rebut"), description=locale_str("What stands against a claim? Quoted and cited"))
@app_commands.rename(statement=locale_str("statement"))
@app_commands.describe(statement=locale_str("The claim, as somebody makes it"))
async def rebut(interaction: Interaction, statement: str) -> None:
    """Hold quotes against a claim."""
    text = heard(statement)
    await answer_interaction(
        interaction,
        lambda answers, asker, manners: answers.asking.rebut(asker, text, excluded=manners.excluded, pack=manners.pack),
        text=text,
    )


@app_commands.command(name=locale_str("cite"), description=locale_str("Is a quotation in the articles, word for word?"))
@app_commands.rename(text=locale_str("text"))
@app_commands.describe(text=locale_str("The quotation; a name and a colon before it tell who is said to have said it"))
async def cite(interaction: Interaction, text: str) -> None:
    """Check a quotation."""
    quotation = heard(text)
    if is_blank(quotation):
        raise UserError("There is no quotation: type one, with or without quotation marks.")
    limit = interaction.client.services.config.answer.max_question_chars
    async with visit(interaction, Cost.QUESTION, private=False) as here:
        answers = await here.services.get(Answers)
        manners = await manners_for_question(interaction)
        found = await answers.check(quotation[:limit], manners.pack)
        rest = limit if len(quotation) > limit else None
        quoting = any(each.original for each in found)
        first = quoting and is_new_to(answers, manners.pack, here.asker, interaction.channel)
        pack = answers.library.pack(manners.pack)
        page = check_page(pack, found, manners.words, manners.style, cut_at=rest, first=first)
        await here.put(page, check_rows(pack, found, manners.words), manners.words, manners.style)


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


async def _show(
    interaction: Interaction,
    lay: Callable[[Pack, Manners], Page],
    *,
    menus: bool = False,
    pack_id: str | None = None,
) -> None:
    """Show this person a page of a pack, of the channel's for None."""
    async with visit(interaction) as here:
        library = await here.services.get(Library)
        manners = await manners_to(interaction)
        pack = library.pack(pack_id or manners.pack)
        rows: tuple[Menu, ...] = topics_menus(pack, manners.words) if menus else ()
        await here.put(lay(pack, manners), rows, manners.words, manners.style)


async def give_references(interaction: Interaction, press: Press) -> None:
    """Send the references of a quotation that was checked, to this person."""
    article, start_, end_, *pack = press.arguments

    def lay(pack: Pack, manners: Manners) -> Page:
        try:
            return references_page(pack, Span(article, int(start_), int(end_)), manners.words)
        except (KeyError, ValueError) as error:
            raise UserError("The articles changed since this was checked: check it again.") from error

    await _show(interaction, lay, pack_id=_pack_in(pack))


def _pack_in(arguments: Sequence[str]) -> str:
    """Return the pack at the end of an id; none stands in those from before there were several."""
    return arguments[-1] if arguments else FIRST_PACK


def _question(pack: Pack, listed: str, press: Press) -> str:
    """Return the question of the topic, the point or the charge that was chosen (KeyError, ValueError: not there)."""
    chosen = press.chosen or ""
    match listed:
        case "topic":
            return pack.topic(chosen).question
        case "point":
            side = press.arguments[0]
            return points.question_for(pack, points.Point(side, int(chosen)))
        case _:
            return points.question_about(pack, pack.passage(chosen))


async def open_chosen(interaction: Interaction, press: Press, *, listed: str) -> None:
    """Answer what was chosen from a menu below the topics, to the person alone, who can share it."""
    named = press.arguments[0 if listed == TOPIC else 1 :]

    async def put(answers: Answers, asker: Asker, manners: Manners) -> Reply:
        pack = answers.library.pack(_pack_in(named))
        try:
            asked = _question(pack, listed, press)
        except (KeyError, ValueError) as error:
            raise UserError("This list is out of date: open it again.") from error
        return await answers.asking.ask(asker, asked, excluded=manners.excluded, pack=pack.id, fresh=True)

    await answer_interaction(interaction, put, private=True)


PRESSES: Final[Handlers] = {
    **{(FEATURE, listed): partial(open_chosen, listed=listed) for listed in (TOPIC, POINT, CHARGE)},
    (FEATURE, REFERENCE): give_references,
}

COMMANDS: Final[tuple[app_commands.Command[Any, ..., None], ...]] = (rebut, cite, topics, sources, style, help_)
