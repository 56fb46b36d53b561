"""The house: ranks, doors, pure rules, sole importers, and whose a table is.

`docs/architecture.md` says why. Imports that only the type checker reads count like all others.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

import pytest

from bot.features import ALL
from bot.log.log import OWN_TABLES

ROOT: Final = Path(__file__).parent.parent

RANKS: Final = (
    ("knowledge",),
    ("embeddings",),
    ("bot.values",),
    ("bot.config",),
    ("bot.process",),
    ("bot.log", "bot.screen", "bot.wire"),
    ("bot.quote", "bot.guild", "bot.fleet"),
    ("bot.answer",),
    ("bot.debate", "bot.lesson", "bot.spar", "bot.authoring"),
    ("bot.review", "bot.privacy"),
    ("bot.features",),
    ("bot.app", "bot.opening"),
    ("bot.admin", "bot.lab"),
    ("bot.cli", "bot.__main__"),
)
"""From the ground up: a room imports from rooms before its own, never from one beside it."""

ONE_ROOM: Final = frozenset({"bot.app", "bot.opening", "bot.cli", "bot.__main__"})
"""Modules of one rank that are one room: the composition root, and the program."""

DOORS: Final = {"rules": 0, "store": 1, "service": 2, "cog": 3, "terminal": 3}
PLUMBING: Final = {
    "bot.values": "rules",
    "bot.config": "rules",
    "bot.log": "store",
    "bot.process": "service",
    "bot.wire": "cog",
    "bot.screen": "terminal",
}
"""The door that each room of plumbing counts as."""

FEATURES: Final = ("quote", "guild", "fleet", "answer", "debate", "lesson", "spar", "review", "privacy")

SOLE_IMPORTERS: Final = {
    "faiss": r"embeddings\.",
    "sentence_transformers": r"embeddings\.",
    "sqlite_utils": r"bot\.log\.(opening|steps\.\w+)$|embeddings\.index\.lexical$",
    "psycopg": r"bot\.log\.engines\.",
    "psycopg_pool": r"bot\.log\.engines\.",
    "discord": r"bot\.wire\.|bot\.\w+\.cog\.",
    "typer": r"bot\.screen\.|bot\.\w+\.terminal\.|bot\.admin\.|bot\.lab\.|bot\.cli$",
}

LARGEST_ROOM: Final = 16
"""Modules in one folder, at most."""

PLUMBING_WORDS: Final = re.compile(r"debate|lesson|quiz|ballot", re.IGNORECASE)
"""Words of features, which plumbing must not know."""

DRAWING: Final = {"random.sample", "random.random()"}
"""What a generator that was handed in, by the name of `random`, may be asked for."""


class Module(NamedTuple):
    """A module of ours: its full name, and its file."""

    name: str
    path: Path

    @property
    def empty(self) -> bool:
        """Tell whether nothing but a docstring stands in it."""
        return all(isinstance(node, ast.Expr) for node in tree_of(self.path).body)


@cache
def tree_of(path: Path) -> ast.Module:
    """Parse a file."""
    return ast.parse(path.read_text(encoding="utf-8"))


def name_of(path: Path) -> str:
    """Name the module that a file holds."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES: Final = {
    name_of(path): Module(name_of(path), path)
    for folder in ("knowledge", "embeddings", "bot")
    for path in sorted((ROOT / folder).rglob("*.py"))
}


@cache
def imports_of(path: Path) -> frozenset[str]:
    """List what a file imports, wherever in it the import stands: modules of ours, and names of others."""
    found: set[str] = set()
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: import by full name"
            assert node.module is not None
            for alias in node.names:
                full = f"{node.module}.{alias.name}"
                found.add(full if full in MODULES else node.module)
    return frozenset(found)


