"""What the pack holds, as `topics`, `sources` and `pack check` print it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.admin.readiness import readiness
from knowledge.model import CONTEXT
from tests.knowledge.conftest import DEFAULTS
from tests.knowledge.reading.test_formats import FORMATS
from tests.knowledge.reading.test_prompts import PROMPTS
from tests.quote.rules.findings import pack as shipped_pack

FORMATS_GIVEN = (DEFAULTS / "formats.toml").read_text(encoding="utf-8").count("\n[[format]]\n")
"""Formats of debates that come with the program."""

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Program
    from tests.knowledge.conftest import TinyPack


@pytest.mark.usefixtures("tiny_in_use")
def test_topics_are_listed_with_a_question_and_who_speaks(dilemma: Program) -> None:
    """In the order of the pack."""
    assert dilemma("topics").out.splitlines() == [
        "Cats or dogs: 2 topics",
        "",
        "Walks",
        "  ask: Who needs a walk?",
        "  passages: Cats 2",
        "",
        "Homes",
        "  ask: Who guards the house?",
        "  passages: Cats 2, Dogs 1, the writer 1",
    ]


@pytest.mark.usefixtures("tiny_in_use")
def test_sources_are_listed_with_what_is_known_and_what_is_quoted(dilemma: Program, tiny: TinyPack) -> None:
    """What an article does not name is said."""
    club, park = tiny.load().articles
    assert dilemma("sources").out.splitlines() == [
        "Why cats are better",
        "  not named: author, date, publisher",
        "  id: club-paper",
        "  4 paragraphs, 3 passages (Cats 2, the writer 1)",
        "  unchanged, for its sha256 is the recorded one:",
        f"  {club.sha256}",
        "",
        "In praise of dogs",
        "  by A. Barker · May 1 · The Park",
        "  id: park-paper",
        "  3 paragraphs, 2 passages (Cats 1, Dogs 1)",
        "  unchanged, for its sha256 is the recorded one:",
        f"  {park.sha256}",
    ]


@pytest.mark.parametrize("command", ["topics", "sources"])
def test_shipped_pack_is_listed_whole(dilemma: Program, command: str) -> None:
    """Without a setting it is the one."""
    pack = shipped_pack()
    outcome = dilemma(command)
    assert (outcome.code, outcome.err) == (0, "")
    for name in [topic.name for topic in pack.topics] if command == "topics" else [a.title for a in pack.articles]:
        assert f"{name}\n" in outcome.out


def test_sound_pack_is_counted(dilemma: Program, tiny: TinyPack) -> None:
    """In one line; then what works with it, and what to add for more."""
    outcome = dilemma("pack", "check", str(tiny.path))
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out == (
        "pets is sound: 2 sides, 2 topics, 2 articles, 5 passages, 4 questions, 0 statements, 0 dialogues, "
        f"0 turns, {FORMATS_GIVEN} formats, 1 discussion prompt, 0 explained words\n"
        "works now: questions, conversation, claims with what each side says on them, "
        f"debates in {FORMATS_GIVEN} formats, lessons on 1 topic, quizzes on 1 topic\n"
        "for more: statements.toml (what people claim, and which passages reply)\n"
    )


def test_topics_that_too_many_passages_carry_are_named(tiny: TinyPack) -> None:
    """Two of a side may; the writer's are shown in no overview."""
    pack = tiny.load()
    one, topic = pack.of_voice("cats")[0], pack.topics[0]

    def lines(voice: str, core: int) -> list[str]:
        many = tuple(replace(one, id=f"p{n}", voice=voice, topics=(topic.id,), core=n < core) for n in range(4))
        return [
            line for line in readiness(replace(pack, passages=many, parallels=()), tiny.path) if "overviews" in line
        ]

    assert lines("cats", 2) == lines(CONTEXT, 4) == []
    (line,) = lines("cats", 3)
    assert line == (
        "for better overviews: leave `core` in passages.toml to the one passage that says it best for its side on its "
        f"topic; too many have it: Cats on {topic.name} 3"
    )


def test_what_a_pack_may_do_without_is_counted_too(dilemma: Program, tiny: TinyPack) -> None:
    """Statements, dialogues, turns, formats, discussion prompts and explained words."""
    tiny.write(
        "statements.toml", '[[statement]]\ntexts = ["Cats rule."]\nstance = "cats"\nbest = []\nacceptable = []\n'
    )
    tiny.write(
        "dialogues.toml",
        "".join(f'[[dialogue]]\nid = "{name}"\n[[dialogue.turn]]\nuser = "hi"\nact = "smalltalk"\n' for name in "ab"),
    )
    tiny.write("turns.toml", 'more = ["go on", "more"]\n')
    tiny.write("formats.toml", FORMATS)
    tiny.write("prompts.toml", PROMPTS)
    tiny.write("glossary.toml", '[[word]]\nterm = "walk"\nmeans = "Going out on foot."\nforms = ["walk"]\n')
    contents, *_ = dilemma("pack", "check", str(tiny.path)).out.splitlines()
    assert contents.endswith(
        f" 2 dialogues, 2 turns, {FORMATS_GIVEN + 1} formats, 1 discussion prompt, 1 explained word"
    )


def test_shipped_pack_is_checked_unless_a_folder_is_named(dilemma: Program) -> None:
    """And it is sound."""
    assert dilemma("pack", "check").out.startswith("social-dilemma is sound: 2 sides, ")


def test_pack_of_the_settings_is_checked_before_the_shipped_one(dilemma: Program, tiny_in_use: Path) -> None:
    """It is the one in use."""
    assert dilemma("pack", "check").out.startswith("pets is sound: ")


def test_every_problem_is_listed_with_its_file_and_line(dilemma: Program, tiny: TinyPack) -> None:
    """From where the program is called, so that an editor can jump there; then the count."""
    tiny.edit("passages.toml", 'voice = "dogs"', 'voice = "dog"')
    tiny.edit("pack.toml", 'colour = "#AA0000"', 'colour = "red"')
    outcome = dilemma("pack", "check", str(tiny.path.relative_to(dilemma.folder)))
    assert (outcome.code, outcome.err) == (1, "")
    first, second, last = outcome.out.splitlines()
    assert first == (
        f'pets/pack.toml:{tiny.line("pack.toml", "red")}: side "cats": "colour" must be like #1A2B3C, not "red"'
    )
    line = tiny.line("passages.toml", 'voice = "dog"')
    assert second.startswith(f"pets/passages.toml:{line}: ")
    assert second.endswith('did you mean "dogs"?')
    assert last == "2 problems in pets"


def test_missing_folder_is_a_problem(dilemma: Program) -> None:
    """One."""
    outcome = dilemma("pack", "check", "nowhere")
    assert outcome.code == 1
    assert outcome.out.splitlines()[-1] == "1 problem in nowhere"


def test_broken_pack_stops_the_other_commands(dilemma: Program, tiny_in_use: Path) -> None:
    """With a line that leads to the check."""
    (tiny_in_use / "articles" / "club.txt").unlink()
    outcome = dilemma("topics")
    assert (outcome.code, outcome.out) == (1, "")
    assert outcome.err.startswith("error: the pack pets cannot be used: pack.toml:")
    assert outcome.err.endswith("see `dilemma pack check`\n")
