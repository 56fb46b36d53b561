"""What a debate's thread is told of each event: in which words, how late, with which quotes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.debate.cog.announcements import source_of
from bot.debate.cog.layout import phase_line
from bot.debate.cog.news import News, Sourced, news_of, opening_line
from bot.debate.rules.commands import (
    CallNext,
    CastBallot,
    End,
    Extend,
    Join,
    MakePoint,
    Next,
    Pause,
    Person,
    RaiseHand,
    Resume,
    ShowEvidence,
    Tick,
)
from bot.debate.rules.events import Cited, Event, PointMade
from bot.debate.rules.evidence import evidence_on
from bot.debate.rules.state import evolve, fold
from bot.debate.service.chronicle import Untold
from bot.values.ballot import Round
from bot.wire.page.escaping import size
from bot.wire.page.language import LANGUAGES, words_for
from tests.debate.rules.debates import ANN, BEGIN, BOB, CAT, FOUND, MINUTE, MODERATOR, QUOTE, Led, started
from tests.quote.rules.findings import found, pack

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.wire.page.language import Words

EN = words_for("en")
ID = "0123456789abcdef" * 2
HOUR = 60 * MINUTE
PHONE = 34
"""Characters in a line of a table on a phone."""


def sound(cited: Cited) -> Sourced:
    """Take every quote for proven."""
    return Sourced(cited.provenance, f"Article: {cited.title}")


def unsound(_cited: Cited) -> None:
    """Take no quote for proven."""


def unquoted(_text: str) -> tuple[str, ...]:
    """Find no quotation in any point."""
    return ()


def told(events: Sequence[Event], at: int = -1, *, later: int = 0, words: Words = EN) -> tuple[News, ...]:
    """Tell of one of these events, so many milliseconds after it."""
    index = at % len(events)
    before = fold(events[:index])
    event = events[index]
    return news_of(Untold(ID, 1, event, before, evolve(before, event)), words, event.at_ms + later, sound, unquoted)


def texts(led: Led, *, later: int = 0) -> list[str]:
    """Tell of the last event."""
    return [news.text + news.late for news in told(led.events, later=later)]


def test_a_phase_is_told_with_its_place_its_end_and_what_can_be_done() -> None:
    """With the buttons for that."""
    led = started()
    (news,) = told(led.events)
    assert news.text.splitlines() == [
        f"**Phase 1 of 6: First vote** · 3 min, until <t:{(BEGIN + 3 * MINUTE) // 1000}:t>",
        "The ballot is open: press “Vote”. Votes are secret, and can be changed until it closes.",
    ]
    assert [control.label for row in news.rows for control in row] == ["Vote"]


def test_a_ballot_that_closes_is_told_with_how_many_voted() -> None:
    """Not for what."""
    led = started()
    led.do(CastBallot(ANN, Round.BEFORE, "cats"))
    led.do(Next(MODERATOR, 0))
    assert texts(led)[0].splitlines() == [
        "The ballot before the debate is closed: 1 person voted.",
        f"**Phase 2 of 6: Statement** · 4 min, until <t:{(BEGIN + 4 * MINUTE) // 1000}:t>",
        "Points may be made by: The cat club",
        "“Evidence” shows everyone a side's best quote on a topic.",
    ]


def test_bells_name_the_phase() -> None:
    """Half time, one minute left, time."""
    led = started()
    led.do(Tick(), after=3 * MINUTE)
    bells = [news.text for at in (-3, -2, -1) for news in told(led.events, at)]
    assert bells == [
        "🔔 Half time: First vote",
        "🔔 One minute left: First vote",
        "🔔 Time: First vote. A moderator moves on with “Next”.",
    ]


@pytest.mark.parametrize(
    ("late", "said"),
    [
        (0, ""),
        (1_999, ""),
        (2_000, " (2 s late: I was away)"),
        (59_999, " (59 s late: I was away)"),
        (12 * MINUTE, " (12 min late: I was away)"),
        (3 * HOUR, " (3 h late: I was away)"),
    ],
)
def test_a_late_bell_says_how_late(late: int, said: str) -> None:
    """Whether it was rung late, or told late."""
    rung_late, told_late = started("result"), started("result")
    rung_late.do(Tick(), after=MINUTE + late)
    told_late.do(Tick(), after=MINUTE)
    assert told(rung_late.events)[0].late == said
    assert told(told_late.events, later=late)[0].late == said
    assert told(rung_late.events)[0].text == told(told_late.events)[0].text


def test_what_a_moderator_does_is_told() -> None:
    """With what holds then."""
    led = started("floor")
    led.do(Pause(MODERATOR), after=MINUTE)
    assert texts(led) == ["⏸️ Paused, with 5:00 left."]
    led.do(Extend(MODERATOR, 2))
    assert texts(led) == ["⏱️ 2 min more."]
    led.do(Resume(MODERATOR))
    ends = (BEGIN + 8 * MINUTE) // 1000
    assert texts(led) == [f"▶️ Resumed. Ends at <t:{ends}:t>."]
    led.do(Extend(MODERATOR, 1))
    assert texts(led) == [f"⏱️ 1 min more, until <t:{ends + 60}:t>."]
    led.do(Join(ANN, "dogs"))
    led.do(RaiseHand(ANN))
    assert texts(led) == []
    led.do(CallNext(MODERATOR))
    assert texts(led) == ["🎤 **Ann (The dog club)** has the floor."]


def test_a_point_stands_under_its_speaker_with_the_quotes_for_and_against() -> None:
    """Where there is none, that is said."""
    led = started("first")
    led.do(Join(ANN, "cats"))
    led.do(MakePoint(ANN, "Cats\nare clean", FOUND))
    (text,) = texts(led)
    assert text.split("\n\n") == [
        "**Point 1: Ann (The cat club)**",
        "> Cats are clean",
        "**For it · The cat club**: “Cats wash themselves”\nThe club's own words",
        "**Against it · The dog club**: the articles have no quote on this.",
        "Article: Why cats",
    ]


def test_a_point_of_somebody_on_no_side_has_quotes_that_are_for_nobody() -> None:
    """It is not told whose it is."""
    led = started("floor")
    led.do(RaiseHand(BOB))
    led.do(CallNext(MODERATOR))
    led.do(MakePoint(BOB, "Who washes?", FOUND))
    assert texts(led)[0].startswith("**Point 1: Bob**\n\n> Who washes?\n\n**The cat club**: “Cats wash themselves”")


def test_a_point_keeps_the_side_of_its_moment() -> None:
    """Though the speaker has another now."""
    led = started("first")
    led.do(Join(ANN, "cats"))
    led.do(MakePoint(ANN, "They purr", FOUND))
    (event,) = (each for each in led.events if isinstance(each, PointMade))
    led.do(Join(ANN, "dogs"))
    (news,) = news_of(Untold(ID, 1, event, led.state, led.state), EN, led.now, sound, unquoted)
    assert news.text.startswith("**Point 1: Ann (The cat club)**")


def test_evidence_is_told_with_who_wanted_it_and_on_what() -> None:
    """And the quote."""
    led = started("first")
    led.do(ShowEvidence(BOB, "washing", FOUND[0]))
    assert texts(led)[0].startswith("**Evidence, asked for by Bob**\n\n> washing\n\n**The cat club**: “Cats wash")


def test_what_a_point_quotes_is_told_below_it() -> None:
    """Before the quotes that stand beside it."""
    led = started("first")
    led.do(Join(ANN, "cats"))
    led.do(MakePoint(ANN, "They “never purr at all”", FOUND))
    untold = Untold(ID, 1, led.events[-1], led.state, led.state)
    (news,) = news_of(untold, EN, led.now, sound, lambda text: (f"checked: {text}",))
    assert (
        news.text.index("> They") < news.text.index("checked: They “never purr at all”") < news.text.index("**For it")
    )


def test_a_quote_that_is_not_sound_any_more_is_not_shown() -> None:
    """The point is."""
    led = started("first")
    led.do(ShowEvidence(BOB, "washing", FOUND[0]))
    before = fold(led.events[:-1])
    (news,) = news_of(Untold(ID, 1, led.events[-1], before, led.state), EN, led.now, unsound, unquoted)
    assert QUOTE.text not in news.text
    assert "this quote is not shown" in news.text


def test_where_a_quote_is_from_is_told_for_as_long_as_it_equals_its_article() -> None:
    """In the reader's language; what the pack no longer has is told as it was, what the article lost is not told."""
    cited = evidence_on(pack(), found(no_selling_information=0.9), "facebook").quote
    assert cited is not None
    title = "Netflix ‘The Social Dilemma’ – Simultaneous Utopia & Dystopia"
    said = Sourced("own words, quoted · article 1 ¶5", f"Article 1: {title}")
    assert source_of(pack(), cited, EN) == said
    assert source_of(pack(), cited, words_for("de")) == Sourced(
        "wörtlich zitiert · Artikel 1 ¶5", f"Artikel 1: {title}"
    )
    was = f"{cited.provenance} · article 1 ¶5"
    assert source_of(pack(), replace(cited, passage="gone"), EN) == replace(said, line=was)
    assert source_of(pack(), replace(cited, start=cited.start + 1), EN) is None
    assert source_of(pack(), replace(cited, article="gone"), EN) is None


