"""References to copy, against the examples of the style guides as far as an article says what they ask for."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.quote.cog.layout import place_line
from bot.quote.rules.cite.check import check
from bot.quote.rules.cite.references import references_at, references_of
from bot.quote.rules.cite.verdict import CiteCheck, Verdict
from bot.quote.rules.composition import quote_of
from bot.quote.rules.contract import answer_object, restored
from bot.quote.rules.points import certain_hit
from bot.quote.rules.quote import Act, Answer, Block
from bot.wire.page.language import words_for
from knowledge.citation import cite
from knowledge.model import Span
from knowledge.pack import SHIPPED, load_pack
from tests.quote.rules.findings import pack


def test_an_article_without_a_writer_begins_with_its_title() -> None:
    """Who is quoted in it is cited by way of it."""
    found = references_of(pack(), check(pack(), pack().passage("no-selling-information").text))
    title = "Netflix ‘The Social Dilemma’ – Simultaneous Utopia & Dystopia"
    assert (
        str(found["apa"]) == f"{title}. (n.d.).\n(Facebook, as cited in “Netflix ‘The Social Dilemma’”, n.d., para. 5)"
    )
    assert str(found["mla"]) == f"“{title}.”\n(qtd. in “Netflix ‘The Social Dilemma’”, par. 5)"
    assert str(found["plain"]) == f"{title}, paragraph 5, characters 1920 to 1960"
    assert str(found["bibtex"]).splitlines() == [
        "@misc{simultaneous-utopia,",
        "  title = {{Netflix ‘The Social Dilemma’ – Simultaneous Utopia \\& Dystopia}},",
        "  note = {paragraph 5, Facebook quoted},",
        "}",
    ]


def test_a_writer_is_named_as_each_style_does() -> None:
    """What the article reports is its writer's own words."""
    found = references_of(pack(), check(pack(), pack().passage("revenue-per-user").text))
    entry, in_text = str(found["apa"]).splitlines()
    assert entry == "Hussain, S. (n.d.). Netflix’s popular documentary “Social Dilemma”. Cloud Belivers, on Medium."
    assert in_text == "(Hussain, n.d., para. 13)"
    assert str(found["mla"]).splitlines() == [
        "Hussain, Sajjad. “Netflix’s popular documentary ‘Social Dilemma’.” Cloud Belivers, on Medium, Oct 3.",
        "(Hussain, par. 13)",
    ]
    assert "  author = {Hussain, Sajjad},\n" in str(found["bibtex"])
    assert "  howpublished = {Cloud Belivers, on Medium},\n" in str(found["bibtex"])


@pytest.mark.parametrize(
    ("author", "published", "entry", "in_text"),
    [
        ("Ann Lee", "May 4, 2019", "Lee, A. (2019, May 4). ", "(Lee, 2019, para. 2)"),
        ("Ludwig van der Berg", "2019", "van der Berg, L. (2019). ", "(van der Berg, 2019, para. 2)"),
        ("Jean-Luc Marie Roux", None, "Roux, J.-L. M. (n.d.). ", "(Roux, n.d., para. 2)"),
        ("Lee, Ann", "2019", "Lee, A. (2019). ", "(Lee, 2019, para. 2)"),
        ("Reuters", "2019", "Reuters. (2019). ", "(Reuters, 2019, para. 2)"),
    ],
)
def test_names_and_dates_are_written_as_the_apa_asks(
    author: str, published: str | None, entry: str, in_text: str
) -> None:
    """Family name first, with its particles; the year first, "n.d." for none."""
    article = replace(pack().articles[1], author=author, published=published)
    other = replace(pack(), articles=(pack().articles[0], article), passages=())
    second = article.paragraphs[1]
    found = str(references_at(other, second)["apa"]).splitlines()
    assert found[0].startswith(entry)
    assert found[1] == in_text


def test_what_stands_nowhere_has_no_reference() -> None:
    """Nor has a place that an article does not have."""
    with pytest.raises(ValueError, match="no reference"):
        references_of(pack(), CiteCheck("a text", Verdict.ABSENT, None))
    with pytest.raises(ValueError, match="does not lie inside one paragraph"):
        references_at(pack(), Span("popular-documentary", 0, 10**6))
    with pytest.raises(KeyError):
        references_at(pack(), Span("nothing", 0, 1))


def test_a_place_in_a_transcript_goes_by_its_time() -> None:
    """In every form that people see, and after an answer was kept; JSON has the paragraph as ever."""
    panel = load_pack(SHIPPED.parent / "bypass")
    passage = panel.passage("trouble-day-opening-day")
    title, span = panel.articles[0].title, passage.span
    citation = cite(panel, span)
    assert (citation.paragraph, citation.at) == (19, "00:03:30")
    assert str(citation.precise) == f"{title} by Ruth Amadi, at 00:03:30, characters {span.start} to {span.end}"
    assert str(replace(citation, author=None)) == f"{title}, at 00:03:30"
    lines = [place_line(panel, citation, words_for(), precise=precise) for precise in (False, True)]
    assert lines == ["article 1 at 00:03:30", f"article 1 at 00:03:30, characters {span.start} to {span.end}"]
    found = references_at(panel, span)
    assert str(found["apa"]).endswith("(The No side, as cited in Amadi, n.d., 00:03:30)")
    assert str(found["mla"]).endswith("(qtd. in Amadi, 00:03:30)")
    assert "  note = {at 00:03:30, The No side quoted},\n" in str(found["bibtex"])
    quote = quote_of(panel, certain_hit(passage.id, passage.voice))
    written = answer_object(Answer("why?", "why?", Act.ANSWER, (Block("no", (quote,), None),)), "c", 1, 1.0)
    assert written["sides"]["no"][0]["paragraph"] == 19
    kept = restored(panel, written, None)
    assert kept is not None
    assert kept.blocks[0].quotes[0].citation.at == "00:03:30"
