from __future__ import annotations

import csv
import io
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.answer.rules.sparring import Sparred
from bot.lesson.rules.lesson import (
    AGREE,
    CHOICES,
    DISAGREE,
    MOST_ASKED,
    UNSURE,
    AskedQuestion,
    Gathered,
    Lesson,
    Participant,
    StudentAnswer,
    Tally,
    codes_of,
    is_quoting,
    shift_of,
    summary_of,
)
from bot.lesson.rules.prompt import draw_prompts
from bot.lesson.rules.quiz import Score
from bot.lesson.rules.report import ANSWERS, answers_csv, answers_markdown
from bot.values.ballot import net_swing
from bot.values.separated import Separators
from bot.values.text import plain
from tests.quote.rules.findings import pack

NOON = "2026-01-01T12:00:00+00:00"
LESSON = Lesson("a" * 32, "1", 5, "teacher", "7b", logged=True, names=False, started_utc=NOON, ended_utc=None)

votes = st.dictionaries(st.sampled_from([f"p{number}" for number in range(12)]), st.sampled_from(CHOICES))


def chance(seed: int) -> Random:
    return Random(seed)  # noqa: S311 - for that very reason


def an_answer(
    person: str, text: str, *, number: int = 1, prompt: str = "some.prompt", name: str = "Ann", posting: str = "b" * 32
) -> StudentAnswer:
    return StudentAnswer(number, posting, prompt, person, name, named=False, text=text, answered_utc=NOON)


def gathered(
    *,
    asked: tuple[AskedQuestion, ...] = (),
    answers: tuple[StudentAnswer, ...] = (),
    voted: dict[str, int] | None = None,
    scores: dict[str, Score] | None = None,
) -> Gathered:
    return Gathered(LESSON, (), (), asked, answers, voted or {}, scores or {})


def test_the_shift_counts_who_changed_their_mind() -> None:
    """Unsure is a choice like the others; who voted once counts in the totals alone."""
    before = {"a": AGREE, "b": AGREE, "c": UNSURE, "d": DISAGREE}
    after = {"a": AGREE, "b": DISAGREE, "c": DISAGREE, "e": UNSURE}
    result = shift_of(before, after, 1)
    assert result.matrix == ((1, 1, 0), (0, 0, 0), (0, 1, 0))
    assert result.told == ((2, 1, 1), (1, 2, 1))
    assert net_swing(result, DISAGREE) == pytest.approx(200 / 3)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(votes, votes)
def test_every_vote_is_counted_once(before: dict[str, str], after: dict[str, str]) -> None:
    counted = shift_of(before, after, 1).told
    assert counted == tuple(tuple(list(cast.values()).count(choice) for choice in CHOICES) for cast in (before, after))


def test_words_in_quotation_marks_count_as_a_quote_when_they_stand_in_an_article() -> None:
    """Of either side or of the writer; between marks of any kind."""
    said = " ".join(pack().passages[0].text.split()[:6])
    for opened, closed in ('""', "“”", "„“", "«»", "‘’"):
        assert is_quoting(pack(), f"I think {opened}{said}{closed} is true")


@pytest.mark.parametrize(
    "text",
    ["I agree.", "“people are batteries for the machine”", "“the”", "“", '""', "“”", '"' * 99, "“The film says: no”"],
)
def test_what_is_no_quote_of_an_article_counts_as_none(text: str) -> None:
    """Other words, too few of them, marks with nothing between them."""
    assert not is_quoting(pack(), text)


def test_a_quote_without_quotation_marks_does_not_count() -> None:
    """To mark it is what is to be learnt."""
    assert not is_quoting(pack(), pack().passages[0].text)


@settings(max_examples=50, deadline=None, derandomize=True)
@given(st.sets(st.text(min_size=1), max_size=60), st.integers())
def test_everybody_has_a_code_of_their_own(people: set[str], seed: int) -> None:
    """The same seed gives the same codes, in whichever order the people come."""
    codes = codes_of(people, chance(seed))
    assert codes.keys() == people
    assert len(set(codes.values())) == len(people)
    assert codes == codes_of(sorted(people, reverse=True), chance(seed))


def test_codes_are_drawn_anew_each_time() -> None:
    """So that two files cannot be laid beside each other."""
    people = [f"p{number}" for number in range(30)]
    random = chance(1)
    assert codes_of(people, random) != codes_of(people, random)


def test_there_are_not_codes_for_more_people_than_a_lesson_can_have() -> None:
    """Rather than two with one code."""
    with pytest.raises(ValueError, match="there are 4232 codes, and 4233 people"):
        codes_of(map(str, range(4233)), chance(1))


def test_a_summary_says_what_was_asked_most_and_what_stayed_unanswered() -> None:
    """Questions in the words in which they were understood, topics by the quote shown first."""
    passage = next(passage for passage in pack().passages if passage.topics)
    asked = (
        AskedQuestion("ann", "who is it", passage.id),
        AskedQuestion("ben", "what about owls", None),
        AskedQuestion("ben", "who is it", passage.id),
        AskedQuestion("cem", "what about owls", None),
        AskedQuestion("cem", "who is it", "a passage that was taken out"),
        AskedQuestion("cem", "hm", None, asked_back=True),
    )
    summary = summary_of(pack(), gathered(asked=asked), chance(1))
    assert summary.questions == (("who is it", 3), ("what about owls", 2))
    assert summary.unanswered == ("what about owls",)
    assert summary.asked_back == ("hm",)
    assert dict(summary.topics) == {pack().topic(topic): 2 for topic in passage.topics[:MOST_ASKED]}
    assert summary.tally == Tally(people=3, asked=6, silent=2)


