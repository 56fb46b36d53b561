"""Keeping what was read of a proven pack in a file, so that the next start need not read and prove it again.

What is kept counts for the very bytes that it was read from and for this very program: every file of the pack is read
and hashed at each start. A file of kept packs that is missing, damaged or out of date only means that there is none. It
must not know how a pack is proven.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from dataclasses import asdict, astuple, fields
from functools import cached_property
from itertools import accumulate, groupby
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from knowledge.model import (
    Allowed,
    Article,
    Dialogue,
    DialogueTurn,
    Format,
    Lexicon,
    Mode,
    Pack,
    Parallel,
    Passage,
    Phase,
    PromptFrame,
    Question,
    Side,
    Span,
    Speaks,
    Statement,
    Term,
    Topic,
    Turn,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from enum import Enum

FOLDER: Final = "proven_packs"
"""The folder among those of the indexes; no pack's id holds an underscore."""


def kept_pack(folder: Path, cache: Path) -> Pack | None:
    """Give the pack in a folder as it was kept in a cache folder; None when it must be read and proven."""
    try:
        written = _place(folder, cache).read_bytes()
    except OSError:
        return None
    checksum, _, body = written.partition(b"\n")
    if checksum != _checksum(body):
        return None
    head, _, examples = body.partition(b"\n")
    values = json.loads(head)
    if any(_sha256_of(folder / name) != expected for name, expected in values["files"].items()):
        return None
    ends = list(accumulate(values["lengths"].values()))
    parts = zip(values["lengths"], [0, *ends], ends, strict=False)
    return _KeptPack.of(values, {name: examples[start:end] for name, start, end in parts})


def keep_pack(folder: Path, cache: Path, pack: Pack, files: Mapping[str, bytes | None]) -> None:
    """Keep a proven pack; `files` are the contents of all that it was read from, None for what is not there.

    Where the cache cannot be written nothing is kept: that costs time, and no more.
    """
    hashes = {name: None if content is None else hashlib.sha256(content).hexdigest() for name, content in files.items()}
    parts = {name: b"\n".join(map(_written, entries)) for name, entries in _examples(pack).items()}
    lengths = {name: len(part) for name, part in parts.items()}
    body = b"\n".join((_written(_head(pack) | {"files": hashes, "lengths": lengths}), b"".join(parts.values())))
    place = _place(folder, cache)
    with contextlib.suppress(OSError):
        place.parent.mkdir(parents=True, exist_ok=True)
        # Written beside its place, for another process may read it just now. What two write at once is the same, and
        # should it not be, its checksum tells.
        fresh = place.with_suffix(".new")
        fresh.write_bytes(_checksum(body) + b"\n" + body)
        fresh.replace(place)


def _place(folder: Path, cache: Path) -> Path:
    return cache / FOLDER / f"{hashlib.sha256(os.fsencode(folder.absolute())).hexdigest()[:16]}.json"


def _checksum(body: bytes) -> bytes:
    """Hash what is kept and the sources of this package: what another version has read may lack what this one needs."""
    digest = hashlib.sha256()
    for source in sorted(Path(__file__).parent.rglob("*.py")):
        digest.update(source.read_bytes())
    digest.update(body)
    return digest.hexdigest().encode()