def rank_of(module: str) -> tuple[int, str]:
    """Find the rank of a module of this project, and the room that has it."""
    for rank, rooms in enumerate(RANKS):
        for room in rooms:
            if module == room or module.startswith(room + "."):
                return rank, room
    assert module == "bot", f"{module} stands in no room: give it one, here and in docs/architecture.md"
    return 0, module


def door_of(module: str) -> str | None:
    """Find the door of a module; None below the rooms, above them, and for a feature's front door."""
    _, room = rank_of(module)
    if room in PLUMBING:
        return PLUMBING[room]
    parts = module.split(".")
    if parts[0] == "bot" and len(parts) > 2 and parts[1] in FEATURES and parts[2] in DOORS:
        return parts[2]
    return None


def arrows() -> list[tuple[str, str]]:
    """List which module of ours imports which."""
    return sorted(
        (module.name, target)
        for module in MODULES.values()
        for target in imports_of(module.path)
        if target in MODULES and target != module.name
    )


def breaks_rank(module: str, target: str) -> bool:
    """Tell whether an import points up, or beside."""
    (rank, room), (other_rank, other) = rank_of(module), rank_of(target)
    if room == other or ({room, other} <= ONE_ROOM and rank == other_rank):
        return False
    return other_rank >= rank


def breaks_door(module: str, target: str) -> bool:
    """Tell whether an import goes through a door that is not open to its module."""
    door, other = door_of(module), door_of(target)
    if door is None or other is None:
        return False
    return DOORS[other] > DOORS[door] or (DOORS[other] == DOORS[door] and door != other)


def test_imports_keep_rank_and_door() -> None:
    """Nothing imports from above, from beside, or past a door."""
    assert [arrow for arrow in arrows() if breaks_rank(*arrow) or breaks_door(*arrow)] == []


def test_rooms_hold_few_modules() -> None:
    """A room that grows past sixteen modules is two rooms."""
    sizes: dict[str, int] = {}
    for module in MODULES.values():
        if not module.empty:
            folder = module.path.parent.relative_to(ROOT).as_posix()
            sizes[folder] = sizes.get(folder, 0) + 1
    assert {folder: size for folder, size in sizes.items() if size > LARGEST_ROOM} == {}


def test_modules_do_not_import_in_circles() -> None:
    """No module can be reached from itself, by typing imports either."""
    targets: dict[str, set[str]] = {}
    for module, target in arrows():
        targets.setdefault(module, set()).add(target)

    def returns(module: str) -> bool:
        seen: set[str] = set()
        ahead = set(targets.get(module, ()))
        while ahead:
            seen |= ahead
            ahead = {further for each in ahead for further in targets.get(each, ())} - seen
        return module in seen

    assert {module for module in targets if returns(module)} == set()


def test_features_are_shaped_alike() -> None:
    """A feature holds its doors and its front door, and packages of plumbing-free doors import nothing."""
    for feature in FEATURES:
        found = {path.name for path in (ROOT / "bot" / feature).iterdir()} - {"__pycache__"}
        assert found <= {"rules", "store", "service", "cog", "terminal", "feature.py", "__init__.py"}, feature
        for path in (ROOT / "bot" / feature).rglob("__init__.py"):
            assert MODULES[name_of(path)].empty, f"{path}: one import there loads all"


@pytest.mark.parametrize("module", [m for m in MODULES.values() if door_of(m.name) is not None], ids=lambda m: m.name)
def test_plumbing_knows_no_feature(module: Module) -> None:
    """No identifier of log, process, screen or wire speaks of a debate, a lesson, a quiz or a ballot."""
    if rank_of(module.name)[1] not in {"bot.log", "bot.process", "bot.screen", "bot.wire"} or ".steps" in module.name:
        return
    named = {
        name
        for node in ast.walk(tree_of(module.path))
        for name in (getattr(node, "id", None), getattr(node, "name", None), getattr(node, "attr", None))
        if isinstance(name, str) and PLUMBING_WORDS.search(name)
    }
    assert named == set()


