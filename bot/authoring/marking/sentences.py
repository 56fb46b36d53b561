"""Sentences of a paragraph, and the quotations in it, by their places."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from knowledge.distribution import adding_extra
from knowledge.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterator

_CLOSING: Final = re.compile(r"[\s\"'”’»)\].!?…]*")
_QUOTATION: Final = re.compile(
    r"“[^“”]*(?:”|$)|„[^„“”]*(?:[“”]|$)|«[^«»]*(?:»|$)|\"[^\"]*(?:\"|$)|(?<!\w)‘(?:[^‘’]|(?<=\w)’(?=\w))*’(?!\w)"
)
_WORDS: Final = re.compile(r"\w+")
_SPOKEN: Final = re.compile(r"[,.!?…][”\"»“’]$")
"""How speech ends inside its marks."""
_SPOKEN_WORDS: Final = 4
"""Words from which a quotation is speech, and no name or word held with tongs."""

Place = tuple[int, int]
"""A half-open range of characters."""


def sentences_of(text: str, start: int, end: int) -> list[Place]:
    """Return the sentences of a stretch of text, without the white space around them."""
    places: list[Place] = []
    for first, last in _segmented(text[start:end]):
        begin, stop = start + first, start + last
        alone = _CLOSING.fullmatch(text, begin, stop) or text[begin:stop].lstrip("\"'“‘(")[:1].islower()
        if places and alone and "\n" not in text[places[-1][1] : begin]:
            places[-1] = places[-1][0], stop
        else:
            places.append((begin, stop))
    return places


def _segmented(text: str) -> Iterator[Place]:
    try:
        from syntok import segmenter  # noqa: PLC0415 - only packs in the making are cut
    except ImportError as error:
        raise UserError(f"cutting articles into sentences needs another package: {adding_extra('pack')}") from error
    for sentence in segmenter.split(_tokenizer().tokenize(text)):
        tokens = [token for token in sentence if token.value]
        if tokens:
            yield tokens[0].offset, tokens[-1].offset + len(tokens[-1].value)


@cache
def _tokenizer() -> Any:  # noqa: ANN401 - syntok has no types
    from syntok.tokenizer import Tokenizer  # noqa: PLC0415 - as above

    return Tokenizer(emit_hyphen_or_underscore_sep=True, replace_not_contraction=False)


def quotations_in(text: str, start: int, end: int) -> list[Place]:
    """Return where speech is quoted, marks included; a quotation that is not closed goes to the end."""
    return [
        found.span()
        for found in _QUOTATION.finditer(text, start, end)
        if len(_WORDS.findall(found[0])) >= _SPOKEN_WORDS or _SPOKEN.search(found[0])
    ]


def words_in(text: str) -> int:
    """Count the words of a text."""
    return len(_WORDS.findall(text))
