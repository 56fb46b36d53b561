"""Lessons: a class session in a channel, from its start to the summary. The moderator who starts one leads it."""

from __future__ import annotations

import asyncio
import io
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

import discord
from discord import app_commands
from discord.app_commands import Choice, locale_str

from bot.guild.cog.manners import channels_of, manners_of_guild, manners_to
from bot.guild.cog.moderators import Seat, moderators_seat, seat_of
from bot.guild.cog.packs import PackName, pack_meant, packs_offered
from bot.lesson.cog.leading import check_leader, tell_class
from bot.lesson.cog.prompt_layout import kept_days, refresh_soon
from bot.lesson.rules.lesson import LONGEST_TITLE  # noqa: TC001 - discord.py reads the annotations
from bot.lesson.rules.quiz_run import result_of_counts
from bot.lesson.rules.report import participation_csv, question_of, report
from bot.lesson.service.chart import shift_alt_text, shift_png, votes_in
from bot.lesson.service.lessons import Lessons
from bot.process import drawing
from bot.values.ballot import KEPT_BACK
from bot.values.separated import separators_for
from bot.values.text import heard
from bot.wire.channel import nonce_of
from bot.wire.page.escaping import echoed, escaped
from bot.wire.page.language import Words, drawn_in, to_say
from bot.wire.page.limits import MOST_CHOICES, line
from bot.wire.visit import Visit, visit
from embeddings.library import Library
from knowledge.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.lesson.rules.lesson import Lesson, LessonSummary, Posting, StudentAnswer
    from bot.wire.visit import Interaction
    from knowledge.model import Pack

SHOWN: Final = "shown"
HIDDEN: Final = "hidden"
KEPT: Final = "on"
COUNTS: Final = "off"
CSV: Final = "csv"
MARKDOWN: Final = "md"

_TITLE: Final = 100
_LINE: Final = 90
_ANSWER: Final = 150
"""Characters of one line, so that everything fits into one message."""

_LISTED: Final = 3
_PROMPTS: Final = 4
_ANSWERS: Final = 8
"""Lines shown in the message; the files have all of them."""

_NONE: Final = to_say("No lesson is running in this channel: start one with `/lesson start`.")

group: Final = app_commands.Group(
    name=locale_str("lesson"),
    description=locale_str("A class session in this channel: prompts, a quiz, answers, and a summary"),
    allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=False, private_channel=False),
    allowed_installs=app_commands.AppInstallationType(guild=True, user=False),
)


@group.command(name=locale_str("start"), description=locale_str("For moderators: start a lesson in this channel"))
@app_commands.rename(
    title=locale_str("title"), names=locale_str("names"), log=locale_str("log"), pack=locale_str("pack")
)
@app_commands.describe(
    title=locale_str("Title of the lesson"),
    names=locale_str("Do classmates see who wrote an answer? You always do"),
    log=locale_str("What to keep after the lesson"),
    pack=locale_str("The pack (this channel's, if omitted)"),
)
@app_commands.autocomplete(pack=packs_offered)
@app_commands.choices(
    names=[
        Choice(name=locale_str("classmates see who wrote an answer"), value=SHOWN),
        Choice(name=locale_str("answers are shown without names"), value=HIDDEN),
    ],
    log=[
        Choice(name=locale_str("everything, for a limited time"), value=KEPT),
        Choice(name=locale_str("only counts"), value=COUNTS),
    ],
)
async def start(
    interaction: Interaction,
    title: app_commands.Range[str, 1, LONGEST_TITLE] | None = None,
    names: str = SHOWN,
    log: str = KEPT,
    pack: PackName | None = None,
) -> None:
    """Start a lesson, tell the class, and tell its leader what to do next."""
    async with visit(interaction) as here:
        seat = await moderators_seat(interaction)
        manners = await manners_of_guild(interaction.client, seat.guild)
        manners.insist(*channels_of(interaction.channel))
        held = await pack_meant(here.services, await manners_to(interaction), pack)
        lessons = await here.services.get(Lessons)
        lesson = await lessons.begin(
            seat.person,
            seat.guild,
            int(interaction.channel_id or 0),
            title=None if title is None else heard(title),
            logged=log == KEPT,
            names=names == SHOWN,
            pack=held.id,
        )
        days = await kept_days(interaction.client, seat.guild)
        lines = begun_lines(lesson, days, manners.words)
        said = led_lines(seat.words)
        if not await tell_class(interaction.client, lesson.channel, "\n".join(lines), nonce_of("begun", lesson.id)):
            said.insert(0, seat.words("I cannot write in this channel: allow it, or the class sees nothing."))
        await here.say("\n".join(said))


