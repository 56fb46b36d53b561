"""What Discord takes of a message, checked on what the library would send; answers as a wild pack might make them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from bot.features import ALL
from bot.quote.rules.quote import Act, Answer, Block, Quote
from bot.wire.press import mark_of
from knowledge.citation import Citation
from knowledge.errors import Message
from knowledge.model import CONTEXT, Mode
from tests.quote.rules.findings import pack

if TYPE_CHECKING:
    from collections.abc import Iterator

    from discord import ui


def walked(components: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Give all components, those inside others too."""
    for component in components:
        yield component
        yield from walked(component.get("components", []))
        if "accessory" in component:
            yield component["accessory"]


def utf16(text: str) -> int:
    """Count characters as Discord's apps do."""
    return len(text.encode("utf-16-le")) // 2


def answered() -> set[tuple[str, str]]:
    """Give what buttons and menus can be for, as features and verbs."""
    return {key for feature in ALL for key in feature.exports().presses}


def check(payload: dict[str, Any]) -> list[str]:
    """Fail for what Discord would refuse; give the texts of the message in their order."""
    view: ui.View | ui.LayoutView = payload["view"]
    components = view.to_components()
    every = list(walked(components))
    assert len(every) <= 40
    ids = [component["custom_id"] for component in every if "custom_id" in component]
    assert len(ids) == len(set(ids))
    assert all(1 <= len(custom_id) <= 100 for custom_id in ids)
    marks = [mark for custom_id in ids if (mark := mark_of(custom_id)) is not None]
    assert len(marks) == len(ids)
    assert {(mark.feature, mark.verb) for mark in marks} <= answered()
    for component in every:
        if component["type"] == 1:
            assert 1 <= len(component["components"]) <= 5
        if component["type"] == 2:
            assert 1 <= len(component["label"]) <= 34
        if component["type"] == 3:
            assert 1 <= len(component["options"]) <= 25
            assert all(
                len(option["label"]) <= 100 and len(option.get("description") or "") <= 100
                for option in component["options"]
            )
    texts = [component["content"] for component in every if component["type"] == 10]
    if "content" in payload:
        assert not texts
        assert payload.get("suppress_embeds", True) is True
        texts = [payload["content"]]
        assert utf16(payload["content"]) <= 2000
        assert all(component["type"] == 1 for component in components)
    assert all(texts)
    assert sum(utf16(text) for text in texts) <= 4000
    return texts


_PROSE = st.text(
    alphabet=st.one_of(st.sampled_from("abc DEF.,*_~`|<@#>[]()\\:/-1😀é"), st.characters(codec="utf-8")), min_size=1
)
_MESSAGES = st.builds(Message, _PROSE)
_CITATIONS = st.builds(
    Citation,
    article_id=st.sampled_from([article.id for article in pack().articles]),
    title=_PROSE,
    author=st.none() | _PROSE,
    paragraph=st.integers(1, 99),
    start=st.integers(0, 10**6),
    end=st.integers(10**6, 10**7),
)


@st.composite
def quotes(draw: st.DrawFn, voice: str) -> Quote:
    """Make up a quote: some are as long as a message, some much longer."""
    text = draw(_PROSE) * draw(st.sampled_from([1, 1, 1, 10, 100, 500]))
    return Quote(
        passage_id=draw(st.sampled_from([passage.id for passage in pack().passages])),
        text=text,
        citation=draw(_CITATIONS),
        voice=voice,
        mode=draw(st.sampled_from(Mode)),
        speaker=draw(st.none() | _PROSE),
        confidence=0.9,
        also_in=tuple(draw(st.lists(_CITATIONS, max_size=3))),
        difference=draw(st.none() | _PROSE),
    )


@st.composite
def answers(draw: st.DrawFn) -> Answer:
    """Make up an answer."""
    blocks = tuple(
        Block(side, tuple(draw(st.lists(quotes(side), max_size=4))), draw(st.none() | _MESSAGES))
        for side in pack().side_ids
    )
    question = draw(_PROSE) * draw(st.sampled_from([1, 30, 300]))
    answer = Answer(
        question=question,
        asked_as=question,
        act=draw(st.sampled_from(Act)),
        blocks=blocks,
        context=tuple(draw(st.lists(quotes(CONTEXT), max_size=2))),
        suggestions=tuple(draw(st.lists(_PROSE, max_size=3))),
        stance=draw(st.none() | st.sampled_from(pack().side_ids)),
        message=draw(st.none() | _MESSAGES),
    )
    return replace(answer, asked_as=draw(_PROSE)) if draw(st.booleans()) else answer