def test_long_and_hostile_points_are_told_whole_in_as_many_messages_as_it_takes() -> None:
    """Nothing that is written gets lost, or does anything."""
    hostile = "*" * 850 + " @everyone <@1>" * 10
    led = started("first")
    led.do(Join(ANN, "cats"))
    led.do(MakePoint(ANN, hostile, FOUND))
    parts = texts(led)
    assert len(parts) == 2
    assert all(size(part) <= 2000 for part in parts)
    assert sum(part.count("everyone") for part in parts) == 10
    assert "@everyone" not in "".join(parts)
    assert "<@1>" not in "".join(parts).replace("\\<@1\\>", "")


def test_votes_hands_and_names_are_told_to_nobody() -> None:
    """A ballot is secret, and the panel shows the rest."""
    led = started("revote")
    for command in (Join(ANN, None), CastBallot(ANN, Round.AFTER, "cats")):
        for at, _ in enumerate(led.do(command), start=1):
            assert told(led.events, -at) == ()


def voted(*choices: tuple[str | None, str | None]) -> Led:
    """Hold a debate in which people vote before and after."""
    led = started()
    people = [Person(f"p{number}", f"P{number}") for number in range(len(choices))]
    for person, (before, _) in zip(people, choices, strict=True):
        led.do(CastBallot(person, Round.BEFORE, before))
    led.to_phase("revote")
    for person, (_, after) in zip(people, choices, strict=True):
        led.do(CastBallot(person, Round.AFTER, after))
    return led