@pytest.mark.parametrize("library", SOLE_IMPORTERS)
def test_libraries_have_few_importers(library: str) -> None:
    """Vectors, SQL, Discord and the command line are each known in few places."""
    importers = [m.name for m in MODULES.values() if any(name.split(".")[0] == library for name in imports_of(m.path))]
    assert importers
    assert {name for name in importers if not re.match(SOLE_IMPORTERS[library], name)} == set()


def test_each_table_is_named_by_its_owner() -> None:
    """No SQL reaches into the rows of another feature."""
    rooms = {table.name: [f"bot.{feature.name}.store"] for feature in ALL for table in feature.tables()}
    # Conversations are the log's own: its promises, about a turn that waits and one that is deleted, hang on them. What
    # was asked is for answers to read.
    rooms |= {table.name: ["bot.log", "bot.answer.store"] for table in OWN_TABLES}
    named = re.compile(rf"\b(?:FROM|INTO|JOIN|UPDATE)\s+({'|'.join(rooms)})\b")
    trespassers = {
        (module.name, table)
        for module in MODULES.values()
        if not module.name.startswith("bot.log.steps")
        for node in ast.walk(tree_of(module.path))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        for table in named.findall(node.value)
        if not module.name.startswith(tuple(rooms[table]))
    }
    assert trespassers == set()


def test_knowledge_needs_the_standard_library_only() -> None:
    """Packs can be read and proven where nothing is installed."""
    for module in MODULES.values():
        if module.name.startswith("knowledge"):
            tops = {name.split(".")[0] for name in imports_of(module.path)}
            assert tops - sys.stdlib_module_names - {"knowledge"} == set(), module.name


RULES: Final = [m for m in MODULES.values() if ".rules" in m.name or m.name.startswith("bot.values")]


@pytest.mark.parametrize("module", RULES, ids=lambda m: m.name)
def test_rules_are_pure(module: Module) -> None:
    """Deciding needs no clock, no SQL, no threads, no await, no model and no Discord."""
    tree = tree_of(module.path)
    tops = {name.split(".")[0] for name in imports_of(module.path)}
    assert tops & {"asyncio", "sqlite3", "threading", "time", "torch", "os", "pathlib"} == set()
    # Dates may be reckoned with, and a draw made from a number that is handed in: but nothing here looks at a clock, or
    # draws what cannot be drawn again.
    called = {
        f"{node.func.value.id}.{node.func.attr}" + ("()" if not node.args else "")
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id in {"datetime", "date", "random"}
    }
    assert called <= {"datetime.combine", "datetime.fromisoformat", "date.fromisoformat", "random.Random"} | DRAWING
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.Await | ast.AsyncFunctionDef)]


def test_rules_load_no_heavy_library() -> None:
    """All rules in one fresh process, without Discord, sqlite-utils, torch or matplotlib."""
    code = "\n".join(f"import {module.name}" for module in RULES) + "\nimport sys\nprint(*sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert set(ran.stdout.split()) & {"discord", "sqlite_utils", "torch", "matplotlib"} == set()


SUBJECT: Final = re.compile(
    r"(?<!\w)(?:facebook|fb|film|movie|netflix|documentary|advert\w*|ads|algorithms?|instagram)(?!\w)"
)
"""Words of the controversy that the program comes with."""

EXAMPLES: Final = frozenset({'{"id": "q1", "question": "does fb sell my data"}'})
"""What a message gives as an example of a question."""


@pytest.mark.parametrize(
    "module",
    [m for m in MODULES.values() if m.name.startswith(("knowledge", "embeddings")) or ".rules" in m.name],
    ids=lambda m: m.name,
)
def test_no_code_knows_the_controversy(module: Module) -> None:
    """What it is about, how people write of it, and whom they mean stands in its pack."""
    tree = tree_of(module.path)
    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    texts = {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings
    }
    assert {text for text in texts - EXAMPLES if SUBJECT.search(text.lower())} == set()