def test_the_table_of_who_took_part_has_codes_and_leaves_the_teacher_out() -> None:
    said = " ".join(pack().passages[0].text.split()[:6])
    found = gathered(
        asked=(AskedQuestion("ben", "who", None), AskedQuestion("teacher", "who", None)),
        answers=(an_answer("ann", f"“{said}”"), an_answer("ann", "no", number=2)),
        voted={"ann": 2, "cem": 1},
        scores={"cem": Score(2, 3)},
    )
    plain = summary_of(pack(), found, chance(7))
    named = summary_of(pack(), found, chance(7), named=True)
    codes = codes_of(["ann", "ben", "cem"], chance(7))
    expected = {
        Participant(codes["ann"], None, asked=0, voted=2, answered=2, cited=1, guessed=Score(0, 0)),
        Participant(codes["ben"], None, asked=1, voted=0, answered=0, cited=0, guessed=Score(0, 0)),
        Participant(codes["cem"], None, asked=0, voted=1, answered=0, cited=0, guessed=Score(2, 3)),
    }
    assert set(plain.participants) == expected
    assert [row.code for row in plain.participants] == sorted(codes.values())
    assert {row.code: row.name for row in named.participants} == {
        codes["ann"]: "Ann",
        codes["ben"]: None,
        codes["cem"]: None,
    }
    assert plain.tally.people == 3


def test_sparrings_stand_under_the_codes_of_who_took_part() -> None:
    """Whoever did nothing else took part, too; the teacher's own are left out."""
    ann, ben, teacher = (Sparred(person, "film", 6, 2, 1, 0) for person in ("ann", "ben", "teacher"))
    found = replace(gathered(asked=(AskedQuestion("ben", "who", None),)), sparred=(ben, ann, teacher, ann))
    summary = summary_of(pack(), found, chance(7))
    codes = codes_of(["ann", "ben"], chance(7))
    assert summary.sparred == tuple(sorted([(codes["ann"], ann)] * 2 + [(codes["ben"], ben)], key=lambda row: row[0]))
    assert [row.code for row in summary.participants] == sorted(codes.values())


def test_kept_counts_stand_where_the_rows_are_gone() -> None:
    """They are all that is left of a lesson that is not logged."""
    kept = Tally(people=30, asked=4, silent=1, voters=60, answers=12, cited=5)
    summary = summary_of(pack(), replace(gathered(), kept=kept), chance(1))
    assert (summary.tally, summary.participants, summary.questions) == (kept, (), ())


def test_an_empty_lesson_has_an_empty_summary() -> None:
    summary = summary_of(pack(), gathered(), chance(1))
    assert (summary.tally, summary.participants) == (Tally(), ())


HOSTILE = ('=HYPERLINK("http://x")', "@everyone **hi** <script>", "a\nb,c\t;d", "\u202eevil", "# heading\n- list")


def rows_of(written: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(written, newline="")))


def test_answers_go_into_a_table_in_which_nothing_can_be_calculated() -> None:
    """Nothing that was written is lost; names are left out unless they are wished."""
    (prompt,) = draw_prompts(pack(), topic=None, count=1, seed=3)
    given = [
        an_answer(f"p{number}", text, number=number, prompt=prompt.id, name="=1+1")
        for number, text in enumerate(HOSTILE)
    ]
    rows = rows_of(answers_csv(pack(), given, chance(1), named=False))
    assert tuple(rows[0]) == ANSWERS
    assert [row["answer"].replace("'", "") for row in rows] == [text.replace("'", "") for text in HOSTILE]
    assert rows[0]["answer"].startswith("'=")
    assert {row["question"] for row in rows} == {prompt.question}
    assert {row["name"] for row in rows} == {""}
    assert len({row["student"] for row in rows}) == len(HOSTILE)
    assert {row["name"] for row in rows_of(answers_csv(pack(), given, chance(1), named=True))} == {"'=1+1"}


def test_what_an_answer_quotes_is_said_beside_it() -> None:
    """In the table and in the text; with the separators that are wanted."""
    (prompt,) = draw_prompts(pack(), topic=None, count=1, seed=3)
    given = [an_answer("ann", "I say they “sell your information to anyone”.", prompt=prompt.id)]
    said = (
        "“sell your information to anyone”: Verbatim, but cut out of its sentence: read the whole of it. "
        "Careful: “don't” is cut off in front, which denies it."
    )
    assert [row["quotations"] for row in rows_of(answers_csv(pack(), given, chance(1), named=False))] == [said]
    assert answers_csv(pack(), given, chance(1), Separators(";", ","), named=False).startswith('"student";"name"')
    assert f"    - {plain(said)}" in answers_markdown(pack(), given, chance(1), named=False)


def test_answers_go_under_their_questions_in_markdown() -> None:
    """A prompt that came twice has two headings, and nothing that was written makes markup."""
    (prompt,) = draw_prompts(pack(), topic=None, count=1, seed=3)
    given = [
        an_answer("ann", "yes", prompt=prompt.id, posting="1"),
        an_answer("ben", "no\n# not a heading", prompt="gone.prompt", posting="2"),
        an_answer("ann", "<b>still</b>", prompt=prompt.id, posting="1"),
    ]
    codes = codes_of(["ann", "ben"], chance(1))
    lines = answers_markdown(pack(), given, chance(1), named=True).splitlines()
    assert lines == [
        "# Answers",
        "",
        f"## {prompt.question}",
        "",
        f"- **{codes['ann']} (Ann):** yes",
        rf"- **{codes['ann']} (Ann):** \<b\>still\</b\>",
        "",
        r"## gone\.prompt",
        "",
        rf"- **{codes['ben']} (Ann):** no \# not a heading",
    ]
    assert answers_markdown(pack(), [], chance(1), named=False) == "# Answers\n"
