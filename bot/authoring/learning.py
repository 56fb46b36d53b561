"""Accepted examples go into questions.toml and statements.toml, the others into drafts.jsonl: all, or nothing."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bot.authoring.example_answers import TEXT, key_of
from bot.authoring.example_prompt import CLAIM, PASSAGES, SIDE
from bot.authoring.folder import changing, check_sound, move_into, pairs, table
from bot.authoring.naming import unused
from knowledge.reading.questions import FILE as QUESTIONS
from knowledge.reading.statements import FILE as STATEMENTS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.authoring.example_answers import Example, Refused
    from knowledge.model import Pack

DRAFTS: Final = "drafts.jsonl"

HEAD: Final = """\
# How people ask, grouped by what is asked, with the passages that answer.
#
# Each [[intent]] is a group of questions with one list of passages:
#   best     passages that answer it directly · acceptable: still on the point; both empty: nobody answers it
#   ask      the questions by how they are asked: plain, short, slang and others
"""
_STATEMENTS_HEAD: Final = """\
# What people claim, grouped by what is right about it, with the passages that reply.
#
# Each [[statement]] is a group of claims with one stance and one list of passages:
#   stance   the side that they are closest to: its id, or "" for neither
#   best     another side's passages that speak against them · acceptable: still a fair reply; or neither
"""
_LINE: Final = ', "line": '
_SHORT: Final = 3
"""Words of a short question."""


def learn(folder: Path, pack: Pack, examples: Sequence[Example], refused: Sequence[Refused]) -> None:
    """Add examples to a pack, and keep what was refused, with the reasons, as drafts. Raises UserError.

    What stands in the files stays, byte for byte. Nothing is changed unless the pack is sound then.
    """
    with changing(folder, folder, "make room or see to its rights") as fresh:
        if questions := [each for each in examples if each.stance is None]:
            _append(fresh / QUESTIONS, "".join(f"\n{each}" for each in intents(pack, questions)), HEAD)
        if claims := [each for each in examples if each.stance is not None]:
            _append(fresh / STATEMENTS, "".join(f"\n{each}" for each in _statements(claims)), _STATEMENTS_HEAD)
        if drafts := _drafts(refused, fresh / DRAFTS):
            _append(fresh / DRAFTS, drafts)
        check_sound(fresh, pack.id)
        move_into(folder, fresh, (DRAFTS, STATEMENTS, QUESTIONS))


def intents(pack: Pack, examples: Sequence[Example]) -> Iterator[str]:
    """Yield a table for each list of passages, and one for each question that none answers: those share no meaning."""
    groups: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for example in examples:
        groups[tuple(sorted(example.passages)) or ("", example.text)].append(example.text)
    taken = {question.intent for question in pack.questions}
    for key, questions in groups.items():
        passages = tuple(filter(None, key)) if key[0] else ()
        identity = unused(f"learnt-{passages[0]}" if passages else "learnt-none", taken, "")
        taken.add(identity)
        about = f"answered by {', '.join(passages)}" if passages else "unanswerable"
        kinds: dict[str, tuple[str, ...]] = {}
        for question in questions:
            kind = _kind(question)
            kinds[kind] = (*kinds.get(kind, ()), question)
        facts = {"id": identity, "about": about, "best": passages, "acceptable": ()}
        yield f"{table('intent', facts)}[intent.ask]\n{pairs(kinds)}"


def _statements(claims: Sequence[Example]) -> Iterator[str]:
    """Yield a table for each stance and list of passages."""
    groups: dict[tuple[str | None, tuple[str, ...]], list[str]] = defaultdict(list)
    for claim in claims:
        groups[claim.stance, tuple(sorted(claim.passages))].append(claim.text)
    for (stance, passages), texts in groups.items():
        yield table("statement", {"stance": stance, "best": passages, "acceptable": (), "texts": tuple(texts)})


def _kind(question: str) -> str:
    """Return how a question is asked; words of a plain one count as spelt rightly."""
    if len(question.split()) <= _SHORT:
        return "short"
    return "plain" if question[0].isupper() and question.endswith("?") else "slang"


def _drafts(refused: Sequence[Refused], path: Path) -> str:
    """Return lines about refused answers that are no drafts yet; mended, they are answers that can be read again."""
    before = path.read_text(encoding="utf-8", errors="replace").splitlines() if path.exists() else []
    kept = {line.partition(_LINE)[0] for line in before}
    lines = []
    for each in refused:
        values, key = each.answer.values or {}, key_of(each.answer)
        keys = (key, SIDE, PASSAGES) if key == CLAIM else (key, PASSAGES)
        facts = {name: values.get(name) for name in keys} if key in values else {TEXT: each.answer.text}
        line = json.dumps({**facts, "line": each.answer.line, "reason": each.reason}, ensure_ascii=False)
        # Half a character, which JSON can hold, stays the escape that it was.
        line = line.encode(errors="backslashreplace").decode()
        if line.partition(_LINE)[0] not in kept:
            lines.append(f"{line}\n")
    return "".join(lines)


def _append(path: Path, text: str, head: str = "") -> None:
    before = path.read_bytes() if path.exists() else head.encode()
    if before and not before.endswith(b"\n"):
        before += b"\n"
    path.write_bytes(before + text.encode())
