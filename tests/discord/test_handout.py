"""Handouts on Discord's wire: a file for the person who asks, and a clear line where it cannot be made."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from bot.lesson.rules.handout import HandoutOptions, handout_of
from bot.lesson.rules.handout_files import as_html, as_slides
from bot.lesson.service import printing
from tests.discord.classes import School, school
from tests.quote.rules.findings import pack

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.discord.loopback import Loopback


@pytest_asyncio.fixture(name="school")
async def _school(pointed: Loopback, tmp_path: Path) -> AsyncIterator[School]:
    """Give the server."""
    async with school(pointed, tmp_path) as running:
        yield running


async def test_a_handout_is_the_file_that_the_core_makes(school: School) -> None:
    """For the person alone, byte for byte; topics are named by their ids or their names."""
    privacy = pack().topic("privacy")
    given = await school.used(
        school.students[0], "handout", topics=f"{privacy.name.upper()}, addiction", large_print=True
    )
    assert given.is_ephemeral
    made = handout_of(pack(), ["privacy", "addiction"])
    file = given.attachment("handout-privacy-addiction.html")
    assert file.content.decode() == as_html(made, HandoutOptions(large_print=True))
    slides = await school.used(school.students[0], "handout", topics="privacy", format="slides")
    shown = handout_of(pack(), ["privacy"])
    assert slides.attachment("handout-privacy.html").content.decode() == as_slides(shown, HandoutOptions())


async def test_what_the_moderators_excluded_is_in_no_handout(school: School) -> None:
    """Neither on paper nor on the wall; elsewhere it is."""
    excluded = handout_of(pack(), ["privacy"]).sheets[0].columns[0].entries[0].quote
    await school.exclude(excluded.passage_id)
    for form in ("html", "slides"):
        given = await school.used(school.teacher, "handout", topics="privacy", format=form)
        page = given.attachment("handout-privacy.html").content.decode()
        assert "blockquote" in page
        assert excluded.text not in html.unescape(page)
    there = school.loopback.world.dm(school.teacher)
    alone = await school.used(school.teacher, "handout", at=there, topics="privacy")
    assert excluded.text in html.unescape(alone.attachment("handout-privacy.html").content.decode())


async def test_a_handout_is_printed_where_that_can_be_done(school: School) -> None:
    """As a PDF."""
    if not printing.can_print():
        pytest.skip("WeasyPrint is not installed")
    given = await school.used(school.teacher, "handout", topics="privacy", format="pdf", dyslexia=True)
    assert given.attachment("handout-privacy.pdf").content.startswith(b"%PDF-")


async def test_without_weasyprint_a_clear_line_says_what_to_take(
    school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To whoever asked."""
    monkeypatch.setattr(printing, "can_print", lambda: False)
    refused = await school.refused(school.teacher, "handout", topics="privacy", format="pdf")
    assert refused == "I cannot make a PDF here: choose the web page, which every browser can print."


async def test_too_many_topics_and_unknown_ones_are_refused(school: School) -> None:
    """With the nearest that there is."""
    every = ", ".join(topic.id for topic in pack().topics[:7])
    assert (await school.refused(school.teacher, "handout", topics=every)).startswith(
        "That is too much for one handout"
    )
    assert 'did you mean "privacy"?' in await school.refused(school.teacher, "handout", topics="privat")


async def test_topics_are_offered_while_they_are_typed(school: School) -> None:
    """By any part of their names, after those that stand there already."""
    typed = await school.loopback.complete(school.teacher, school.room, "handout", "topics", topics="privacy, elec")
    (choice,) = (await school.loopback.answer(typed)).choices
    assert choice["value"] == "privacy, elections"
