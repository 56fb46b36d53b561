"""`pack add`: an article more, and every mark that was there stays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.authoring.review import open_review
from knowledge.pack import check_pack, load_pack
from tests.admin.test_pack_review import made, mark_of
from tests.packs import SHIPPED_STAYS
from tests.quote.rules.findings import pack as shipped_pack

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Program

__all__ = ["made"]

LETTER: Final = (
    "A letter\nBy Ida Holm\n\n"
    "Schools in the valley need quiet lessons more than anything. My son asked for the ban himself. "
    "Critics say that it is too late.\n"
)


def written(program: Program) -> str:
    (program.folder / "letter.txt").write_text(LETTER, encoding="utf-8")
    return "letter.txt"


def test_an_article_is_added_and_what_was_decided_stays(made: Program) -> None:
    """With its author, topics that are there, its place in SOURCES.md, and what is undecided for the review."""
    folder = made.folder / "phones"
    review = open_review(folder)
    review.put_down(mark_of(review, "Eva Lind"), "for")
    before = load_pack(folder)
    outcome = made("pack", "add", written(made), "--pack", "phones", "--side", "for")
    assert outcome.code == 0, outcome.err
    assert outcome.out.startswith("phones: 2 more to quote, 1 undecided\nworks now: ")
    pack = load_pack(folder)
    assert pack.passages[: len(before.passages)] == before.passages
    assert [(one.voice, one.speaker) for one in pack.passages[len(before.passages) :]] == [("for", "Ida Holm")] * 2
    assert {topic for one in pack.passages for topic in one.topics} <= {topic.id for topic in pack.topics}
    told = (folder / "SOURCES.md").read_text(encoding="utf-8")
    assert told.index("- Read from: letter.txt") < told.index("## Whose they are")
    assert [mark.text for mark in open_review(folder).draft.undecided][-1] == "Critics say that it is too late."
    assert mark_of(open_review(folder), "Eva Lind").voice == "for"
    again = made("pack", "add", "letter.txt", "--pack", "phones")
    assert again.err.endswith("error: letter.txt is in the pack already, as a-letter\n")


def test_the_shipped_pack_is_copied_first(dilemma: Program) -> None:
    """With all its files; the one that comes with the program is left as it is."""
    name = written(dilemma)
    assert dilemma("pack", "add", name).err == f"error: {SHIPPED_STAYS}\n"
    shipped = shipped_pack()
    outcome = dilemma("pack", "add", name, "--to", "mine", "--side", "Facebook")
    assert outcome.code == 0, outcome.err
    pack = load_pack(dilemma.folder / "mine")
    assert pack.passages[:57] == shipped.passages
    assert (pack.parallels, pack.questions, pack.prompts) == (shipped.parallels, shipped.questions, shipped.prompts)
    assert [one.voice for one in pack.passages[57:]] == ["facebook"] * 2
    review = open_review(dilemma.folder / "mine")
    assert review.left == 3
    saved = review.put_down(mark_of(review, "Critics say"), "film")
    assert load_pack(dilemma.folder / "mine").parallels == shipped.parallels
    assert check_pack(saved.folder) == ()
    assert dilemma("pack", "add", name, "--to", "mine").err == (
        "error: mine exists already: name another folder, or remove it\n"
    )


def test_what_cannot_be_added_changes_nothing(made: Program) -> None:
    """A side that there is not, a file that cannot be read, a pack that is not sound."""
    folder = made.folder / "phones"

    def files() -> dict[Path, bytes]:
        return {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}

    before = files()
    name = written(made)
    outcome = made("pack", "add", name, "--pack", "phones", "--side", "Agains")
    assert outcome.err == 'error: the pack phones has no side "Agains"; did you mean "Against"?\n'
    assert "cannot be read" in made("pack", "add", "none.txt", "--pack", "phones").err
    assert files() == before
    (folder / "passages.toml").write_text("[[passage]]\n", encoding="utf-8")
    assert made("pack", "add", name, "--pack", "phones").err.startswith("error: the pack phones cannot be used: ")
    assert [path.name for path in made.folder.iterdir() if path.name.startswith(".")] == []