@group.command(name=locale_str("stop"), description=locale_str("End the lesson in this channel, and sum it up"))
@app_commands.rename(names=locale_str("names"))
@app_commands.describe(names=locale_str("Add names next to the codes in your files?"))
async def stop(interaction: Interaction, names: bool = False) -> None:  # noqa: FBT001, FBT002 - an option of a command
    """End a lesson, tell the class, and send its leader the summary."""
    async with visit(interaction) as here:
        lessons = await here.services.get(Lessons)
        seat = await seat_of(interaction)
        lesson = lessons.current(seat.guild, int(interaction.channel_id or 0))
        if lesson is None:
            raise UserError(_NONE)
        check_leader(seat, lesson)
        summary = await lessons.end(lesson.guild, lesson.channel, named=names)
        client = interaction.client
        for posting in summary.postings:
            refresh_soon(client, posting)
        manners = await manners_of_guild(client, lesson.guild)
        await tell_class(client, lesson.channel, ended_line(summary, manners.words), nonce_of("ended", lesson.id))
        await _give(here, summary, seat)


@group.command(
    name=locale_str("status"), description=locale_str("How the lesson in this channel is going; only you see it")
)
@app_commands.rename(which=locale_str("lesson"), names=locale_str("names"))
@app_commands.describe(
    which=locale_str("An earlier lesson in this server (moderators only)"),
    names=locale_str("Add names next to the codes in your files?"),
)
async def status(
    interaction: Interaction,
    which: str | None = None,
    names: bool = False,  # noqa: FBT001, FBT002 - an option of a command
) -> None:
    """Sum up a lesson so far, or an earlier one."""
    async with visit(interaction) as here:
        lessons, lesson_id, seat = await _chosen(interaction, which)
        await _give(here, await lessons.summary(seat.guild, lesson_id, named=names), seat)


@group.command(name=locale_str("answers"), description=locale_str("Who wrote what in the lesson; only you see it"))
@app_commands.rename(form=locale_str("format"), which=locale_str("lesson"), names=locale_str("names"))
@app_commands.describe(
    form=locale_str("Format of the file"),
    which=locale_str("An earlier lesson in this server (moderators only)"),
    names=locale_str("Add names next to the codes in the file?"),
)
@app_commands.choices(
    form=[Choice(name=locale_str("table (CSV)"), value=CSV), Choice(name=locale_str("text (Markdown)"), value=MARKDOWN)]
)
async def answers(
    interaction: Interaction,
    form: str = CSV,
    which: str | None = None,
    names: bool = False,  # noqa: FBT001, FBT002 - an option of a command
) -> None:
    """Show the last answers with their names, and send all of them as a file."""
    async with visit(interaction) as here:
        lessons, lesson_id, seat = await _chosen(interaction, which)
        found = await lessons.prompts.answers(seat.guild, lesson_id=lesson_id)
        payload: dict[str, Any] = {"content": "\n".join(answers_lines(found, seat.words))}
        if found:
            signs = separators_for(str(interaction.locale))
            text = await lessons.prompts.exported(seat.guild, form, signs, lesson_id=lesson_id, named=names)
            payload["file"] = _file(text, f"answers.{form}")
        await here.show(payload)


@status.autocomplete("which")
@answers.autocomplete("which")
async def lessons_offered(interaction: Interaction, typed: str) -> list[Choice[str]]:
    """Offer the server's latest lessons to its moderators, by day and title."""
    if interaction.client.services.serving.current is None:
        return []
    try:
        seat = await seat_of(interaction)
        check_leader(seat, None)
        recent = await (await interaction.client.services.get(Lessons)).recent(seat.guild, MOST_CHOICES)
    except UserError:
        return []
    named = [(f"{one.started_utc[:10]} {one.title or ''}".strip(), one.id) for one in recent]
    return [Choice(name=line(name), value=value) for name, value in named if typed.casefold() in name.casefold()]


