"""Who is proposed to speak, beside who does: rather undecided than in the wrong mouth."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.authoring.marking.attribution import Line, Said, attributed
from bot.authoring.marking.speakers import Speaker
from bot.authoring.sources.document import Kind
from bot.authoring.sources.unwrapping import ITEM
from knowledge.model import CONTEXT, Mode, Side
from tests.authoring.marking.gold import FOLDER, marked

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from knowledge.model import Pack

BAN = Side("ban", "For a ban", "For a ban", "🔵", "#000000", ("the parents", "Safe School", "supporters of the ban"))
FREE = Side("free", "Against a ban", "Against", "🟠", "#000000", ("the pupils", "opponents of the ban", "Open Class"))


OWN = {"phones-for", "phones-against", "dam-river"}
"""The articles that speak for a side; the others are reports."""


def judged(gold: Iterable[tuple[int, int, str]], said: Sequence[Said]) -> Counter[str]:
    """Count what is proposed for marked stretches: decided, right, and in the mouth of a wrong side."""
    counts = Counter[str]()
    for start, end, voice in gold:
        near = max(said, key=lambda one: min(one.end, end) - max(one.start, start))
        counts["all"] += 1
        if near.voice is not None:
            counts["decided"] += 1
            counts["right"] += near.voice == voice
            counts["wrong side"] += near.voice not in {voice, CONTEXT} and voice != CONTEXT
    return counts


def judged_together(names: Iterable[str]) -> Counter[str]:
    """Judge articles of the folder."""
    total = Counter[str]()
    for name in names:
        one = marked(name)
        total += judged(one.gold, attributed(one.text, one.lines, one.sides, one.own))
    return total


def test_articles_that_speak_for_a_side_are_that_sides() -> None:
    """The bars of the work: .95 right, .02 at most in a wrong mouth, four fifths decided."""
    counts = judged_together(OWN)
    assert counts["decided"] >= 0.8 * counts["all"]
    assert counts["right"] >= 0.95 * counts["decided"]
    assert counts["wrong side"] == 0


def test_reports_are_put_down_to_whoever_speaks() -> None:
    """Half of them were written before anything was tried on them."""
    names = {path.stem for path in FOLDER.iterdir()} - OWN
    assert len(names) == 6
    counts = judged_together(names)
    assert counts["decided"] >= 0.8 * counts["all"]
    assert counts["right"] >= 0.85 * counts["decided"]
    assert counts["wrong side"] <= 0.02 * counts["decided"]


def test_the_marks_of_the_shipped_pack_are_found_again(shipped_pack: Pack) -> None:
    """Both of its articles are reports."""
    counts = Counter[str]()
    for article in shipped_pack.articles:
        lines = []
        for place in article.paragraphs:
            item = ITEM.match(article.text[place.start : place.end])
            kind = Kind.ITEM if item else Kind.BODY
            lines.append(Line(place.start + (item.end() if item else 0), place.end, kind))
        gold = [(p.span.start, p.span.end, p.voice) for p in shipped_pack.passages if p.span.article_id == article.id]
        counts += judged(gold, attributed(article.text, lines, shipped_pack.sides))
    assert counts["all"] == 57
    assert counts["decided"] >= 0.9 * counts["all"]
    assert counts["right"] >= 0.85 * counts["decided"]
    assert counts["wrong side"] == 0


def said_in(text: str, own: Speaker | None = None, known: dict[str, str] | None = None) -> list[Said]:
    """Read a paragraph a line."""
    lines, at = [], 0
    for line in text.split("\n"):
        if line:
            lines.append(Line(at, at + len(line), Kind.BODY))
        at += len(line) + 1
    return attributed(text, lines, (BAN, FREE), own, known)


@pytest.mark.parametrize(
    ("text", "voices"),
    [
        ("The parents say that lessons got quiet. The town has two schools.", ["ban", CONTEXT]),
        ("“It is quiet,” said Eva Lind of Safe School. “We like it.” She added more to it.", ["ban"] * 3),
        ("Open Class disagrees. Its chair Tom Ruiz called it an insult. “Nobody asked us,” he said.", ["free"] * 3),
        ("According to opponents of the ban, phones are needed on the bus.", ["free"]),
        ("The parents want a ban, but the pupils say that they were not asked.", ["ban", "free"]),
        ("Eva Lind said that she would move away.", [None]),
        ("Critics say that it is too late.", [None]),
        ("“It is a nice day to go and swim.”", [None]),
        ("A study found that marks went up by a tenth.", [CONTEXT]),
        ("Many are critical of the parents and their ban.", [CONTEXT]),
        ("The pupils' fears are well known in town by now.", [CONTEXT]),
    ],
)  # fmt: skip
def test_a_sentence_is_the_side_that_is_named_in_it(text: str, voices: list[str | None]) -> None:
    assert [said.voice for said in said_in(text)] == voices


def test_mode_speaker_and_cue_say_how_it_is_known() -> None:
    told, quoted = said_in(
        "Safe School criticised the council. “They sleep while we wait,” Eva Lind of Safe School said."
    )
    assert (told.mode, told.speaker, told.cue) == (Mode.NARRATED, "Safe School", "Safe School criticised")
    assert (quoted.mode, quoted.speaker, quoted.cue) == (Mode.DIRECT, "Eva Lind", "Eva Lind of Safe School said")


def test_whoever_is_known_to_a_person_is_known_to_the_text() -> None:
    (said,) = said_in("Eva Lind said that she would move away.", known={"eva lind": "ban"})
    assert (said.voice, said.speaker) == ("ban", "Eva Lind")


def test_whoever_takes_no_side_speaks_under_their_own_name() -> None:
    """As a moderator, or an expert whom both hear; nobody is asked about them."""
    known = {"eva lind": CONTEXT}
    said = said_in("Eva Lind said that she would move away. “I will,” she added. Our town is loud.", known=known)
    assert [(one.voice, one.mode, one.speaker, one.guess) for one in said] == [
        (CONTEXT, Mode.INDIRECT, "Eva Lind", None),
        (CONTEXT, Mode.DIRECT, "Eva Lind", None),
        (CONTEXT, Mode.NARRATED, None, None),
    ]
    lines = (Line(0, 17, Kind.BODY, "Eva Lind"),)
    (asked,) = attributed("What do you want?", lines, (BAN, FREE), None, known)
    assert (asked.voice, asked.speaker) == (CONTEXT, "Eva Lind")
    # An article that speaks for a side makes nobody speak for it of whom a person said that they take none.
    (witness,) = said_in("“It is loud in here,” said Eva Lind.", Speaker("Ann Lee", "ban"), known)
    assert (witness.voice, witness.mode, witness.speaker) == (CONTEXT, Mode.DIRECT, "Eva Lind")


@pytest.mark.parametrize("given", ["Amina Yusuf", "dr. amina yusuf", "Dr Yusuf", "Yusuf"])
def test_a_name_that_was_given_wins_over_what_stands_beside_it(given: str) -> None:
    text = (
        "Safe School disagreed. Its spokeswoman, Dr Amina Yusuf, warned against a ban. “Wait for it,” she said. "
        "Dr Yusuf of Safe School said that it was early."
    )
    assert [said.voice for said in said_in(text)] == ["ban"] * 4
    assert [said.voice for said in said_in(text, known={given.casefold(): CONTEXT})] == ["ban", *[CONTEXT] * 3]
    assert [said.voice for said in said_in(text, known={given.casefold(): "free"})] == ["ban", *["free"] * 3]


def test_its_and_it_stand_for_the_last_organisation_named() -> None:
    """The hospital is of no side, whoever spoke before it."""
    text = (
        "Eva Lind of Safe School said that it was too loud. The hospital counted six cases. Its head, Dr Amina Yusuf, "
        "warned both. “Most are mild,” she said. It said that it was not asked. Its chair Tom Ruiz disagreed."
    )
    assert {said.voice for said in said_in(text)[2:]} == {None}
    assert said_in(text.replace("The hospital", "Open Class"))[2].voice == "free"


@pytest.mark.parametrize(
    ("text", "voices"),
    [
        # Whoever spoke in between, "the club" is the one that was called so last, and of no side if that one is.
        ("The book club wants it. Open Class said no. The club replied to it.", ["ban", "free", "ban"]),
        ("The book club wants it. The chess club said that it would go. The club said no.", ["ban", CONTEXT, CONTEXT]),
        ("“It is loud,” said Ida Holm of Open Class. The club said that it was not.", ["free", CONTEXT]),
        ("“It is loud,” said Ida Holm of Open Class. The group said that it was not.", ["free", "free"]),
        # A first name is enough for whoever spoke before, unless two have it.
        ("Ida Holm of Open Class said no. Ida told us why. “It is loud,” said Ida.", ["free"] * 3),
        ("Ida Holm of Open Class said no. Ida Berg of Safe School said yes. Ida said it again.", ["free", "ban", None]),
        ("Ida Berg of Safe School agreed. Ida Holm of Open Class said no. Ida said it again.", ["ban", "free", None]),
        ("Green Gate of Open Class said no. Green farmers said that it was late.", ["free", CONTEXT]),
    ],
)  # fmt: skip
def test_part_of_a_name_stands_for_whoever_has_it(text: str, voices: list[str | None]) -> None:
    """Rather undecided than in the wrong mouth."""
    sides = replace(BAN, aliases=(*BAN.aliases, "the book club")), FREE
    assert [said.voice for said in attributed(text, [Line(0, len(text), Kind.BODY)], sides)] == voices


def test_an_author_does_not_speak_for_the_other_side() -> None:
    """What the others say stays open, what a witness says is told with the name, the rest is the author's."""
    text = (
        "Phones are loud. Opponents of the ban say that they are not. “They are,” says my colleague Ola Berg. Ban them."
    )
    first, others, witness, last = said_in(text, Speaker("Ann Lee", "ban"))
    assert (first.voice, first.speaker, first.mode) == ("ban", "Ann Lee", Mode.DIRECT)
    assert (others.voice, others.guess) == (None, "free")
    assert (witness.voice, witness.speaker) == ("ban", "Ola Berg")
    assert (last.voice, last.speaker) == ("ban", "Ann Lee")


