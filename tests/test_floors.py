"""Imports point downwards only, and a few libraries have one importer each."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

# The longest prefix that fits a module is its floor.
FLOORS = {
    "knowledge": 0,
    "embeddings": 1,
    "bot.core": 2,
    "bot.store": 3,
    "bot.config": 4,
    "bot.secret": 4,
    "bot.logs": 4,
    "bot.services": 4,
    "bot.discord_adapter": 5,
    "bot.terminal": 6,
    "bot.app": 6,
    "bot.opening": 6,
    "bot.building": 6,
    "bot.cli": 6,
    "bot.__main__": 6,
    "bot": 0,  # the package itself: a docstring
}

# What a generator that was handed in, by the name of `random`, may be asked for.
DRAWING = {"random.sample", "random.random()"}

# Who alone may import what.
SOLE_IMPORTERS = {
    "faiss": ("embeddings.",),
    "sentence_transformers": ("embeddings.",),
    "sqlite_utils": ("bot.store.", "embeddings.lexical"),
    "discord": ("bot.discord_adapter.",),
}

SOURCES = sorted(path for folder in ("knowledge", "embeddings", "bot") for path in (ROOT / folder).rglob("*.py"))


def module_of(path: Path) -> str:
    """Name the module that a file holds."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def floor_of(module: str) -> int:
    """Find the floor of a module of this project."""
    fitting = [name for name in FLOORS if module == name or module.startswith(name + ".")]
    assert fitting, f"{module} stands on no floor: put it on one, here and in README.md"
    return FLOORS[max(fitting, key=len)]


def imports_of(path: Path) -> set[str]:
    """List what a file imports, wherever in it the import stands."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: import by full name"
            assert node.module is not None
            found.add(node.module)
            found.update(f"{node.module}.{alias.name}" for alias in node.names)
    return found


@pytest.mark.parametrize("path", SOURCES, ids=module_of)
def test_imports_point_downwards(path: Path) -> None:
    """No module imports one from a higher floor."""
    module = module_of(path)
    ours = {name for name in imports_of(path) if name.split(".")[0] in {"knowledge", "embeddings", "bot"}}
    assert {name for name in ours if floor_of(name) > floor_of(module)} == set()


@pytest.mark.parametrize("path", SOURCES, ids=module_of)
def test_libraries_have_their_one_importer(path: Path) -> None:
    """Vectors, SQL and Discord are each known in one place."""
    module = module_of(path)
    for library, importers in SOLE_IMPORTERS.items():
        if any(name.split(".")[0] == library for name in imports_of(path)):
            assert module.startswith(importers), f"{module} may not import {library}"


@pytest.mark.parametrize("path", [path for path in SOURCES if module_of(path).startswith("knowledge")], ids=module_of)
def test_knowledge_needs_the_standard_library_only(path: Path) -> None:
    """Packs can be read and proven where nothing is installed."""
    import sys  # noqa: PLC0415 - read where it is used, beside the list that it gives

    tops = {name.split(".")[0] for name in imports_of(path)}
    assert tops - sys.stdlib_module_names - {"knowledge"} == set()


@pytest.mark.parametrize("path", [path for path in SOURCES if module_of(path).startswith("bot.core")], ids=module_of)
def test_core_is_pure(path: Path) -> None:
    """Deciding what to say needs no clock, no SQL, no threads, no await, no model and no Discord."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    tops = {name.split(".")[0] for name in imports_of(path)}
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
