"""Loading a pack: all of its files proven in one pass, or taken as they were kept when they were last proven."""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from itertools import accumulate, groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, get_args, get_type_hints

from knowledge.cache import check_private, least_used, make_private, mark_used, write_private
from knowledge.codec import read_as, written
from knowledge.errors import PackError
from knowledge.model import Lexicon, Pack, Question
from knowledge.reading.formats import read_pack_formats
from knowledge.reading.frame import FILE as FRAME
from knowledge.reading.frame import read_frame
from knowledge.reading.glossary import read_pack_glossary
from knowledge.reading.heldout import read_dialogues
from knowledge.reading.passages import read_marks
from knowledge.reading.prompts import read_pack_prompts
from knowledge.reading.questions import read_questions, read_turns, read_words
from knowledge.reading.sparrings import read_claims, read_moves, read_sparrings
from knowledge.reading.statements import read_statements
from knowledge.reading.tables import Folder

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from knowledge.errors import Problem
    from knowledge.reading.frame import Frame
    from knowledge.reading.passages import Marks


SHIPPED: Final = Path(__file__).parent / "packs" / "social-dilemma"
"""The folder of the pack that comes with the program."""


def is_shipped(folder: Path) -> bool:
    """Return whether a folder is that of a pack that comes with the program."""
    return folder.resolve().parent == SHIPPED.resolve().parent


def load_pack(
    folder: Path | None = None, cache: Path | None = None, say: Callable[[str], None] = lambda _line: None
) -> Pack:
    """Return a proven pack, the shipped one unless another folder is named. Raises PackError with every problem.

    What can be quoted is read and proven each time. The rest of an unchanged pack is taken from the cache folder, where
    it was proven before; `say` hears when that is damaged, and everything is proven again.
    """
    read = Folder(folder or SHIPPED)
    if cache is not None and (kept := kept_pack(read, cache, say)) is not None:
        return kept
    # Anew, as the problems found so far would count twice.
    read = Folder(read.path)
    proven = _prove(read)
    if not isinstance(proven, Pack):
        raise PackError(read.path.name, proven)
    if cache is not None:
        keep_pack(read, cache, proven)
    return proven


def folder_named(named: Path, folders: Iterable[Path | None]) -> Path:
    """Return the folder of a pack that is named by its path, or by its id: one of `folders`, or that we come with.

    Where there is none, that is the path.
    """
    return named if named.exists() else folder_of(str(named), (*folders, *shipped_folders())) or named


def shipped_folders() -> tuple[Path, ...]:
    """Return the folders of all packs that come with the program, sorted; each is called as its pack's id."""
    return tuple(sorted(path.parent for path in SHIPPED.parent.glob(f"*/{FRAME}")))


def folder_of(identity: str, folders: Iterable[Path | None]) -> Path | None:
    """Return which of `folders` (None: ours, which is looked into in any case) has the pack of this id, if any."""
    for folder in (*folders, None):
        root = Folder(folder or SHIPPED).toml(FRAME)
        if root is not None and root.values.get("id") == identity:
            return folder or SHIPPED
    return None


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
    claims = read_claims(folder, frame, marks)
    sparrings = read_sparrings(folder, frame, marks)
    moves = read_moves(folder)
    wording = read_words(folder)
    formats = read_pack_formats(folder)
    glossary = read_pack_glossary(folder, marks.passages)
    prompts = read_pack_prompts(folder, frame, marks)
    if frame is None or folder.problems:
        return folder.problems
    return Pack(
        **_quotable(frame, marks),
        sha256=folder.sha256,
        questions=questions,
        statements=statements,
        dialogues=dialogues,
        turns=turns,
        claims=claims,
        sparrings=sparrings,
        moves=moves,
        wording=wording,
        formats=formats,
        glossary=glossary,
        prompts=prompts,
    )


def _quotable(frame: Frame, marks: Marks) -> dict[str, Any]:
    """Return the parts of a pack that answers show."""
    return {
        "id": frame.id,
        "title": frame.title,
        "motion": frame.motion,
        "sides": frame.sides,
        "topics": frame.topics,
        "articles": frame.texts,
        "passages": marks.passages,
        "parallels": marks.parallels,
        "language": frame.language,
    }


FOLDER: Final = "proven_packs"
"""The folder among those of the indexes; no pack's id holds an underscore."""

_KINDS: Final = get_type_hints(Pack) | {"taught": frozenset[str], "lexicon": Lexicon}
_EXAMPLES: Final = (
    "questions",
    "statements",
    "dialogues",
    "turns",
    "claims",
    "sparrings",
    "moves",
    "glossary",
    "prompts",
)
"""Nearly all of a pack, of which most answers need nothing."""
_HEAD: Final = ("wording", "formats", "taught", "lexicon")
"""What is kept of the rest. Nothing that can be quoted is: it is read from the pack's own files each time."""
_TABLES: Final = tuple(f"{name}.toml" for name in (*_EXAMPLES, "words", "formats"))
"""The files that the kept parts were read from."""


