"""Reading questions.toml, if there is one: what people ask, by what they mean, with the passages that answer it."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from knowledge.model import Question
from knowledge.reading.nearest import quoted
from knowledge.reading.tables import distinct

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from knowledge.reading.tables import Folder, Table

FILE: Final = "questions.toml"

KINDS: Final = (
    "plain",
    "short",
    "keyword",
    "slang",
    "misspelt",
    "indirect",
    "leading",
    "nonnative",
    "numeric",
    "yesno",
    "sided",
    "long",
    "statement",
)
"""How a question may be asked."""

BEST: Final = 2
ACCEPTABLE: Final = 1
"""The grades of a passage as an answer."""


def read_questions(folder: Folder, passage_ids: Sequence[str]) -> tuple[Question, ...]:
    """Return the questions, none without the file. Without passage ids, references go unchecked."""
    root = folder.toml(FILE, optional=True)
    if root is None:
        return ()
    root.expect(("intent",))
    questions: list[Question] = []
    asked: dict[str, str] = {}
    for intent, table in distinct(root.tables("intent")).items():
        questions += _read_intent(intent, table, passage_ids, asked)
    return tuple(questions)


def _read_intent(intent: str, table: Table, passage_ids: Sequence[str], asked: dict[str, str]) -> list[Question]:
    """Read the questions of one intent; `asked` maps each text so far to its intent, and grows."""
    table.expect(("id", "about", "best", "acceptable", "ask"))
    table.text("about")
    gold = read_gold(table, passage_ids)
    ask = table.table("ask")
    if ask is None:
        return []
    ask.expect((), KINDS)
    questions = []
    for kind in KINDS:
        for text in ask.texts(kind):
            folded = as_compared(text)
            if folded in asked:
                ask.complain(
                    f"the question {quoted(text)} is already asked in the intent {quoted(asked[folded])}", kind, text
                )
            else:
                asked[folded] = intent
                questions.append(Question(text, intent, kind, gold))
    if not any(ask.values.values()):
        table.complain("no question asks it; give one at least", "ask")
    return questions


def as_compared(text: str) -> str:
    """Return a text without what does not count in comparing: case and white space."""
    return " ".join(text.casefold().split())


def read_gold(table: Table, passage_ids: Sequence[str]) -> Mapping[str, int]:
    """Return the grade of each passage of a table's lists; a passage on both lists is a problem."""
    best = table.choices("best", "passage", passage_ids)
    acceptable = table.choices("acceptable", "passage", passage_ids)
    for passage in acceptable:
        if passage in best:
            table.complain(
                f"the passage {quoted(passage)} is both best and acceptable; leave it in one", "acceptable", passage
            )
    return MappingProxyType(dict.fromkeys(acceptable, ACCEPTABLE) | dict.fromkeys(best, BEST))
