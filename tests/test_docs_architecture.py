"""docs/architecture.md says what the code does: every room, and every threshold with its value and its place."""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Mapping
from dataclasses import astuple
from datetime import timedelta
from pathlib import Path
from typing import Final

import numpy as np
import pytest

from bot.process.limits import Rate
from embeddings.learnt.ranker import KernelWeights
from tests.test_layout import RANKS

ROOT: Final = Path(__file__).parent.parent
PAGE: Final = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
PICTURE: Final = (ROOT / "docs" / "pictures" / "rooms.svg").read_text(encoding="utf-8")
ROWS: Final = re.findall(r"^\| .+ \| (.+) \| `([a-z_/]+)\.py` `(\w+)` \|$", PAGE, flags=re.MULTILINE)
SET: Final = {
    (module, name): getattr(importlib.import_module(module.replace("/", ".")), name, None) for _, module, name in ROWS
}
"""The thresholds as the program has them, read before any test sets one lower."""

DECIDING: Final = (
    "embeddings/learnt",
    "embeddings/retriever.py",
    "bot/quote/rules",
    "bot/answer/rules",
    "bot/debate/rules",
    "bot/lesson/rules",
    "bot/spar/rules",
    "bot/guild/rules",
    "bot/values/ballot.py",
    "bot/process/limits.py",
)
"""Where what people read is decided: every number that has a name there stands in the table."""

NO_THRESHOLDS: Final = frozenset(
    {
        # Arithmetic and memory: another value changes speed, or a last digit.
        ("bot/answer/rules", "_SUREST"),
        ("bot/process/limits.py", "_REMEMBERED"),
        ("bot/process/limits.py", "_SWEEP_AT"),
        ("embeddings/learnt", "JUST_READ"),
        ("embeddings/learnt", "_BLOCK"),
        ("embeddings/learnt", "_CONSTANT"),
        ("embeddings/learnt", "_DENSE"),
        ("embeddings/learnt", "_MOST_CHARACTERS"),
        ("embeddings/learnt", "_PLACES"),
        ("embeddings/learnt", "_QUESTIONS"),
        ("embeddings/learnt", "_REMEMBERED"),
        ("embeddings/learnt", "_SURE"),
        # The look of what is written, and forms of files and ids.
        ("bot/debate/rules", "_VERSION"),
        ("bot/lesson/rules", "_CODE_BYTES"),
        ("bot/lesson/rules", "_DAYS_AHEAD"),
        ("bot/lesson/rules", "_LONG"),
        ("bot/lesson/rules", "_VERY_LONG"),
        ("bot/lesson/rules", "_WORDS_A_SLIDE"),
    }
)
"""Named numbers of those rooms that decide nothing."""


def shown(value: object) -> str:
    """Write a value as the table does."""
    match value:
        case Rate():
            text = f"{value.burst}, then one every {value.every_s:g} s"
        case timedelta():
            unit_s = next(unit_s for unit_s in (86_400, 3600, 60) if value.total_seconds() % unit_s == 0)
            text = f"{value.total_seconds() / unit_s:g}"
        case np.ndarray():
            text = f"{value.min():g} to {value.max():g}"
        case Mapping():
            text = ", ".join(f"{key} {shown(each)}" for key, each in value.items())
        case tuple():
            text = ", ".join(map(shown, value))
        case int() | float():
            text = f"{value:,}" if isinstance(value, int) else f"{value:.7g}"
        case KernelWeights():
            text = shown(astuple(value))
        case _:
            raise AssertionError(f"the table has no way to write {value!r}")
    return text


@pytest.mark.parametrize(("value", "module", "name"), ROWS, ids=[f"{module} {name}" for _, module, name in ROWS])
def test_thresholds_are_what_the_table_says(value: str, module: str, name: str) -> None:
    """Each is set where the table says, to that value."""
    assert value == shown(SET[module, name])


def test_no_threshold_is_missing_from_the_table() -> None:
    """Every named number of the rooms that decide is there, once."""
    listed = [(module, name) for _, module, name in ROWS]
    assert len(listed) == len(set(listed))
    missing = {
        (room, node.target.id)
        for room in DECIDING
        for path in ([ROOT / room] if room.endswith(".py") else sorted((ROOT / room).rglob("*.py")))
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)
        if isinstance(node.value, ast.Constant) and isinstance(node.value.value, int | float)
        if (path.relative_to(ROOT).with_suffix("").as_posix(), node.target.id) not in listed
    }
    assert missing - NO_THRESHOLDS == set()


def test_the_picture_has_every_room_in_its_order() -> None:
    """From the program down to the packs, as the ranks are; beside each other only where neither is above."""
    drawn = re.findall(r'class="name" x="\d+" y="(\d+)">(\w+)<', PICTURE)
    rank = {room.removeprefix("bot."): number for number, rooms in enumerate(RANKS) for room in rooms}
    assert {name for _, name in drawn} == rank.keys() - {"opening", "__main__"}
    heights = [(int(y), rank[name]) for y, name in drawn]
    assert heights == sorted(heights, key=lambda one: (one[0], -one[1]))
    assert [number for _, number in heights] == sorted((number for _, number in heights), reverse=True)


def test_every_room_has_its_line() -> None:
    """With its folder."""
    rooms = {room.replace(".", "/") for rooms in RANKS for room in rooms}
    folders = {f"`{room}/`" for room in rooms if (ROOT / room).is_dir()}
    assert {folder for folder in folders if f"\n| {folder} |" not in PAGE} == set()
