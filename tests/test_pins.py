"""Every distribution that an installation brings is pinned, and hashed for those who want it, without any address."""

from __future__ import annotations

import ast
import re
import tomllib
from importlib import metadata
from itertools import chain
from typing import TYPE_CHECKING

from packaging.requirements import Requirement

from tests.hashes import CONSTRAINTS, HASHES, ROOT, kept, normal, wanted

if TYPE_CHECKING:
    from collections.abc import Iterable

ACCELERATORS = re.compile(r"nvidia-|cuda-|triton$")
"""What torch's build for graphics cards brings; torch itself names the exact versions."""


def installed_for(requirements: Iterable[str]) -> dict[str, str]:
    """Return the versions by name of what is installed for requirements, and for what that requires in turn."""
    found: dict[str, str] = {}
    seen: set[tuple[str, str]] = set()
    left = [(Requirement(each), "") for each in requirements]
    while left:
        requirement, extra = left.pop()
        if requirement.marker is not None and not requirement.marker.evaluate({"extra": extra}):
            continue
        name = normal(requirement.name)
        if name not in {"dilemma-bot", "pip"}:  # whoever installs has a pip already
            found[name] = metadata.version(name).partition("+")[0]
        for wished in ("", *requirement.extras):
            if (name, wished) not in seen and name in found:
                seen.add((name, wished))
                left += [(Requirement(each), wished) for each in metadata.requires(name) or ()]
    return {name: version for name, version in found.items() if not ACCELERATORS.match(name)}


def pins() -> dict[str, str]:
    """Return the pinned versions by name."""
    lines = CONSTRAINTS.read_text(encoding="utf-8").splitlines()
    rows = (line.split("==") for line in lines if line and not line.startswith("#"))
    return {normal(name): version for name, version in rows}


def test_whatever_is_installed_is_pinned() -> None:
    """With what tests, documents, plots, packs and sheets to print need; torch needs setuptools, which nobody names."""
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    named = [each for extra in ("plots", "pdf", "pack", "docs", "dev") for each in extras[extra]]
    installed = installed_for([*wanted(), *named])
    assert "setuptools" in installed
    assert {name: version for name, version in installed.items() if pins().get(name) != version} == {}


def test_whatever_a_plain_installation_brings_is_hashed() -> None:
    """In the pinned versions; nothing in either file says where files come from."""
    hashed = dict(pin.split("==") for pin in kept())
    assert {name: version for name, version in installed_for(wanted()).items() if hashed.get(name) != version} == {}
    ours = {name: version for name, version in hashed.items() if name != "pip" and not ACCELERATORS.match(name)}
    assert {name: version for name, version in ours.items() if pins().get(name) != version} == {}
    assert all(hashes and all(re.fullmatch("[0-9a-f]{64}", each) for each in hashes) for hashes in kept().values())
    for path in (CONSTRAINTS, HASHES):
        assert not re.search(r"://|--(?:extra-)?index|--find-links|@ ", path.read_text(encoding="utf-8"))


def imported() -> set[str]:
    """Return the top names of all modules that anything here imports."""
    trees = (
        ast.parse(path.read_text(encoding="utf-8"))
        for folder in ("bot", "docs", "embeddings", "knowledge", "tests")
        for path in (ROOT / folder).rglob("*.py")
    )
    names: set[str] = set()
    for node in (node for tree in trees for node in ast.walk(tree)):
        if isinstance(node, ast.Import):
            names.update(each.name for each in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            names.add(node.module)
    return {name.partition(".")[0] for name in names}


def test_whatever_is_imported_is_named_as_a_requirement() -> None:
    """A distribution that another one happens to bring may be gone tomorrow; pydantic alone says which core it has."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    requirements = [*project["dependencies"], *chain(*project["optional-dependencies"].values())]
    named = {normal(Requirement(each).name) for each in requirements}
    brought_by = metadata.packages_distributions()
    brought = {name: set(map(normal, brought_by[name])) for name in imported() & brought_by.keys()}
    assert len(brought) > 30
    assert {name for name, by in brought.items() if named.isdisjoint(by)} == {"pydantic_core"}