def _sha256_of(path: Path) -> str | None:
    """Hash a file; None when it is not there, "" when it cannot be read."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except FileNotFoundError:
        return None
    except OSError:
        return ""


class _KeptPack(Pack):
    """A pack that was kept. Its examples, nearly all of it, are read when they are wanted: most answers do without."""

    _parts: Mapping[str, bytes]

    @classmethod
    def of(cls, head: Mapping[str, Any], parts: Mapping[str, bytes]) -> _KeptPack:
        """Make one of what `_head` gave, and of each part of what `_examples` gave, an entry a line."""
        pack = cls.__new__(cls)
        # The fields of the examples stay unset, for the properties below to set.
        vars(pack).update(
            {name: head[name] for name in ("id", "title", "motion", "sha256")},
            sides=tuple(_side(values) for values in head["sides"]),
            topics=tuple(Topic(*values) for values in head["topics"]),
            articles=tuple(Article(*values) for values in head["articles"]),
            passages=tuple(_passage(values) for values in head["passages"]),
            parallels=tuple(Parallel((first, second), told) for (first, second), told in head["parallels"]),
            formats=tuple(_format(values) for values in head["formats"]),
            taught=frozenset(head["taught"]),
            lexicon=Lexicon(**{name: frozenset(words) for name, words in head["lexicon"].items()}),
            _parts=parts,
        )
        return pack

    def _entries(self, part: str) -> Iterator[Any]:
        """Read a part entry by entry: in one piece it would keep every other thread waiting until it is read."""
        return map(json.loads, self._parts[part].splitlines())

    @cached_property
    def questions(self) -> tuple[Question, ...]:
        """As of any pack."""
        return tuple(_questions(self._entries("questions")))

    @cached_property
    def statements(self) -> tuple[Statement, ...]:
        """As of any pack."""
        entries = self._entries("statements")
        return tuple(Statement(text, stance, MappingProxyType(gold)) for text, stance, gold in entries)

    @cached_property
    def dialogues(self) -> tuple[Dialogue, ...]:
        """As of any pack."""
        return tuple(_dialogue(*values) for values in self._entries("dialogues"))

    @cached_property
    def turns(self) -> tuple[Turn, ...]:
        """As of any pack."""
        return tuple(Turn(*values) for values in self._entries("turns"))

    @cached_property
    def glossary(self) -> tuple[Term, ...]:
        """As of any pack."""
        return tuple(Term(term, means, tuple(forms)) for term, means, forms in self._entries("glossary"))

    @cached_property
    def prompts(self) -> tuple[PromptFrame, ...]:
        """As of any pack."""
        return tuple(_prompt(*values) for values in self._entries("prompts"))

    def __eq__(self, other: object) -> bool:
        """Tell whether the other pack, kept or not, says the same."""
        if not isinstance(other, Pack):
            return NotImplemented
        return all(getattr(self, field.name) == getattr(other, field.name) for field in fields(Pack))

    __hash__ = Pack.__hash__


def _head(pack: Pack) -> dict[str, Any]:
    """Give what answering needs of a pack, in the order in which each thing's own fields stand."""
    return {
        "id": pack.id,
        "title": pack.title,
        "motion": pack.motion,
        "sha256": pack.sha256,
        "sides": [astuple(side) for side in pack.sides],
        "topics": [astuple(topic) for topic in pack.topics],
        "articles": [astuple(article) for article in pack.articles],
        "passages": [astuple(passage) for passage in pack.passages],
        "parallels": [astuple(parallel) for parallel in pack.parallels],
        "formats": [astuple(form) for form in pack.formats],
        "taught": sorted(pack.taught),
        "lexicon": {name: sorted(words) for name, words in asdict(pack.lexicon).items()},
    }


def _written(part: Any) -> bytes:  # noqa: ANN401 - whatever of a pack JSON can hold
    """Write something on one line."""
    return json.dumps(part, default=_value_of).encode()


def _value_of(member: Enum) -> str:
    """Give what JSON has for a mode, or a word of a format: the one kind of thing in a pack that it does not know."""
    return str(member.value)


def _side(values: list[Any]) -> Side:
    identity, name, short_name, emoji, colour, aliases = values
    return Side(identity, name, short_name, emoji, colour, tuple(aliases))


def _passage(values: list[Any]) -> Passage:
    identity, span, paragraph, text, voice, mode, speaker, cue, topics, point = values
    return Passage(identity, Span(*span), paragraph, text, voice, Mode(mode), speaker, cue, tuple(topics), point)


def _format(values: list[Any]) -> Format:
    identity, name, phases = values
    return Format(identity, name, tuple(_phase(*phase) for phase in phases))


def _phase(identity: str, name: str, speaks: str, minutes: int, allows: list[str]) -> Phase:
    return Phase(identity, name, Speaks(speaks), minutes, tuple(Allowed(allowed) for allowed in allows))


def _examples(pack: Pack) -> dict[str, list[Any]]:
    """Give the rest of a pack, part by part, with the questions of one intent together."""
    alike = groupby(pack.questions, key=lambda question: (question.intent, dict(question.gold)))
    return {
        "questions": [(*key, [(question.text, question.kind) for question in asked]) for key, asked in alike],
        "statements": [(statement.text, statement.stance, dict(statement.gold)) for statement in pack.statements],
        "dialogues": [
            (dialogue.id, [(turn.user, turn.act, turn.standalone, dict(turn.gold)) for turn in dialogue.turns])
            for dialogue in pack.dialogues
        ],
        "turns": [(turn.text, turn.wants) for turn in pack.turns],
        "glossary": [astuple(term) for term in pack.glossary],
        "prompts": [
            (frame.id, frame.topic, frame.question, dict(frame.gold), frame.evidence, frame.perspective, frame.personal)
            for frame in pack.prompts
        ],
    }


def _questions(written: Iterable[tuple[str, dict[str, int], list[tuple[str, str]]]]) -> Iterator[Question]:
    for intent, gold, asked in written:
        shared = MappingProxyType(gold)
        for text, kind in asked:
            yield Question(text, intent, kind, shared)


def _dialogue(identity: str, turns: list[tuple[str, str, str | None, dict[str, int]]]) -> Dialogue:
    return Dialogue(
        identity,
        tuple(DialogueTurn(user, act, standalone, MappingProxyType(gold)) for user, act, standalone, gold in turns),
    )


def _prompt(identity: str, topic: str, question: str, gold: dict[str, int], *follow_ups: list[str]) -> PromptFrame:
    evidence, perspective, personal = map(tuple, follow_ups)
    return PromptFrame(identity, topic, question, MappingProxyType(gold), evidence, perspective, personal)
