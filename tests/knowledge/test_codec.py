from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from types import MappingProxyType
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.codec import read_as, written


class Suit(Enum):
    CATS = "cats"
    DOGS = "dogs"


@dataclass(frozen=True, slots=True)
class Leaf:
    name: str
    share: float


@dataclass(frozen=True, slots=True)
class Whole:
    count: int
    sure: bool
    suit: Suit
    unit: Literal["letters", "words"]
    leaf: Leaf | None
    leaves: tuple[Leaf, ...]
    pair: tuple[str, int]
    words: frozenset[str]
    grades: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))


def whole() -> Whole:
    leaf = Leaf("a", 0.5)
    grades = MappingProxyType({"x": 2})
    return Whole(3, sure=True, suit=Suit.DOGS, unit="words", leaf=leaf, leaves=(leaf, leaf), pair=("p", 1),
                 words=frozenset({"z", "b"}), grades=grades)  # fmt: skip


def test_it_is_written_as_plain_json() -> None:
    assert written(whole()) == {
        "count": 3,
        "sure": True,
        "suit": "dogs",
        "unit": "words",
        "leaf": {"name": "a", "share": 0.5},
        "leaves": [{"name": "a", "share": 0.5}, {"name": "a", "share": 0.5}],
        "pair": ["p", 1],
        "words": ["b", "z"],
        "grades": {"x": 2},
    }


def test_it_comes_back_through_text_and_cannot_be_changed() -> None:
    found = read_as(Whole, json.loads(json.dumps(written(whole()))), "whole")
    assert found == whole()
    assert isinstance(found.grades, MappingProxyType)


@given(st.builds(Leaf, st.text(), st.floats(allow_nan=False)))
def test_any_leaf_comes_back(leaf: Leaf) -> None:
    assert read_as(Leaf, json.loads(json.dumps(written(leaf))), "leaf") == leaf


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"count": True}, "whole.count: a whole number is wanted, not True"),
        ({"count": 1.0}, "whole.count: a whole number is wanted, not 1.0"),
        ({"sure": 1}, "whole.sure: true or false is wanted, not 1"),
        ({"suit": "mice"}, 'whole.suit: "mice" is none of "cats", "dogs"'),
        ({"suit": []}, 'whole.suit: "[]" is none of "cats", "dogs"'),
        ({"unit": "lines"}, 'whole.unit: "lines" is none of "letters", "words"'),
        ({"leaf": {"name": "a"}}, 'whole.leaf: an object with "name", "share" is wanted'),
        ({"leaf": {"name": "a", "share": "b"}}, "whole.leaf.share: a number is wanted, not 'b'"),
        ({"leaves": {}}, "whole.leaves: a list is wanted, not {}"),
        ({"leaves": [5]}, 'whole.leaves: an object with "name", "share" is wanted'),
        ({"pair": ["p"]}, "whole.pair: 2 are wanted, not 1"),
        ({"words": [None]}, "whole.words: a text is wanted, not None"),
        ({"grades": []}, "whole.grades: an object is wanted, not []"),
        ({"grades": {"x": "2"}}, "whole.grades.x: a whole number is wanted, not '2'"),
    ],
)
def test_what_is_wrong_is_told_with_its_path(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the whole message is compared
        read_as(Whole, written(whole()) | change, "whole")
    assert str(caught.value) == message
