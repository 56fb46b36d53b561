"""`pack new`: from files to a folder that answers, whole or not at all."""

from __future__ import annotations

import re
import textwrap
import tomllib
from typing import TYPE_CHECKING, Final

import pytest

from bot import opening
from knowledge.model import CONTEXT
from knowledge.pack import check_pack, load_pack
from tests.authoring.marking.gold import marked
from tests.embeddings.encoders.fakes import WordEncoder

if TYPE_CHECKING:
    from tests.conftest import Outcome, Program

FILES: Final = {
    "ban.txt": ("phones-for", "Phones out\nBy Ann Lee"),
    "no-ban.txt": ("phones-against", "Leave us our phones\nBy Bo Karlsson"),
    "meeting.txt": ("phones-meeting", "Two hundred at the town meeting"),
}
ARGUMENTS: Final = (
    *("--side", "For a ban=ban.txt", "--side", "Against a ban=no-ban.txt", "--report", "meeting.txt"),
    *("--alias", "For a ban=the parents' association", "--alias", "Against a ban=the pupils' council"),
)


@pytest.fixture
def written(dilemma: Program) -> Program:
    """Put three hard-wrapped articles into the folder where the program is called."""
    for name, (article, head) in FILES.items():
        paragraphs = [textwrap.fill(one, 72) for one in marked(article).text.strip().split("\n\n")]
        (dilemma.folder / name).write_text("\n\n".join((head, *paragraphs)) + "\n", encoding="utf-8")
    return dilemma


