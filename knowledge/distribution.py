"""The installed distribution, and the command that adds to it where it runs."""

from __future__ import annotations

import json
import os
import shlex
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

# importlib.metadata takes 20 ms, and few need it.
# ruff: noqa: PLC0415

NAME: Final = "dilemma-bot"
"""What the distribution is called; its command is `dilemma`."""


def version() -> str | None:
    """Return the installed version; None where the program runs from its source without being installed."""
    from importlib import metadata

    try:
        return metadata.version(NAME)
    except metadata.PackageNotFoundError:
        return None


def adding_extra(extra: str) -> str:
    """Return the command that installs an extra of the program into the environment that it runs in."""
    source = _source()
    if source.get("dir_info", {}).get("editable"):
        folder = _short(Path(source["url"].removeprefix("file://")))
        return f"{_pip()} --editable {shlex.quote(f'{folder}[{extra}]')}"
    wanted = f"{NAME}[{extra}]" + (f" @ {source['url']}" if source.get("url") else "")
    if (tool := _tool()) is not None:
        return f"{tool} install --force {shlex.quote(wanted)}"
    return f"{_pip()} {shlex.quote(wanted)}"


def _source() -> dict[str, Any]:
    """Return where the distribution was installed from (PEP 610); empty for an index, and where nobody knows."""
    from importlib import metadata

    try:
        return dict(json.loads(metadata.distribution(NAME).read_text("direct_url.json") or "{}"))
    except (metadata.PackageNotFoundError, ValueError):
        return {}


def _tool() -> str | None:
    """Return the program that keeps this environment for us; None where pip does."""
    if Path(sys.prefix, "pipx_metadata.json").exists():
        return "pipx"
    return "uv tool" if Path(sys.prefix, "uv-receipt.toml").exists() else None


def _pip() -> str:
    python = shlex.quote(_short(Path(sys.executable)))
    return f"{python} -m pip install" if find_spec("pip") else f"uv pip install --python {python}"


def _short(path: Path) -> str:
    """Return a path from the current folder where it lies inside it."""
    short = os.path.relpath(path)
    return str(path) if short.startswith("..") else short
