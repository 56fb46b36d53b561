from __future__ import annotations

from typing import TYPE_CHECKING

from knowledge.model import Lexicon, Question

if TYPE_CHECKING:
    from knowledge.model import Pack
    from tests.knowledge.conftest import TinyPack


def ask(text: str, *, answered: bool, kind: str = "plain") -> Question:
    return Question(text, "intent", kind, {"wash": 2} if answered else {})


def test_words_are_sorted_by_where_they_stand(tiny: TinyPack) -> None:
    questions = [
        ask("Do parrots purr?", answered=False),
        ask("Can a parrot purr", answered=True),
        ask("Is purring loud", answered=True),
        ask("purr loud plz", answered=True, kind="slang"),
    ]
    lexicon = Lexicon.of(tiny.load().passages, questions)
    assert {"cats", "wash", "club"} <= lexicon.written <= lexicon.known & lexicon.told
    assert lexicon.known & {"purr", "parrots", "loud", "plz"} == {"purr"}
    assert lexicon.told & {"purr", "parrots", "loud", "plz"} == {"purr", "loud"}


def test_what_is_asked_often_and_never_answered_is_asked_in_vain(tiny: TinyPack) -> None:
    passages = tiny.load().passages
    five = [ask(f"parrots and cats {number}", answered=False) for number in range(5)]
    assert Lexicon.of(passages, five).vain == {"parrots", "and"}
    assert Lexicon.of(passages, five[1:]).vain == frozenset()
    assert "parrots" not in Lexicon.of(passages, [*five, ask("parrots", answered=True)]).vain


def test_names_are_always_written_with_a_capital(shipped: Pack) -> None:
    names = shipped.lexicon.names
    assert {"facebook", "google", "twitter", "russia"} <= names
    assert names.isdisjoint({"the", "social", "documentary"})


def test_a_pack_collects_its_words_once(shipped: Pack) -> None:
    assert shipped.lexicon is shipped.lexicon
