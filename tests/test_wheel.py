"""The wheel holds all that it needs: installed where nothing of this folder is, it answers."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from embeddings.retriever import Retriever

ROOT = Path(__file__).parent.parent


def run(*command: str | Path, folder: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run a command in a folder and show what it wrote when it fails."""
    done = subprocess.run(
        command,
        cwd=folder,
        env={"PATH": os.environ["PATH"], "HOME": str(folder), **environ},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel and install it alone; the libraries are lent by a path file, so that nothing is fetched again."""
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT, folder=folder)
    (wheel,) = folder.glob("*.whl")
    venv.create(folder / "empty", with_pip=False)
    python = folder / "empty" / "bin" / "python"
    site = next((folder / "empty").rglob("site-packages"))
    # Path files found through this line are not read in their turn, so the editable install beside it stays unseen.
    (site / "lent.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    run(
        sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", python, "install", "--no-deps",
        "--no-index", wheel, folder=folder,
    )  # fmt: skip
    return folder / "empty" / "bin" / "dilemma"


def test_the_installed_program_comes_from_the_wheel(program: Path) -> None:
    """Not from this folder."""
    python = program.parent / "python"
    where = run(python, "-c", "import knowledge; print(knowledge.__file__)", folder=program.parent).stdout
    assert Path(where.strip()).is_relative_to(program.parent.parent)


def test_the_installed_program_answers(
    program: Path, tmp_path: Path, shipped_retriever: Retriever, index_folder: Path
) -> None:
    """With quotes of both sides; the index is shared with the other tests, for building it takes a minute."""
    assert shipped_retriever.find("data").hits  # the index is there
    done = run(
        program,
        "ask",
        "--json",
        "Does Facebook sell my data?",
        folder=tmp_path,
        DILEMMA_INDEX__FOLDER=str(index_folder),
        DILEMMA_LOG__PATH=str(tmp_path / "log.sqlite3"),
    )
    answer = json.loads(done.stdout)
    assert all(answer["sides"][side] for side in ("film", "facebook"))
    assert (tmp_path / "log.sqlite3").is_file()


def test_the_installed_pack_is_sound(program: Path, tmp_path: Path) -> None:
    """Every file of it is in the wheel."""
    assert "social-dilemma is sound: 2 sides" in run(program, "pack", "check", folder=tmp_path).stdout