def test_three_files_become_a_pack_that_answers(written: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sound, with sides, authors, topics and colours; the command that it names gives an answer."""
    monkeypatch.setattr(opening, "load_encoder", lambda *_: WordEncoder())
    outcome = written("pack", "new", "phones", *ARGUMENTS, "--published", "ban.txt=1 May", "--name", "Phones in school")
    assert outcome.code == 0, outcome.err
    assert "phones is made: 38 passages of 3 articles (For a ban 18, Against a ban 14, the writers 6)\n" in outcome.out
    assert "works now: questions, conversation, claims with what each side says on them, debates in " in outcome.out
    assert (
        "for more: 3 sentences of which nobody has said who speaks (`dilemma pack review phones`); questions.toml"
        in (outcome.out)
    )
    folder = written.folder / "phones"
    assert check_pack(folder) == ()
    pack = load_pack(folder)
    assert (pack.id, pack.title, pack.motion) == ("phones", "Phones in school", "There should be a ban")
    assert [(side.id, side.short_name, side.emoji) for side in pack.sides] == [
        ("for-a-ban", "For a ban", "🔵"),
        ("against-a-ban", "Against a ban", "🟠"),
    ]
    assert {"Ann Lee", "supporters of the ban", "the parents' association"} <= set(pack.side("for-a-ban").aliases)
    assert [(one.title, one.author, one.published) for one in pack.articles] == [
        ("Phones out", "Ann Lee", "1 May"),
        ("Leave us our phones", "Bo Karlsson", None),
        ("Two hundred at the town meeting", None, None),
    ]
    (gomez,) = [passage for passage in pack.passages if "Maria Gomez" in passage.text]
    assert (gomez.voice, gomez.speaker) == ("for-a-ban", "Maria Gomez")
    assert {passage.voice for passage in pack.passages if passage.speaker is None} == {CONTEXT}
    assert all(passage.topics for passage in pack.passages)
    questions = {topic.name: topic.question for topic in pack.topics}
    assert questions["General points"] == "What do “For a ban” and “Against a ban” say in general?"
    assert all(
        re.fullmatch("What (does “.+”|do “.+” and “.+”) say (about .+|in general)[?]", each)
        for each in questions.values()
    )
    assert "- Read from: meeting.txt" in (folder / "SOURCES.md").read_text(encoding="utf-8")
    asked = written(
        "ask", "--no-log", "--pack", "phones", "Who would warn that bullying would only move to the afternoon?"
    )
    assert "“He also warned that bullying would only move to the afternoon.”" in asked.out
    assert "Leo Park, as reported by the article's unnamed writer" in asked.out
    assert [path.name for path in written.folder.iterdir() if path.name.startswith(".")] == []


def refused(program: Program, *arguments: str) -> str:
    """Call it for what it does not do; nothing is left behind, and the complaint is one sentence."""
    outcome: Outcome = program("pack", "new", *arguments)
    assert outcome.code in {1, 2}
    assert not (program.folder / "phones").exists()
    assert "Traceback" not in outcome.err
    return next(line for line in outcome.err.splitlines() if line.startswith("error: "))


def test_what_cannot_be_made_is_refused_and_nothing_is_written(written: Program) -> None:
    """The same article twice, a side that nobody speaks for, one side, no file, names that are none."""
    (written.folder / "again.txt").write_bytes((written.folder / "ban.txt").read_bytes())
    ban = ("--side", "For a ban=ban.txt")
    assert refused(written, "phones", *ban, "--side", "Against=again.txt") == (
        "error: again.txt is the same article as ban.txt: name it once"
    )
    assert refused(written, "phones", *ban, "--side", "Nobody").startswith(
        "error: nobody speaks for the side Nobody in these files: name an article of theirs (--side "
    )
    assert refused(written, "phones", *ban).startswith("error: a controversy has two sides or more: name each, as in")
    five = [part for name in "ABCDE" for part in ("--side", f"{name}=ban.txt")]
    assert refused(written, "phones", *five) == (
        "error: a pack has 4 sides at most, not 5: leave some out, or join them"
    )
    assert refused(written, "phones", "--side", "A", "--side", "B").startswith(
        "error: there is nothing to quote: name a"
    )
    assert refused(written, "phones", *ban, "--side", "=x.txt").endswith(
        'has no name before the =, as in "For a ban=ban.txt"'
    )
    assert refused(written, "phones", *ban, "--side", "B=none.txt").startswith(
        "error: none.txt: it cannot be read (No such"
    )
    assert refused(written, "phones", *ban, "--side", "B=no-ban.txt", "--alias", "C=x").startswith(
        "error: the alias names a side 'C' that there is not: the sides are For a ban, B"
    )
    assert refused(written, "phones", *ban, "--side", "B=no-ban.txt", "--author", "x.txt=Y").endswith(
        "is not FILE=TEXT with one of the files ban.txt, no-ban.txt"
    )
    (written.folder / "there").mkdir()
    assert refused(written, "there", *ARGUMENTS) == "error: there exists already: name another folder, or remove it"
    assert refused(written).endswith("name the folder to make, as in `dilemma pack new phones`")


def test_speakers_without_a_side_are_named_where_a_side_has_nobody(written: Program) -> None:
    """So that one option more is enough."""
    (written.folder / "talk.srt").write_text(
        "1\n00:00:01,000 --> 00:00:04,000\nANNA: A ban gives lessons back to teachers.\n\n"
        "2\n00:00:05,000 --> 00:00:08,000\nBEN: A ban is too strict for all of us.\n",
        encoding="utf-8",
    )
    sides = ("--side", "For", "--side", "Against", "--report", "talk.srt")
    assert "or say for whom these speak: Anna, Ben (--speaker" in refused(written, "phones", *sides)
    speakers = ("--speaker", "Anna=For", "--speaker", "Ben=Against", "--speaker", "Dr Zoe Quill=neither")
    outcome = written("pack", "new", "phones", *sides, *speakers)
    assert outcome.code == 0
    told = outcome.out + outcome.err
    assert '--speaker "Dr Zoe Quill=…" changes nothing: the name Zoe Quill stands in none of the files' in told
    assert told.count("changes nothing") == 1
    pack = load_pack(written.folder / "phones")
    assert [(passage.voice, passage.speaker) for passage in pack.passages] == [("for", "Anna"), ("against", "Ben")]


def test_every_sentence_is_a_passage_or_named_among_what_was_left_out(written: Program) -> None:
    """A short one that cannot join the one before is told, with the file that it stands in."""
    report = (
        "A meeting in the town\n\nThe parents' association said that it was loud. The pupils' council objected. "
        "The town has two schools in the valley.\n"
    )
    (written.folder / "meeting.txt").write_text(report, encoding="utf-8")
    outcome = written("pack", "new", "phones", *ARGUMENTS)
    assert outcome.code == 0, outcome.err
    lost = "meeting.txt: no passage, as they are too short or stand there twice: The pupils' council objected.\n"
    assert (outcome.out + outcome.err).count(lost) == 1
    marked_there = [
        one.text for one in load_pack(written.folder / "phones").passages if one.span.article_id.startswith("a-m")
    ]
    assert marked_there == [
        "The parents' association said that it was loud.",
        "The town has two schools in the valley.",
    ]


def test_everything_is_asked_step_by_step_in_a_terminal(written: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    """Enter leaves out what may be missing; a file that is not there is asked for again."""
    from bot.screen import replies  # noqa: PLC0415 - patched below
    from bot.screen.replies import Replies  # noqa: PLC0415 - as above

    first = "phones|For a ban|wrong.txt|ban.txt||1 May||Against a ban|no-ban.txt|Bo K.||"
    typed = iter(f"{first}||meeting.txt||||Phones should be banned".split("|"))
    monkeypatch.setattr(replies, "replies_to", lambda _: Replies(lambda _: next(typed), at_terminal=True))
    outcome = written("pack", "new")
    assert outcome.code == 0, outcome.err
    assert "there is no file wrong.txt" in outcome.err
    pack = load_pack(written.folder / "phones")
    assert pack.motion == "Phones should be banned"
    assert [(one.author, one.published) for one in pack.articles] == [
        ("Ann Lee", "1 May"),
        ("Bo K.", None),
        (None, None),
    ]


def test_the_toml_is_read_back_as_it_was_meant(written: Program) -> None:
    """Quotation marks and backslashes of names and articles too."""
    (written.folder / "odd.txt").write_text(
        'He said \\ "never" to me, \x7f and that is all there is to say.', encoding="utf-8"
    )
    name = 'The "odd" \\ side'
    sides = ("--side", f"{name}=odd.txt", "--side", "Against a ban=no-ban.txt")
    assert written("pack", "new", "phones", *sides).code == 0
    values = tomllib.loads((written.folder / "phones" / "pack.toml").read_text(encoding="utf-8"))
    assert values["side"][0]["name"] == name


def test_a_pack_may_be_named_before_and_after_the_command(written: Program) -> None:
    """Text behind "--" is never taken for the option."""
    assert written("pack", "new", "phones", *ARGUMENTS).code == 0
    for arguments in (("--pack", "phones", "topics"), ("topics", "--pack", "phones"), ("topics", "--pack=phones")):
        assert written(*arguments).out.startswith("Phones: ")
    assert written("topics", "--pack", "nowhere").err.startswith(
        "error: the pack nowhere cannot be used: .: there is no folder"
    )
    assert "no such command" in written("--", "--pack", "phones").err.lower()
