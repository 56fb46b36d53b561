"""Loading a pack: all of its files proven in one pass, or taken as they were kept when they were last proven."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from itertools import accumulate, groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, get_args, get_type_hints

from knowledge.codec import read_as, written
from knowledge.errors import PackError
from knowledge.model import Lexicon, Pack, Question
from knowledge.reading.formats import read_pack_formats
from knowledge.reading.frame import read_frame
from knowledge.reading.glossary import read_pack_glossary
from knowledge.reading.heldout import read_dialogues
from knowledge.reading.passages import read_marks
from knowledge.reading.prompts import read_pack_prompts
from knowledge.reading.questions import read_questions, read_turns, read_words
from knowledge.reading.statements import read_statements
from knowledge.reading.tables import Folder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from knowledge.errors import Problem


SHIPPED: Final = Path(__file__).parent / "packs" / "social-dilemma"
"""The folder of the pack that comes with the program."""


def load_pack(folder: Path | None = None, cache: Path | None = None) -> Pack:
    """Return a proven pack, the shipped one unless another folder is named. Raises PackError with every problem.

    An unchanged pack that was proven before is taken from the cache folder.
    """
    path = folder or SHIPPED
    kept = None if cache is None else kept_pack(path, cache)
    if kept is not None:
        return kept
    read = Folder(path)
    proven = _prove(read)
    if not isinstance(proven, Pack):
        raise PackError(path.name, proven)
    if cache is not None:
        keep_pack(path, cache, proven, read.files)
    return proven


def check_pack(folder: Path | None = None) -> tuple[Problem, ...]:
    """Return every problem of a pack, in order of file and line; none means that it loads."""
    proven = _prove(Folder(folder or SHIPPED))
    return () if isinstance(proven, Pack) else proven


def _prove(folder: Folder) -> Pack | tuple[Problem, ...]:
    if not folder.exists():
        return folder.problems
    frame = read_frame(folder)
    marks = read_marks(folder, frame)
    questions = read_questions(folder, marks.ids)
    statements = read_statements(folder, frame, marks)
    dialogues = read_dialogues(folder, marks.ids)
    turns = read_turns(folder)
    wording = read_words(folder)
    formats = read_pack_formats(folder)
    glossary = read_pack_glossary(folder, marks.passages)
    prompts = read_pack_prompts(folder, frame, marks)
    if frame is None or folder.problems:
        return folder.problems
    return Pack(
        id=frame.id,
        title=frame.title,
        motion=frame.motion,
        sha256=folder.sha256,
        sides=frame.sides,
        topics=frame.topics,
        articles=frame.texts,
        passages=marks.passages,
        parallels=marks.parallels,
        questions=questions,
        statements=statements,
        dialogues=dialogues,
        turns=turns,
        wording=wording,
        formats=formats,
        glossary=glossary,
        prompts=prompts,
    )


FOLDER: Final = "proven_packs"
"""The folder among those of the indexes; no pack's id holds an underscore."""

_KINDS: Final = get_type_hints(Pack) | {"taught": frozenset[str], "lexicon": Lexicon}
_EXAMPLES: Final = ("questions", "statements", "dialogues", "turns", "glossary", "prompts")
"""Nearly all of a pack, of which most answers need nothing."""
_HEAD: Final = tuple(name for name in _KINDS if name not in _EXAMPLES)


def kept_pack(folder: Path, cache: Path) -> Pack | None:
    """Return the pack in a folder as it was kept in a cache folder; None when it must be read and proven."""
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
    return _KeptPack.of(values["head"], {name: examples[start:end] for name, start, end in parts})


