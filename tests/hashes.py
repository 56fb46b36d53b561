"""The hashes of all files that pip may choose for a plain installation, written to hashes.txt: `make hashes`.

pip resolves the pins for each Python and says what it would install; nothing is installed, and no address is kept.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
import tomllib
from collections import defaultdict
from itertools import product
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parent.parent
HASHES: Final = ROOT / "hashes.txt"
CONSTRAINTS: Final = ROOT / "constraints.txt"

PYTHONS: Final = ("3.11", "3.12", "3.13", "3.14")
_GLIBCS: Final = (39, 28)
"""Releases of the C library, 2.x, for which files are looked for: newer systems may choose others than older ones."""

_LEGACY: Final = ("manylinux2014_x86_64", "manylinux2010_x86_64", "manylinux1_x86_64", "linux_x86_64")

_HEAD: Final = """\
# The sha256 of each file that pip chooses on Linux (x86-64) for Python {pythons} and constraints.txt.
# pip reads it with --require-hashes, as README.md says. Made by `make hashes`; nothing here names where files are from.
"""


def normal(name: str) -> str:
    """Return a distribution's name as names are compared (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def wanted() -> list[str]:
    """Return what answers, what builds an index, what speaks to PostgreSQL, and what builds the program itself."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    project = settings["project"]
    extras = project["optional-dependencies"]
    return [
        *project["dependencies"],
        *extras["build"],
        *extras["postgres"],
        *settings["build-system"]["requires"],
        "editables",
    ]


def found_for(python: str, glibc: int) -> dict[str, set[str]]:
    """Return the hashes by `name==version` that pip would install for a version of Python and of the C library."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        names = (*(f"manylinux_2_{minor}_x86_64" for minor in range(glibc, 4, -1)), *_LEGACY)
        platforms = [part for name in names for part in ("--platform", name)]
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--dry-run", "--ignore-installed"]
        command += ["--report", str(report), "--target", folder, "--only-binary", ":all:", "--python-version", python]
        command += ["--implementation", "cp", *platforms, "--constraint", str(CONSTRAINTS), *wanted()]
        subprocess.run(command, check=True)
        installed = json.loads(report.read_bytes())["install"]
    found: dict[str, set[str]] = defaultdict(set)
    for each in installed:
        # A build of its own ("+cpu") satisfies the version without it.
        version = each["metadata"]["version"].partition("+")[0]
        found[f"{normal(each['metadata']['name'])}=={version}"].add(
            each["download_info"]["archive_info"]["hashes"]["sha256"]
        )
    return found


def main() -> None:
    """Write the file; hashes of the same versions that are there stay, for a machine may see one build of several."""
    merged: dict[str, set[str]] = defaultdict(set)
    for python, glibc in product(PYTHONS, _GLIBCS):
        for pin, hashes in found_for(python, glibc).items():
            merged[pin] |= hashes | kept().get(pin, set())
    lines = [
        " \\\n    ".join([pin, *(f"--hash=sha256:{each}" for each in sorted(merged[pin]))]) for pin in sorted(merged)
    ]
    HASHES.write_text(_HEAD.format(pythons=", ".join(PYTHONS)) + "\n".join(lines) + "\n", encoding="utf-8")


def kept() -> dict[str, set[str]]:
    """Return the hashes that the file holds, by `name==version`."""
    if not HASHES.exists():
        return {}
    text = HASHES.read_text(encoding="utf-8").replace("\\\n", " ")
    rows = [line.split() for line in text.splitlines() if line and not line.startswith("#")]
    return {pin: {each.removeprefix("--hash=sha256:") for each in hashes} for pin, *hashes in rows}


if __name__ == "__main__":
    main()
