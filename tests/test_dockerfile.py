"""The image: what is copied into it is there and let through, and its settings are some that the program knows."""

from __future__ import annotations

import re
from importlib.util import find_spec
from pathlib import Path

from bot.config.loading import load_config

ROOT = Path(__file__).parents[1]
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")


def test_only_what_is_copied_goes_to_the_builder() -> None:
    copied = {
        name for line in re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE, re.MULTILINE) for name in line.split()
    }
    let_through = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    assert copied == let_through
    assert all((ROOT / name).exists() for name in copied)


def test_what_the_image_compiles_is_there() -> None:
    """From files whose times an image keeps: what is compiled from others is taken for outdated, at each start."""
    times, _, compiled = DOCKERFILE.partition("-exec touch --date=")[2].partition("compileall -q ")
    assert re.match(r"\d{4}-\d\d-\d\d \{\} \+", times)
    names = compiled.partition("&&")[0].replace("\\\n", " ").split()
    assert {"bot", "discord", "prometheus_client"} <= set(names)
    assert [name for name in names if find_spec(name) is None] == []


def test_settings_of_the_image_are_known_and_its_health_is_asked_at_its_own_port() -> None:
    served = DOCKERFILE.rpartition("\nFROM ")[2]
    config = load_config(None, dict(re.findall(r"(DILEMMA_\w+)=(\S+)", served)))
    assert config.log.path == Path("/state/log.sqlite3")
    assert config.index.folder == Path("/state/cache")
    assert f"http://127.0.0.1:{config.discord.ready_port}/ready" in served
    assert re.search(r"^USER [1-9]\d*:[1-9]\d*$", served, re.MULTILINE)
