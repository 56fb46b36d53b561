"""Discussion prompts: what is drawn, what stands beside each other, and what every topic has."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.lesson.rules.prompt import (
    BALANCE,
    HEADINGS,
    DiscussionPrompt,
    FollowUp,
    Kind,
    TopicCoverage,
    coverage,
    draw_prompts,
    frame_of,
    prompt_of,
    topics_of,
)
from bot.quote.rules.verification import fault_of
from knowledge.errors import Fault, UserError
from knowledge.model import Mode, Pack, PromptFrame
from tests.embeddings.packs import drinks
from tests.quote.rules.findings import pack

SEEDS = st.integers(-(2**63), 2**63)

CALM: Final = PromptFrame(
    "calm",
    "drinks",
    "Is it good to be calm?",
    {"tea-calm": 2, "tea-warms": 1, "coffee-wakes": 2},
    ("e",),
    ("p",),
    ("s",),
)
"""With its passages of the same mode and of like length, so that the grades decide."""


def serving(*frames: PromptFrame, **changed: Mode) -> Pack:
    """Make the pack of drinks with frames, and with other modes of the passages named (with _ for -)."""
    modes = {name.replace("_", "-"): mode for name, mode in changed.items()}
    served = drinks()
    passages = tuple(replace(one, mode=modes.get(one.id, one.mode)) for one in served.passages)
    return replace(served, passages=passages, prompts=frames)


def shown(drawn_from: Pack, frame: PromptFrame, seeds: int = 40) -> set[tuple[str, ...]]:
    """List the passages that prompts of a frame show together, in the order of the pack's sides."""
    served = replace(drawn_from, prompts=(frame,))
    drawn = [draw_prompts(served, topic=None, count=1, seed=seed)[0] for seed in range(seeds)]
    return {tuple(prompt.quotes[side].passage_id for side in served.side_ids) for prompt in drawn}


def test_every_prompt_of_every_topic_shows_exact_quotes_of_all_sides() -> None:
    """Whatever the seed, with a follow-up question of each kind, and the same again by its id."""
    seen: dict[str, DiscussionPrompt] = {}
    for topic in topics_of(pack()):
        for seed in range(1000):
            (prompt,) = draw_prompts(pack(), topic=topic, count=1, seed=seed)
            assert prompt.topic == topic
            assert prompt == seen.setdefault(prompt.id, prompt)
    for prompt in seen.values():
        assert set(prompt.quotes) == set(pack().side_ids)
        for side, quote in prompt.quotes.items():
            assert fault_of(pack(), quote, side) is None
            assert quote.text == pack().passage(quote.passage_id).text
        assert [follow_up.kind for follow_up in prompt.follow_ups] == list(Kind) == list(HEADINGS)
        assert prompt_of(pack(), prompt.id) == prompt
    assert {frame_of(prompt_id) for prompt_id in seen} == {frame.id for frame in pack().prompts}


