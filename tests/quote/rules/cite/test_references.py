"""References to copy, against the examples of the style guides as far as an article says what they ask for."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.quote.rules.cite.check import CiteCheck, Verdict, check
from bot.quote.rules.cite.references import references_at, references_of
from knowledge.model import Span
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
