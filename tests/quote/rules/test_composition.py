from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.quote.rules import phrases as wording
from bot.quote.rules.composition import compose, first_side, named_sides, nearest_topics, quote_of
from bot.quote.rules.quote import Act, Answer, GapKind
from knowledge.model import Mode
from tests.quote.rules.findings import found, pack

IDS = sorted(passage.id for passage in pack().passages)


def quoted(answer: Answer) -> dict[str, list[str]]:
    """List the passages quoted under each side."""
    return {block.side: [quote.passage_id for quote in block.quotes] for block in answer.blocks}


def test_both_sides_are_quoted_best_first() -> None:
    """What lies above the threshold, in the order of confidence."""
    answer = compose(pack(), found(everything_tracked=0.9, no_selling_information=0.95), question="q", first="film")
    assert quoted(answer) == {"film": ["everything-tracked"], "facebook": ["no-selling-information"]}
    assert [block.gap for block in answer.blocks] == [None, None]
    assert (answer.message, answer.suggestions) == (None, ())


def test_a_silent_side_is_stated() -> None:
    """Where that is nearly certain; else that nothing was found, with what comes nearest apart from all answers."""
    sure = compose(pack(), found(ad_library=0.9), question="q", first="facebook").blocks[1]
    assert (str(sure.gap), sure.kind) == ("The film: the articles quote no position on this.", GapKind.SILENT)
    answer = compose(pack(), found(ad_library=0.9, social_harms=0.49), question="q", first="facebook")
    assert quoted(answer) == {"facebook": ["ad-library"], "film": []}
    unsure = answer.blocks[1]
    assert str(unsure.gap) == "The film: I found nothing that clearly answers this."
    assert unsure.kind is GapKind.UNSURE
    assert [quote.passage_id for quote in unsure.near] == ["social-harms", "addiction-by-design"]
    assert answer.sources == ("simultaneous-utopia",)
    again = compose(pack(), found(social_harms=0.49), question="q", first="film", shown=("social-harms",))
    assert "social-harms" not in [quote.passage_id for quote in again.near]


def test_when_both_are_silent_three_topics_are_offered() -> None:
    """One line where both silences are nearly certain, and the nearest topics that can be answered."""
    assert compose(pack(), found(), question="q", first="film").message == wording.ALL_SILENT
    answer = compose(pack(), found(social_harms=0.3, hate_speech_removed=0.2), question="q", first="film")
    assert answer.silent
    assert answer.message is None
    assert answer.suggestions == (
        "Does Facebook affect elections?",
        "Does social media cause depression?",
        "Does social media lead to violence?",
    )


def test_the_writer_alone_is_quoted_as_neither_side() -> None:
    """One line of context, and both gaps."""
    answer = compose(pack(), found(user_numbers=0.9, revenue_per_user=0.8), question="q", first="film")
    assert [quote.passage_id for quote in answer.context] == ["user-numbers"]
    assert answer.message == wording.ONLY_WRITER
    assert all(block.gap for block in answer.blocks)


def test_sources_follow_the_order_of_the_quotes() -> None:
    answer = compose(pack(), found(social_harms=0.9, ad_library=0.9, election_measures=0.8), question="q", first="film")
    assert answer.sources == ("popular-documentary", "simultaneous-utopia")


def test_the_same_statement_of_both_articles_is_quoted_once() -> None:
    """The better one is quoted, the other is cited beside it, and the difference is flagged."""
    answer = compose(
        pack(), found(hate_speech_removed=0.9, fact_checkers_and_removals=0.85), question="q", first="facebook"
    )
    assert quoted(answer)["facebook"] == ["hate-speech-removed"]
    quote = answer.blocks[0].quotes[0]
    assert [citation.article_id for citation in quote.also_in] == ["popular-documentary"]
    assert quote.difference is not None
    assert "94%" in quote.difference


def test_parallel_passages_are_repeats_although_their_group_is_not_one() -> None:
    """Two figures that one sentence of the other article joins are no repeats of each other."""
    answer = compose(pack(), found(hate_speech_removed=0.9, fact_checking_network=0.85), question="q", first="facebook")
    assert quoted(answer)["facebook"] == ["hate-speech-removed", "fact-checking-network"]


