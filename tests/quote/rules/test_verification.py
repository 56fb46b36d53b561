from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.quote.rules.composition import compose
from bot.quote.rules.quote import Answer, Block, Quote
from bot.quote.rules.verification import verify
from tests.quote.rules.findings import found, pack

if TYPE_CHECKING:
    from knowledge.citation import Citation
    from knowledge.model import Pack


def an_answer() -> Answer:
    """Give an answer with one quote a side and one of the writer."""
    findings = found(everything_tracked=0.9, no_selling_information=0.9, hot_potato=0.9)
    return compose(pack(), findings, question="q", first="film")


def with_first_quote(quote: Quote) -> Answer:
    """Put a quote in the place of the film's."""
    answer = an_answer()
    return replace(answer, blocks=(Block("film", (quote,), None), answer.blocks[1]))


def check(answer: Answer, fault: str, proven: Pack | None = None) -> None:
    """See that the film's quote is dropped for this reason, the gap is stated, and the rest stays."""
    verified, faults = verify(proven or pack(), answer)
    assert [line for line in faults if "everything-tracked" in line] == [fault]
    assert verified.blocks[0].quotes == ()
    assert str(verified.blocks[0].gap) == "The film: I found nothing that clearly answers this."


def test_a_sound_answer_passes_unchanged() -> None:
    answer = an_answer()
    assert verify(pack(), answer) == (answer, ())
    assert verify(pack(), answer)[0] is answer


def test_a_changed_text_is_dropped() -> None:
    quote = an_answer().blocks[0].quotes[0]
    start, end = quote.citation.start, quote.citation.end
    check(
        with_first_quote(replace(quote, text=quote.text[:-1] + "!")),
        f"quote everything-tracked in block film: its text is not simultaneous-utopia[{start}:{end}]",
    )


def test_a_shifted_span_is_dropped() -> None:
    """Even when text and span agree: a quote is a whole passage."""
    quote = an_answer().blocks[0].quotes[0]
    shifted: Citation = replace(quote.citation, start=quote.citation.start + 1)
    check(
        with_first_quote(replace(quote, citation=shifted, text=quote.text[1:])),
        "quote everything-tracked in block film: its span is not that of the passage",
    )


def test_a_quote_under_the_wrong_side_is_dropped() -> None:
    """The voice must be the block's."""
    answer = an_answer()
    swapped = replace(answer, blocks=(Block("film", answer.blocks[1].quotes, None), answer.blocks[1]))
    verified, faults = verify(pack(), swapped)
    assert faults == ("quote no-selling-information in block film: its voice is facebook, the passage's is facebook",)
    assert verified.blocks[0].quotes == ()


def test_the_writer_is_never_a_side() -> None:
    answer = replace(an_answer(), context=an_answer().blocks[0].quotes)
    verified, faults = verify(pack(), answer)
    assert len(faults) == 1
    assert verified.context == ()


def test_an_article_that_changed_since_its_hash_is_not_quoted() -> None:
    """All its quotes go; sources follow what is left."""
    changed = tuple(
        replace(article, text=article.text + " ") if article.id == "simultaneous-utopia" else article
        for article in pack().articles
    )
    check(
        an_answer(),
        "quote everything-tracked in block film: article simultaneous-utopia is not the one whose hash the pack names",
        replace(pack(), articles=changed),
    )
    verified, _ = verify(replace(pack(), articles=changed), an_answer())
    assert verified.sources == ()


def test_an_unknown_passage_is_dropped() -> None:
    quote = replace(an_answer().blocks[0].quotes[0], passage_id="nowhere")
    verified, faults = verify(pack(), with_first_quote(quote))
    assert faults == ("quote nowhere in block film: the pack has no 'nowhere'",)
    assert verified.blocks[0].quotes == ()
