"""`pack review`: one key for each proposal, saved after every one, gone on with after any end."""

from __future__ import annotations

import io
import sys
from typing import TYPE_CHECKING, Final

import pytest

from bot.authoring import review as reviewing
from bot.authoring.folder import passages_toml
from bot.authoring.review import Review, open_review
from knowledge.errors import UserError
from knowledge.model import CONTEXT, Mode, Parallel
from knowledge.pack import check_pack, load_pack

if TYPE_CHECKING:
    from pathlib import Path

    from bot.authoring.drafts import Mark
    from tests.conftest import Outcome, Program

REPORT: Final = (
    "A meeting about phones\n\n"
    "The parents say that lessons got quiet. The pupils say that nobody asked them. Eva Lind said that it was late. "
    "“It is a matter of trust,” Lind said, but critics said that it was not. The town has two schools in the valley.\n"
)
ARGUMENTS: Final = (
    *("pack", "new", "phones", "--side", "For", "--side", "Against", "--report", "report.txt"),
    *("--alias", "For=the parents", "--alias", "Against=the pupils"),
)


@pytest.fixture
def made(dilemma: Program) -> Program:
    """Make a pack of a report in which three sentences are undecided."""
    (dilemma.folder / "report.txt").write_text(REPORT, encoding="utf-8")
    assert dilemma(*ARGUMENTS).code == 0
    return dilemma


def typed(program: Program, monkeypatch: pytest.MonkeyPatch, keys: str) -> Outcome:
    """Review, a key a line."""
    lines = "".join(f"{key}\n" for key in keys)
    monkeypatch.setattr(sys, "stdin", io.StringIO(lines))
    return program("pack", "review", "phones")


def voices(folder: Path) -> dict[str, str]:
    """Tell who speaks in each passage, by its first words."""
    return {" ".join(passage.text.split()[:3]): passage.voice for passage in load_pack(folder).passages}


def mark_of(review: Review, beginning: str) -> Mark:
    (mark,) = [mark for mark in review.draft.marks if mark.text.startswith(beginning)]
    return mark


