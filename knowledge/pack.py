"""Loading a pack: all of its files proven in one pass, whole or not at all."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from knowledge.errors import PackError
from knowledge.model import Pack
from knowledge.proven import keep_pack, kept_pack
from knowledge.reading.formats import read_pack_formats
from knowledge.reading.frame import read_frame
from knowledge.reading.glossary import read_pack_glossary
from knowledge.reading.heldout import read_dialogues
from knowledge.reading.passages import read_marks
from knowledge.reading.prompts import read_pack_prompts
from knowledge.reading.questions import read_questions
from knowledge.reading.statements import read_statements
from knowledge.reading.tables import Folder
from knowledge.reading.talk import read_turns, read_words

if TYPE_CHECKING:
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
