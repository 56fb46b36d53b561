"""Handouts as files, to print or to project, for the eyes of the person who asks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from discord import app_commands
from discord.app_commands import Choice, locale_str

from bot.guild.cog.manners import manners_to
from bot.guild.cog.packs import PackName, packs_offered
from bot.lesson.cog.leading import pack_of_class
from bot.lesson.cog.prompt import MOST_SEEDS  # noqa: TC001 - discord.py reads the annotations
from bot.lesson.cog.topics import offering, topics_in
from bot.lesson.rules.handout import HandoutOptions, Paper, handout_of
from bot.lesson.rules.handout_files import as_html, as_slides
from bot.lesson.service import printing
from bot.wire.visit import Cost, visit
from knowledge.errors import UserError

if TYPE_CHECKING:
    from bot.wire.visit import Interaction

PDF: Final = "pdf"
HTML: Final = "html"
SLIDES: Final = "slides"
NOTES: Final = "notes"

MOST_TOPICS: Final = 6
"""Each topic takes one or two pages, and only one PDF is laid out at a time."""


@app_commands.command(
    name=locale_str("handout"), description=locale_str("What each side says on a topic, to print and hand out in class")
)
@app_commands.rename(
    topics=locale_str("topics"),
    form=locale_str("format"),
    large_print=locale_str("large_print"),
    dyslexia=locale_str("dyslexia"),
    letter=locale_str("letter"),
    seed=locale_str("seed"),
    pack=locale_str("pack"),
)
@app_commands.describe(
    topics=locale_str("One or more topics, separated by commas"),
    form=locale_str("To print, to read in a browser, or to project"),
    large_print=locale_str("Large print"),
    dyslexia=locale_str("Laid out for readers with dyslexia"),
    letter=locale_str("Letter paper instead of A4"),
    seed=locale_str("The number of your lesson's questions: the sheet asks the same"),
    pack=locale_str("The pack (this channel's, if omitted)"),
)
@app_commands.choices(
    form=[
        Choice(name=locale_str("PDF, to print"), value=PDF),
        Choice(name=locale_str("web page, to read or to print"), value=HTML),
        Choice(name=locale_str("slides, for a projector"), value=SLIDES),
        Choice(name=locale_str("slides to print, with room for notes"), value=NOTES),
    ]
)
async def handout(  # noqa: PLR0913, PLR0917 - a command has as many options as there are choices
    interaction: Interaction,
    topics: app_commands.Range[str, 1, 200],
    form: str = HTML,
    large_print: bool = False,  # noqa: FBT001, FBT002 - options of a command
    dyslexia: bool = False,  # noqa: FBT001, FBT002 - the same
    letter: bool = False,  # noqa: FBT001, FBT002 - the same
    seed: app_commands.Range[int, 0, MOST_SEEDS] | None = None,
    pack: PackName | None = None,
) -> None:
    """Make the file, and send it to this person."""
    async with visit(interaction, Cost.QUESTION) as here:
        manners = await manners_to(interaction)
        held = await pack_of_class(interaction, manners, pack)
        chosen = topics_in(held, topics)
        if len(chosen) > MOST_TOPICS:
            raise UserError("That is too much for one handout: choose at most {most} topics.", most=MOST_TOPICS)
        if form == PDF and not printing.can_print():
            raise UserError("I cannot make a PDF here: choose the web page, which every browser can print.")
        options = HandoutOptions(large_print, dyslexia, Paper.LETTER if letter else Paper.A4, notes=form == NOTES)
        made = handout_of(held, chosen, seed=seed, excluding=manners.without(held.id))
        page = (as_slides if form in {SLIDES, NOTES} else as_html)(made, options)
        content = await printing.pdf_of(page) if form == PDF else page.encode()
        said = manners.words("Here it is. Every quote is word for word; the sources are at the end.")
        await here.give(said, content, f"handout-{'-'.join(chosen)[:60]}.{PDF if form == PDF else HTML}")


handout.autocomplete("topics")(offering(lambda pack: [topic.id for topic in pack.topics], several=True))
handout.autocomplete("pack")(packs_offered)
