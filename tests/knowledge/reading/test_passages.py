"""What passages.toml may say, and the exact complaint about everything else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from knowledge.errors import Problem

if TYPE_CHECKING:
    from tests.knowledge.conftest import TinyPack

WASH = '"Cats wash themselves, the cat club says."'


@pytest.mark.parametrize(
    ("old", "new", "at", "message"),
    [
        pytest.param(
            'voice = "dogs"',
            'voice = "dog"',
            'voice = "dog"',
            'passage "guard": unknown voice "dog"; did you mean "dogs"?',
            id="voice",
        ),
        pytest.param(
            'voice = "dogs"',
            'voice = "parrots!"',
            "parrots!",
            'passage "guard": unknown voice "parrots!"; valid: "cats", "dogs", "context"',
            id="voice like none",
        ),
        pytest.param(
            'mode = "direct"',
            'mode = "Direct"',
            'mode = "Direct"',
            'passage "no-walk": unknown mode "Direct"; did you mean "direct"?',
            id="mode",
        ),
        pytest.param(
            'topics = ["walks", "homes"]',
            'topics = [\n  "walks",\n  "hoomes",\n]',
            "hoomes",
            'passage "no-walk": unknown topic "hoomes"; did you mean "homes"?',
            id="topic, on its own line",
        ),
        pytest.param(
            'topics = ["walks", "homes"]',
            "topics = []",
            "topics = []",
            'passage "no-walk": "topics" must hold 1 or more, not 0',
            id="no topic",
        ),
        pytest.param(
            '"wash"\narticle = "club-paper"',
            '"wash"\narticle = "club-papers"',
            "club-papers",
            'passage "wash": unknown article "club-papers"; did you mean "club-paper"?',
            id="article",
        ),
        pytest.param(
            'cue = "it said"',
            'cue = "he said"',
            "he said",
            'passage "no-walk": the cue "he said" does not stand in the article "club-paper"',
            id="cue",
        ),
        pytest.param(
            'speaker = "the dog club"\n',
            "",
            '[[passage]]\nid = "guard"',
            'passage "guard": the key "speaker" is missing: who speaks for "dogs" here?',
            id="side without speaker",
        ),
        pytest.param(
            'mode = "narrated"',
            'mode = "narrated"\nspeaker = "A. Barker"',
            "A. Barker",
            'passage "most-homes": somebody on no side is quoted ("direct") or reported ("indirect"), not narrated',
            id="writer with speaker",
        ),
        pytest.param(
            'mode = "narrated"',
            'mode = "narrated"\ncue = "Most homes"',
            'cue = "Most homes"',
            'passage "most-homes": "cue" shows who speaks: name them as "speaker", or leave it out',
            id="writer with cue",
        ),
        pytest.param(
            "point = 1", "point = 0", "point = 0", 'passage "no-walk": "point" must be 1 or more, not 0', id="0"
        ),
        pytest.param(
            "point = 1",
            "point = true",
            "point = true",
            'passage "no-walk": "point" must be a whole number, not true or false',
            id="point that is no number",
        ),
        pytest.param(
            "point = 1",
            "point = 1.5",
            "point = 1.5",
            'passage "no-walk": "point" must be a whole number, not a decimal number',
            id="point with a fraction",
        ),
        pytest.param(
            'id = "guard"',
            'id = "wash"',
            'id = "wash"\narticle = "park-paper"',
            'passage "wash": the id "wash" is already taken on line 1',
            id="duplicated id",
        ),
        pytest.param(
            'mode = "narrated"\n',
            "",
            '[[passage]]\nid = "most-homes"',
            'passage "most-homes": the key "mode" is missing',
            id="missing key",
        ),
        pytest.param(
            'cue = "it said"',
            'clue = "it said"',
            "clue",
            'passage "no-walk": unknown key "clue"; did you mean "cue"?',
            id="misspelt key",
        ),
        pytest.param(
            'passages = ["no-walk", "claimed-walk"]',
            'passages = ["no-walk", "claim-walk"]',
            "claim-walk",
            '[[parallel]]: unknown passage "claim-walk"; did you mean "claimed-walk"?',
            id="parallel to an unknown passage",
        ),
        pytest.param(
            'passages = ["no-walk", "claimed-walk"]',
            'passages = ["no-walk", "wash"]',
            'passages = ["no-walk"',
            '[[parallel]]: both passages stand in the article "club-paper"; a parallel joins two',
            id="parallel inside an article",
        ),
        pytest.param(
            'passages = ["no-walk", "claimed-walk"]',
            'passages = ["wash", "guard"]',
            'passages = ["wash"',
            '[[parallel]]: the passages have different voices, "cats" and "dogs"',
            id="parallel between voices",
        ),
        pytest.param(
            'passages = ["no-walk", "claimed-walk"]',
            'passages = ["no-walk"]',
            'passages = ["no-walk"',
            '[[parallel]]: "passages" must name two, not 1',
            id="parallel of one",
        ),
    ],
)
def test_a_wrong_value_is_named_with_its_line(tiny: TinyPack, old: str, new: str, at: str, message: str) -> None:
    tiny.edit("passages.toml", old, new)
    (tiny.path / "questions.toml").unlink()
    assert Problem("passages.toml", tiny.line("passages.toml", at), message) in tiny.problems()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param(
            '"Cats wash themselves, the cat\\u00a0club says."',
            'the text does not stand in the article "club-paper"; the nearest text there has '
            '"… themselves, the cat club says." instead of "… themselves, the cat\\u00a0club says."',
            id="a space that looks the same",
        ),
        pytest.param(
            '"The dog club says that dogs guard the house."',
            'the text does not stand in the article "club-paper", but in the article "park-paper"',
            id="other article",
        ),
        pytest.param(
            '"The dog club said that dogs guard our house."',
            'the text does not stand in the article "club-paper"; the nearest text in the article "park-paper" has '
            '"The dog club says that dogs guard the house." instead of "The dog club said that dogs guard our house."',
            id="nearly in the other article",
        ),
        pytest.param(
            '"Goldfish are 12 times as silent."',
            'the text does not stand in the article "club-paper", nor anything like it in any article',
            id="nowhere",
        ),
        pytest.param(
            '"the cat club says. "',
            '"text" begins or ends with white space; remove it',
            id="white space at the end",
        ),
        pytest.param(
            '"""Most homes have a pet.\n\n  1. A cat is quiet."""',
            'the text crosses a paragraph of the article "club-paper"; mark each part by itself',
            id="two paragraphs",
        ),
        pytest.param(
            '"Why cats are better\\n"',
            '"text" begins or ends with white space; remove it',
            id="line ending",
        ),
        pytest.param(
            '"cat"',
            'the text stands 4 times in the article "club-paper", first at 4 and 47; mark a longer stretch',
            id="several times",
        ),
    ],
)
def test_a_text_must_stand_once_in_its_article(tiny: TinyPack, text: str, message: str) -> None:
    tiny.edit("passages.toml", WASH, text)
    assert Problem("passages.toml", 4, f'passage "wash": {message}') in tiny.problems()


def test_overlapping_copies_of_a_text_are_counted(tiny: TinyPack) -> None:
    tiny.edit("passages.toml", '"The dog club says that dogs guard the house."', '"oo"')
    tiny.edit("articles/park.txt", "Woof. Woof.", "Wooof.")
    message = (
        'passage "guard": the text stands 2 times in the article "park-paper", first at 124 and 125; mark a longer'
    )
    assert f"{message} stretch" in [problem.message for problem in tiny.problems()]


def test_a_text_without_anything_like_it_in_a_single_article(tiny: TinyPack) -> None:
    tiny.edit("passages.toml", WASH, '"Goldfish are 12 times as silent."')
    (tiny.path / "articles/park.txt").unlink()
    message = 'passage "wash": the text does not stand in the article "club-paper", nor anything like it'
    assert Problem("passages.toml", 4, message) in tiny.problems()


def test_overlapping_passages_are_found(tiny: TinyPack) -> None:
    tiny.edit("passages.toml", '"Most homes have a pet."', '"it said. Most homes have a pet."')
    message = 'passage "most-homes": overlaps the passage "no-walk": both hold the characters 85 to 93 of the article'
    assert tiny.problems() == (Problem("passages.toml", 25, f'{message} "club-paper"'),)


def test_the_later_in_the_file_overlaps_even_when_it_stands_first_in_the_article(tiny: TinyPack) -> None:
    tiny.edit("passages.toml", '"Most homes have a pet."', '"the cat club says. “A cat needs"')
    assert [(problem.line, problem.message.split(":")[1]) for problem in tiny.problems()] == [
        (25, ' overlaps the passage "wash"'),
        (25, ' overlaps the passage "no-walk"'),
    ]


def test_without_pack_toml_references_go_unchecked(tiny: TinyPack) -> None:
    tiny.write("pack.toml", "=")
    tiny.edit("passages.toml", "point = 1", "point = 0")
    assert [(problem.file, problem.line) for problem in tiny.problems()] == [("pack.toml", 1), ("passages.toml", 20)]


def test_without_an_articles_file_its_texts_go_unchecked(tiny: TinyPack) -> None:
    (tiny.path / "articles/park.txt").unlink()
    (problem,) = tiny.problems()
    assert (problem.file, problem.line) == ("pack.toml", tiny.line("pack.toml", "articles/park.txt"))
