"""Files of every kind that is known become plain paragraphs; what cannot be read is refused with the way out."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING, Final

import pytest
import weasyprint

from bot.authoring.sources.document import Kind
from bot.authoring.sources.files import MOST_BYTES, read_document
from knowledge.errors import UserError

if TYPE_CHECKING:
    from pathlib import Path

    from bot.authoring.sources.document import Document

TEXT: Final = """\
Ban the phones
By Ann Lee

Every pupil deserves a lesson without a screen. The town council should re-
quire schools to collect phones at the door, and well-known studies agree with
that. Parents can reach the office.

  - First, phones dis-
    tract everybody in the room.
  - Second, they are used for bullying.

What others did

In 2023 the town of Lund took phones away. It was quiet.
* * *
"""

FIRST: Final = (
    "Every pupil deserves a lesson without a screen. The town council should require schools to collect phones at the "
    "door, and well-known studies agree with that. Parents can reach the office."
)

MARKDOWN: Final = """\
---
title: "Against a ban"
author: Bo Karlsson
date: 2024-05-01
---
# Against a ban

Phones **are** tools, see [the study](http://x.y) and ![pic](a.png) this
line goes on. <b>Bold words</b>.

1. First point is this.
2. Second *point* is that.

```
code
```
| a | b |
|---|---|
| 1 | 2 |
"""

PAGE: Final = """\
<html lang="en"><head><title>Ban phones | The Daily</title><meta name="author" content="Ann Lee">
<meta property="article:published_time" content="2024-05-01"><meta property="og:site_name" content="The Daily"></head>
<body><nav><a href="/">Home</a><a>News</a></nav><article><h1>Ban phones now</h1>
<p>Phones distract <b>every</b> pupil in the room, <a href="x">studies</a> say. A ban would give lessons back.</p>
<h2>What others did</h2><p>In 2023 the town took phones away.<sup>1</sup> &ldquo;It was quiet,&rdquo; said Ola Berg.</p>
<ul><li>First point here is long enough to be one.</li></ul></article><footer>Cookies and imprint</footer></body></html>
"""

SRT: Final = """\
1
00:00:01,000 --> 00:00:04,000
<i>ANNA: Good evening. We talk</i>
about phones tonight.

2
00:00:05,000 --> 00:00:08,000
[applause]

3
00:01:09,000 --> 00:01:12,000
BEN MILLER: A ban is too strict.
"""

VTT: Final = """\
WEBVTT

00:01.000 --> 00:04.000
<v Anna>Good evening &amp; welcome all of you.

00:05.000 --> 00:08.000
<v Ben>A ban is too strict.
"""

CHANNEL: Final = """\
{"guild":{"name":"School"},"channel":{"name":"debate"},"messages":[
{"type":"Default","timestamp":"2024-05-01T10:00:00+00:00","content":"I think **phones** should go <@123> https://a.b/c",
 "author":{"name":"ann","nickname":"Ann","isBot":false},"attachments":[]},
{"type":"Reply","timestamp":"2024-05-01T10:01:00+00:00","content":"No way. They help me with my homework",
 "author":{"name":"ben","nickname":null,"isBot":false},"attachments":[{}]},
{"type":"Default","timestamp":"2024-05-01T10:02:00+00:00","content":"beep","author":{"name":"x","isBot":true}}]}
"""


def read(folder: Path, name: str, content: str | bytes) -> Document:
    (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)
    return read_document(folder / name)


def shown(document: Document) -> list[str]:
    """Write each paragraph with what it is."""
    return [f"{paragraph.kind.value}: {paragraph.text}" for paragraph in document.paragraphs]


def test_text_is_unwrapped_and_its_hyphens_are_taken_back(tmp_path: Path) -> None:
    document = read(tmp_path, "a.txt", TEXT)
    assert (document.title, document.author) == ("Ban the phones", "Ann Lee")
    assert shown(document) == [
        f"body: {FIRST}",
        "item: First, phones distract everybody in the room.",
        "item: Second, they are used for bullying.",
        "heading: What others did",
        "body: In 2023 the town of Lund took phones away. It was quiet.",
    ]
    assert document.dropped["line without a word"] == 1


@pytest.mark.parametrize(
    ("head", "facts"),
    [
        (
            "Council hears both sides on dogs\nBy Sara Whitlock\nLinden Courier, 18 April 2026\n",
            ("Council hears both sides on dogs", "Sara Whitlock", "18 April 2026", "Linden Courier"),
        ),
        (
            "Dogs or no dogs?\n\nApril 18, 2026\n\nBy Sara Whitlock\n",
            ("Dogs or no dogs?", "Sara Whitlock", "April 18, 2026", None),
        ),
        ("By Sara Whitlock\n2026-04-18\n", (None, "Sara Whitlock", "2026-04-18", None)),
        (
            "A title that its paper set\non two lines\nBy Sara Whitlock\n",
            ("A title that its paper set on two lines", "Sara Whitlock", None, None),
        ),
        ("Dogs in town\n", ("Dogs in town", None, None, None)),
    ],
)
def test_author_paper_and_date_are_read_from_the_lines_below_the_title(
    tmp_path: Path, head: str, facts: tuple[str | None, ...]
) -> None:
    """None of these lines becomes a passage or part of the title."""
    body = "More than a hundred people filled the library on Thursday evening\nto argue about dogs in the park."
    (tmp_path / "report.txt").write_text(f"{head}\n{body}\n", encoding="utf-8")
    read = read_document(tmp_path / "report.txt")
    assert (read.title, read.author, read.published, read.publisher) == facts
    assert read.text == " ".join(body.split()) + "\n"


def test_long_lines_are_paragraphs_as_they_stand(tmp_path: Path) -> None:
    lines = ["Phones are tools. " * 12, "Nobody bans a pencil. " * 10]
    assert len(read(tmp_path, "a.txt", "\n".join(lines)).paragraphs) == 2


@pytest.mark.parametrize(
    ("encoding", "noted"), [("utf-8-sig", False), ("utf-16", False), ("cp1252", True), ("utf-16-le", True)]
)
def test_other_encodings_are_read_and_told(tmp_path: Path, encoding: str, *, noted: bool) -> None:
    text = "The café’s “naïve” guests said that they’d rather talk than type.\n"
    document = read(tmp_path, "a.txt", text.encode(encoding))
    assert document.paragraphs[0].text == text.strip()
    assert any("encoding" in name for name in document.dropped) is noted


def test_markdown_loses_its_marks(tmp_path: Path) -> None:
    document = read(tmp_path, "a.md", MARKDOWN)
    assert (document.title, document.author, document.published) == ("Against a ban", "Bo Karlsson", "2024-05-01")
    assert shown(document) == [
        "body: Phones are tools, see the study and this line goes on. Bold words.",
        "item: First point is this.",
        "item: Second point is that.",
    ]
    assert {name for name, number in document.dropped.items() if number} == {"picture", "block of code", "table"}


def test_of_a_web_page_the_article_is_left(tmp_path: Path) -> None:
    document = read(tmp_path, "a.html", PAGE)
    assert (document.title, document.author, document.published) == ("Ban phones now", "Ann Lee", "2024-05-01")
    assert shown(document) == [
        "body: Phones distract every pupil in the room, studies say. A ban would give lessons back.",
        "heading: What others did",
        "body: In 2023 the town took phones away. “It was quiet,” said Ola Berg.",
        "item: First point here is long enough to be one.",
    ]


def test_word_is_read_without_what_was_deleted(tmp_path: Path) -> None:
    name = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    body = (
        '<w:p><w:pPr><w:pStyle w:val="Title"/></w:pPr><w:r><w:t>No ban</w:t></w:r></w:p>'
        "<w:p><w:r><w:t>A ban is </w:t></w:r><w:del><w:r><w:delText>never </w:delText></w:r></w:del>"
        "<w:ins><w:r><w:t>too strict for most of us here.</w:t></w:r></w:ins></w:p>"
        "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>cell</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"
    )
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as package:
        package.writestr("word/document.xml", f'<w:document xmlns:w="{name}"><w:body>{body}</w:body></w:document>')
    document = read(tmp_path, "a.docx", packed.getvalue())
    assert (document.title, shown(document)) == ("No ban", ["body: A ban is too strict for most of us here."])
    assert (document.dropped["table"], document.dropped["deletion"]) == (1, 1)


@pytest.mark.parametrize(
    ("name", "content", "lines"),
    [
        (
            "a.srt",
            SRT,
            [
                "label: [00:00:01] Anna",
                "body: Good evening. We talk about phones tonight.",
                "label: [00:01:09] Ben Miller",
                "body: A ban is too strict.",
            ],
        ),
        (
            "a.vtt",
            VTT,
            [
                "label: [00:00:01] Anna",
                "body: Good evening & welcome all of you.",
                "label: [00:00:05] Ben",
                "body: A ban is too strict.",
            ],
        ),
        (
            "a.json",
            CHANNEL,
            [
                "label: [2024-05-01 10:00] Ann",
                "body: I think phones should go",
                "label: [2024-05-01 10:01] ben",
                "body: No way. They help me with my homework",
            ],
        ),
    ],
)
def test_transcripts_keep_who_speaks_and_when(tmp_path: Path, name: str, content: str, lines: list[str]) -> None:
    document = read(tmp_path, name, content)
    assert shown(document) == lines
    assert [one.speaker for one in document.paragraphs if one.kind is Kind.BODY] == [
        line.partition("] ")[2] for line in lines if line.startswith("label")
    ]


PARAGRAPH: Final = (
    "Paragraph number {} says that telephones in classrooms have been a matter of consideration for many well-known "
    "schools, and that interesting developments are to be expected in the following years."
)


@pytest.fixture(scope="module")
def printed() -> bytes:
    """Print two columns over three pages, with a header, page numbers and a note's number."""
    body = "".join(f"<p>{PARAGRAPH.format(number)}</p>" for number in range(1, 15))
    style = (
        "@page{size:A5;margin:2cm;@top-center{content:'The Journal, vol. 3'}"
        "@bottom-center{content:'Page ' counter(page) ' of ' counter(pages)}}"
        "body{font-size:9pt;hyphens:auto;text-align:justify}.c{columns:2}p{margin:0;text-indent:1em}h1{font-size:16pt}"
    )
    page = (
        f"<html lang=en><style>{style}</style><h1>Ban the phones</h1><p style='text-indent:0'>A line over the whole "
        f"page introduces<sup style='font-size:5pt'>1</sup> the columns.</p><div class=c>{body}</div></html>"
    )
    return bytes(weasyprint.HTML(string=page).write_pdf(uncompressed_pdf=True))


def test_pdf_is_read_column_by_column_without_headers_and_numbers(tmp_path: Path, printed: bytes) -> None:
    """And words that are broken at a line's end are whole again."""
    document = read(tmp_path, "a.pdf", printed)
    assert document.title == "Ban the phones"
    assert shown(document) == [
        "body: A line over the whole page introduces the columns.",
        *(f"body: {PARAGRAPH.format(number)}" for number in range(1, 15)),
    ]
    assert document.dropped["page number"] >= 2
    assert document.dropped["line that repeats on the pages"] >= 2


def locked(pdf: bytes) -> bytes:
    """Say of a PDF that it is encrypted."""
    key = "<" + "00" * 32 + ">"
    told = f"/Encrypt <</Filter/Standard/V 1/R 2/P -4/O {key}/U {key}>>/ID[{key}{key}]".encode()
    at = pdf.rindex(b"trailer")
    return pdf[:at] + pdf[at:].replace(b"<<", b"<<" + told, 1)


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.txt", b"", "the file is empty: is it the right one?"),
        ("a.txt", b"\n\n * * *\n", "nothing was found in it that could be quoted: is it the right file?"),
        ("a.txt", b"\x89PNG\r\n\x1a\n....", "this is no text, whatever its name says: save it as text (.txt)"),
        ("a.txt", b"%PDF-1.7 ...", "by its content this is a PDF: let its name end in .pdf"),
        ("a.txt", b"<!DOCTYPE html><html>", "by its content this is a web page: let its name end in .html"),
        ("a.txt", b"abc\0\0def" * 40, "this is no text, or in an encoding that is not known: save it as UTF-8"),
        ("a.pdf", b"%PDF-1.7 broken", "this is no PDF, or a damaged one: open it and save it anew"),
        ("a.pdf", b"no pdf at all", "this is no PDF, or a damaged one: open it and save it anew"),
        ("a.docx", b"PK\x03\x04 word/ broken", "this is no Word document, or a damaged one: open it in Word"),
        ("a.docx", b"some words", "this is no Word document, or a damaged one: open it in Word"),
        ("a.html", b"<html><body></body></html>", "there is no article on this page: save the page of one"),
        ("a.srt", b"Just some words, no times.", "there are no subtitles in it: a line like 00:01:23,000 -->"),
        ("a.json", b'{"a": 1}', "this JSON is no channel of Discord's: export the channel with DiscordChatExporter"),
        ("a.json", b"[" * 100_000, "this JSON is no channel of Discord's: export the channel with DiscordChatExporter"),
        ("a.doc", b"x", "files of the kind .doc are not read: open it in Word or LibreOffice and save it as .docx"),
        ("a", b"x", "files of the kind (none) are not read: save it as one of .txt, .md"),
        ("a.txt", b"word " * 200_001, "it has more than 1,000,000 characters of text: divide it into articles"),
    ],
)
def test_what_cannot_be_read_is_refused_with_the_way_out(tmp_path: Path, name: str, content: bytes, told: str) -> None:
    """In one sentence that names the file."""
    with pytest.raises(UserError) as refused:
        read(tmp_path, name, content)
    assert str(refused.value).startswith(f"{tmp_path / name}: {told}")
    assert "\n" not in str(refused.value)


