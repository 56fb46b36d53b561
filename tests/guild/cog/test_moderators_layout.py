from __future__ import annotations

from dataclasses import replace

import pytest

from bot.answer.store.opinions import Disputed
from bot.debate.service.audit import Done, line_of
from bot.guild.cog.settings import lines_of as settings_lines
from bot.guild.rules.permissions import MOST_CHANNELS, GuildSettings
from bot.log.audit import ModeratorAct
from bot.log.privacy import Holding
from bot.privacy.cog import commands as privacy_layout
from bot.review.cog import review as review_layout
from bot.review.cog import stats as figures_layout
from bot.review.rules.figures import Figures
from bot.values.passage import PassageRef
from bot.wire.page.escaping import size
from bot.wire.page.language import LANGUAGES, words_for
from bot.wire.press import Mark, mark_of
from tests.log.samples import REGISTRY
from tests.quote.rules.findings import library, pack

MESSAGE = 2000
"""Characters that Discord takes in ordinary text."""

EN = words_for("en")
WORST = "*" * 5_000
EVERYTHING = Figures(90, 10**6, 10**5, tuple((topic, 10**5) for topic in pack().topics), 10**5, 10**5)
LONGEST = max(pack().passages, key=lambda passage: len(passage.text)).id


@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_fits_into_a_message(language: str) -> None:
    words = words_for(language)
    waiting = [Disputed(PassageRef.of(LONGEST), 9999, (WORST,) * 3, (WORST,) * 3)] * 9
    refs = [PassageRef.of(passage.id) for passage in pack().passages]
    acts = [ModeratorAct("a" * 64, "exclude", str(PassageRef.of(LONGEST)), "2026-01-01T00:00:00+00:00")] * 10
    debated = [replace(acts[0], action="debate", subject=line_of(WORST, Done.BEGAN, WORST))] * 10
    channels = GuildSettings(
        10**18,
        frozenset(range(10**18, 10**18 + MOST_CHANNELS)),
        "plain",
        "hi",
        3650,
        "x" * 100,
        frozenset((10**18 + number, "x" * 100) for number in range(MOST_CHANNELS)),
    )
    held = [Holding(table.name, 10**6, table.what) for table in REGISTRY.personal]
    for lines in (
        review_layout.waiting_lines(library(), waiting, 8, words),
        review_layout.excluded_lines(library(), refs, words),
        review_layout.history_lines(library(), acts, words),
        review_layout.history_lines(library(), debated, words),
        figures_layout.lines_of(EVERYTHING, words) + figures_layout.unanswered_lines([WORST] * 10, words),
        settings_lines(channels, words, 90, library()),
        privacy_layout.holdings(held, words),
        privacy_layout.policy_lines(words, 3650, "x" * 200),
    ):
        assert size("\n".join(lines)) <= MESSAGE - 100, lines[0]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_picture_is_described_within_what_discord_takes(language: str) -> None:
    text = figures_layout.alt_text(EVERYTHING, words_for(language))
    assert size(text) <= 1024
    assert text.count("100000") >= 3


def test_buttons_carry_the_passage_and_fit_discords_limit() -> None:
    waiting = [Disputed(PassageRef.of(passage.id), 1, (), ()) for passage in pack().passages]
    for at, one in enumerate(waiting):
        (row,) = review_layout.waiting_controls(waiting, at, EN)
        for control, action in zip(row, ("exclude", "keep", "next"), strict=True):
            assert len(control.custom_id) <= 100
            assert mark_of(control.custom_id) == Mark("review", action, (str(one.passage),))


def test_the_next_quote_comes_after_the_last_comes_the_first() -> None:
    """And after one that is gone, too."""
    a, b, twin = PassageRef.of("a"), PassageRef.of("b"), PassageRef("pets", "a")
    waiting = [Disputed(one, 1, (), ()) for one in (a, b)]
    assert [review_layout.after(waiting, one) for one in (a, b, twin, None)] == [1, 0, 0, 0]


def test_a_quote_that_the_pack_no_longer_has_can_still_be_decided() -> None:
    waiting = [Disputed(PassageRef.of("gone_since"), 1, ("no",), ())]
    lines = review_layout.waiting_lines(library(), waiting, 0, EN)
    assert r"The articles no longer contain this quote: social-dilemma/gone\_since" in lines
    assert review_layout.opening(library(), PassageRef("pets", "gone")) == "pets/gone"


def test_a_moderator_who_was_forgotten_is_somebody() -> None:
    """Others are told apart by the beginning of their pseudonym."""
    acts = [ModeratorAct(person, "keep", "x", "2026-01-01T00:00:00+00:00") for person in (None, "abcdef" + "0" * 58)]
    assert [line.split(" · ")[1] for line in review_layout.history_lines(library(), acts, EN)] == [
        "somebody",
        "moderator abcdef",
    ]


def test_acts_in_a_debate_are_told_with_its_motion() -> None:
    act = ModeratorAct(None, "debate", line_of("Cats *or* dogs?", Done.EXTENDED, "2"), "2026-01-01T00:00:00+00:00")
    assert review_layout.history_lines(library(), [act], EN) == [
        r"- <t:1767225600:f> · somebody · debate: “Cats \*or\* dogs?” extended by 2 min"
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_acts_in_a_debate_are_told_in_every_language(language: str) -> None:
    """The log holds them as it always did, in English."""
    for done in Done:
        act = ModeratorAct(None, "debate", f"“Cats”: {done.value.format('7')}", "2026-01-01T00:00:00+00:00")
        (told,) = review_layout.history_lines(library(), [act], words_for(language))
        assert (done.value.format("7") in told) == (language == "en")
        assert ("7" in told.partition("Cats")[2]) == ("{}" in done.value)
