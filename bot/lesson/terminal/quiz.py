"""`quiz`: who said it? Played in front of one screen, or written as JSON."""

from __future__ import annotations

import json
import secrets
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from bot.screen.session import session_of

if TYPE_CHECKING:
    from bot.lesson.rules.quiz import QuizItem

_COUNT: Final = 10
_SEEDS: Final = 1_000_000

Topics = Annotated[
    list[str] | None, typer.Option("--topic", metavar="ID", help="Ask about this topic; repeat for several.")
]
Count = Annotated[int, typer.Option("--count", metavar="N", help="How many quotes, at most.")]
Seed = Annotated[
    int | None, typer.Option("--seed", metavar="N", help="The same number gives the same quiz (random, if omitted).")
]
Players = Annotated[
    list[str] | None, typer.Option("--player", metavar="NAME", help="A player who takes turns; repeat for several.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Write the quiz with its answers as one JSON object on one line.")]


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command(epilog="Example:  dilemma quiz --topic privacy --count 5 --player Ann --player Ben")(quiz)


def quiz(
    context: typer.Context,
    topic: Topics = None,
    count: Count = _COUNT,
    seed: Seed = None,
    player: Players = None,
    as_json: AsJson = False,  # noqa: FBT002 - a flag
) -> None:
    """Guess who said it: quotes of all sides and of the writers, with whatever names the speaker hidden.

    Answer with the number of an option, or with its name; then you see the whole quote and its source. Players take
    turns. Without players the room may raise hands instead: type how many for each, as in 12 5 3. Enter alone shows the
    answer, Ctrl-D ends the quiz.
    """
    # Imports nothing heavy, but more than `--help` needs.
    from bot.lesson.rules.quiz import draw_quiz  # noqa: PLC0415
    from bot.lesson.terminal.quiz_play import BY_HANDS, play, result_lines  # noqa: PLC0415
    from bot.screen.lines import Line  # noqa: PLC0415
    from bot.screen.replies import replies_to  # noqa: PLC0415

    session = session_of(context)
    players = player or []
    if len(set(players)) < len(players):
        raise typer.BadParameter("two players have the same name: change one of them", param_hint="--player")
    pack = session.pack(sided=True)
    drawn = secrets.randbelow(_SEEDS) if seed is None else seed
    items = draw_quiz(pack, topics=topic or (), count=count, seed=drawn)
    if as_json:
        typer.echo(json.dumps(quiz_object(items, drawn), ensure_ascii=False))
        return
    screen = session.screen
    screen.say(f"{pack.title}: {len(items)} quotes; the same again with --seed {drawn}")
    screen.say("Type a number." if players else BY_HANDS)
    screen.say("Enter alone shows who it is, Ctrl-D ends the quiz.")
    result = play(pack, items, players, screen, replies_to(screen))
    screen.show((Line(""), *result_lines(pack, result, screen.width)))


def quiz_object(items: tuple[QuizItem, ...], seed: int) -> dict[str, Any]:
    """Return a quiz with its answers as a JSON object, each quote as in an answer."""
    from bot.quote.rules.contract import quote_object  # noqa: PLC0415 - as above

    return {
        "seed": seed,
        "items": [
            {
                "number": item.number,
                "masked": item.masked,
                "options": list(item.options),
                "answer": item.answer,
                "quote": quote_object(item.quote),
            }
            for item in items
        ],
    }
