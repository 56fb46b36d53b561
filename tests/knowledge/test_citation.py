from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from knowledge.citation import cite
from knowledge.model import Span

if TYPE_CHECKING:
    from knowledge.model import Pack
    from tests.knowledge.conftest import TinyPack


def test_a_citation_reads_as_one_line(tiny: TinyPack) -> None:
    pack = tiny.load()
    assert str(cite(pack, pack.passage("guard").span)) == "In praise of dogs by A. Barker, paragraph 3"
    assert str(cite(pack, pack.passage("wash").span)) == "Why cats are better, paragraph 2"
    assert str(cite(pack, pack.passage("wash").span).precise) == "Why cats are better, paragraph 2, characters 21 to 61"


def test_a_span_across_paragraphs_has_no_citation(tiny: TinyPack) -> None:
    pack = tiny.load()
    with pytest.raises(ValueError, match="does not lie inside one paragraph"):
        cite(pack, Span("club-paper", 0, 40))
    with pytest.raises(KeyError, match="cat-news"):
        cite(pack, Span("cat-news", 0, 4))


def test_every_shipped_citation_leads_back_to_its_quote(shipped: Pack) -> None:
    for passage in shipped.passages:
        citation = cite(shipped, passage.span)
        article = shipped.article(citation.article_id)
        paragraph = article.paragraphs[citation.paragraph - 1]
        assert article.text[citation.start : citation.end] == passage.text
        assert paragraph.start <= citation.start < citation.end <= paragraph.end
