"""What pack.toml may say, and the exact complaint about everything else."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest

from knowledge.errors import Problem

if TYPE_CHECKING:
    from tests.knowledge.conftest import TinyPack


@pytest.mark.parametrize(
    ("old", "new", "at", "message"),
    [
        pytest.param(
            'colour = "#AA0000"',
            'colour = "red"',
            'colour = "red"',
            'side "cats": "colour" must be like #1A2B3C, not "red"',
            id="colour",
        ),
        pytest.param(
            'aliases = ["dogs", "hounds"]',
            "aliases = []",
            "aliases = []",
            'side "dogs": "aliases" must hold 1 or more, not 0',
            id="no aliases",
        ),
        pytest.param(
            'aliases = ["dogs", "hounds"]',
            'aliases = ["dogs", " "]',
            'aliases = ["dogs", " "]',
            'side "dogs": "aliases" holds an empty text; remove it',
            id="empty alias",
        ),
        pytest.param(
            '"hounds"]',
            '"Cats"]',
            '"Cats"]',
            'side "dogs": the alias "Cats" already names the side "cats"',
            id="alias of two sides",
        ),
        pytest.param(
            'motion = "A cat makes the better pet"\n',
            "",
            None,
            'the key "motion" is missing',
            id="missing key at the top",
        ),
        pytest.param(
            'emoji = "🐕"\n',
            "",
            '[[side]]\nid = "dogs"',
            'side "dogs": the key "emoji" is missing',
            id="missing key of a side",
        ),
        pytest.param(
            'title = "Cats or dogs"',
            "title = 3",
            "title = 3",
            '"title" must be a text, not a number',
            id="number for a text",
        ),
        pytest.param(
            'title = "Cats or dogs"',
            'title = "  "',
            'title = "  "',
            '"title" must be a text, not an empty one',
            id="blank text",
        ),
        pytest.param(
            'name = "The dog club"',
            "name = true",
            "name = true",
            'side "dogs": "name" must be a text, not true or false',
            id="truth value for a text",
        ),
        pytest.param(
            'published = "May 1"',
            "published = 2020-05-01",
            "published = 2020-05-01",
            'article "park-paper": "published" must be a text, not a date or time',
            id="date for a text",
        ),
        pytest.param(
            'question = "Who needs a walk?"',
            "question = {}",
            "question = {}",
            'topic "walks": "question" must be a text, not a table',
            id="table for a text",
        ),
        pytest.param(
            'aliases = ["dogs", "hounds"]',
            'aliases = "dogs"',
            'aliases = "dogs"',
            'side "dogs": "aliases" must be a list of texts, not "dogs"',
            id="text for a list",
        ),
        pytest.param(
            'aliases = ["dogs", "hounds"]',
            'aliases = ["dogs", 7]',
            'aliases = ["dogs", 7]',
            'side "dogs": "aliases" must be a list of texts, not one with other things in it',
            id="number in a list",
        ),
        pytest.param(
            'id = "pets"\n',
            'id = "pets"\nlicence = "MIT"\n',
            "licence",
            'unknown key "licence"; valid: "id", "title", "motion", "topic", "article", "language", "side"',
            id="unknown key at the top",
        ),
        pytest.param(
            'published = "May 1"',
            'publishd = "May 1"',
            "publishd",
            'article "park-paper": unknown key "publishd"; did you mean "published"?',
            id="misspelt key",
        ),
        pytest.param(
            'id = "pets"',
            'id = "My Pets"',
            'id = "My Pets"',
            '"id" must be lower-case letters, digits and hyphens, not "My Pets"',
            id="letters of an id",
        ),
        pytest.param(
            'id = "homes"',
            'id = "walks"',
            'id = "walks"\nname = "Homes"',
            'topic "walks": the id "walks" is already taken on line 21',
            id="duplicated topic",
        ),
        pytest.param(
            'file = "articles/park.txt"',
            'file = "articles/bark.txt"',
            'file = "articles/bark.txt"',
            'article "park-paper": there is no file "articles/bark.txt"; did you mean "articles/park.txt"?',
            id="missing article",
        ),
        pytest.param(
            'file = "articles/park.txt"\n',
            "",
            '[[article]]\nid = "park-paper"',
            'article "park-paper": the key "file" is missing',
            id="article without a file",
        ),
        pytest.param(
            'file = "articles/park.txt"',
            'file = "../park.txt"',
            'file = "../park.txt"',
            'article "park-paper": "file" must be a path inside the pack with forward slashes, not "../park.txt"',
            id="file outside the pack",
        ),
    ],
)
def test_a_wrong_value_is_named_with_its_line(tiny: TinyPack, old: str, new: str, at: str | None, message: str) -> None:
    tiny.edit("pack.toml", old, new)
    line = tiny.line("pack.toml", at) if at else 0
    assert Problem("pack.toml", line, message) in tiny.problems()


@pytest.mark.parametrize(
    "file", ["/etc/hosts", "..", "a/../../b.txt", "./a.txt", "a//b.txt", "C:/a.txt", r"a\\b.txt", r"a\u0000.txt", "a/"]
)
def test_an_article_never_leads_out_of_the_pack(tiny: TinyPack, file: str) -> None:
    tiny.edit("pack.toml", "articles/park.txt", file)
    assert '"file" must be a path inside the pack' in tiny.problems()[0].message


def test_a_duplicated_side_is_found(tiny: TinyPack) -> None:
    tiny.edit("pack.toml", 'id = "dogs"', 'id = "cats"')
    assert tiny.problems()[:2] == (
        Problem("pack.toml", 5, "there is only one [[side]]; a controversy has two or more"),
        Problem("pack.toml", 14, 'side "cats": the id "cats" is already taken on line 5'),
    )


def test_a_duplicated_article_is_found(tiny: TinyPack) -> None:
    tiny.edit("pack.toml", 'id = "park-paper"', 'id = "club-paper"')
    line = tiny.line("pack.toml", 'id = "club-paper"\nfile = "articles/park.txt"')
    message = f'article "club-paper": the id "club-paper" is already taken on line {line - 7}'
    assert Problem("pack.toml", line, message) in tiny.problems()


def test_the_writers_voice_is_no_side(tiny: TinyPack) -> None:
    tiny.edit("pack.toml", 'id = "dogs"', 'id = "context"')
    message = 'side "context": the id "context" stands for something else than a side; choose another'
    assert Problem("pack.toml", 14, message) in tiny.problems()


def test_tables_must_be_tables(tiny: TinyPack) -> None:
    tiny.write("pack.toml", 'id = "a"\ntitle = "b"\nmotion = "c"\nside = "cats"\ntopic = [1]\narticle = []\n')
    assert [str(problem) for problem in tiny.problems()] == [
        'pack.toml:4: "side" must be tables headed [[side]]',
        'pack.toml:5: "topic" must be tables headed [[topic]]',
        'pack.toml:6: "article" must be tables headed [[article]]',
    ]


def test_a_changed_article_is_noticed(tiny: TinyPack) -> None:
    sha256 = tiny.load().article("park-paper").sha256
    changed = (tiny.path / "articles/park.txt").read_text(encoding="utf-8") + "!"
    tiny.write("articles/park.txt", changed)
    found = hashlib.sha256(changed.encode()).hexdigest()
    message = (
        f'article "park-paper": articles/park.txt has changed: its sha256 is {found}; restore it, or check its passages'
    )
    line = tiny.line("pack.toml", sha256)
    assert tiny.problems() == (Problem("pack.toml", line, f"{message} and enter the new hash"),)


def test_a_hash_must_look_like_one(tiny: TinyPack) -> None:
    sha256 = tiny.load().article("park-paper").sha256
    tiny.edit("pack.toml", sha256, "abc")
    message = 'article "park-paper": "sha256" must be 64 of the digits 0-9 and a-f, not "abc"'
    assert tiny.problems() == (Problem("pack.toml", tiny.line("pack.toml", '"abc"'), message),)


def test_an_article_that_is_not_utf8_is_noticed(tiny: TinyPack) -> None:
    content = (tiny.path / "articles/park.txt").read_bytes().replace(b"by A", b"by \xe9")
    (tiny.path / "articles/park.txt").write_bytes(content)
    assert tiny.problems()[0] == Problem("articles/park.txt", 2, "byte 0xe9 is not UTF-8; save the file as UTF-8")


def test_a_folder_for_an_article_is_noticed(tiny: TinyPack) -> None:
    (tiny.path / "articles/park.txt").unlink()
    (tiny.path / "articles/park.txt").mkdir()
    assert tiny.problems()[0] == Problem("articles/park.txt", 0, "the file cannot be read: Is a directory")


def test_a_pack_of_more_sides_than_buttons_in_a_row_is_refused(tiny: TinyPack) -> None:
    """Four, and one to watch or to be undecided."""
    head, cats, rest = tiny.path.joinpath("pack.toml").read_text(encoding="utf-8").partition('[[side]]\nid = "cats"')
    more = "".join(
        f'[[side]]\nid = "{name}"\nname = "{name}"\nshort_name = "{name}"\nemoji = "x"\ncolour = "#000000"\n'
        f'aliases = ["{name}"]\n'
        for name in ("fish", "mice", "owls")
    )
    tiny.write("pack.toml", head + more + cats + rest)
    assert Problem("pack.toml", 5, "there are 5 [[side]]; a pack has 4 at most") in tiny.problems()
