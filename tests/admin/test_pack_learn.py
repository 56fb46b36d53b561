"""`pack questions` and `pack learn`: a prompt for an assistant, and what of its answer is taken, word for word."""

from __future__ import annotations

import io
import json
import sys
from typing import TYPE_CHECKING, Final

from bot.authoring.example_answers import LARGEST
from knowledge.pack import SHIPPED, check_pack, load_pack
from knowledge.reading.questions import FILE
from tests.admin.test_pack_review import made
from tests.packs import SHIPPED_STAYS

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from tests.conftest import Outcome, Program

__all__ = ["made"]

LESSONS: Final = "parents-say-lessons-got"
ASKED: Final = "pupils-say-nobody-asked"
TOWN: Final = "town-two-schools-valley"

ANSWER: Final = f"""\
Sure! Here are some questions {{as you wished}}:

```json
[
1. {{"question": "Did anybody get quieter  classes out of it?", "passages": ["{LESSONS}"]}},
- {{"question": "noise at school", "passages": ["{LESSONS}", "{LESSONS}"]}}
{{"question": "was teh students opinion herd", "passages": ["{ASKED}"]}}
{{
  "question": "Are both camps unhappy?",
  "passages": ["{ASKED}", "{LESSONS}"]
}},
{{"question": "How much did it cost?", "passages": []}}
{{"question": "Who is the mayor?", "passages": []}}
{{"question": "How much did it cost", "passages": []}}
{{"question": "Who is the mayorr?", "passages": []}}
{{"question": "Do the parents say that lessons got quiet?", "passages": ["{LESSONS}"]}}
{{"question": "quiet now?", "passages": ["parents-say-lesson-got"]}}
{{"question": " ?", "passages": []}}
{{"question": "{"why " * 200}", "passages": []}}
{{"question": "anything else", "passages": "{TOWN}"}}
{{"question": "a\\u0007bell", "passages": []}}
{{"question": "nothing asked", "pass
]
```
I hope that this helps.
"""

REFUSED: Final = (
    "line 14: the question is there already, on line 12",
    "line 15: nearly the same question is there already, on line 13",
    f'line 16: the question repeats the words of the passage "{LESSONS}"; people ask in their own',
    f'line 17: there is no passage "parents-say-lesson-got"; did you mean "{LESSONS}"?',
    'line 18: "question" is missing, empty or no text',
    "line 19: the question has 799 characters; 500 are read at most",
    'line 20: "passages" must be a list of ids, empty where no passage answers "anything else"',
    'line 21: the question holds an invisible character: "a\\u0007bell"',
    "line 22: it is not valid JSON, or is cut off: write it as one object on one line",
)

TAKEN: Final = {
    "Did anybody get quieter classes out of it?": ("plain", {LESSONS: 2}),
    "noise at school": ("short", {LESSONS: 2}),
    "was teh students opinion herd": ("slang", {ASKED: 2}),
    "Are both camps unhappy?": ("plain", {ASKED: 2, LESSONS: 2}),
    "How much did it cost?": ("plain", {}),
    "Who is the mayor?": ("plain", {}),
}


def learn(program: Program, answer: str | bytes, *options: str) -> Outcome:
    content = answer if isinstance(answer, bytes) else answer.encode()
    (program.folder / "answers.txt").write_bytes(content)
    return program("pack", "learn", "phones", "answers.txt", *options)


