"""`lesson`: a class session in front of one screen, without Discord and without names."""

from __future__ import annotations

import secrets
from functools import partial
from pathlib import Path
from typing import Annotated, Final

import typer

from bot.screen.session import session_of

PROMPTS: Final = 1
MOST_PROMPTS: Final = 5
_QUIZ: Final = 5
_MOST_QUIZ: Final = 20
_SEEDS: Final = 1_000_000

Topic = Annotated[str | None, typer.Option("--topic", metavar="ID", help="Topic; `prompt --coverage` lists them.")]
Prompts = Annotated[
    int, typer.Option("--prompts", metavar="N", min=1, max=MOST_PROMPTS, help="How many questions to discuss.")
]
Quiz = Annotated[
    int, typer.Option("--quiz", metavar="N", min=0, max=_MOST_QUIZ, help="How many quotes in the quiz; 0 for no quiz.")
]
Seed = Annotated[
    int | None, typer.Option("--seed", metavar="N", help="The same number gives the same lesson (random, if omitted).")
]
Out = Annotated[Path | None, typer.Option("--out", metavar="PATH", help="A new file for the summary.")]


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command(epilog="Example:  dilemma lesson --topic privacy --out summary.txt")(lesson)


def lesson(
    context: typer.Context,
    topic: Topic = None,
    prompts: Prompts = PROMPTS,
    quiz: Quiz = _QUIZ,
    seed: Seed = None,
    out: Out = None,
) -> None:
    """Hold a lesson: a question, a show of hands, each side's quotes, a discussion, a second show, a quiz, questions.

    The class looks at the screen, and the teacher types: the hands raised, which side to show, what the class asks.
    Enter moves on to the next part, Ctrl-D goes straight to the summary. Nothing is logged, and no names are asked.
    """
    # Imported only when a lesson begins, so that `--help` is quick.
    from bot.answer.terminal.talk import talking  # noqa: PLC0415
    from bot.lesson.rules.prompt import draw_prompts  # noqa: PLC0415
    from bot.lesson.rules.quiz import draw_quiz, quiz_topics  # noqa: PLC0415
    from bot.lesson.terminal.held import LessonAtScreen, summary_lines  # noqa: PLC0415
    from bot.lesson.terminal.quiz_play import HEADING  # noqa: PLC0415
    from bot.screen.lines import Line  # noqa: PLC0415
    from bot.screen.replies import replies_to  # noqa: PLC0415
    from bot.screen.writing import check_new, new_file  # noqa: PLC0415

    session = session_of(context)
    if out is not None:
        check_new(out)
    pack = session.pack(sided=True)
    drawn = secrets.randbelow(_SEEDS) if seed is None else seed
    asked = draw_prompts(pack, topic=topic, count=prompts, seed=drawn)
    # No quotes in the quiz that were on the screen a moment ago, unless there are no others.
    seen = {quote.passage_id for prompt in asked for quote in prompt.quotes.values()}
    seen = seen if quiz_topics(pack, seen) else set()
    about = (topic,) if topic in quiz_topics(pack, seen) else ()
    items = draw_quiz(pack, topics=about, count=quiz, seed=drawn, excluding=seen) if quiz else ()
    screen = session.screen
    screen.write(f"A lesson on {pack.title}", style=HEADING)
    screen.say(f"Enter goes on, Ctrl-D goes to the summary. The same lesson again: --seed {drawn}")
    open_talk = partial(talking, session, context.command_path, log=False)
    notes = LessonAtScreen(pack, asked, items, screen, replies_to(screen), open_talk).hold()
    screen.show((Line(""), *summary_lines(pack, notes, screen.width)))
    if out is not None:
        with new_file(out) as stream:
            stream.writelines(f"{line.text}\n" for line in summary_lines(pack, notes, None))
        screen.say(f"written to {out}")
