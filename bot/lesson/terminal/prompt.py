"""`prompt`: a neutral question with what each side says about it, to start a discussion."""

from __future__ import annotations

import json
import secrets
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from bot.screen.session import session_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.lesson.rules.prompt import DiscussionPrompt, TopicCoverage
    from bot.screen.lines import Line
    from knowledge.model import Pack

_MOST: Final = 100
_SEEDS: Final = 1_000_000

TopicId = Annotated[str | None, typer.Argument(metavar="TOPIC", help="The id of a topic; --coverage lists them.")]
Count = Annotated[int, typer.Option("--count", metavar="N", min=1, max=_MOST, help="How many prompts.")]
Seed = Annotated[
    int | None, typer.Option("--seed", metavar="N", help="The same number gives the same prompts (random, if omitted).")
]
AsJson = Annotated[bool, typer.Option("--json", help="Write everything as one JSON object on one line.")]
Coverage = Annotated[bool, typer.Option("--coverage", help="List what each side has to say on every topic instead.")]


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command(epilog="Example:  dilemma prompt privacy --count 2")(prompt)


def prompt(
    context: typer.Context,
    topic: TopicId = None,
    count: Count = 1,
    seed: Seed = None,
    as_json: AsJson = False,  # noqa: FBT002 - a flag
    coverage: Coverage = False,  # noqa: FBT002 - a flag
) -> None:
    """Draw discussion prompts: a question to vote on, a quote of each side, and three follow-up questions.

    No question repeats before all others had their turn. A topic on which a side is not quoted has none.
    """
    # Imports nothing heavy, but more than `--help` needs.
    from bot.lesson.rules import prompt as prompting  # noqa: PLC0415

    session = session_of(context)
    pack = session.pack(sided=True)
    screen = session.screen
    if coverage:
        if topic is not None:
            raise typer.BadParameter("it lists every topic: leave the topic out", param_hint="--coverage")
        covered = prompting.coverage(pack)
        if as_json:
            typer.echo(json.dumps({"topics": [coverage_object(topic) for topic in covered]}, ensure_ascii=False))
        else:
            screen.show(coverage_lines(pack, covered, screen.width))
        return
    drawn = secrets.randbelow(_SEEDS) if seed is None else seed
    prompts = prompting.draw_prompts(pack, topic=topic, count=count, seed=drawn)
    if as_json:
        written = {"seed": drawn, "prompts": [prompt_object(prompt) for prompt in prompts]}
        typer.echo(json.dumps(written, ensure_ascii=False))
        return
    screen.show(prompt_lines(pack, prompts, screen.width))
    if seed is None:
        screen.say(f"the same again with --seed {drawn}")


def prompt_object(prompt: DiscussionPrompt) -> dict[str, Any]:
    """Return a prompt as a JSON object, each quote as in an answer."""
    from bot.quote.rules.contract import quote_object  # noqa: PLC0415 - as above

    return {
        "id": prompt.id,
        "topic": prompt.topic,
        "question": prompt.question,
        "sides": {side: quote_object(quote) for side, quote in prompt.quotes.items()},
        "follow_ups": [{"kind": follow_up.kind.value, "text": follow_up.text} for follow_up in prompt.follow_ups],
    }


def prompt_lines(pack: Pack, prompts: Sequence[DiscussionPrompt], width: int | None) -> Iterator[Line]:
    """Return prompts as lines, each with its topic, question, quotes and follow-up questions."""
    from bot.lesson.rules.prompt import HEADINGS  # noqa: PLC0415 - as above
    from bot.lesson.terminal.quiz_play import BOLD, HEADING, named, quote_lines, said  # noqa: PLC0415
    from bot.screen.lines import Line  # noqa: PLC0415

    for number, prompt in enumerate(prompts):
        if number:
            yield from (Line(""), Line(""))
        yield from said(pack.topic(prompt.topic).name, width, style=HEADING)
        yield from said(prompt.question, width, style=BOLD)
        for side, quote in prompt.quotes.items():
            yield Line("")
            yield from said(named(pack, side), width, style=HEADING)
            yield from quote_lines(quote, width)
        for follow_up in prompt.follow_ups:
            yield Line("")
            yield from said(HEADINGS[follow_up.kind], width, style=BOLD)
            yield from said(follow_up.text, width)


def coverage_object(covered: TopicCoverage) -> dict[str, Any]:
    """Return what a topic has as a JSON object."""
    return {
        "topic": covered.topic,
        "questions": covered.frames,
        "passages": dict(covered.passages),
        "silent": list(covered.silent),
    }


def coverage_lines(pack: Pack, covered: Sequence[TopicCoverage], width: int | None) -> Iterator[Line]:
    """Return a table of what every topic has, and a summary."""
    from bot.lesson.terminal.quiz_play import said  # noqa: PLC0415
    from bot.quote.rules import phrases as wording  # noqa: PLC0415 - as above
    from bot.screen.lines import Line  # noqa: PLC0415
    from bot.screen.tables import TextTable  # noqa: PLC0415

    names = {side.id: side.short_name for side in pack.sides}
    rows = tuple(
        (
            topic.topic,
            str(topic.frames),
            *(str(topic.passages[side]) for side in names),
            "nobody" if not topic.silent else ", ".join(names[side] for side in topic.silent),
        )
        for topic in covered
    )
    yield from TextTable(
        "Questions to discuss, and passages of each side to show with them",
        ("topic", "questions", *names.values(), "silent"),
        rows,
    ).lines(width)
    yield Line("")
    asked = [topic for topic in covered if topic.frames]
    total = sum(topic.frames for topic in asked)
    both = wording.names_of(pack)
    yield from said(
        f"{total} questions on {len(asked)} of {len(covered)} topics. {both} are quoted on each of these; a topic on "
        "which a side is silent has no prompt.",
        width,
    )
