"""The packs that are made to measure with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tests.bench.packs import PartlyReal, grown, made_name, real_texts
from tests.embeddings.encoders.fakes import WordEncoder
from tests.embeddings.packs import drinks

if TYPE_CHECKING:
    from knowledge.model import Pack


def test_made_pack_is_whole() -> None:
    """Every passage equals its slice of an article, lies in its paragraph, and has an id and a text of its own."""
    pack = grown(drinks(), 500)
    assert len(pack.passages) == 505
    for passage in pack.passages:
        article = pack.article(passage.span.article_id)
        assert article.text[passage.span.start : passage.span.end] == passage.text
        assert article.paragraph_number(passage.span) == passage.paragraph
    assert len({passage.id for passage in pack.passages}) == 505
    assert len({passage.text for passage in pack.passages}) == 505
    assert {voice: len(pack.of_voice(voice)) for voice in ("tea", "coffee", "context")} == {
        "tea": 169,
        "coffee": 169,
        "context": 167,
    }


def test_larger_pack_begins_with_the_smaller_one() -> None:
    """So that adding passages can be measured; another seed makes others."""
    small, large = grown(drinks(), 50), grown(drinks(), 60)
    assert large.passages[:55] == small.passages
    assert large.id == small.id
    assert large.sha256 != small.sha256
    assert grown(drinks(), 50, seed=1).passages[5:] != small.passages[5:]


def test_names_are_never_the_same() -> None:
    """One for each number."""
    assert made_name(0) == "bababa"
    assert made_name(17) == "dodoba"
    assert len({made_name(number) for number in range(70_000)}) == 70_000


def mostly_made(base: Pack, pack: Pack) -> PartlyReal:
    """Have the model encode ten of the made passages only."""
    return PartlyReal.over(pack, base, WordEncoder(), 10)


def test_model_encodes_its_part_and_the_rest_is_made_near_it() -> None:
    """A made vector lies near the real text that its passage was made from."""
    base = drinks()
    pack = grown(base, 200)
    encoder = mostly_made(base, pack)
    texts = [passage.text for passage in pack.passages]
    vectors = encoder.encode(texts)
    assert encoder.encoded == 205
    assert np.array_equal(vectors[:15], WordEncoder().encode(texts[:15]))
    real = WordEncoder().encode(real_texts(base))
    sources = [encoder.source_of[text] for text in texts[15:]]
    assert np.median(np.sum(vectors[15:] * real[sources], axis=1)) > 0.85
    assert np.array_equal(mostly_made(base, pack).encode(texts), vectors)
    assert encoder.fingerprint != WordEncoder().fingerprint
