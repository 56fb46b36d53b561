"""What make does before the program runs, in a folder with a stand-in for its environment."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FILES = ("Makefile", "pyproject.toml", "constraints.txt")
OLD = """#!/bin/sh
exec python3 -c 'import sys; sys.version_info = (3, 9, 2); sys.version = "3.9.2"; exec(sys.argv[1])' "$2"
"""
WITHOUT_VENV = """#!/bin/sh
[ "$1 $2" = "-m venv" ] && { mkdir -p .venv/bin; exit 1; }
exec python3 "$@"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with the project's Makefile, set up so far that `dilemma` only repeats what it is asked."""
    for name in FILES:
        shutil.copy(ROOT / name, tmp_path)
    _script(tmp_path / ".venv" / "bin" / "dilemma", '#!/bin/sh\nprintf "%s|" "$@"\n')
    (tmp_path / ".venv" / ".installed").touch()
    return tmp_path


def _script(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)


def _make(folder: Path, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("DISCORD_", "MAKE"))}
    return subprocess.run(
        ["/usr/bin/env", "make", "--silent", *arguments],
        cwd=folder,
        env=kept | environ,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("question", ["Do I earn them $7.05?", "$(shell echo no) $$ 'so' \"they\" say"])
def test_question_arrives_as_it_was_typed(folder: Path, question: str) -> None:
    """Whether it stands behind make or in the environment."""
    assert _make(folder, "ask", f"Q={question}").stdout == f"ask|{question}|"
    assert _make(folder, "ask", Q=question).stdout == f"ask|{question}|"
    assert _make(folder, "ask").stdout == "ask|Who is to blame?|"


def test_what_python_compiles_is_kept(folder: Path) -> None:
    """Pip compiles nothing, so whoever lets Python keep nothing would wait at each start."""
    _script(folder / ".venv" / "bin" / "dilemma", '#!/bin/sh\necho "${PYTHONDONTWRITEBYTECODE-kept}"\n')
    assert _make(folder, "ask", PYTHONDONTWRITEBYTECODE="1").stdout == "kept\n"
    (folder / ".venv" / ".installed").unlink()
    _script(folder / ".venv" / "bin" / "python", '#!/bin/sh\necho "$@" >>asked\n')
    _make(folder, "ask", "TORCH=torch==2.13.0")
    torch, build = (folder / "asked").read_text(encoding="utf-8").splitlines()[1:]
    shared = "-m pip install --quiet --disable-pip-version-check --no-compile --constraint constraints.txt"
    assert (torch, build) == (f"{shared} torch==2.13.0", f"{shared} --editable .[build]")


def test_the_newest_pip_installs(folder: Path) -> None:
    """It is put there by the one that Python has, where that can."""
    (folder / ".venv" / ".installed").unlink()
    _script(folder / "outer", '#!/bin/sh\necho "$@" >>asked\n')
    _make(folder, "ask", "PYTHON=./outer", "PIP=true")
    environment, pip = (folder / "asked").read_text(encoding="utf-8").splitlines()[-2:]
    assert environment == "-m venv --clear --without-pip .venv"
    assert pip == "-m pip --python .venv/bin/python install --quiet --no-compile pip"


@pytest.mark.parametrize("target", ["token-check", "run"])
def test_missing_token_names_the_step(folder: Path, target: str) -> None:
    """Before anything is built; once the file is there, the program is called."""
    refused = _make(folder, target)
    assert refused.returncode != 0
    assert refused.stdout.startswith("there is no file token.txt: make it as in step 4 of docs/discord.md")
    (folder / "token.txt").touch()
    assert _make(folder, target).stdout.startswith("index|")
    assert _make(folder, target, "DISCORD_TOKEN=a.b.c").stdout.startswith("index|")


def test_old_python_is_told_in_one_line(folder: Path) -> None:
    (folder / ".venv" / ".installed").unlink()
    _script(folder / "old", OLD)
    refused = _make(folder, "ask", "PYTHON=./old")
    assert refused.returncode != 0
    first = refused.stderr.splitlines()[0]
    assert first.startswith(
        "dilemma needs Python 3.11 or newer, and ./old is 3.9.2: name a newer one, as in make ask PYTHON="
    )


def test_half_an_environment_is_made_anew(folder: Path) -> None:
    """Without Debian's python3-venv, the first try leaves a folder whose Python has no pip; nor is any fetched here."""
    (folder / ".venv" / ".installed").unlink()
    _script(folder / "bare", WITHOUT_VENV)
    refused = _make(folder, "ask", "PYTHON=./bare")
    assert refused.returncode != 0
    assert "install python3-venv, then run make again" in refused.stdout
    assert not (folder / ".venv").exists()
    (folder / ".venv" / "bin").mkdir(parents=True)
    _script(folder / ".venv" / "bin" / "python", "#!/bin/sh\nexit 1\n")
    _make(folder, "ask", "PIP=true", PIP_NO_INDEX="1", PIP_FIND_LINKS="")
    assert subprocess.run([folder / ".venv/bin/python", "-m", "pip", "--version"], check=False).returncode == 0