def test_undecided_ones_come_first_and_what_somebody_says_elsewhere_follows(
    made: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One key for Eva Lind's first sentence decides the second; then the end is told, and all is on the disk."""
    folder = made.folder / "phones"
    assert voices(folder) == {"The parents say": "for", "The pupils say": "against", "The town has": CONTEXT}
    outcome = typed(made, monkeypatch, "1")
    assert outcome.code == 0, outcome.err
    cards = [line for line in outcome.out.splitlines() if line.startswith("undecided")]
    assert cards[0] == "undecided · “Eva Lind said”"
    assert "[1] For  [2] Against  [w] the writer  [s] skip  [/] split  [j] join  [Enter] accept  [u] undo  [q] end" in (
        outcome.out
    )
    assert voices(folder)["Eva Lind said"] == "for"
    assert voices(folder)["“It is a"] == "for"
    assert load_pack(folder).passages[2].speaker == "Eva Lind"
    assert check_pack(folder) == ()


def test_every_key_does_what_it_says(made: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    """The writer's, skipped, taken back, refused where it means nothing; each call goes on where the last one ended."""
    folder = made.folder / "phones"
    outcome = typed(made, monkeypatch, "jx")
    assert "the key x stands for nothing here" in outcome.err
    assert outcome.err.splitlines()[-1].startswith(
        "error: phones is not sound as it is now: passages.toml: no passage speaks"
    )
    assert typed(made, monkeypatch, "2").code == 0
    assert voices(folder)["The pupils say"] == "against"
    assert typed(made, monkeypatch, "su1q").code == 0
    assert voices(folder)["“It is a"] == "for"
    left = open_review(folder)
    typed(made, monkeypatch, "\r" * left.left)
    assert typed(made, monkeypatch, "").out.startswith(
        "0 left to look at, 0 of them undecided; all is saved\nworks now: "
    )


def test_a_mark_is_divided_and_joined_again(made: Program) -> None:
    folder = made.folder / "phones"
    review = open_review(folder)
    mark = mark_of(review, "The pupils say")
    (place,) = review.places(mark)
    parted = review.split(mark, place)
    assert [one.text for one in parted.draft.undecided[:2]] == ["The pupils say", "that nobody asked them."]
    whole = parted.join(mark_of(parted, "that nobody"))
    assert mark_of(whole, "The pupils say").text == "The pupils say that nobody asked them."
    assert whole.back().back().draft.marks == review.draft.marks
    with pytest.raises(UserError, match="there is no sentence right before it"):
        review.join(mark_of(review, "The parents"))
    with pytest.raises(UserError, match="nobody is proposed here: say who speaks, or skip it"):
        review.accept(mark_of(review, "Eva Lind"))


def test_the_writer_has_neither_speaker_nor_cue_unlike_others_on_no_side(made: Program) -> None:
    review = open_review(made.folder / "phones")
    told = review.put_down(mark_of(review, "The parents"), CONTEXT)
    mark = mark_of(told, "The parents")
    assert (mark.voice, mark.mode, mark.speaker, mark.cue) == (CONTEXT, Mode.NARRATED, None, None)
    told = told.put_down(mark, "against")
    again = mark_of(told, "The parents")
    assert (again.voice, again.mode, again.speaker) == ("against", Mode.INDIRECT, "Against")
    lind = mark_of(told.put_down(mark_of(told, "Eva Lind"), CONTEXT), "Eva Lind")
    assert (lind.voice, lind.mode, lind.speaker, lind.cue) == (CONTEXT, Mode.INDIRECT, "Eva Lind", "Eva Lind said")


def test_what_an_author_tells_of_the_other_side_is_reported(dilemma: Program) -> None:
    """Only what stands in quotation marks is their own words; the author's own text is the author's again."""
    article = (
        "Phones out\nBy Ann Lee\n\nLessons are quiet again without phones. Small children, they say, are afraid of it. "
        "“We need them on the bus and in town.” So do I.\n"
    )
    (dilemma.folder / "ban.txt").write_text(article, encoding="utf-8")
    (dilemma.folder / "report.txt").write_text(REPORT, encoding="utf-8")
    arguments = (
        "--side",
        "For=ban.txt",
        "--side",
        "Against",
        "--report",
        "report.txt",
        "--alias",
        "Against=the pupils",
    )
    assert dilemma("pack", "new", "phones", *arguments).code == 0
    review = open_review(dilemma.folder / "phones")
    for beginning, mode in (("Lessons are", Mode.INDIRECT), ("“We need", Mode.DIRECT)):
        changed = review.put_down(mark_of(review, beginning), "against")
        mark = mark_of(changed, beginning)
        assert (mark.voice, mark.mode, mark.speaker) == ("against", mode, "Against")
        review = changed.put_down(mark, "for")
        mark = mark_of(review, beginning)
        assert (mark.voice, mark.mode, mark.speaker) == ("for", Mode.DIRECT, "Ann Lee")


def test_whatever_is_changed_by_hand_is_kept(made: Program) -> None:
    """A voice, a passage that was taken out, and one that was added."""
    folder = made.folder / "phones"
    text = (folder / "passages.toml").read_text(encoding="utf-8")
    head, first, _, *rest = text.split("\n[[passage]]\n")
    first = first.replace('speaker = "The parents"', 'speaker = "Three parents"')
    added = rest[-1].replace("The town has two schools in the valley.", "that it was late").replace("town-", "late-")
    added = added.replace('voice = "context"', 'voice = "against"\nspeaker = "Lind"')
    (folder / "passages.toml").write_text("\n[[passage]]\n".join([head, first, *rest, added]), encoding="utf-8")
    assert check_pack(folder) == ()
    review = open_review(folder)
    assert mark_of(review, "The parents").speaker == "Three parents"
    assert not mark_of(review, "The pupils").quotable
    assert mark_of(review, "that it was late").quotable
    review.put_down(mark_of(review, "The town"), "against")
    assert "The pupils say" not in voices(folder)
    assert load_pack(folder).passages[0].speaker == "Three parents"


def test_a_kill_between_the_two_files_loses_nothing(made: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = made.folder / "phones"
    review = open_review(folder)

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(reviewing, "write_whole", killed)
        with pytest.raises(KeyboardInterrupt):
            review.put_down(mark_of(review, "Eva Lind"), "against")
    again = open_review(folder)
    assert mark_of(again, "Eva Lind").voice == "against"
    assert mark_of(again, "The parents") == mark_of(review, "The parents")
    again.skip(mark_of(again, "The town"))
    assert voices(folder)["Eva Lind said"] == "against"


def test_parallels_stay_and_no_change_from_elsewhere_is_written_over(made: Program) -> None:
    folder = made.folder / "phones"
    path = folder / "passages.toml"
    told = path.read_text(encoding="utf-8")
    first, second = [passage.id for passage in load_pack(folder).passages if passage.voice != CONTEXT]
    review = open_review(folder)
    path.write_text(f"{told}# mine\n", encoding="utf-8")
    with pytest.raises(UserError, match="was changed meanwhile: end the review, and begin it again"):
        review.skip(mark_of(review, "The town"))
    assert path.read_text(encoding="utf-8").endswith("# mine\n")
    parallel = Parallel((first, second), "they differ")
    assert f'passages = ["{first}", "{second}"]' in passages_toml(review.draft.marks, (parallel,))
    assert "parallel" not in passages_toml(review.draft.marks[1:], (parallel,)).partition("[[passage]]\n")[2]


def test_what_cannot_be_reviewed_is_told(made: Program) -> None:
    """A pack without proposals, a damaged file of them, no folder named, and a broken pack."""
    folder = made.folder / "phones"
    assert "name the pack's folder, as in `dilemma pack review phones`" in made("pack", "review").err
    sound = (folder / "pack.toml").read_text(encoding="utf-8")
    (folder / "pack.toml").write_text(sound.replace("[[side]]", "[[sid]]"), encoding="utf-8")
    assert made("pack", "review", "phones").err.startswith("error: the pack phones cannot be used: pack.toml")
    (folder / "pack.toml").write_text(sound, encoding="utf-8")
    (folder / "review.json").write_text("{", encoding="utf-8")
    assert "review.json is damaged: restore it, or delete it" in made("pack", "review", "phones").err
    (folder / "review.json").unlink()
    assert (
        "there is nothing to review in phones: `dilemma pack new` makes packs" in made("pack", "review", "phones").err
    )