def keep_pack(folder: Path, cache: Path, pack: Pack, files: Mapping[str, bytes | None]) -> None:
    """Keep a proven pack, unless the cache cannot be written.

    `files` are the contents of all that it was read from, None for what is missing.
    """
    hashes = {name: None if content is None else hashlib.sha256(content).hexdigest() for name, content in files.items()}
    parts = {name: b"\n".join(map(_line, entries)) for name, entries in _examples(pack).items()}
    lengths = {name: len(part) for name, part in parts.items()}
    head = {name: getattr(pack, name) for name in _HEAD}
    body = b"\n".join((_line({"head": head, "files": hashes, "lengths": lengths}), b"".join(parts.values())))
    place = _place(folder, cache)
    with contextlib.suppress(OSError):
        place.parent.mkdir(parents=True, exist_ok=True)
        # Beside its place, as another process may be reading. Two write the same; otherwise the checksum fails.
        fresh = place.with_suffix(".new")
        fresh.write_bytes(_checksum(body) + b"\n" + body)
        fresh.replace(place)


def _place(folder: Path, cache: Path) -> Path:
    return cache / FOLDER / f"{hashlib.sha256(os.fsencode(folder.absolute())).hexdigest()[:16]}.json"


def _checksum(body: bytes) -> bytes:
    """Hash what is kept, and this package with its defaults: another version may read something else."""
    digest = hashlib.sha256()
    package = Path(__file__).parent
    for source in (*sorted(package.rglob("*.py")), *sorted((package / "defaults").glob("*.toml"))):
        digest.update(source.read_bytes())
    digest.update(body)
    return digest.hexdigest().encode()


def _sha256_of(path: Path) -> str | None:
    """Return a file's hash, None when it is missing, "" when it cannot be read."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except FileNotFoundError:
        return None
    except OSError:
        return ""


@dataclass(frozen=True, slots=True)
class _Alike:
    """Questions of one intent, each a text and its kind."""

    intent: str
    gold: Mapping[str, int]
    asked: tuple[tuple[str, str], ...]


def _examples(pack: Pack) -> dict[str, tuple[Any, ...]]:
    alike = groupby(pack.questions, key=lambda question: (question.intent, question.gold))
    shared = (_Alike(*key, tuple((question.text, question.kind) for question in asked)) for key, asked in alike)
    return {name: getattr(pack, name) for name in _EXAMPLES} | {"questions": tuple(shared)}


def _line(part: Any) -> bytes:  # noqa: ANN401 - whatever a pack is made of
    return json.dumps(written(part)).encode()


def _kept(name: str) -> Any:  # noqa: ANN401 - stands for a field of Pack
    """Return the property of a kept pack that reads one part of its examples."""

    def read(pack: _KeptPack) -> tuple[Any, ...]:
        (kind, _) = get_args(_KINDS[name])
        return tuple(pack.entries(name, kind))

    return cached_property(read)


class _KeptPack(Pack):
    """A pack that was kept. Its examples are read at need."""

    _parts: Mapping[str, bytes]

    @classmethod
    def of(cls, head: Mapping[str, Any], parts: Mapping[str, bytes]) -> _KeptPack:
        """Return the pack of what was kept of `_HEAD`, and of each part of `_examples`, an entry a line."""
        pack = cls.__new__(cls)
        # The fields of the examples stay unset, for the properties below to set.
        vars(pack).update({name: read_as(_KINDS[name], head[name], name) for name in _HEAD}, _parts=parts)
        return pack

    def entries(self, part: str, kind: type[Any]) -> Iterator[Any]:
        """Read a part entry by entry: in one piece it would hold up every other thread."""
        return (read_as(kind, json.loads(line), part) for line in self._parts[part].decode("ascii").split("\n") if line)

    statements = _kept("statements")
    dialogues = _kept("dialogues")
    turns = _kept("turns")
    glossary = _kept("glossary")
    prompts = _kept("prompts")

    @cached_property
    def questions(self) -> tuple[Question, ...]:
        """The example questions."""
        alike = self.entries("questions", _Alike)
        return tuple(Question(text, own.intent, kind, own.gold) for own in alike for text, kind in own.asked)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Pack):
            return NotImplemented
        return all(getattr(self, field.name) == getattr(other, field.name) for field in fields(Pack))

    __hash__ = Pack.__hash__
