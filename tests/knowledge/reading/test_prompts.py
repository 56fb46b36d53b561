"""What prompts.toml may say, the exact complaint about everything else, and what the shipped one asks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from knowledge.errors import Problem
from knowledge.model import PromptFrame
from knowledge.reading.prompts import KINDS

if TYPE_CHECKING:
    from knowledge.model import Pack
    from tests.knowledge.conftest import TinyPack

FILE: Final = "prompts.toml"

PROMPTS: Final = """\
loaded = ["lazy", "doesn't"]

[[prompt]]
id = "better-at-home"
topic = "homes"
question = "Is an animal of use in a house?"
best = ["guard", "wash"]
acceptable = ["no-walk"]
evidence = ["What could one count?", "Who could check it?", "What is meant by use?"]
perspective = ["Who gains?", "Who loses?", "What would the animal say?"]
personal = ["Which animal do you know?", "What do you do for it?", "What does it do for you?"]
"""

NEUTRAL: Final = "Is an animal of use in a house?"

POLAR: Final = ("Is", "Are", "Do", "Does", "Can", "Could", "Should", "Would")
"""How a question begins that can be answered yes or no."""


@pytest.fixture
def asking(tiny: TinyPack) -> TinyPack:
    tiny.write(FILE, PROMPTS)
    return tiny


def test_each_table_becomes_a_frame(asking: TinyPack) -> None:
    (frame,) = asking.load().prompts
    assert frame == PromptFrame(
        id="better-at-home",
        topic="homes",
        question=NEUTRAL,
        gold={"guard": 2, "wash": 2, "no-walk": 1},
        evidence=("What could one count?", "Who could check it?", "What is meant by use?"),
        perspective=("Who gains?", "Who loses?", "What would the animal say?"),
        personal=("Which animal do you know?", "What do you do for it?", "What does it do for you?"),
    )


def test_a_pack_without_prompts_has_those_of_the_program_and_no_answer_depends_on_them(tiny: TinyPack) -> None:
    before = tiny.load()
    (frame,) = before.prompts
    assert (frame.id, frame.topic) == ("homes", "homes")
    assert frame.question == "With “Homes” in mind, would you say: A cat makes the better pet?"
    assert frame.gold == {"no-walk": 1, "wash": 1, "guard": 1}
    assert [len(getattr(frame, kind)) for kind in KINDS] == [3, 3, 3]
    tiny.write(FILE, PROMPTS)
    assert before.sha256 == tiny.load().sha256


@pytest.mark.parametrize("question", ["Do cats or dogs help more in a house?", "Do Hounds and the cat club agree?"])
def test_a_question_may_name_every_side(asking: TinyPack, question: str) -> None:
    asking.edit(FILE, NEUTRAL, question)
    assert asking.problems() == ()


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        (f'"{NEUTRAL}"', '"Are dogs of use in a house?"', 6, 'the question names the side "dogs" and not the others'),
        ('"homes"', '"homes"\nclaim = "Is it?"', 6, '"Is it?" must be a claim: it ends with ?'),
        (NEUTRAL, "It is of use.", 6, '"It is of use." must be a question: it does not end with ?'),
        (NEUTRAL, "Is a LAZY animal of use?", 6, '"Is a LAZY animal of use?" is not neutral: "lazy" is one of the'),
        ("Who loses?", "Who loses.", 10, '"Who loses." must be a question: it does not end with ?'),
        ("Who loses?", "Who doesn't gain?", 10, '"Who doesn\'t gain?" is not neutral: "doesn\'t" is one of the'),
        ("Who loses?", "Who gains?", 10, '"Who gains?" stands there twice'),
        (', "What is meant by use?"', "", 9, '"evidence" must hold 3 or more, not 2'),
        ('"homes"', '"home"', 5, 'unknown topic "home"; did you mean "homes"?'),
        ('"wash"', '"wish"', 7, 'unknown passage "wish"; did you mean "wash"?'),
        ('["no-walk"]', '["most-homes"]', 8, 'the passage "most-homes" is the writer\'s; a prompt shows the sides'),
        ('["guard", "wash"]', '["wash"]', 7, 'no passage of the side "dogs" is among the best and acceptable'),
        ('["no-walk"]', '["guard"]', 8, 'the passage "guard" is both best and acceptable; leave it in one'),
        ("personal", "persona", 11, 'unknown key "persona"; did you mean "personal"?'),
    ],
)
def test_what_is_wrong_is_said_with_its_line(asking: TinyPack, old: str, new: str, line: int, message: str) -> None:
    asking.edit(FILE, old, new)
    complaints = [problem for problem in asking.problems() if problem.line == line]
    assert [problem.file for problem in complaints] == [FILE]
    assert complaints[0].message.startswith(f'prompt "better-at-home": {message}')


def test_a_word_inside_another_is_not_loaded(asking: TinyPack) -> None:
    asking.edit(FILE, NEUTRAL, "Is a catsitter of use to a lazybones?")
    assert asking.problems() == ()


def test_the_same_question_twice_is_a_problem(asking: TinyPack) -> None:
    again = PROMPTS[PROMPTS.index("[[prompt]]") :].replace("better-at-home", "again").replace("Is an", "is AN")
    asking.write(FILE, PROMPTS + again)
    assert asking.problems() == (
        Problem(FILE, 15, 'prompt "again": the prompt "better-at-home" asks the same question'),
    )


def test_the_loaded_words_must_be_listed(asking: TinyPack) -> None:
    asking.edit(FILE, 'loaded = ["lazy", "doesn\'t"]\n', "")
    assert Problem(FILE, 0, 'the key "loaded" is missing') in asking.problems()


def test_broken_pack_does_not_blame_its_prompts(asking: TinyPack) -> None:
    asking.edit("passages.toml", 'voice = "dogs"', 'voice = "dog"')
    assert [problem.file for problem in asking.problems()] == ["passages.toml"]


def test_every_topic_on_which_all_sides_are_quoted_is_asked_about(shipped: Pack) -> None:
    asked = [frame.topic for frame in shipped.prompts]
    assert len(asked) >= 30
    for topic in shipped.topics:
        quoted = {passage.voice for passage in shipped.passages if topic.id in passage.topics}
        if quoted.issuperset(shipped.side_ids):
            assert 2 <= asked.count(topic.id) <= 4, topic.id
        elif len(quoted.intersection(shipped.side_ids)) == 0:
            assert topic.id not in asked


def test_shipped_questions_can_be_voted_on(shipped: Pack) -> None:
    for frame in shipped.prompts:
        assert frame.question.split()[0] in POLAR, frame.question
        for kind in KINDS:
            for text in getattr(frame, kind):
                assert text.split()[0] not in POLAR, text


def test_shipped_follow_ups_are_asked_once(shipped: Pack) -> None:
    texts = [text for frame in shipped.prompts for kind in KINDS for text in getattr(frame, kind)]
    assert sorted(texts) == sorted(set(texts))
    assert len(texts) >= 9 * 30


def test_shipped_questions_lead_to_the_very_question_on_each_side(shipped: Pack) -> None:
    for frame in shipped.prompts:
        best = {shipped.passage(id_).voice for id_, grade in frame.gold.items() if grade == 2}
        assert best == set(shipped.side_ids), frame.id
