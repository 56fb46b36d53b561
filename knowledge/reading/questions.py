"""Reading questions.toml, turns.toml and words.toml, where there are any: what people ask, want and write."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from knowledge.dialogues import Turn
from knowledge.model import NO_WORDING, OUTSIDE, Question, Wording
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

WANTS: Final = MappingProxyType(
    dict.fromkeys(("more", "other"), "more")
    | dict.fromkeys(("verdict", "best"), "verdict")
    | {act: act for act in ("source", "overview", "points", "compare", "rebut", "repair")}
    | dict.fromkeys(("greeting", "thanks", "farewell", "smalltalk"), "smalltalk")
    | dict.fromkeys(("who", "help", "sources", "age", "languages", "private", "how"), "smalltalk")
    | dict.fromkeys(("bare", "follow", "question"), "answer")
)
"""What a turn may want, as turns.toml explains it, each with the act that it comes to."""

AFTER: Final = tuple(dict.fromkeys(WANTS.values()))
"""The acts of an answer, after which something else may be wanted with a text."""

_OPINIONS: Final = ("accusing", "praising")
_POLITE: Final = "polite"


def read_turns(folder: Folder) -> tuple[Turn, ...]:
    """Return the program's turns and a pack's own, which decide about a text that both have."""
    turns = _turns_in(folder.default(TURNS)) | _turns_in(folder.toml(TURNS, optional=True))
    order = tuple(WANTS)
    return tuple(sorted(turns.values(), key=lambda turn: (order.index(turn.wants), turn.after or "")))


def _turns_in(root: Table | None) -> dict[tuple[str | None, str], Turn]:
    turns: dict[tuple[str | None, str], Turn] = {}
    if root is None:
        return turns
    root.expect((), (*WANTS, "after"))
    after = root.table("after")
    if after is not None:
        after.expect((), AFTER)
    tables = [(None, root), *((act, after.table(act)) for act in AFTER if after is not None)]
    for act, table in tables:
        if table is None:
            continue
        if act is not None:
            table.expect((), tuple(WANTS))
        for want in WANTS:
            for text in table.texts(want):
                first = turns.setdefault((act, as_compared(text)), Turn(text, want, act))
                if first.wants != want:
                    both = f"{quoted(first.wants)} and under {quoted(want)}"
                    table.complain(f"{quoted(text)} stands under {both}", want, text)
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
        polite=common.polite | own.polite,
    )


def _words_in(root: Table) -> Wording:
    root.expect((), ("short_forms", *_OPINIONS, _POLITE))
    table = root.table("short_forms")
    forms = {} if table is None else {written: table.text(written) for written in table.values}
    accusing, praising, polite = map(root.texts, (*_OPINIONS, _POLITE))
    for word in (*forms, *forms.values(), *accusing, *praising, *polite):
        if word != word.lower():
            root.complain(f"{quoted(word)} must be in lower case, as what people write is before it is compared")
    return Wording(MappingProxyType(forms), accusing, praising, frozenset(polite))
