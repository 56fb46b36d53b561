"""A handout on some topics as a file: for printing, or for the wall. Only the person who asks for it sees it here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from discord import app_commands
from discord.app_commands import Choice, locale_str

from bot.guild.cog.manners import manners_to
from bot.lesson.cog.topics import offering, topics_in
from bot.lesson.rules.handout import HandoutOptions, handout_of
from bot.lesson.rules.handout_files import as_html, as_slides
from bot.lesson.service import printing
from bot.wire.visit import Cost, visit
from knowledge.errors import UserError
from knowledge.model import Pack

if TYPE_CHECKING:
    from bot.wire.visit import Interaction

PDF: Final = "pdf"
HTML: Final = "html"
SLIDES: Final = "slides"

MOST_TOPICS: Final = 6
"""A handout has one or two pages a topic, and the printer is only one."""


@app_commands.command(
    name=locale_str("handout"), description=locale_str("Both sides on a topic, to print and hand out in class")
)
@app_commands.rename(
    topics=locale_str("topics"),
    form=locale_str("format"),
    large_print=locale_str("large_print"),
    dyslexia=locale_str("dyslexia"),
)
@app_commands.describe(
    topics=locale_str("One topic, or several with commas between them"),
    form=locale_str("To print, to read in a browser, or to project"),
    large_print=locale_str("In large letters"),
    dyslexia=locale_str("Laid out for readers with dyslexia"),
)
@app_commands.choices(
    form=[
        Choice(name=locale_str("PDF, to print"), value=PDF),
        Choice(name=locale_str("web page, to read or to print"), value=HTML),
        Choice(name=locale_str("slides, for a projector"), value=SLIDES),
    ]
)
async def handout(
    interaction: Interaction,
    topics: app_commands.Range[str, 1, 200],
    form: str = HTML,
    large_print: bool = False,  # noqa: FBT001, FBT002 - options of a command
    dyslexia: bool = False,  # noqa: FBT001, FBT002 - the same
) -> None:
    """Make the file, and give it to this person."""
    async with visit(interaction, Cost.QUESTION) as here:
        pack = await here.services.get(Pack)
        manners = await manners_to(interaction)
        chosen = topics_in(pack, topics)
        if len(chosen) > MOST_TOPICS:
            raise UserError("That is too much for one handout: take {most} topics.", most=MOST_TOPICS)
        if form == PDF and not printing.can_print():
            raise UserError("I cannot make a PDF where I run: take the web page, which every browser prints alike.")
        options = HandoutOptions(large_print=large_print, dyslexia=dyslexia)
        made = handout_of(pack, chosen, excluding=manners.excluded)
        name = f"handout-{'-'.join(chosen)[:60]}"
        if form == PDF:
            content = await printing.pdf_of(as_html(made, options))
        else:
            content = (as_slides if form == SLIDES else as_html)(made, options).encode()
        kind = PDF if form == PDF else HTML
        said = manners.words("Here it is. Every quotation in it is word for word; sources are at the end.")
        await here.give(said, content, f"{name}.{kind}")


handout.autocomplete("topics")(offering(lambda pack: [topic.id for topic in pack.topics], several=True))