@pytest.mark.parametrize(
    ("sentence", "who"),
    [
        ("Supporters of the rule say that small children are afraid.", "Supporters of the rule"),
        ("Opponents claim that shared hours only confuse people.", "Opponents"),
        ("Dog owners always say the same thing: he wouldn't hurt a fly.", "Dog owners"),
        ("The friends of free-running dogs point to Ashford and its shared hours.", "The friends of free-running dogs"),
        ("But parents tell us that we are asleep.", "parents"),
        ("They say that it can wait.", "They"),
    ],
)
def test_what_several_people_say_is_not_put_into_the_authors_mouth(sentence: str, who: str) -> None:
    (said,) = said_in(sentence, Speaker("Ann Lee", "ban"))
    assert (said.voice, said.mode, said.speaker) == (None, Mode.INDIRECT, who)
    for own in ("Most owners have no garden.", "Studies say little about it.", "We say that it can wait for a year."):
        (said,) = said_in(own, Speaker("Ann Lee", "ban"))
        assert (said.voice, said.speaker) == ("ban", "Ann Lee")


def test_a_list_belongs_to_whoever_hands_over_to_it() -> None:
    text = (
        "The pupils replied with two points:\nPhones are tickets for the bus.\nWe want our own rules.\nThe council met."
    )
    kinds = (Kind.BODY, Kind.ITEM, Kind.ITEM, Kind.BODY)
    lines, at = [], 0
    for kind, line in zip(kinds, text.split("\n"), strict=True):
        lines.append(Line(at, at + len(line), kind))
        at += len(line) + 1
    said = attributed(text, lines, (BAN, FREE))
    assert [(one.voice, one.point) for one in said] == [("free", None), ("free", 1), ("free", 2), (CONTEXT, None)]


def test_turns_of_a_transcript_wait_for_the_side_of_their_speaker() -> None:
    text = "[00:00:01] Eva\nIt is quiet now.\n[00:00:05] Tom\nIt is not."
    lines = (Line(0, 14, Kind.LABEL), Line(15, 31, Kind.BODY, "Eva"), Line(47, 57, Kind.BODY, "Tom"))
    said = attributed(text, lines, (BAN, FREE), None, {"eva": "ban"})
    assert [(one.voice, one.speaker, one.mode) for one in said] == [
        ("ban", "Eva", Mode.DIRECT),
        (None, "Tom", Mode.DIRECT),
    ]
