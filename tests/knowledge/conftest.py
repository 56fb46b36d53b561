"""A pack of one page about cats and dogs, to break in one place at a time, and the pack that is shipped."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pytest

from knowledge.pack import check_pack, load_pack
from knowledge.reading import questions, tables
from tests.quote.rules.findings import pack

if TYPE_CHECKING:
    from pathlib import Path

    from knowledge.errors import Problem
    from knowledge.model import Pack

DEFAULTS: Final = tables.DEFAULTS

CLUB: Final = (
    "Why cats are better\n"
    "\n"
    "Cats wash themselves, the cat club says. “A cat needs no walk,” it said. Most homes have a pet.\n"
    "\n"
    "  1. A cat is quiet.\u00a0\n"
    "Share this page\n"
)

PARK: Final = (
    "In praise of dogs\n"
    "by A. Barker\n"
    "\n"
    "The dog club says that dogs guard the house. The cat club claims that no cat needs a walk. Woof. Woof.\n"
)

PACK: Final = f"""\
id = "pets"
title = "Cats or dogs"
motion = "A cat makes the better pet"

[[side]]
id = "cats"
name = "The cat club"
short_name = "Cats"
emoji = "🐈"
colour = "#AA0000"
aliases = ["cats", "the cat club"]

[[side]]
id = "dogs"
name = "The dog club"
short_name = "Dogs"
emoji = "🐕"
colour = "#0000aa"
aliases = ["dogs", "hounds"]

[[topic]]
id = "walks"
name = "Walks"
question = "Who needs a walk?"

[[topic]]
id = "homes"
name = "Homes"
question = "Who guards the house?"

[[article]]
id = "club-paper"
file = "articles/club.txt"
sha256 = "{hashlib.sha256(CLUB.encode()).hexdigest()}"
title = "Why cats are better"

[[article]]
id = "park-paper"
file = "articles/park.txt"
sha256 = "{hashlib.sha256(PARK.encode()).hexdigest()}"
title = "In praise of dogs"
author = "A. Barker"
published = "May 1"
publisher = "The Park"
"""

PASSAGES: Final = """\
[[passage]]
id = "wash"
article = "club-paper"
text = "Cats wash themselves, the cat club says."
voice = "cats"
mode = "indirect"
speaker = "the cat club"
cue = "the cat club says"
topics = ["homes"]

[[passage]]
id = "no-walk"
article = "club-paper"
text = "“A cat needs no walk,” it said."
voice = "cats"
mode = "direct"
speaker = "the cat club"
cue = "it said"
topics = ["walks", "homes"]
point = 1

[[passage]]
id = "most-homes"
article = "club-paper"
text = "Most homes have a pet."
voice = "context"
mode = "narrated"
topics = ["homes"]

[[passage]]
id = "guard"
article = "park-paper"
text = "The dog club says that dogs guard the house."
voice = "dogs"
mode = "indirect"
speaker = "the dog club"
topics = ["homes"]

[[passage]]
id = "claimed-walk"
article = "park-paper"
text = "The cat club claims that no cat needs a walk."
voice = "cats"
mode = "indirect"
speaker = "the cat club"
cue = "The cat club claims"
topics = ["walks"]

[[parallel]]
passages = ["no-walk", "claimed-walk"]
difference = "only one of them quotes the club"
"""

QUESTIONS: Final = """\
[[intent]]
id = "need-walks"
about = "does a cat need walks"
best = ["no-walk"]
acceptable = ["claimed-walk"]
[intent.ask]
plain = ["Does a cat need walks?", "Must I walk my cat?"]
short = ["cat walk?"]

[[intent]]
id = "parrots"
about = "nobody speaks of parrots"
best = []
acceptable = []
[intent.ask]
plain = [
    "Are parrots loud?",
]
numeric = []
"""


@dataclass(frozen=True)
class TinyPack:
    path: Path

    def edit(self, file: str, old: str, new: str) -> None:
        text = (self.path / file).read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {file}"
        self.write(file, text.replace(old, new))

    def write(self, file: str, text: str) -> None:
        (self.path / file).write_text(text, encoding="utf-8", newline="")

    def line(self, file: str, fragment: str) -> int:
        text = (self.path / file).read_text(encoding="utf-8")
        assert text.count(fragment) == 1, f"{fragment!r} stands {text.count(fragment)} times in {file}"
        return text[: text.index(fragment)].count("\n") + 1

    def problems(self) -> tuple[Problem, ...]:
        return check_pack(self.path)

    def load(self) -> Pack:
        return load_pack(self.path)


@pytest.fixture
def _few_defaults(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path_factory.mktemp("defaults")
    for file in DEFAULTS.iterdir():
        (folder / file.name).write_bytes(file.read_bytes() if file.name != questions.TURNS else b"")
    monkeypatch.setattr(tables, "DEFAULTS", folder)


@pytest.fixture
def tiny(tmp_path: Path, _few_defaults: None) -> TinyPack:
    folder = tmp_path / "pets"
    (folder / "articles").mkdir(parents=True)
    pack = TinyPack(folder)
    pack.write("articles/club.txt", CLUB)
    pack.write("articles/park.txt", PARK)
    pack.write("pack.toml", PACK)
    pack.write("passages.toml", PASSAGES)
    pack.write("questions.toml", QUESTIONS)
    return pack


@pytest.fixture(scope="session")
def shipped() -> Pack:
    return pack()