@settings(max_examples=50, deadline=None, derandomize=True)
@given(seed=SEEDS, count=st.integers(0, 120))
def test_no_question_comes_again_before_all_were_asked(seed: int, count: int) -> None:
    """The same seed draws the same prompts, and a smaller count the first of them."""
    drawn = draw_prompts(pack(), topic=None, count=count, seed=seed)
    assert len(drawn) == count
    assert drawn == draw_prompts(pack(), topic=None, count=count, seed=seed)
    assert drawn[:3] == draw_prompts(pack(), topic=None, count=min(count, 3), seed=seed)
    times = Counter(frame_of(prompt.id) for prompt in drawn)
    frames = [frame.id for frame in pack().prompts]
    assert {times[frame] for frame in frames} <= {count // len(frames), -(-count // len(frames))}


def test_no_side_always_stands_first() -> None:
    drawn = [prompt for seed in range(20) for prompt in draw_prompts(pack(), topic=None, count=37, seed=seed)]
    firsts = Counter(next(iter(prompt.quotes)) for prompt in drawn)
    assert all(0.4 < firsts[side] / len(drawn) < 0.6 for side in pack().side_ids)


def test_a_seed_draws_the_same_on_every_machine() -> None:
    """These were drawn on one; a change here takes last year's prompts from a teacher."""
    served = serving(CALM, replace(CALM, id="calmer", evidence=("one", "two", "three")))
    drawn = draw_prompts(served, topic="drinks", count=3, seed=7)
    assert [prompt.id for prompt in drawn] == ["calmer.orfawmz6", "calm.kkfwyyf7", "calm.kkfwyyf7"]
    assert [follow_up.text for follow_up in drawn[0].follow_ups] == ["one", "p", "s"]


def test_what_was_used_before_comes_last() -> None:
    """Named by the id of a prompt or of a frame; once all were used as often they begin anew."""
    served = serving(CALM, replace(CALM, id="warm"), replace(CALM, id="late"))
    (prompt,) = draw_prompts(served, topic=None, count=1, seed=0)
    for seed in range(20):
        drawn = draw_prompts(served, topic=None, count=3, seed=seed, excluding=[prompt.id])
        assert frame_of(drawn[0].id) != frame_of(prompt.id) != frame_of(drawn[1].id)
        again = draw_prompts(served, topic=None, count=1, seed=seed, excluding=["calm", "warm", "late", "gone.abc"])
        assert again == draw_prompts(served, topic=None, count=1, seed=seed)


def test_what_must_not_be_quoted_gives_way_to_other_passages() -> None:
    """The question stays as long as every side has one; what was drawn is made again by its id all the same."""
    (prompt,) = draw_prompts(serving(CALM), topic=None, count=1, seed=7, unquoted=["tea-calm"])
    assert [quote.passage_id for quote in prompt.quotes.values()] == ["tea-warms", "coffee-wakes"]
    assert prompt_of(serving(CALM), prompt.id) == prompt
    other = replace(CALM, id="other", gold={"tea-calm": 2, "coffee-price": 2})
    without = draw_prompts(serving(CALM, other), topic=None, count=4, seed=7, unquoted=["coffee-wakes"])
    assert {frame_of(each.id) for each in without} == {"other"}
    assert draw_prompts(serving(CALM), topic=None, count=4, seed=7, unquoted=["coffee-wakes"]) == ()


@settings(max_examples=30, deadline=None, derandomize=True)
@given(seed=SEEDS, unquoted=st.sets(st.sampled_from([passage.id for passage in pack().passages]), max_size=12))
def test_no_prompt_shows_what_must_not_be_quoted(seed: int, unquoted: set[str]) -> None:
    drawn = draw_prompts(pack(), topic=None, count=len(pack().prompts), seed=seed, unquoted=unquoted)
    assert unquoted.isdisjoint(quote.passage_id for prompt in drawn for quote in prompt.quotes.values())
    assert all(set(prompt.quotes) == set(pack().side_ids) for prompt in drawn)


def test_one_prompt_a_day_goes_round_for_years() -> None:
    posted: list[str] = []
    frames = len(pack().prompts)
    for day in range(3 * frames):
        (prompt,) = draw_prompts(pack(), topic=None, count=1, seed=day, excluding=posted)
        posted.append(prompt.id)
    for start in range(0, len(posted), frames):
        assert len({frame_of(prompt_id) for prompt_id in posted[start : start + frames]}) == frames


def test_grades_count_more_than_length_and_length_more_than_whose_words_they_are() -> None:
    assert shown(serving(), CALM) == {("tea-calm", "coffee-wakes")}
    equal = replace(CALM, gold=dict.fromkeys(CALM.gold, 2))
    assert shown(serving(), equal) == {("tea-calm", "coffee-wakes"), ("tea-warms", "coffee-wakes")}
    own = serving(tea_warms=Mode.DIRECT)
    assert shown(own, equal) == {("tea-warms", "coffee-wakes")}
    assert shown(own, CALM) == {("tea-calm", "coffee-wakes")}
    # Of these three the second is too short beside the first, though in its speaker's own words.
    tracked = dict.fromkeys(("everything-tracked", "no-selling-information", "sensitive-data-policy"), 2)
    assert shown(pack(), replace(CALM, gold=tracked)) == {("everything-tracked", "sensitive-data-policy")}


def test_shipped_quotes_are_of_like_length_where_they_can_be() -> None:
    """Nearly always; elsewhere what speaks to the question cannot be had at the length."""
    drawn = draw_prompts(pack(), topic=None, count=len(pack().prompts), seed=1)
    lengths = [[len(quote.text) for quote in prompt.quotes.values()] for prompt in drawn]
    assert sum(max(pair) <= BALANCE * min(pair) for pair in lengths) >= 0.9 * len(drawn)


def test_a_topic_on_which_a_side_is_silent_is_refused() -> None:
    with pytest.raises(
        UserError, match='nothing to discuss on "violence": the articles quote nothing of Facebook on it'
    ):
        draw_prompts(pack(), topic="violence", count=1, seed=0)
    with pytest.raises(UserError, match="nothing of the film or Facebook on it; choose one of privacy, business-model"):
        draw_prompts(pack(), topic="usage", count=1, seed=0)
    with pytest.raises(UserError, match=r'no topic "privcy"; did you mean "privacy"\?'):
        draw_prompts(pack(), topic="privcy", count=1, seed=0)


def test_a_pack_may_have_no_question_on_a_topic_or_at_all() -> None:
    with pytest.raises(UserError, match=r"no discussion prompts: add some to its prompts\.toml"):
        draw_prompts(serving(), topic=None, count=1, seed=0)
    elsewhere = serving(replace(CALM, topic="cups"))
    with pytest.raises(
        UserError, match='nothing to discuss on "drinks": the pack has no question on it; choose one of'
    ):
        draw_prompts(elsewhere, topic="drinks", count=1, seed=0)


@pytest.mark.parametrize("prompt_id", ["", "calm", "calm.", "calm.aaaaaaaa", "gone.aaaaaaaa"])
def test_an_id_that_leads_nowhere_is_refused(prompt_id: str) -> None:
    """As is one whose quotes or questions the pack has no longer."""
    served = serving(CALM)
    with pytest.raises(UserError, match="draw a new one"):
        prompt_of(served, prompt_id)
    (prompt,) = draw_prompts(served, topic=None, count=1, seed=0)
    assert prompt_of(served, prompt.id) == prompt
    with pytest.raises(UserError, match="has no discussion prompt"):
        prompt_of(serving(replace(CALM, personal=("another",))), prompt.id)


def test_an_altered_quote_is_not_shown() -> None:
    served = serving(CALM)
    altered = replace(served, articles=(replace(served.articles[0], text=served.articles[0].text.replace("a", "o")),))
    with pytest.raises(Fault, match="prompt calm: quote tea-calm in block tea: article menu is not the one"):
        draw_prompts(altered, topic=None, count=1, seed=0)


def test_coverage_tells_of_every_topic_what_each_side_has() -> None:
    (covered,) = coverage(serving(CALM))
    assert covered == TopicCoverage("drinks", 1, {"tea": 2, "coffee": 2}, ())
    by_topic = {covered.topic: covered for covered in coverage(pack())}
    assert list(by_topic) == [topic.id for topic in pack().topics]
    assert by_topic["misinformation"] == TopicCoverage("misinformation", 0, {"film": 0, "facebook": 5}, ("film",))
    assert by_topic["usage"].silent == pack().side_ids
    for covered in by_topic.values():
        assert bool(covered.frames) == (not covered.silent) == (covered.topic in topics_of(pack()))
    assert sum(covered.frames for covered in by_topic.values()) == len(pack().prompts)


def test_follow_ups_come_from_the_frame_each_now_and_then() -> None:
    """So that two classes do not get the same."""
    frame = pack().prompts[0]
    served = replace(pack(), prompts=(frame,))
    drawn = [draw_prompts(served, topic=None, count=1, seed=seed)[0] for seed in range(60)]
    asked = {follow_up for prompt in drawn for follow_up in prompt.follow_ups}
    assert asked == {FollowUp(kind, text) for kind in Kind for text in getattr(frame, kind.value)}
