"""What works with a pack as it is, and what to add for more: the last lines of `pack check`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from knowledge.model import Pack


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


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