async def _chosen(interaction: Interaction, which: str | None) -> tuple[Lessons, str, Seat]:
    """Return the lesson to show: the one named, else the running or the last one in the channel.

    Raises UserError without one, and for anybody who does not lead it; only moderators lead those that are over.
    """
    lessons = await interaction.client.services.get(Lessons)
    seat = await seat_of(interaction)
    current = lessons.current(seat.guild, int(interaction.channel_id or 0))
    if which is None and current is not None:
        check_leader(seat, current)
        return lessons, current.id, seat
    check_leader(seat, None)
    if which is not None:
        return lessons, which, seat
    here = [one for one in await lessons.recent(seat.guild, MOST_CHOICES) if one.channel == interaction.channel_id]
    if not here:
        raise UserError(_NONE)
    return lessons, here[0].id, seat


async def _give(here: Visit, summary: LessonSummary, seat: Seat) -> None:
    """Send the summary of a lesson: a message, a chart of the votes, and files."""
    pack = (await here.services.get(Library)).held(summary.lesson.pack)
    files = [_file(report(pack, summary), "lesson.md")]
    if summary.participants:
        signs = separators_for(str(here.interaction.locale))
        files.append(_file(participation_csv(summary, signs), "participation.csv"))
    lines = summary_lines(pack, summary, seat.words)
    votes = votes_in(pack, summary)
    if votes and drawing.can_draw():
        picture = await asyncio.to_thread(shift_png, votes, drawn_in(seat.words))
        alt = shift_alt_text(votes, seat.words)
        files.insert(0, discord.File(io.BytesIO(picture), "votes.png", description=alt))
    elif votes:
        lines.append(seat.words("There is no chart: matplotlib is not installed where I run."))
    await here.show({"content": "\n".join(lines), "files": files})


def _file(text: str, name: str) -> discord.File:
    """Return a file to send; a table begins with a byte order mark, or spreadsheets misread its UTF-8."""
    encoding = "utf-8-sig" if name.endswith(CSV) else "utf-8"
    return discord.File(io.BytesIO(text.encode(encoding)), name)


def begun_lines(lesson: Lesson, days: int, words: Words) -> list[str]:
    """Return what the class is told at the start: who sees what, and for how many days it is kept."""
    lines = [
        words("Your written answers are shown here **with your name**.")
        if lesson.names
        else words("Your written answers are shown here **without your name**; the leader can look up who wrote what."),
        words("Votes and quiz choices are secret."),
    ]
    if lesson.logged:
        lines.append(
            words.count(
                "What you do here is kept for {number} day; `/privacy` lets you see and delete what is yours.",
                "What you do here is kept for {number} days; `/privacy` lets you see and delete what is yours.",
                days,
            )
        )
    else:
        lines.append(words("When the lesson ends, I delete what was asked, voted and written; only counts are kept."))
    head = f"**{words('The lesson begins: {title}', title=_titled(lesson, words))}**"
    return [head, *(f"- {line}" for line in lines)]


def ended_line(summary: LessonSummary, words: Words) -> str:
    """Return what the class is told at the end."""
    said = f"**{words('The lesson is over. Thank you!')}**"
    if not summary.tally.people:
        return said
    took_part = words.count("{number} person took part.", "{number} people took part.", summary.tally.people)
    return f"{said} {took_part}"


def led_lines(words: Words) -> list[str]:
    """Return what the leader is told at the start."""
    return [
        words("What you can do now, in this channel:"),
        words("- `/prompt` posts a question: let them vote, reveal the quotes, let them vote again, then close it."),
        words("- `/quiz` asks who said it. `/handout` gives you something to print."),
        words("- `/lesson answers` shows you who wrote what, `/lesson status` how it is going."),
        words("- `/lesson stop` ends it, and gives you the summary."),
    ]


