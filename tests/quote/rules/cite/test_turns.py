"""What turns the meaning of words that are cut out; the sentences are made up, and say what English says so."""

from __future__ import annotations

import pytest

from bot.quote.rules.cite.turns import Turn, cuts, cuts_between, denials_in


def turns_of(sentence: str) -> list[tuple[Turn, str]]:
    """Find what turns the words between the brackets of a sentence."""
    before, _, rest = sentence.partition("[")
    inner, _, after = rest.partition("]")
    text = before + inner + after
    found = cuts(text, len(before), len(before + inner), 0, len(text))
    return [(cut.turn, cut.words) for cut in found]


@pytest.mark.parametrize(
    ("sentence", "words"),
    [
        ("We don't [give your name to anyone].", "don't"),
        ("We don’t [give your name to anyone].", "don’t"),
        ("They will never, ever [give your name to anyone].", "never"),
        ("Nobody [gives your name away here].", "Nobody"),
        ("We never buy, lend or [give your name away].", "never"),
        ("We do not lend names that [belong to our users].", "not"),
        ("It is not [a tool for adults], but a toy.", "not"),
        ("The rule prohibits shops from [giving names away].", "prohibits"),
        ("They stopped people from [giving names away].", "stopped"),
        ("The teams are without [a plan for the year].", "without"),
        ("[What people write there is] not polite.", "not polite"),
        ("[The lists of the shops] don't hold names, they say.", "don't hold names"),
        ("We have [an opinion on that] no longer.", "no longer"),
    ],
)
def test_a_denial_is_found_before_and_after(sentence: str, words: str) -> None:
    """In the clause that the words were cut from."""
    assert (Turn.DENIED, words) in turns_of(sentence)


@pytest.mark.parametrize(
    ("sentence", "words"),
    [
        ("They said that the idea that [we let lies grow on our pages], or gain by it, is wrong.", "is wrong"),
        ("[That we let lies grow] is simply not true.", "is simply not true"),
        ("It is a myth that [we let lies grow].", "myth"),
        ("The firm denied that [it lets lies grow].", "denied"),
        ("She disputes the claim that [it lets lies grow].", "disputes"),
        ("[It lets lies grow], which isn't true.", "isn't true"),
    ],
)
def test_a_rejection_is_found(sentence: str, words: str) -> None:
    """Also at the end of a long sentence."""
    assert (Turn.REJECTED, words) in turns_of(sentence)


@pytest.mark.parametrize(
    ("sentence", "words"),
    [
        ("But if [we let lies grow on our pages], nobody gains.", "if"),
        ("If you agree, [we give your name away].", "If you agree"),
        ("Unless you object, then [we give your name away].", "Unless you object"),
        ("[We don't give names away] unless you let us.", "unless you let us"),
        ("[We give names away], but only to the police.", "but only to the police"),
        ("[We give names away] only if you let us.", "only if you let us"),
        ("They ask whether [we give names away].", "whether"),
        ("The film may also [be the first of them].", "may also"),
        ("The film might be [the first of them].", "might be"),
    ],
)
def test_a_condition_is_found(sentence: str, words: str) -> None:
    """Before and after, and a limit as well."""
    assert (Turn.CONDITIONED, words) in turns_of(sentence)


def test_a_question_is_found_where_its_beginning_is_cut_off() -> None:
    """A question that is quoted from its beginning shows by itself what it is."""
    assert turns_of("Is it true that [we give your name away]?") == [
        (Turn.ASKED, "Is it true that we give your name away")
    ]
    assert turns_of("[Do you give my name away]?") == []
    text = "Is it true that we give names away?"
    assert cuts(text, 16, len(text) - 1, 0, len(text), asked=True) == ()


@pytest.mark.parametrize(
    "sentence",
    [
        "[We don't give your name to anyone].",
        "[We don't give] your name to anyone.",
        "Even when shops buy space here, [they do not know who you are].",
        "We do not lend names, but [we show you adverts].",
        "We do not lend names, [the shops do so].",
        "We do not lend names because [they belong to you].",
        "We do not lend names; [the shops give them away].",
        "It is not a tool, rather [a toy for adults].",
        "They not only lend but [give your name away].",
        "No doubt [they give your name away].",
        "The firm has [rules for every shop] that do not change.",
        "[They show it to all], even if you never looked.",
        "[You can see the list], and if you like, change it.",
        "[They gave names away] in 2018, saying so later.",
    ],
)
def test_what_turns_something_else_turns_nothing_here(sentence: str) -> None:
    """A clause of its own ends what a denial reaches."""
    assert turns_of(sentence) == []


def test_what_is_left_out_turns_its_neighbours_only() -> None:
    """A denial before what follows; a limit of what stands before."""
    text = "We do not, as ever, give names away unless you let us, and we show adverts."
    left, right = text.index("We") + 2, text.index("give")
    assert {(cut.turn, cut.words) for cut in cuts_between(text, left, right, 0, len(text))} == {(Turn.DENIED, "not")}
    left, right = text.index(" unless"), text.index("we show")
    assert [cut.turn for cut in cuts_between(text, left, right, 0, len(text))] == [Turn.CONDITIONED]
    left, right = text.index(" away"), text.index(" unless")
    assert cuts_between(text, left, right, 0, len(text)) == ()


def test_long_words_are_cut_between_words() -> None:
    """The sentence shows the rest."""
    ((_, words),) = turns_of(f"[We give names away], but {'only to somebody ' * 10}.")
    assert words.endswith(" …")
    assert len(words) <= 82


def test_denials_are_listed_as_written() -> None:
    """Verbs that prevent are none."""
    assert denials_in("We don’t stop, and never can't.") == ("don’t", "never", "can't")