def test_blocks_are_kept_of_like_length() -> None:
    """A second long quote is left out where it would make one side twice as long as the other."""
    confidences = {"everything_tracked": 0.9, "sensitive_data_policy": 0.95, "reports_to_advertisers": 0.9}
    answer = compose(pack(), found("a question", 0.5, **confidences), question="q", first="film")
    assert quoted(answer) == {"film": ["everything-tracked"], "facebook": ["sensitive-data-policy"]}
    alone = compose(
        pack(), found("a question", 0.5, **(confidences | {"everything_tracked": 0.1})), question="q", first="film"
    )
    assert quoted(alone)["facebook"] == ["sensitive-data-policy", "reports-to-advertisers"]


def test_at_most_two_quotes_a_side_and_one_of_the_writer() -> None:
    everything = dict.fromkeys((name.replace("-", "_") for name in IDS), 0.9)
    answer = compose(pack(), found("a question", 0.5, **everything), question="q", first="film")
    assert [len(block.quotes) for block in answer.blocks] == [2, 2]
    assert len(answer.context) == 1


def test_shown_passages_are_not_shown_again() -> None:
    answer = compose(
        pack(),
        found(everything_tracked=0.9, audience_pawn=0.8),
        question="q",
        first="film",
        act=Act.MORE,
        shown={"everything-tracked"},
    )
    assert quoted(answer)["film"] == ["audience-pawn"]


@given(st.dictionaries(st.sampled_from(IDS), st.floats(0.0, 1.0)), st.sampled_from(pack().side_ids))
def test_no_quote_stands_under_another_side(confidences: dict[str, float], first: str) -> None:
    """Whatever was found: voices keep to their blocks, quotes lie above the threshold, the best one leads."""
    findings = found("a question", 0.5, **{name.replace("-", "_"): value for name, value in confidences.items()})
    answer = compose(pack(), findings, question="q", first=first)
    assert answer.blocks[0].side == first
    for block in answer.blocks:
        assert {quote.voice for quote in block.quotes} <= {block.side}
        assert all(quote.confidence >= 0.5 for quote in block.quotes)
        best = findings.answers(block.side)
        assert bool(block.quotes) == bool(best) == (block.gap is None)
        if best:
            assert block.quotes[0].passage_id == best[0].passage_id


@pytest.mark.parametrize(
    ("text", "sides"),
    [
        ("what does FB say", ("facebook",)),
        ("According to the movie, are we tracked?", ("film",)),
        ("does the documentary lie about facebook", ("film", "facebook")),
        ("is my data sold", ()),
        ("filming a fbi agent", ()),
    ],
)
def test_sides_are_named_by_their_aliases(text: str, sides: tuple[str, ...]) -> None:
    """As whole words, in the order in which they are named."""
    assert named_sides(pack(), text) == sides


def test_a_fresh_question_starts_with_the_side_it_names() -> None:
    """And with the same one whenever it is asked, else."""
    assert first_side(pack(), "what does facebook say on ads", None) == "facebook"
    assert first_side(pack(), "what does the film say on ads", None) == "film"
    assert first_side(pack(), "are ads good", None) == first_side(pack(), "ARE ads good", None)


def test_unnamed_questions_start_with_either_side() -> None:
    """No side is favoured: over many questions each begins about half of them."""
    starts = [first_side(pack(), f"question number {number}", None) for number in range(400)]
    assert 160 < starts.count("film") < 240


def test_sides_take_turns_in_a_conversation() -> None:
    assert first_side(pack(), "what does the film say", "film") == "facebook"
    assert first_side(pack(), "what does the film say", "facebook") == "film"


def test_nearest_topics_are_ranked_by_their_best_passage() -> None:
    """The topic of the best passage comes first."""
    asked = nearest_topics(pack(), found(mix_of_perspectives=0.4, fifty_million_hours=0.3))
    assert asked == (
        "What do the algorithms do to people?",
        "Does Facebook divide society?",
        "Is social media addictive on purpose?",
    )


def test_a_quote_carries_its_citation_and_provenance() -> None:
    """Everything that a reader needs to check it."""
    hit = found(admitted_2016=0.8).hits["facebook"][0]
    quote = quote_of(pack(), hit)
    article = pack().article("popular-documentary")
    assert article.text[quote.citation.start : quote.citation.end] == quote.text
    assert (quote.mode, quote.speaker, quote.confidence) == (Mode.DIRECT, "Facebook", 0.8)
    assert str(quote.provenance) == "Facebook's own words, quoted by Sajjad Hussain"
    assert str(quote.citation) == f"{article.title} by Sajjad Hussain, paragraph 14"
