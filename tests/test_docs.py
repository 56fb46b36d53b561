"""README says what the program does: no command, no setting and no contract key is missing from it."""

from __future__ import annotations

import re
from pathlib import Path

import typer.main

from bot.cli import app
from bot.config import Config
from bot.config.sections import FORMATS

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_every_command_stands_in_the_readme() -> None:
    """As `dilemma NAME`."""
    commands = set(getattr(typer.main.get_command(app), "commands"))  # noqa: B009 - typer's types hide the group
    assert {name for name in commands if not re.search(rf"`dilemma {name}\b", README)} == set()


def test_every_setting_stands_in_the_readme_and_none_more() -> None:
    """In the table under "Configuration"."""
    table = README.split("## Configuration")[1].split("\n## ")[0]
    named = set(re.findall(r"^\| `([a-z0-9_.]+)`", table, flags=re.MULTILINE))
    settings = {
        f"{section}.{key}"
        for section, field in Config.model_fields.items()
        for key in getattr(field.annotation, "model_fields", {})
    }
    assert named == settings | {FORMATS}


def test_the_commands_of_the_quick_start_are_in_the_makefile() -> None:
    """What a newcomer types exists."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"^make (\w+)", README, flags=re.MULTILINE):
        assert f"\n{target}: " in makefile


def test_links_inside_the_repository_lead_somewhere() -> None:
    """Every file that README points to is there."""
    targets = re.findall(r"\]\(([^)#:]+)\)", README)
    assert targets
    assert [target for target in targets if not (ROOT / target).exists()] == []