def test_the_result_comes_when_the_last_ballot_has_closed() -> None:
    """After the phase's own message, with the tables that a hand calculation gives."""
    led = voted(("cats", "cats"), ("cats", "dogs"), (None, "dogs"), ("dogs", "dogs"))
    led.do(CastBallot(CAT, Round.AFTER, None))
    assert [news.outcome for news in told(led.events)] == []
    led.do(Next(MODERATOR, led.state.place))
    phase, result = told(led.events)
    assert phase.outcome is None
    assert result.outcome == led.state.outcome
    assert result.text.splitlines() == [
        "**Result**",
        "**The dog club** moved the room further: +50.0 points.",
        "4 people voted both times. 1 person voted only once, and does not count.",
        "Shares in percent, and their change in points:",
        "```",
        "              before  after  swing",
        "The cat club    50.0   25.0  -25.0",
        "The dog club    25.0   75.0  +50.0",
        "Undecided       25.0    0.0  -25.0",
        "```",
        "Who switched (rows: before, columns: after):",
        "```",
        "                A  B  C",
        "A The cat club  1  1  0",
        "B The dog club  0  1  0",
        "C Undecided     0  1  0",
        "```",
        "⚠️ With so few votes, one changed mind moves a share by 25.0 points.",
    ]


def test_a_side_that_started_low_is_warned_of() -> None:
    """Swing favours it."""
    led = voted(*[("cats", "cats")] * 29, *[("cats", "dogs")] * 1)
    led.do(Next(MODERATOR, led.state.place))
    lines = told(led.events)[1].text.splitlines()
    assert lines[-1] == "⚠️ The dog club started at 0.0 %, under 20 %: swing favours it, as it had more to gain."
    assert not any("single mind" in line for line in lines)


def test_a_debate_that_ends_with_an_open_ballot_has_its_result_too() -> None:
    """Before the message of the end; where nobody voted twice, that is said."""
    led = voted(("cats", "cats"))
    led.do(End(MODERATOR))
    result, over = told(led.events)
    assert over.text == "**This debate is over.** Thank you for taking part."
    assert "1 person voted both times." in result.text
    early = started()
    early.do(CastBallot(ANN, Round.BEFORE, "cats"))
    early.do(End(MODERATOR))
    nothing, _ = told(early.events)
    assert nothing.outcome is None
    assert nothing.text.splitlines() == [
        "**Result**",
        "Nobody voted both times, so there is no swing to compare.",
        "1 person voted only once, and does not count.",
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_message_fits_in_every_language(language: str) -> None:
    """With the longest names and motions."""
    words = words_for(language)
    led = voted(*[("cats", "dogs")] * 105)
    led.do(Next(MODERATOR, led.state.place))
    name = "*`@everyone" * 50
    sides = tuple(replace(side, name=name) for side in led.state.sides)
    state = replace(led.state, sides=(sides[0], sides[1]), motion=name * 2)
    before = replace(state, place=state.place - 1)
    for news in news_of(Untold(ID, 1, led.events[-1], before, state), words, led.now, sound, unquoted):
        assert size(news.text) <= 2000
        assert news.text.count("```") in {0, 4}
        tables = news.text.split("```")[1::2]
        assert max((len(line) for table in tables for line in table.splitlines()), default=0) <= PHONE
    assert size(opening_line(state, words)) <= 2000


@pytest.mark.parametrize("language", LANGUAGES)
def test_phases_of_shipped_formats_are_named_in_the_language_of_the_rest(language: str) -> None:
    """Those of a format of one's own keep their names."""
    words = words_for(language)
    for form in pack().formats:
        for name in (form.name, *(phase.name for phase in form.phases)):
            assert (words(name) == name) == (language == "en")
    led = started("first")
    named = replace(led.state.phase, name="Our {own} round")
    form = replace(led.state.format, phases=(named,) * len(led.state.format.phases))
    assert phase_line(replace(led.state, format=form), words).endswith(": Our {own} round")
