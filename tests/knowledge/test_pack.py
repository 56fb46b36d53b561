"""Packs load whole or not at all; the shipped one is as it was marked."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from knowledge.errors import PackError, UserError
from knowledge.model import CONTEXT, Mode, Span
from knowledge.pack import check_pack, load_pack

if TYPE_CHECKING:
    from pathlib import Path

    from knowledge.model import Pack
    from tests.knowledge.conftest import TinyPack


def test_the_shipped_pack_has_no_problem(shipped: Pack) -> None:
    assert check_pack() == ()
    assert shipped.id == "social-dilemma"


def test_the_shipped_pack_has_every_passage(shipped: Pack) -> None:
    voices = Counter(passage.voice for passage in shipped.passages)
    assert voices == {"facebook": 31, "film": 11, CONTEXT: 15}


def test_every_shipped_passage_equals_its_slice(shipped: Pack) -> None:
    for passage in shipped.passages:
        article = shipped.article(passage.span.article_id)
        assert passage.text == article.text[passage.span.start : passage.span.end]
        assert passage.paragraph == article.paragraph_number(passage.span)


def test_the_seven_points_are_all_there(shipped: Pack) -> None:
    points = [passage.point for passage in shipped.passages if passage.point is not None]
    assert sorted(set(points)) == [1, 2, 3, 4, 5, 6, 7]
    assert points == sorted(points)
    assert {passage.voice for passage in shipped.passages if passage.point} == {"facebook"}


def test_every_shipped_topic_has_a_passage(shipped: Pack) -> None:
    used = {topic for passage in shipped.passages for topic in passage.topics}
    assert used == {topic.id for topic in shipped.topics}


def test_the_tiny_pack_loads_with_its_own_sides(tiny: TinyPack) -> None:
    pack = tiny.load()
    assert pack.side_ids == ("cats", "dogs")
    assert pack.side("dogs").aliases == ("dogs", "hounds")
    assert [passage.id for passage in pack.of_voice("cats")] == ["wash", "no-walk", "claimed-walk"]
    assert [passage.id for passage in pack.of_voice(CONTEXT)] == ["most-homes"]


def test_everything_in_the_files_reaches_the_pack(tiny: TinyPack) -> None:
    pack = tiny.load()
    passage = pack.passage("no-walk")
    assert passage.text == "“A cat needs no walk,” it said."
    assert passage.span == Span("club-paper", 62, 93)
    assert (passage.paragraph, passage.voice, passage.mode) == (2, "cats", Mode.DIRECT)
    assert (passage.speaker, passage.cue, passage.point) == ("the cat club", "it said", 1)
    assert passage.topics == ("walks", "homes")
    article = pack.article("park-paper")
    assert (article.author, article.published, article.publisher) == ("A. Barker", "May 1", "The Park")
    assert pack.article("club-paper").author is None
    assert pack.topic("walks").question == "Who needs a walk?"
    assert pack.parallels_of("claimed-walk") == ((passage, "only one of them quotes the club"),)
    assert (pack.title, pack.motion) == ("Cats or dogs", "A cat makes the better pet")


def test_the_hash_follows_every_file(tiny: TinyPack) -> None:
    hashes = [tiny.load().sha256, tiny.load().sha256]
    for file in ("pack.toml", "passages.toml", "questions.toml"):
        tiny.write(file, (tiny.path / file).read_text(encoding="utf-8") + "# a remark\n")
        hashes.append(tiny.load().sha256)
    assert hashes[0] == hashes[1]
    assert len(set(hashes)) == 4


def test_the_hash_tells_names_from_contents(tiny: TinyPack) -> None:
    """A file that is renamed changes the hash, though no byte of an article does."""
    before = tiny.load()
    (tiny.path / "articles/park.txt").rename(tiny.path / "articles/bark.txt")
    tiny.edit("pack.toml", "articles/park.txt", "articles/bark.txt")
    after = tiny.load()
    assert before.sha256 != after.sha256
    assert replace(after, sha256=before.sha256) == before


def test_files_that_no_pack_names_are_left_alone(tiny: TinyPack) -> None:
    before = tiny.load().sha256
    tiny.write("SOURCES.md", "Two papers.\n")
    assert tiny.load().sha256 == before


def test_several_problems_are_reported_at_once(tiny: TinyPack) -> None:
    tiny.edit("questions.toml", 'best = ["no-walk"]', 'best = ["no-walks"]')
    tiny.edit("passages.toml", "point = 1", "point = -1")
    tiny.edit("passages.toml", 'voice = "dogs"', 'voice = "dog"')
    tiny.edit("pack.toml", "#0000aa", "blue")
    tiny.edit("pack.toml", 'motion = "A cat makes the better pet"\n', "")
    tiny.edit("articles/park.txt", "Woof. Woof.", "Woof.")
    assert [re.sub(r"[0-9a-f]{64}", "…", str(problem)) for problem in tiny.problems()] == [
        'pack.toml: the key "motion" is missing',
        'pack.toml:17: side "dogs": "colour" must be like #1A2B3C, not "blue"',
        (
            'pack.toml:39: article "park-paper": articles/park.txt has changed: its sha256 is …; '
            "restore it, or check its passages and enter the new hash"
        ),
        'passages.toml:20: passage "no-walk": "point" must be 1 or more, not -1',
        'passages.toml:34: passage "guard": unknown voice "dog"; did you mean "dogs"?',
        'questions.toml:4: intent "need-walks": unknown passage "no-walks"; did you mean "no-walk"?',
    ]


def test_a_pack_with_problems_does_not_load(tiny: TinyPack) -> None:
    tiny.edit("passages.toml", "point = 1", "point = -1")
    tiny.edit("passages.toml", 'voice = "dogs"', 'voice = "dog"')
    with pytest.raises(PackError) as caught:
        tiny.load()
    assert caught.value.problems == tiny.problems()
    assert isinstance(caught.value, UserError)
    assert str(caught.value) == (
        'the pack pets cannot be used: passages.toml:20: passage "no-walk": "point" must be 1 or more, not -1 '
        "(and 1 more); see `dilemma pack check`"
    )


def test_a_missing_folder_is_one_problem(tmp_path: Path) -> None:
    folder = tmp_path / "gone"
    (problem,) = check_pack(folder)
    expected = f".: there is no folder {folder}; a pack is a folder with pack.toml, passages.toml and its articles"
    assert str(problem) == expected


def test_a_folder_that_cannot_be_looked_at_is_one_problem(tmp_path: Path) -> None:
    folder = tmp_path / ("a" * 5000)
    (problem,) = check_pack(folder)
    assert str(problem) == f".: the folder {folder} cannot be read: File name too long"


def test_empty_files_lack_every_key(tiny: TinyPack) -> None:
    """All but the sides: a pack without any can be searched."""
    for file in ("pack.toml", "passages.toml", "questions.toml"):
        tiny.write(file, "")
    assert [str(problem) for problem in tiny.problems()] == [
        *(f'pack.toml: the key "{key}" is missing' for key in ("id", "title", "motion", "topic", "article")),
        'passages.toml: the key "passage" is missing',
        'questions.toml: the key "intent" is missing',
    ]


def test_an_empty_folder_lacks_two_files(tmp_path: Path) -> None:
    assert [str(problem) for problem in check_pack(tmp_path)] == [
        "pack.toml: the file is missing",
        "passages.toml: the file is missing",
    ]


@pytest.mark.parametrize("file", ["pack.toml", "passages.toml", "questions.toml"])
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=150)
@given(where=st.floats(0, 1, exclude_max=True), byte=st.integers(0, 255))
def test_a_wrong_byte_never_breaks_the_loader(tiny: TinyPack, file: str, where: float, byte: int) -> None:
    whole = (tiny.path / file).read_bytes()
    position = int(where * len(whole))
    (tiny.path / file).write_bytes(whole[:position] + bytes([byte]) + whole[position + 1 :])
    problems = check_pack(tiny.path)
    if problems:
        with pytest.raises(PackError) as caught:
            load_pack(tiny.path)
        assert caught.value.problems == problems
    else:
        assert load_pack(tiny.path).side_ids
    (tiny.path / file).write_bytes(whole)
