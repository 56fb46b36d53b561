"""Files of a debate: all of it is in them, and nothing that people wrote can do anything."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import json
import re
from html.parser import HTMLParser

import pytest
from markdown_it import MarkdownIt

from bot.debate.rules.commands import CallNext, End, Join, MakePoint, Person, RaiseHand, ShowEvidence
from bot.debate.rules.transcript import CSV_COLUMNS, as_csv, as_html, as_json, as_markdown, transcript_of
from bot.values.separated import Separators
from tests.debate.rules.debates import FOUND, MODERATOR, started
from tests.debate.rules.test_record import whole
from tests.debate.rules.test_transcript import voted
from tests.quote.rules.findings import pack

HOSTILE = [
    "=cmd|' /C calc'!A0",
    "<script>alert(1)</script>",
    "@everyone",
    "\u202egnp.exe",
    "</style><img src=x onerror=alert(1)>",
    "{{ 7*7 }}{% raw %}",
    "[a](javascript:alert(1)) # h\n# h | x |",
    '"},{"x":"',
    "+1\r\n=2",
]
FORMS = {"md": as_markdown, "html": as_html, "csv": as_csv, "json": as_json}


class Page(HTMLParser):
    """The tags of a page, with their attributes, and its text."""

    def __init__(self, page: str) -> None:
        """Read it."""
        super().__init__()
        self.tags: list[tuple[str, tuple[str, ...]]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note it."""
        self.tags.append((tag, tuple(name for name, _ in attrs)))

    def handle_data(self, data: str) -> None:
        """Add it."""
        self.text += data


def written(form: str, text: str) -> str:
    """Write a debate in which a text stands wherever people can put one."""
    person = Person("h", text)
    led = started("first")
    led.do(Join(person, "cats"))
    led.do(MakePoint(person, text, FOUND))
    led.do(ShowEvidence(person, text, FOUND[0]))
    led.to_phase("floor")
    led.do(RaiseHand(person))
    led.do(CallNext(person))
    led.do(End(MODERATOR))
    return FORMS[form](transcript_of(led.events))


@pytest.mark.parametrize("form", FORMS)
def test_the_same_debate_gives_the_same_bytes(form: str) -> None:
    """However often it is written."""
    assert FORMS[form](transcript_of(whole().events)) == FORMS[form](transcript_of(whole().events))


@pytest.mark.parametrize("text", HOSTILE)
def test_html_shows_what_people_wrote_as_text(text: str) -> None:
    """The page has the very tags that it has with a harmless text, and shows the whole of it."""
    page, harmless_page = Page(written("html", text)), Page(written("html", "Hanna"))
    assert page.tags == harmless_page.tags
    assert " ".join(text.replace("\u202e", "").split()) in " ".join(page.text.split())


def test_html_needs_and_allows_nothing_but_its_own_style() -> None:
    """The policy names the style's hash; there is no script, no link, no attribute that acts."""
    page = as_html(transcript_of(whole().events))
    (style,) = re.findall(r"<style>(.*?)</style>", page, flags=re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'" in page
    assert "@media print" in style
    tags = Page(page).tags
    assert not {tag for tag, _ in tags} & {"script", "link", "img", "a", "iframe", "form"}
    assert not {name for _, names in tags for name in names if name.startswith("on") or name in {"src", "style"}}


@pytest.mark.parametrize("text", HOSTILE)
def test_csv_cannot_be_calculated(text: str) -> None:
    """Whatever a cell begins with, and every row has every column."""
    rows = list(csv.reader(io.StringIO(written("csv", text), newline="")))
    assert rows[0] == list(CSV_COLUMNS)
    assert {len(row) for row in rows} == {len(CSV_COLUMNS)}
    assert not [cell for row in rows for cell in row if re.match(r"[\s\"]*[=+\-@]", cell)]


@pytest.mark.parametrize("text", HOSTILE)
def test_markdown_shows_what_people_wrote_as_text(text: str) -> None:
    """The page has the same parts as with a harmless text, and no mention that a chat would take up."""
    reader = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])

    def parts(file: str) -> list[str]:
        tokens = reader.parse(file)
        every = [part.type for token in tokens for part in (token, *(token.children or ()))]
        return [kind for kind in every if kind not in {"text", "text_special"}]

    file = written("md", text)
    assert parts(file) == parts(written("md", "Hanna"))
    assert "@everyone" not in file


@pytest.mark.parametrize("text", HOSTILE)
def test_json_holds_no_tag_and_no_mention(text: str) -> None:
    """And still says what was written."""
    file = written("json", text)
    assert not set(file) & set("<>&@\u202e")
    point = json.loads(file)["phases"][1]["entries"][0]
    assert point["text"] == " ".join(text.replace("\u202e", "").split())


@pytest.mark.parametrize("form", FORMS)
def test_every_form_has_all_of_it(form: str) -> None:
    """Motion, format, phases, points, quotes with their offsets, hands, audit."""
    file = FORMS[form](transcript_of(whole().events)).replace("\\", "")
    for part in (
        "Cats make better pets", "Tiny debate", "Open floor", "Cats wash.", "Cats wash themselves", "Why cats",
        "Ann", "Bob", "Mia", "extended by 2 min", "Cats wash.",
    ):  # fmt: skip
        assert part in file, part
    assert re.search("2026-01-01[T ]19:00:00", file)
    assert re.search(r"characters 10 to 30|\"10\",\"30\"|\"start\": 10", file)


def test_tables_of_markdown_are_tables() -> None:
    """One of shares and one of who switched."""
    from tests.debate.rules.test_transcript import voted  # noqa: PLC0415 - used here alone

    led = voted()
    led.do(End(MODERATOR))
    page = MarkdownIt("commonmark").enable("table").render(as_markdown(transcript_of(led.events)))
    assert page.count("<table>") == 2
    assert page.count("<tr>") == 8


SOLD = pack().passage("no-selling-information").text


@pytest.mark.parametrize("form", FORMS)
def test_what_a_point_quotes_is_said_in_every_form(form: str) -> None:
    """With the whole sentence where words were cut out of it; where no pack is there, nothing is said."""
    led = started("first")
    led.do(Join(Person("h", "Hanna"), "cats"))
    led.do(MakePoint(Person("h", "Hanna"), "They “sell your information to anyone”.", FOUND))
    led.do(End(MODERATOR))
    shown = FORMS[form](transcript_of(led.events, pack())).replace("\\", "").replace("&#39;", "'")
    assert "Verbatim, but cut out of its sentence: read the whole of it." in shown
    assert "Careful: “don't” is cut off in front, which denies it." in shown
    assert SOLD in shown
    assert "Verbatim" not in FORMS[form](transcript_of(led.events))


def test_a_table_has_the_separators_that_are_wanted() -> None:
    """Shares of votes with a decimal comma, too."""
    led = voted()
    led.do(End(MODERATOR))
    written = as_csv(transcript_of(led.events), Separators(";", ","))
    lines = list(csv.reader(io.StringIO(written, newline=""), delimiter=";"))
    assert tuple(lines[0]) == CSV_COLUMNS
    assert {len(line) for line in lines} == {len(CSV_COLUMNS)}
    assert {line[3] for line in lines if line[2] == "swing"} == {"0,0", "50,0"}
