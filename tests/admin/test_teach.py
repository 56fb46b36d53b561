"""`teach`: one key a question, each on disk before the next is asked."""

from __future__ import annotations

import io
import sys
from typing import TYPE_CHECKING

import pytest

from bot import opening
from bot.admin import teach
from bot.authoring.teaching import Asked, Teaching, questions_for
from knowledge.errors import UserError
from knowledge.pack import check_pack, load_pack
from knowledge.reading.questions import FILE
from tests.admin.test_pack_review import made
from tests.embeddings.encoders.fakes import WordEncoder
from tests.packs import SHIPPED_STAYS

if TYPE_CHECKING:
    from tests.conftest import Outcome, Program

__all__ = ["made"]

LESSONS = "parents-say-lessons-got"


@pytest.fixture(autouse=True)
def _has_model(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a model that loads at once."""
    monkeypatch.setattr(opening, "load_encoder", lambda config, reference=None: WordEncoder())


def taught(made: Program, monkeypatch: pytest.MonkeyPatch, keys: str, *options: str) -> Outcome:
    """Teach, a key a line."""
    monkeypatch.setattr(sys, "stdin", io.StringIO("".join(f"{key}\n" for key in keys)))
    return made("teach", "--pack", "phones", *options)


def test_each_key_is_an_example_and_can_be_taken_back(made: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = taught(made, monkeypatch, "q").out
    assert "[1-9] the quote that answers  [+] several  [0] none  [s] skip  [u] undo  [q] end" in shown
    assert shown.endswith("0 examples more in phones; all is saved\n")
    assert not (made.folder / "phones" / FILE).exists()
    numbered = [line for line in shown.splitlines() if line.startswith("[") and "“" in line]
    place = next(line[1] for line in numbered if "lessons got quiet" in line)
    ended = taught(made, monkeypatch, f"{place}0x0uus")
    assert ended.err == "there is no [x] here\n"
    assert ended.out.endswith("1 examples more in phones; all is saved\n")
    pack = load_pack(made.folder / "phones")
    assert [dict(question.gold) for question in pack.questions] == [{LESSONS: 2}]
    assert check_pack(made.folder / "phones") == ()
    # What was asked is not asked again, and two quotes may answer.
    again = taught(made, monkeypatch, "+21")
    assert pack.questions[0].text not in again.out
    assert sorted(len(each.gold) for each in load_pack(made.folder / "phones").questions) == [1, 2]


def test_a_shipped_pack_is_copied_first(made: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(""))
    assert made("teach").err == f"error: {SHIPPED_STAYS}\n"
    assert "phones exists already" in taught(made, monkeypatch, "", "--to", "phones").err
    assert taught(made, monkeypatch, "0", "--to", "mine").code == 0
    assert [dict(question.gold) for question in load_pack(made.folder / "mine").questions] == [{}]


def test_what_is_logged_comes_first_and_nothing_twice(made: Program) -> None:
    pack = load_pack(made.folder / "phones")
    first, *others = questions_for(pack, [Asked("why  now?", "the log, unsure"), Asked("Why now?", "the log, unsure")])
    assert first == Asked("why now?", "the log, unsure")
    assert [each.origin.split()[0] for each in others[:2]] == ["the", "the"]
    assert len({each.text for each in others}) == len(others)


def test_undo_leaves_the_file_as_it_was_and_what_others_wrote(made: Program) -> None:
    folder = made.folder / "phones"
    teaching = Teaching(folder, load_pack(folder))
    teaching.teach(Asked("Is it quiet?", ""), [LESSONS])
    before = (folder / FILE).read_bytes()
    teaching.teach(Asked("Is it loud?", ""), [LESSONS])
    assert teaching.undo().text == "Is it loud?"
    assert (folder / FILE).read_bytes() == before
    (folder / FILE).write_bytes(before + b"\n# mine\n")
    with pytest.raises(UserError, match="was changed meanwhile"):
        teaching.undo()


def test_the_log_is_asked_at_a_terminal_alone(made: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a pipe nobody sits there who could own it."""
    assert made("ask", "--pack", "phones", "What does it cost to heat a pool?").code == 0

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    asked: list[str] = []

    def held(_teaching: Teaching, left: list[Asked], *_others: object) -> None:
        asked[:] = [each.text for each in left if each.origin.startswith("the log")]

    monkeypatch.setattr(teach, "_held", held)
    monkeypatch.setattr(sys, "stdin", io.StringIO(""))
    made("teach", "--pack", "phones")
    assert asked == []
    monkeypatch.setattr(sys, "stdin", Terminal())
    made("teach", "--pack", "phones")
    assert asked == ["What does it cost to heat a pool?"]
