"""Pages as PDFs: the same bytes every time, nothing fetched, and a clear line where WeasyPrint is not there."""

from __future__ import annotations

import asyncio
import builtins
import re
import sys
import threading
import zlib
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.lesson.rules.handout import HandoutOptions, Paper, handout_of
from bot.lesson.rules.handout_files import as_html, as_slides, slides_of
from bot.lesson.service import printing
from bot.lesson.service.printing import can_print, pdf_of, printed
from knowledge.errors import UserError
from tests.quote.rules.findings import pack

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

PAGE = "<!DOCTYPE html><title>t</title><p>one</p>"


def pages(pdf: bytes) -> int:
    """Count a PDF's pages, which lie in compressed streams of objects (ISO 32000-1, 7.5.7 and 7.7.3.3)."""
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL)
    objects = b"".join(zlib.decompressobj().decompress(stream) for stream in streams if stream[:1] == b"\x78")
    return len(re.findall(rb"/Type ?/Page\b", objects + pdf))


async def test_printing_leaves_the_loop() -> None:
    assert can_print()
    printed_here = printed(PAGE)
    assert printed_here.startswith(b"%PDF-")
    assert await pdf_of(PAGE) == printed_here


def test_nothing_is_fetched_for_a_page(tmp_path: Path) -> None:
    """Neither from the net nor from the disk: a style that lies there does nothing."""
    style = tmp_path / "style.css"
    style.write_text("p { break-before: page }")
    body = "<p>one</p><p>two</p><img src='http://localhost:9/x.png'>"
    assert pages(printed(f"<link rel=stylesheet href='{style.as_uri()}'>{body}")) == 1
    assert pages(printed(f"<style>{style.read_text()}</style>{body}")) == 2


def test_without_weasyprint_the_way_to_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(printing, "find_spec", lambda name: None)
    assert not can_print()
    with pytest.raises(UserError, match=r"needs WeasyPrint: run `.*\[pdf\].*`, or choose HTML"):
        printed(PAGE)


def test_weasyprint_without_its_libraries_is_told_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """It loads those of the system when it is imported."""
    real = builtins.__import__

    def failing(
        name: str,
        globals: Mapping[str, object] | None = None,  # noqa: A002 - as Python calls it
        locals: Mapping[str, object] | None = None,  # noqa: A002 - the same
        fromlist: Sequence[str] | None = (),
        level: int = 0,
    ) -> object:
        if name == "weasyprint":
            raise OSError("cannot load library 'libpango'\nand much more")
        return real(name, globals, locals, fromlist or (), level)

    monkeypatch.setattr(builtins, "__import__", failing)
    monkeypatch.delitem(sys.modules, "weasyprint", raising=False)
    with pytest.raises(UserError, match=r"does not start here \(cannot load library 'libpango'\): see"):
        printed(PAGE)


async def test_only_one_page_is_printed_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    entered: list[int] = []

    class Alone:
        def __enter__(self) -> None:
            entered.append(threading.get_ident())

        def __exit__(self, *_: object) -> None:
            """Leave."""

    monkeypatch.setattr(printing, "_PRINTING", Alone())
    first, second = await asyncio.gather(pdf_of(PAGE), pdf_of(PAGE))
    assert first == second
    assert len(entered) == 2
    assert threading.get_ident() not in entered


@pytest.mark.parametrize("topic", [topic.id for topic in pack().topics])
def test_a_topic_has_one_or_two_pages(topic: str) -> None:
    """So that a sheet of paper holds it; the teacher's page comes after them."""
    assert pages(printed(as_html(handout_of(pack(), [topic]), HandoutOptions()))) in {2, 3}


@pytest.mark.parametrize("large", [False, True])
@pytest.mark.parametrize("dyslexia", [False, True])
def test_nothing_in_the_style_is_unknown_to_the_printer(
    large: bool,  # noqa: FBT001 - a case
    dyslexia: bool,  # noqa: FBT001 - a case
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Whatever it does not know would stand on a terminal as a warning."""
    handout = handout_of(pack(), ["privacy"])
    options = HandoutOptions(large_print=large, dyslexia=dyslexia)
    notes = replace(options, paper=Paper.LETTER, notes=True)
    for page in (as_html(handout, options), as_slides(handout, options), as_slides(handout, notes)):
        printed(page)
    assert [record.message for record in caplog.records if record.name == "weasyprint"] == []


def test_each_topic_begins_on_a_page_of_its_own() -> None:
    topics = ["privacy", "hate-speech", "elections"]
    alone = [pages(printed(as_html(handout_of(pack(), [topic]), HandoutOptions()))) - 1 for topic in topics]
    assert pages(printed(as_html(handout_of(pack(), topics), HandoutOptions()))) == sum(alone) + 1


@pytest.mark.parametrize("dyslexia", [False, True])
def test_each_idea_has_one_page_on_the_wall(dyslexia: bool) -> None:  # noqa: FBT001 - a case
    handout = handout_of(pack(), [topic.id for topic in pack().topics])
    slides = printed(as_slides(handout, HandoutOptions(dyslexia=dyslexia)))
    assert pages(slides) == len(slides_of(handout))
