"""The documents say what the program does: no command and no setting is missing, and every link leads somewhere."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
import typer.main

from bot.answer.terminal.cite import check_object
from bot.cli import program
from bot.config.sections import FORMATS, Config
from bot.quote.rules.cite.check import check
from tests.quote.rules.findings import pack
from tests.quote.rules.test_contract import ANSWER_KEYS, QUOTE_KEYS

if TYPE_CHECKING:
    from tests.conftest import Program

ROOT: Final = Path(__file__).parent.parent
DOCUMENTS: Final = (
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "PRIVACY.md", "CHANGELOG.md")),
    *sorted((ROOT / "docs").glob("*.md")),
)
README: Final = (ROOT / "README.md").read_text(encoding="utf-8")
REFERENCE: Final = (ROOT / "docs" / "reference.md").read_text(encoding="utf-8")
LONGEST_README: Final = 180
"""Lines that somebody reads before they try it."""


def anchors_of(document: Path) -> set[str]:
    """Name the headings of a document as links do."""
    headings = re.findall(r"^#+ (.+)$", document.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_every_command_stands_in_the_reference() -> None:
    """As `dilemma NAME`."""
    commands = set(getattr(typer.main.get_command(program()), "commands"))  # noqa: B009 - typer's types hide the group
    assert {name for name in commands if not re.search(rf"`dilemma {name}\b", REFERENCE)} == set()


def test_every_setting_stands_in_the_reference_and_none_more() -> None:
    """In the table under "Settings"."""
    table = REFERENCE.split("\n## Settings\n")[1].split("\n## ")[0]
    named = set(re.findall(r"^\| `([a-z0-9_.]+)`", table, flags=re.MULTILINE))
    settings = {
        f"{section}.{key}"
        for section, field in Config.model_fields.items()
        for key in getattr(field.annotation, "model_fields", {})
    }
    assert named == settings | {FORMATS}


def keys_of(table: str) -> list[str]:
    """List the keys that a table of the reference explains, in its order."""
    rows = REFERENCE.split(f"\n| key of {table} | meaning |\n|---|---|\n")[1].split("\n\n")[0]
    return [key for row in rows.splitlines() for key in re.findall(r"`(\w+)`", row.split("|")[1])]


def test_every_key_of_the_json_is_explained(dilemma: Program) -> None:
    """In the order in which it is written."""
    assert keys_of("an answer") == [*ANSWER_KEYS, "gap_kinds", "near", "say", "conceded", "pairs"]
    assert keys_of("a quote") == [*QUOTE_KEYS, "number"]
    assert keys_of("a check") == list(check_object(pack(), check(pack(), "We don't sell your information to anyone.")))
    assert keys_of("a prompt") == list(json.loads(dilemma("prompt", "--json").out)["prompts"][0])
    assert keys_of("an item") == list(json.loads(dilemma("quiz", "--json").out)["items"][0])


def test_the_readme_is_short() -> None:
    """What it has no room for stands under docs/."""
    assert len(README.splitlines()) <= LONGEST_README


def test_the_commands_of_the_quick_start_are_in_the_makefile() -> None:
    """What a newcomer types exists."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = re.findall(r"^make (\w+)", README, flags=re.MULTILINE)
    assert targets == ["ask", "test"]
    assert [target for target in targets if f"\n{target}: " not in makefile] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_somewhere(document: Path) -> None:
    """To a file that is there, and to a heading that it has."""
    targets = re.findall(r"\]\(([^):]+)\)", document.read_text(encoding="utf-8"))
    for target in targets:
        path, _, anchor = target.partition("#")
        leads_to = (document.parent / path).resolve() if path else document
        assert leads_to.is_relative_to(ROOT), target
        assert leads_to.exists(), target
        assert not anchor or anchor in anchors_of(leads_to), target


def test_every_page_can_be_reached_from_the_readme() -> None:
    """In one step."""
    linked = set(re.findall(r"\]\(docs/(\w+\.md)", README))
    assert linked == {page.name for page in (ROOT / "docs").glob("*.md")}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_files_that_are_named_are_there(document: Path) -> None:
    """Under their whole path; `…` and `*` stand for parts of one."""
    named = re.findall(r"`((?:bot|embeddings|knowledge|tests|docs)/[\w/.-]+)`", document.read_text(encoding="utf-8"))
    assert [path for path in named if not (ROOT / path).exists()] == []
