"""Hiding who speaks: names, cues and titles go, everything else stays as the article has it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.lesson.rules.quiz import MASK, masked, says_enough
from bot.quote.rules.vocabulary import mentions_in
from bot.quote.rules.words import forms_of
from knowledge.model import CONTEXT, Passage
from tests.quote.rules.findings import pack

if TYPE_CHECKING:
    from knowledge.model import Pack
    from tests.knowledge.conftest import TinyPack


def saying(pack: Pack, text: str, cue: str | None = None) -> Passage:
    return replace(pack.passages[0], text=text, cue=cue)


@pytest.mark.parametrize("passage", pack().passages, ids=lambda passage: passage.id)
def test_no_passage_names_its_speaker(passage: Passage) -> None:
    """Nor any other side, in the plural or the genitive, however it is spelt; and no cue is left in it."""
    hidden = masked(pack(), passage)
    assert mentions_in(pack(), forms_of(hidden.replace(MASK, " . "))) == ()
    assert passage.cue is None or passage.cue not in hidden
    assert passage.speaker is None or passage.speaker.casefold() not in hidden.casefold()
    assert all(name.casefold() not in hidden.casefold() for side in pack().sides for name in (side.name, side.id))


@pytest.mark.parametrize("passage", pack().passages, ids=lambda passage: passage.id)
def test_everything_else_is_the_article_word_for_word(passage: Passage) -> None:
    """The pieces around the masks follow each other in the text, the first at its start, the last at its end."""
    first, *pieces = masked(pack(), passage).split(MASK)
    assert passage.text.startswith(first)
    at = len(first)
    for piece in pieces:
        found = passage.text.find(piece, at) if piece else at
        assert found >= at
        at = found + len(piece)
    assert passage.text.endswith(pieces[-1] if pieces else first)


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("The cat club’s paper", f"{MASK}’s paper"),
        ("the CAT\u00a0CLUB says", f"{MASK} says"),
        ("two hounds bark, and the hound sleeps", f"two {MASK} bark, and the hound sleeps"),
        ("they read “Cats or dogs” and bark", f"they read {MASK} and bark"),
        ("they read “Cats or hats” and bark", f"they read “{MASK} or hats” and bark"),
        ("the dog club dogs bark", f"{MASK} bark"),
        ("scatscatter and dogsbody", "scatscatter and dogsbody"),
    ],
)
def test_names_are_hidden_however_they_are_spelt(tiny: TinyPack, text: str, hidden: str) -> None:
    """Marks around nothing but a name go with it, neighbours become one, parts of other words stay."""
    pets = tiny.load()
    assert masked(pets, saying(pets, text)) == hidden


def test_names_in_y_are_hidden_in_the_plural(tiny: TinyPack) -> None:
    tiny.edit("pack.toml", 'aliases = ["dogs", "hounds"]', 'aliases = ["puppy"]')
    pets = tiny.load()
    assert masked(pets, saying(pets, "puppies and a puppy")) == f"{MASK} and a {MASK}"


def test_cue_is_hidden_with_its_verb(tiny: TinyPack) -> None:
    """Who reads "it claimed" knows that it is not the writer."""
    pets = tiny.load()
    assert (
        masked(pets, saying(pets, "Walks bore us, it claimed, a lot.", "it claimed"))
        == f"Walks bore us, {MASK}, a lot."
    )


@pytest.mark.parametrize(
    ("text", "enough"),
    [
        ("we walk a lot", True),
        ("we walk lots", False),
        ("the cat club or the dog club or dogs too far", False),
        ("cats like us to walk", True),
    ],
)
def test_what_is_mostly_masked_is_not_asked(tiny: TinyPack, text: str, *, enough: bool) -> None:
    """Four words and half of the letters have to be left."""
    pets = tiny.load()
    assert says_enough(pets, saying(pets, text)) is enough


def test_nearly_all_of_the_pack_can_be_asked() -> None:
    """One passage names a film in all the ways there are, and says no more."""
    poor = [passage.id for passage in pack().passages if not says_enough(pack(), passage)]
    assert poor == ["facebook-disputed-film"]
    assert {passage.voice for passage in pack().passages} == {*pack().side_ids, CONTEXT}
