"""The tests of what was changed since the last commit on main, for `make quick`: their paths, one a line.

The tree of the tests is that of the program: a module's tests lie in a file of its name, or else beside it.
"""

from __future__ import annotations

import subprocess
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

ROOT: Final = Path(__file__).parents[1]
ALWAYS: Final = ("tests/test_layout.py", "tests/test_imports.py")
"""A second or two, and what changes break most often."""


def chosen_for(changed: Iterable[str]) -> list[str]:
    """Return the tests of changed files, which are named from the project's folder, and those that always run."""
    found = set(ALWAYS)
    for name in changed:
        path = PurePosixPath(name)
        if path.suffix == ".md":
            found.update(_existing("tests/test_docs*.py"))
        elif path.name.startswith("test_"):
            found.update(_existing(name))
        elif path.suffix == ".py":
            parts = path.parts[1:-1] if path.parts[0] in {"bot", "tests"} else path.parts[:-1]
            folder = PurePosixPath("tests", *parts)
            found.update(_existing(f"{folder}/test_{path.stem}*.py") or _existing(f"{folder}/test_*.py"))
    return sorted(found)


def _existing(pattern: str) -> list[str]:
    return [path.relative_to(ROOT).as_posix() for path in ROOT.glob(pattern)]


def changed_files() -> list[str]:
    """Return the files that differ from main, those that git does not know yet among them."""
    base = _git("merge-base", "HEAD", "main")[0]
    return [*_git("diff", "--name-only", base), *_git("ls-files", "--others", "--exclude-standard")]


def _git(*arguments: str) -> list[str]:
    command = ["/usr/bin/env", "git", *arguments]
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.splitlines()


if __name__ == "__main__":
    print("\n".join(chosen_for(changed_files())))  # noqa: T201 - make reads it
