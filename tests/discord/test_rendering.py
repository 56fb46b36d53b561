"""Discord's markdown and messages as HTML."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from tests.discord.markdown import markdown_html, moment
from tests.discord.rendering import main, page

if TYPE_CHECKING:
    from pathlib import Path

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
NOON_S = 1_795_348_800


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("**b** and *i*", "<div><b>b</b> and <i>i</i></div>"),
        ("**b *i* b**", "<div><b>b <i>i</i> b</b></div>"),
        (r"2 \* 3 \* 4", "<div>2 * 3 * 4</div>"),
        ("a_b_c and __u__ ~~s~~", "<div>a_b_c and <u>u</u> <s>s</s></div>"),
        ("<b> & `*x*`", "<div>&lt;b&gt; &amp; <code>*x*</code></div>"),
        ("> one\n> two\nafter", "<blockquote><div>one<br>two</div></blockquote><div>after</div>"),
        (">>> one\n> two", "<blockquote><div>one</div><blockquote><div>two</div></blockquote></blockquote>"),
        (">not a quote", "<div>&gt;not a quote</div>"),
        ("## Title\n-# small", "<h2>Title</h2><small>small</small>"),
        ("#no title", "<div>#no title</div>"),
        ("- one", '<div class="item" style="margin-left:0.9em"><span>•</span><span>one</span></div>'),
        ("[words](https://x.org/a)", '<div><a href="https://x.org/a">words</a></div>'),
        ("<https://x.org>", '<div><a href="https://x.org">https://x.org</a></div>'),
        ("```py\na < b\n```", "<pre>a &lt; b\n</pre>"),
        ("<@12>", '<div><span class="mention">@12</span></div>'),
        (f"<t:{NOON_S + 90}:R>", '<div><span class="time">in 1 minute</span></div>'),
    ],
)
def test_markdown_is_written_as_discord_shows_it(text: str, html: str) -> None:
    """One construct each."""
    assert markdown_html(text, NOON) == html


@pytest.mark.parametrize(
    ("away_s", "words"), [(0, "in 0 seconds"), (-59, "59 seconds ago"), (7200, "in 2 hours"), (-86_400, "1 day ago")]
)
def test_relative_moments_count_from_now(away_s: int, words: str) -> None:
    """In the largest unit that fits."""
    assert moment(NOON_S + away_s, "R", NOON) == words


def test_absolute_moments_are_in_utc() -> None:
    """The long form with the day of the week."""
    assert moment(NOON_S, "F", NOON) == "Sunday, 22 November 2026 12:00"


def test_card_is_written_in_reading_order() -> None:
    """Container with its accent, text, separator, buttons, select, picture; at the width of a phone."""
    card = {
        "flags": 32768 | 64,
        "components": [
            {
                "type": 17,
                "accent_color": 0x2A7AE2,
                "components": [{"type": 10, "content": "**Film**"}, {"type": 14, "spacing": 2}],
            },
            {"type": 12, "items": [{"media": {"url": "attachment://chart.png"}, "description": "two bars"}]},
            {
                "type": 1,
                "components": [
                    {"type": 2, "style": 1, "label": "More", "emoji": {"name": "🔎"}, "custom_id": "m"},
                    {"type": 2, "style": 5, "label": "Read <on>", "url": "https://x.org"},
                ],
            },
            {"type": 1, "components": [{"type": 3, "custom_id": "s", "options": [{"label": "Privacy", "value": "p"}]}]},
        ],
    }
    html = page([card], NOON)
    parts = [
        "width: 390px",
        '<section class="container accent" style="--accent:#2a7ae2">',
        "<b>Film</b>",
        '<div class="large"><hr></div>',
        "chart.png<br>two bars",
        '<button class="primary">🔎 More</button>',
        '<button class="secondary">Read &lt;on&gt; ↗</button>',
        "Make a selection",
        "Privacy",
        "Only you can see this",
    ]
    places = [html.find(part) for part in parts]
    assert -1 not in places
    assert places == sorted(places)


def test_page_is_written_from_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One message or a list of them; wrong use is said."""
    source, target = tmp_path / "message.json", tmp_path / "out.html"
    source.write_text(json.dumps([{"content": "one"}, {"content": "two"}]), encoding="utf-8")
    assert main([str(source), str(target)]) == 0
    assert target.read_text(encoding="utf-8").count("<article>") == 2
    assert main([]) == 2
    assert capsys.readouterr().err == "use: python -m tests.discord.rendering message.json out.html\n"