def summary_lines(pack: Pack, summary: LessonSummary, words: Words) -> list[str]:
    """Return the summary for the leader; the files sent with it are complete."""
    lesson, tally = summary.lesson, summary.tally
    began = int(datetime.fromisoformat(lesson.started_utc).timestamp())
    lines = [
        f"**{_titled(lesson, words)}** · <t:{began}:f>",
        words("People who took part: {people}", people=tally.people),
    ]
    if tally.asked:
        lines.append(
            words("Questions: {asked}; no side is quoted on {silent} of them", asked=tally.asked, silent=tally.silent)
        )
    lines.append(words("Votes: {voters}", voters=tally.voters))
    if tally.answers:
        lines.append(
            words(
                "Written answers: {answers}; quoting the articles word for word: {cited}",
                answers=tally.answers,
                cited=tally.cited,
            )
        )
    topics = ", ".join(f"{escaped(topic.name)} ({count})" for topic, count in summary.topics)
    if topics:
        lines.append(words("Topics asked about most: {topics}", topics=topics))
    for heading, questions in (
        (words("I quoted no side on:"), summary.unanswered),
        (words("I did not understand, and asked back:"), summary.asked_back),
    ):
        lines += _under(heading, [f"- {echoed(question, _LINE)}" for question in questions], _LISTED, words)
    votes = [_vote(pack, posting, words) for posting in summary.postings]
    lines += _under(words("Votes as agree / disagree / unsure, before → after the quotes:"), votes, _PROMPTS, words)
    lines += _under(words("Quizzes:"), list(_quizzes(pack, summary, words)), _LISTED, words)
    sparred = [words(one.line(pack, code)) for code, one in summary.sparred]
    return lines + _under(words("Sparrings:"), sparred, _LISTED, words)


def answers_lines(answers: Sequence[StudentAnswer], words: Words) -> list[str]:
    """Return the last answers with the names of who wrote them; the file has all of them."""
    if not answers:
        return [words("Nobody has written an answer yet.")]
    lines = [
        words.count(
            "{number} written answer. Only you see who wrote it:",
            "{number} written answers. Only you see who wrote them:",
            len(answers),
        )
    ]
    last = answers[-_ANSWERS:]
    lines += [f"- **{echoed(answer.name, _TITLE // 2)}:** {echoed(answer.text, _ANSWER)}" for answer in last]
    if len(answers) > len(last):
        lines.insert(1, words("These are the last {number}; the file has all of them.", number=len(last)))
    return lines


def _titled(lesson: Lesson, words: Words) -> str:
    return echoed(lesson.title, _TITLE) if lesson.title else words("a lesson")


def _vote(pack: Pack, posting: Posting, words: Words) -> str:
    """Return the result of a prompt's vote, or how many have voted so far."""
    question = echoed(question_of(pack, posting.prompt), _LINE)
    if posting.result is None:
        told = words.count("open, {number} vote", "open, {number} votes", posting.voters)
    else:
        before_and_after = (None,) if posting.result.told == (None, None) else posting.result.told
        told = " → ".join(
            words(KEPT_BACK) if counts is None else " / ".join(map(str, counts))
            for counts in before_and_after
            if counts is None or any(counts)
        )
    return f"- {question} **{told or words('no votes')}**"


def _quizzes(pack: Pack, summary: LessonSummary, words: Words) -> Iterator[str]:
    for quiz in summary.quizzes:
        result = result_of_counts(pack, quiz)
        if result is not None and result.is_kept_back:
            yield words("- {of} quotes: {told}", of=len(quiz.items), told=words(KEPT_BACK))
        elif result is not None and result.share is not None:
            share = round(result.share)
            yield words("- {of} quotes, {share} % of the answers right", of=len(quiz.items), share=share)


def _under(heading: str, lines: list[str], most: int, words: Words) -> list[str]:
    """Return the first lines under a heading, and how many more there are; nothing for none."""
    if not lines:
        return []
    shown = [f"**{heading}**", *lines[:most]]
    if len(lines) > most:
        shown.append(words("… and {number} more in the file", number=len(lines) - most))
    return shown