def kept_pack(read: Folder, cache: Path, say: Callable[[str], None] = lambda _line: None) -> Pack | None:
    """Return the pack in a folder, with its examples as they were kept in a cache folder; None when none were.

    Raises UserError for a cache folder that others can write.
    """
    frame = read_frame(read) if read.exists() else None
    marks = read_marks(read, frame)
    if frame is None or read.problems:
        return None
    place = _place(read, cache)
    check_private(cache, place.parent, place)
    try:
        written = place.read_bytes()
    except OSError:
        return None
    try:
        pack = _KeptPack.of(read.path, _quotable(frame, marks), written)
    except Exception:  # noqa: BLE001 - whatever is wrong with it, it can be made anew
        say("proving the pack again: what was kept of it is damaged")
        return None
    mark_used(place)
    return pack


def keep_pack(read: Folder, cache: Path, pack: Pack) -> None:
    """Keep the examples of a proven pack, unless the cache cannot be written."""
    parts = {name: b"\n".join(map(_line, entries)) for name, entries in _examples(pack).items()}
    lengths = {name: len(part) for name, part in parts.items()}
    head = {name: getattr(pack, name) for name in _HEAD}
    body = b"\n".join((_line({"head": head, "sha256": pack.sha256, "lengths": lengths}), b"".join(parts.values())))
    place = _place(read, cache)
    with contextlib.suppress(OSError):
        make_private(place.parent)
        write_private(place, _sha256(body) + b"\n" + body)
        for other in least_used(place.parent.iterdir()):
            other.unlink(missing_ok=True)


def _place(read: Folder, cache: Path) -> Path:
    """Return where the examples of a pack are kept; the name is the hash of all that they depend on.

    That is the pack's files, and this package with its defaults: another version may read something else.
    """
    digest = hashlib.sha256()
    package = Path(__file__).parent
    for source in (*sorted(package.rglob("*.py")), *sorted((package / "defaults").glob("*.toml"))):
        digest.update(source.read_bytes())
    for name in _TABLES:
        if name not in read.files:
            with contextlib.suppress(FileNotFoundError):
                read.content(name)
    for name, content in sorted(read.files.items()):
        digest.update(f"{name} {None if content is None else len(content)}\n".encode())
        digest.update(content or b"")
    return cache / FOLDER / f"{digest.hexdigest()[:32]}.json"


def _sha256(body: bytes) -> bytes:
    return hashlib.sha256(body).hexdigest().encode()


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
    return cached_property(lambda pack: pack.part(name))


class _KeptPack(Pack):
    """A pack of which only the examples were kept. They are read at need."""

    _folder: Path
    _parts: Mapping[str, bytes]

    @classmethod
    def of(cls, folder: Path, quotable: Mapping[str, Any], written: bytes) -> _KeptPack:
        """Return the pack of what its files say, and of what was kept. Raises anything when that is damaged."""
        checksum, _, body = written.partition(b"\n")
        if checksum != _sha256(body):
            raise ValueError("it is not what was written")
        first, _, examples = body.partition(b"\n")
        values = json.loads(first)
        ends = list(accumulate(values["lengths"][name] for name in _EXAMPLES))
        parts = zip(_EXAMPLES, [0, *ends], ends, strict=False)
        pack = cls.__new__(cls)
        # The fields of the examples stay unset, for the properties below to set.
        vars(pack).update(
            {name: read_as(_KINDS[name], values["head"][name], name) for name in _HEAD},
            sha256=read_as(str, values["sha256"], "sha256"),
            _folder=folder,
            _parts={name: examples[start:end] for name, start, end in parts},
            **quotable,
        )
        return pack

    def part(self, name: str) -> tuple[Any, ...]:
        """Read one part of the examples; out of the pack's own files where what was kept of it cannot be read."""
        (kind, _) = get_args(_KINDS[name])
        try:
            if name == "questions":
                alike = self._entries(name, _Alike)
                return tuple(Question(text, own.intent, kind, own.gold) for own in alike for text, kind in own.asked)
            return tuple(self._entries(name, kind))
        except Exception:  # noqa: BLE001 - as in `kept_pack`
            found: tuple[Any, ...] = getattr(load_pack(self._folder), name)
            return found

    def _entries(self, part: str, kind: type[Any]) -> Iterator[Any]:
        """Read a part entry by entry: in one piece it would hold up every other thread."""
        return (read_as(kind, json.loads(line), part) for line in self._parts[part].decode("ascii").split("\n") if line)

    questions = _kept("questions")
    statements = _kept("statements")
    dialogues = _kept("dialogues")
    turns = _kept("turns")
    claims = _kept("claims")
    sparrings = _kept("sparrings")
    moves = _kept("moves")
    glossary = _kept("glossary")
    prompts = _kept("prompts")

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Pack):
            return NotImplemented
        return all(getattr(self, field.name) == getattr(other, field.name) for field in fields(Pack))

    __hash__ = Pack.__hash__
