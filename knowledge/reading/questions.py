"""Reading questions.toml, turns.toml and words.toml, where there are any: what people ask, want and write."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from knowledge.model import NO_WORDING, OUTSIDE, Question, Turn, Wording
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
    OUTSIDE,
)
"""How a question may be asked; `outside` are those that people wrote who knew neither articles nor examples."""

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


WORDS: Final = "words.toml"
TURNS: Final = "turns.toml"

WANTS: Final = ("more", "source", "smalltalk", "bare", "follow", "question")
"""What a turn may want, in the order of the file.

`bare` means nothing where nothing came before it, `follow` asks something that only makes sense after what came before,
`question` can be understood alone.
"""

_OPINIONS: Final = ("accusing", "praising")


def read_turns(folder: Folder) -> tuple[Turn, ...]:
    """Return the program's turns and a pack's own, which decide about a text that both have."""
    turns = _turns_in(folder.default(TURNS)) | _turns_in(folder.toml(TURNS, optional=True))
    return tuple(sorted(turns.values(), key=lambda turn: WANTS.index(turn.wants)))


def _turns_in(root: Table | None) -> dict[str, Turn]:
    turns: dict[str, Turn] = {}
    if root is None:
        return turns
    root.expect((), WANTS)
    for want in WANTS:
        for text in root.texts(want):
            first = turns.setdefault(as_compared(text), Turn(text, want))
            if first.wants != want:
                root.complain(f"{quoted(text)} stands under {quoted(first.wants)} and under {quoted(want)}", want, text)
    return turns


def read_words(folder: Folder) -> Wording:
    """Return the program's words and a pack's own."""
    common, own = (
        NO_WORDING if root is None else _words_in(root)
        for root in (folder.default(WORDS), folder.toml(WORDS, optional=True))
    )
    return Wording(
        short_forms=MappingProxyType({**common.short_forms, **own.short_forms}),
        accusing=common.accusing + own.accusing,
        praising=common.praising + own.praising,
    )


def _words_in(root: Table) -> Wording:
    root.expect((), ("short_forms", *_OPINIONS))
    table = root.table("short_forms")
    forms = {} if table is None else {written: table.text(written) for written in table.values}
    accusing, praising = map(root.texts, _OPINIONS)
    for word in (*forms, *forms.values(), *accusing, *praising):
        if word != word.lower():
            root.complain(f"{quoted(word)} must be in lower case, as what people write is before it is compared")
    return Wording(MappingProxyType(forms), accusing, praising)
