"""Draw the pictures of the README: an answer on Discord, and the same answer in a terminal.

`python -m tests.discord.pictures` asks a bot that runs against the stand-in, and the program itself, and has Chromium
draw what they say. Each picture holds a hash of the page that it was drawn from; by that, a test finds one that is out
of date.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PIL import Image, ImageChops
from PIL.PngImagePlugin import PngInfo
from rich.console import Console
from rich.terminal_theme import DIMMED_MONOKAI
from rich.text import Text

from tests.discord.rendering import page
from tests.discord.stage import QUESTION, a_scene, set_up

if TYPE_CHECKING:
    from tests.discord.stage import Scene

FOLDER: Final = Path(__file__).parents[2] / "docs" / "pictures"
CARD: Final = FOLDER / "discord.png"
TERMINAL: Final = FOLDER / "terminal.png"

COLUMNS: Final = 72
SOURCE: Final = "drawn-from"
"""The text in a PNG that holds the hash of its page."""

_BROWSERS: Final = ("chromium", "chromium-browser", "google-chrome", "chrome")
_WINDOW: Final = "900,2400"
_SHARPNESS: Final = 2
"""Pixels of a picture for one of the page."""

_MARGIN: Final = 16 * _SHARPNESS
_THEN: Final = datetime(2026, 1, 1, tzinfo=UTC)
"""What relative times of a message would count from."""

_TERMINAL: Final = {"FORCE_COLOR": "1", "TERM": "xterm-256color", "COLUMNS": str(COLUMNS), "PYTHONUTF8": "1"}
_TERMINAL_PAGE: Final = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Terminal</title><style>
body {{ margin: 0; background: {background}; color: {foreground} }}
pre {{ display: inline-block; margin: 0; padding: 16px;
  font: 15px/1.4 "DejaVu Sans Mono", "Noto Color Emoji", monospace }}
</style></head><body><pre>{code}</pre></body></html>
"""


async def card_page(scene: Scene) -> str:
    """Ask on Discord, and lay the answer out as Discord does on a phone."""
    return page([(await scene.asked(scene.anna)).wire()], _THEN)


def terminal_page() -> str:
    """Ask on a terminal, and lay it out as a terminal does."""
    environ = os.environ | _TERMINAL
    environ.pop("NO_COLOR", None)
    command = (sys.executable, "-m", "bot", "ask", "--no-log", QUESTION)
    asked = subprocess.run(command, env=environ, capture_output=True, encoding="utf-8", check=True)
    # With no colours of its own, a text cannot be shown reversed.
    colours = f"{DIMMED_MONOKAI.foreground_color.hex} on {DIMMED_MONOKAI.background_color.hex}"
    console = Console(record=True, width=COLUMNS, file=StringIO(), style=colours)
    console.print(Text.from_ansi(f'$ dilemma ask "{QUESTION}"\n{asked.stdout}'.rstrip()))
    return console.export_html(theme=DIMMED_MONOKAI, code_format=_TERMINAL_PAGE, inline_styles=True)


def hash_of(html: str) -> str:
    """Return the hash by which a picture knows its page."""
    return hashlib.sha256(html.encode()).hexdigest()


def drawn_from(picture: Path) -> str:
    """Return the hash of the page that a picture was drawn from."""
    with Image.open(picture) as image:
        return str(image.info[SOURCE])


def draw(html: str, target: Path) -> None:
    """Have a browser draw a page, and keep the part of it that shows something."""
    browser = next(filter(None, map(shutil.which, _BROWSERS)), None)
    if browser is None:
        sys.exit(f"there is no browser: install one of {', '.join(_BROWSERS)}")
    with tempfile.TemporaryDirectory() as folder:
        source, shot = Path(folder) / "page.html", Path(folder) / "shot.png"
        source.write_text(html, encoding="utf-8")
        subprocess.run(
            (
                *(browser, "--headless", "--hide-scrollbars", f"--window-size={_WINDOW}", f"--screenshot={shot}"),
                *(f"--force-device-scale-factor={_SHARPNESS}", f"--user-data-dir={folder}/profile"),
                # As root, as in a container, Chromium has no sandbox to offer; the page is our own.
                *(("--no-sandbox",) if os.geteuid() == 0 else ()),
                source.as_uri(),
            ),
            check=True,
            capture_output=True,
        )
        with Image.open(shot) as image:
            _trimmed(image.convert("RGB")).save(target, optimize=True, pnginfo=_note(html))


def _trimmed(image: Image.Image) -> Image.Image:
    """Cut off what has the colour of the lower right corner, but for a margin."""
    corner = image.getpixel((image.width - 1, image.height - 1))
    assert isinstance(corner, tuple)
    shows = ImageChops.difference(image, Image.new("RGB", image.size, corner)).getbbox()
    assert shows is not None
    left, top, right, bottom = shows
    return image.crop(
        (
            max(left - _MARGIN, 0),
            max(top - _MARGIN, 0),
            min(right + _MARGIN, image.width),
            min(bottom + _MARGIN, image.height),
        )
    ).quantize(256, dither=Image.Dither.NONE)


def _note(html: str) -> PngInfo:
    note = PngInfo()
    note.add_text(SOURCE, hash_of(html))
    return note


async def _asked_on_discord() -> str:
    with tempfile.TemporaryDirectory() as folder:
        async with set_up(Path(folder)) as stage:
            return await card_page(await a_scene(stage))


def main() -> None:
    """Draw both."""
    FOLDER.mkdir(exist_ok=True)
    for html, target in ((asyncio.run(_asked_on_discord()), CARD), (terminal_page(), TERMINAL)):
        draw(html, target)
        sys.stdout.write(f"{target}\n")


if __name__ == "__main__":
    main()