def files(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_the_prompt_has_each_passage_with_its_id_and_voice_and_the_format(made: Program) -> None:
    """Its own example lines teach nothing where they come back; without --prompt, what answers nothing is listed."""
    outcome = made("pack", "questions", "phones", "--prompt")
    assert outcome.code == 0, outcome.err
    lines = outcome.out.splitlines()
    voices = {"for": "For", "against": "Against", "context": "the writer, on no side"}
    passages = load_pack(made.folder / "phones").passages
    assert [passage.id for passage in passages] == [LESSONS, ASKED, TOWN]
    assert lines[-3:] == [f"[{one.id}] ({voices[one.voice]}) {one.text}" for one in passages]
    assert [json.loads(line)["passages"] for line in lines if line.startswith("{")] == [[LESSONS], []]
    pasted = learn(made, outcome.out, "--yes").out
    assert "answers.txt: 2 read, 0 can be taken (0 that no passage answers), 2 refused\n" in pasted
    assert made("pack", "questions", "phones").out.splitlines() == [
        "phones: example questions: 0; passages that answer none: 3",
        *(f"  {one.id}" for one in passages),
    ]


def test_what_is_right_is_taken_and_the_rest_is_kept_with_its_reason(made: Program) -> None:
    """From lines, a list, fences, numbers, objects over several lines, and prose."""
    outcome = learn(made, ANSWER, "--yes")
    assert outcome.code == 0, outcome.err
    out = outcome.out.splitlines()
    assert tuple(out[:9]) == REFUSED
    assert out[9] == "answers.txt: 15 read, 6 can be taken (2 that no passage answers), 9 refused"
    assert "phones is sound, with example questions: 6, claims: 0" in out
    folder = made.folder / "phones"
    assert check_pack(folder) == ()
    taken = load_pack(folder).questions
    assert {one.text: (one.kind, dict(one.gold)) for one in taken} == TAKEN
    intents = {one.text: one.intent for one in taken}
    assert intents["noise at school"] == intents["Did anybody get quieter classes out of it?"] == f"learnt-{LESSONS}"
    assert len(set(intents.values())) == 5
    drafts = [json.loads(line) for line in (folder / "drafts.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [f"line {one['line']}: {one['reason']}" for one in drafts] == list(REFUSED)
    assert drafts[3]["question"] == "quiet now?"
    assert drafts[8]["text"] == '{"question": "nothing asked", "pass'


def test_claims_get_their_side_and_replies_of_others(made: Program) -> None:
    """Beside questions in the same text; what is on the claim's own side, or the writer's, is no reply."""
    lines = made("pack", "questions", "phones", "--prompt", "--claims").out.splitlines()
    assert [json.loads(line) for line in lines if line.startswith("{")] == [
        {"claim": "…", "side": "against", "passages": [LESSONS]},
        {"claim": "…", "side": "", "passages": []},
    ]
    assert "The sides: [for] For; [against] Against." in lines
    answer = "\n".join(
        json.dumps(each)
        for each in (
            {"claim": "They never listen to kids!", "side": "against", "passages": [LESSONS]},
            {"claim": "no peace in class", "side": "for", "passages": [ASKED]},
            {"claim": "No peace in class.", "side": "for", "passages": [ASKED]},
            {"claim": "Birds can fly", "side": "", "passages": []},
            {"question": "no peace in class", "passages": []},
            {"claim": "Teachers hate us", "side": "agains", "passages": []},
            {"claim": "Noise is gone", "side": "for", "passages": [LESSONS]},
            {"claim": "Towns are small", "side": "against", "passages": [TOWN]},
            {"claim": "Fish can swim", "side": "", "passages": [ASKED]},
            {"claim": "Cats purr", "passages": []},
        )
    )
    outcome = learn(made, answer, "--yes")
    assert outcome.code == 0, outcome.err
    against = "cannot stand against the claim; list those of another side"
    assert outcome.out.splitlines()[:6] == [
        "line 3: the claim is there already, on line 2",
        'line 6: there is no side "agains"; did you mean "against"?',
        f'line 7: the passage "{LESSONS}" {against}',
        f'line 8: the passage "{TOWN}" {against}',
        f'line 9: the passage "{ASKED}" {against}',
        'line 10: "side" must be the id of a side, or "" for a claim that no side makes',
    ]
    pack = load_pack(made.folder / "phones")
    assert [(one.text, one.stance, dict(one.gold)) for one in pack.statements] == [
        ("They never listen to kids!", "against", {LESSONS: 2}),
        ("no peace in class", "for", {ASKED: 2}),
        ("Birds can fly", None, {}),
    ]
    assert [one.text for one in pack.questions] == ["no peace in class"]
    drafts = (made.folder / "phones" / "drafts.jsonl").read_text(encoding="utf-8")
    assert drafts.splitlines()[1].startswith(
        '{"claim": "Teachers hate us", "side": "agains", "passages": [], "line": 6, '
    )


def test_a_list_on_one_line_is_read_too(made: Program) -> None:
    """Under a heading of the assistant's own; what is no question is kept whole."""
    answer = '{"questions": [{"question": "any noise?", "passages": []}, {"q": "hm", "passages": []}]}'
    outcome = learn(made, answer, "--yes")
    assert outcome.out.startswith(
        'line 1: "question" is missing, empty or no text\n'
        "answers.txt: 2 read, 1 can be taken (1 that no passage answers), 1 refused\n"
    )
    (draft,) = (made.folder / "phones" / "drafts.jsonl").read_text(encoding="utf-8").splitlines()
    assert json.loads(draft)["text"] == '{"q": "hm", "passages": []}'


def test_what_stands_there_stays_byte_for_byte(made: Program) -> None:
    """With its comments, and without a line end; the same answers again bring nothing, and no draft twice."""
    folder = made.folder / "phones"
    before = (
        "# mine\r\n[[intent]]\r\n"
        f'id = "learnt-{ASKED}"\r\nabout = "x"\r\nbest = []\r\nacceptable = []\r\n'
        'ask.plain = ["Who is the mayor?"] # here'
    ).encode()
    (folder / FILE).write_bytes(before)
    outcome = learn(made, ANSWER, "--yes")
    assert outcome.code == 0, outcome.err
    assert 'line 13: the question is there already, in questions.toml as "Who is the mayor?"\n' in outcome.out
    after = (folder / FILE).read_bytes()
    assert after.startswith(before + b"\n\n[[intent]]\n")
    assert {one.text: (one.kind, dict(one.gold)) for one in load_pack(folder).questions} == TAKEN
    one_draft = '{"question": "half \\ud800", "passages": ["no"]}'
    for _ in range(2):
        again = learn(made, one_draft)
        assert (again.code, again.out.splitlines()[1:]) == (
            1,
            [
                "answers.txt: 1 read, 0 can be taken (0 that no passage answers), 1 refused",
                "what was refused is in phones/drafts.jsonl, with the reasons",
            ],
        )
    assert (folder / FILE).read_bytes() == after
    drafts = (folder / "drafts.jsonl").read_text(encoding="utf-8")
    assert drafts.count('["no"]') == 1
    mended = learn(made, drafts.replace("parents-say-lesson-got", TOWN), "--yes")
    assert "answers.txt: 11 read, 1 can be taken (0 that no passage answers), 10 refused\n" in mended.out
    assert load_pack(folder).questions[-1].text == "quiet now?"
    assert (folder / "drafts.jsonl").read_text(encoding="utf-8") == drafts


def test_a_sample_is_shown_and_nothing_is_written_before_it_is_accepted(
    made: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither where somebody ends it, nor where nobody is there to accept."""
    before = files(made.folder / "phones")
    for typed in ("q\n", ""):
        monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
        outcome = learn(made, ANSWER)
        assert outcome.code == 0
        assert outcome.out.splitlines()[10:] == [
            f"  Did anybody get quieter classes out of it? → {LESSONS}",
            f"  noise at school → {LESSONS}",
            f"  was teh students opinion herd → {ASKED}",
            f"  Are both camps unhappy? → {ASKED}, {LESSONS}",
            "  How much did it cost? → no passage",
            "  Who is the mayor? → no passage",
            "[Enter] take them  [q] end, nothing written",
            "nothing was written",
        ]
        assert files(made.folder / "phones") == before
    monkeypatch.setattr(sys, "stdin", io.StringIO("\n"))
    assert learn(made, ANSWER).code == 0
    assert len(load_pack(made.folder / "phones").questions) == 6


def test_bad_files_get_one_sentence_and_change_nothing(made: Program) -> None:
    """Nonsense, too much, no text, nests without end, other JSON; and a pack that is not yours, or not sound."""
    folder = made.folder / "phones"
    before = files(folder)
    none = 'answers.txt holds no answer: each is a line such as {"question": "…", "passages": ["id"]}'
    for content, told in (
        (b"", none),
        (b"I am sorry, I cannot do that.\n```\n\n```\n", none),
        (b"\0" * 99, none),
        (b"\x89PNG\r\n\xff\xfe{", "answers.txt is not a text in UTF-8: save the assistant's answer as plain text"),
        (
            b"{" * (LARGEST + 1),
            "answers.txt has 1,000,001 bytes; 1,000,000 are read at most: divide it into several files",
        ),
    ):
        outcome = learn(made, content, "--yes")
        assert (outcome.code, outcome.err) == (1, f"error: {told}\n")
    absent = made("pack", "learn", "phones", "none.txt").err
    assert (
        absent == "error: none.txt is not there, or no file: save what the assistant answered as a text, and name it\n"
    )
    assert files(folder) == before
    assert made("pack", "learn", str(SHIPPED), "answers.txt").err == f"error: {SHIPPED_STAYS}\n"
    for content in (b'{"a": ' * 100_000, b'{"questions": {"a": [1, {}]}}', b'{"question": ' + b"9" * 5000 + b"}"):
        outcome = learn(made, content, "--yes")
        assert (outcome.code, outcome.err) == (1, "")
        assert "line 1: " in outcome.out
    (folder / FILE).write_text("intent = []\n", encoding="utf-8")
    before = files(folder)
    unsound = learn(made, ANSWER, "--yes")
    assert unsound.code == 1
    assert unsound.err.startswith("error: the pack phones cannot be used: ")
    assert files(folder) == before
    assert [path.name for path in made.folder.iterdir() if path.name.startswith(".")] == []
