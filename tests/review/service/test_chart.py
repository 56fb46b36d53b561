from __future__ import annotations

import asyncio
import struct
import threading
from typing import TYPE_CHECKING

import pytest

from bot.process.drawing import can_draw
from bot.review.rules.figures import Figures
from bot.review.service import chart as charting
from bot.review.service.chart import chart, draw
from bot.wire.page.language import words_for
from tests.quote.rules.findings import pack

if TYPE_CHECKING:
    from knowledge.errors import Say

TOPICS = tuple((topic, 40 - place) for place, topic in enumerate(pack().topics))


def size(picture: bytes) -> tuple[int, int]:
    """Read width and height from a PNG's header (PNG, section 11.2.2)."""
    assert picture.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", picture[16:24])
    return width, height


@pytest.mark.parametrize("language", ["en", "de", "es"])
@pytest.mark.parametrize(
    ("figures", "height"),
    [
        (Figures(30, 100, 10, TOPICS, 40, 5), range(1000, 1200)),
        (Figures(30, 100, 10, TOPICS[:1], 0, 0), range(300, 500)),
        (Figures(7, 0, 0, (), 0, 0), range(200, 300)),
    ],
)
def test_the_picture_is_as_wide_as_a_phone_and_as_high_as_there_is_to_show(
    figures: Figures, height: range, language: str
) -> None:
    """Eight topics at most; nothing asked is no error."""
    width, high = size(draw(figures, words_for(language)))
    assert width == 800
    assert high in height


async def test_drawing_leaves_the_loop() -> None:
    assert can_draw()
    figures = Figures(7, 2, 1, TOPICS[:2], 1, 0)
    assert await chart(figures, str) == draw(figures, str)


async def test_only_one_picture_is_drawn_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """The library is not made for two threads."""
    drawing: list[int] = []
    still = threading.Event()

    def draw(_figures: Figures, _say: Say) -> bytes:
        drawing.append(len(drawing) + 1)
        still.wait(0.01)
        return bytes([drawing.pop()])

    monkeypatch.setattr(charting, "draw", draw)
    assert await asyncio.gather(*(chart(Figures(7, 0, 0, (), 0, 0), str) for _ in range(4))) == [b"\x01"] * 4
