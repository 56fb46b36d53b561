"""What works with a pack as it is, and what to add for more: the last lines of `pack check`."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from knowledge.model import Pack

_CORE: Final = 2
"""Passages of one side that may carry a topic."""

_NAMED: Final = 3
"""Places that are named where more do."""


def readiness(pack: Pack, folder: Path) -> Iterator[str]:
    """Yield a line of what works, and one of what is missing, if anything is."""
    # Imported here, as other commands of `pack` need none of them.
    from bot.authoring.drafts import FILE, read_draft  # noqa: PLC0415
    from bot.debate.rules.terms import fitting  # noqa: PLC0415
    from bot.lesson.rules.quiz import quiz_topics  # noqa: PLC0415

    if not pack.sides:
        yield "works now: search (`dilemma ask`, `dilemma lab rank`); the pack has no sides, so nothing else does"
        return
    lessons, quizzes = len({prompt.topic for prompt in pack.prompts}), len(quiz_topics(pack))
    works = ["questions", "conversation"]
    works.append("claims with replies" if pack.statements else "claims with what each side says on them")
    works.append(f"debates in {_count(len(fitting(pack.formats, len(pack.sides))), 'format')}")
    works += [f"lessons on {_count(lessons, 'topic')}"] * bool(lessons)
    works += [f"quizzes on {_count(quizzes, 'topic')}"] * bool(quizzes)
    yield f"works now: {', '.join(works)}"
    more = []
    if (folder / FILE).exists() and (undecided := len(read_draft(folder / FILE).undecided)):
        is_are = "sentence of which" if undecided == 1 else "sentences of which"
        more.append(f"{undecided} {is_are} nobody has said who speaks (`dilemma pack review {folder}`)")
    if not pack.questions:
        more.append(f"questions.toml (how people ask, and what answers: `dilemma pack questions {folder} --prompt`)")
    if not pack.statements:
        more.append("statements.toml (what people claim, and which passages reply)")
    if not lessons:
        more.append("passages of every side under one topic (lessons need them)")
    if more:
        yield f"for more: {'; '.join(more)}"
    if crowded := _crowded(pack):
        rest = f" and {len(crowded) - _NAMED} more" if len(crowded) > _NAMED else ""
        yield (
            "for better overviews: leave `core` in passages.toml to the one passage that says it best for its side on "
            f"its topic; too many have it: {', '.join(crowded[:_NAMED])}{rest}"
        )


def _crowded(pack: Pack) -> list[str]:
    """Return where too many passages carry a topic, the most first, as in "Cats on Night walks 4"."""
    core = Counter((passage.voice, passage.topics[0]) for passage in pack.passages if passage.core)
    return [
        f"{pack.side(voice).short_name} on {pack.topic(topic).name} {count}"
        for (voice, topic), count in core.most_common()
        if voice in pack.side_ids and count > _CORE
    ]


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
