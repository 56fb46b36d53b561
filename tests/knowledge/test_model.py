from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest

from knowledge.model import Article, Span

if TYPE_CHECKING:
    from tests.knowledge.conftest import TinyPack


@pytest.mark.parametrize(("start", "end"), [(3, 3), (9, 3), (-1, 3)])
def test_a_span_is_never_empty_or_reversed(start: int, end: int) -> None:
    with pytest.raises(ValueError, match=rf"^a: bad span {start}\.\.{end}$"):
        Span("a", start, end)


def test_spans_overlap_when_they_share_a_character() -> None:
    assert Span("a", 0, 3).overlaps(Span("a", 2, 5))
    assert not Span("a", 0, 3).overlaps(Span("a", 3, 5))
    assert not Span("a", 0, 3).overlaps(Span("b", 0, 3))


def test_paragraphs_are_lines_without_the_white_space_around_them() -> None:
    article = Article("a", "A", None, None, None, "", "One\n\n\u00a0\n  two \u00a0\nthree")
    assert [article.text[span.start : span.end] for span in article.paragraphs] == ["One", "two", "three"]
    assert article.paragraph_number(Span("a", 9, 11)) == 2
    with pytest.raises(ValueError, match=r"^a: span 0\.\.11 does not lie inside one paragraph$"):
        article.paragraph_number(Span("a", 0, 11))


def test_a_fingerprint_is_of_the_text_alone(tiny: TinyPack) -> None:
    passage = tiny.load().passage("most-homes")
    assert passage.fingerprint == hashlib.sha256(b"Most homes have a pet.").hexdigest()


def test_a_pack_is_named_and_not_written_out(tiny: TinyPack) -> None:
    assert repr(tiny.load()) == "Pack('pets')"


@pytest.mark.parametrize("kind", ["side", "topic", "article", "passage"])
def test_unknown_ids_are_key_errors(tiny: TinyPack, kind: str) -> None:
    with pytest.raises(KeyError, match="parrots"):
        getattr(tiny.load(), kind)("parrots")


def test_parallels_are_found_from_either_end(tiny: TinyPack) -> None:
    pack = tiny.load()
    assert [(other.id, difference) for other, difference in pack.parallels_of("no-walk")] == [
        ("claimed-walk", "only one of them quotes the club")
    ]
    assert pack.parallels_of("guard") == ()