def test_locked_and_scanned_pdf_are_told_apart(tmp_path: Path, printed: bytes) -> None:
    with pytest.raises(UserError, match="this PDF is locked with a password: save it without one"):
        read(tmp_path, "a.pdf", locked(printed))
    scan = weasyprint.HTML(string="<svg width=100 height=100><rect width=50 height=50 /></svg>").write_pdf()
    with pytest.raises(UserError, match="holds pictures of pages and hardly any text: recognise the text first"):
        read(tmp_path, "a.pdf", scan)


def test_what_is_no_file_is_told(tmp_path: Path) -> None:
    """A folder, an address, nothing at all, and far too much."""
    with (tmp_path / "huge.txt").open("wb") as stream:
        stream.truncate(2 * MOST_BYTES)
    for path, told in (
        (tmp_path, "this is a folder"),
        (tmp_path / "none.txt", "it cannot be read (No such file or directory)"),
        (tmp_path / "huge.txt", "the file has more than 50 MB"),
    ):
        with pytest.raises(UserError) as refused:
            read_document(path)
        assert told in str(refused.value)
    with pytest.raises(UserError, match="nothing is fetched from the web"):
        read_document(type(tmp_path)("https://example.org/article.html"))


@pytest.mark.parametrize(
    ("first", "author"),
    [
        ("*By Tom Adler*", "Tom Adler"),
        ("by: Jan van der Berg and Ana de Souza", "Jan van der Berg and Ana de Souza"),
        ("Author: X. Ödegård", "X. Ödegård"),
        ("By closing the streets we lose", None),
        ("By Tom Adler the mayor was told everything.", None),
    ],
)
def test_first_line_may_name_the_author(tmp_path: Path, first: str, author: str | None) -> None:
    """In Markdown as well as in a text; a sentence that begins with "By" is one."""
    path = tmp_path / "a.md"
    path.write_text(f"# A town is no museum\n\n{first}\n\nMy customers come from the villages, and they come by car.\n")
    document = read_document(path)
    assert document.author == author
    assert len(document.paragraphs) == (2 if author is None else 1)
    assert document.dropped["line with the author"] == (author is not None)
