"""Quotations checked against the articles; the originals are taken from the pack."""

from __future__ import annotations

import contextlib
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.quote.rules.cite import wording
from bot.quote.rules.cite.check import check, with_meaning
from bot.quote.rules.cite.verdict import CiteCheck, Verdict, verdict_on
from bot.quote.rules.cite.word_diff import Change, changes_between, same_share
from bot.quote.rules.cite.written import tokens
from embeddings.hits import Findings, Hit
from knowledge.errors import Message, UserError
from tests.quote.rules.findings import pack


def original(passage_id: str) -> str:
    """Give the text of a passage."""
    return pack().passage(passage_id).text


def near(passage_id: str, dense: float, confidence: float) -> Findings:
    """Find one passage."""
    voice = pack().passage(passage_id).voice
    hits: dict[str, tuple[Hit, ...]] = dict.fromkeys((*pack().side_ids, "context"), ())
    hits[voice] = (Hit(passage_id, voice, dense, 0.0, dense, confidence),)
    return Findings("a text", hits, dict.fromkeys(hits, 0.5))


@pytest.mark.parametrize("passage", [passage.id for passage in pack().passages])
def test_every_passage_is_verbatim_where_it_stands(passage: str) -> None:
    """With its characters, its voice, and nothing to note."""
    expected = pack().passage(passage)
    found = check(pack(), f"“{expected.text}”")
    assert found.verdict is Verdict.VERBATIM
    assert found.citation is not None
    assert found.original is not None
    core = expected.text.strip("“” .,;:!?")
    assert core in found.original
    article = pack().article(found.citation.article_id)
    assert article.text[found.citation.start : found.citation.end] == found.original
    assert (found.passage_id, found.voice, found.citation.paragraph) == (passage, expected.voice, expected.paragraph)
    assert found.notes == ()


def test_part_of_a_passage_is_verbatim() -> None:
    """Three words are enough."""
    words = original("no-selling-information").split()
    found = check(pack(), " ".join(words[:3]))
    assert (found.verdict, found.passage_id) == (Verdict.VERBATIM, "no-selling-information")


@pytest.mark.parametrize(
    ("changed", "way"),
    [
        (str.upper, "case"),
        (lambda text: text.replace("'", "\u2019"), "quotation marks"),
        (lambda text: text.replace(" ", "\u00a0"), "spaces"),
        (lambda text: text.replace(" ", "  \n"), "spaces"),
        (lambda text: text.replace("sell", "se\u00adll"), "invisible characters"),
    ],
)
def test_other_ways_of_writing_are_verbatim_and_noted(changed, way: str) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001 - str.upper has no short type
    """The words are what counts; the note names the way, and no other."""
    found = check(pack(), changed(original("no-selling-information")))
    assert found.verdict is Verdict.VERBATIM
    assert found.notes == (wording.typographic((way,)),)


def test_dashes_are_noted_too() -> None:
    """A hyphen written as a dash."""
    found = check(pack(), original("ads-keep-it-free").replace("ads-supported", "ads–supported"))
    assert found.notes == (wording.typographic(("dashes",)),)


def test_beginning_of_a_word_is_not_the_word() -> None:
    """A quotation that ends inside a word of the article is not verbatim."""
    assert check(pack(), original("no-selling-information")[:-5]).verdict is not Verdict.VERBATIM


def test_words_across_a_paragraph_are_not_verbatim() -> None:
    """The end of one and the beginning of the next were never said together."""
    article = pack().articles[0]
    first, second = (article.text[span.start : span.end] for span in article.paragraphs[1:3])
    joined = " ".join([*first.split()[-4:], *second.split()[:4]])
    assert check(pack(), joined).verdict is not Verdict.VERBATIM


def test_word_left_out_is_shown() -> None:
    """The nearest words of the articles, and the way from there to the quotation."""
    words = original("no-selling-information").split()
    found = check(pack(), " ".join([words[0], *words[2:]]))
    assert (found.verdict, found.passage_id) == (Verdict.ALTERED, "no-selling-information")
    assert found.original == original("no-selling-information")
    rest = " ".join(words[2:])
    assert found.changes == (
        Change(words[0], words[0], kept=True),
        Change(words[1], "", kept=False),
        Change(rest, rest, kept=True),
    )


def test_word_put_in_is_shown() -> None:
    """In the middle of a long sentence."""
    words = original("ad-library").split()
    found = check(pack(), " ".join([*words[:5], "secretly", *words[5:]]))
    assert found.verdict is Verdict.ALTERED
    assert [change for change in found.changes if not change.kept] == [Change("", "secretly", kept=False)]


def test_words_are_on_the_other_side_when_put_down_to_it() -> None:
    """By an option, or by the words before the quotation."""
    text = original("no-selling-information")
    for found in (check(pack(), text, "film"), check(pack(), f"The film says: “{text}”")):
        assert (found.verdict, found.attributed_to, found.voice) == (Verdict.OTHER_SIDE, "film", "facebook")
        assert found.notes == ()
    assert check(pack(), text, "facebook").verdict is Verdict.VERBATIM


def test_words_of_the_writer_are_no_sides() -> None:
    """The note says so."""
    found = check(pack(), original("user-numbers"), "facebook")
    assert (found.verdict, found.voice, found.notes) == (Verdict.OTHER_SIDE, "context", ())


def test_altered_words_of_the_other_side_are_both() -> None:
    """Altered is the verdict; whose they are is noted."""
    words = original("no-selling-information").split()
    found = check(pack(), " ".join([words[0], *words[2:]]), "film")
    assert (found.verdict, found.misattributed) == (Verdict.ALTERED, True)
    assert found.notes == (wording.misattributed(pack(), "film", "facebook", "Facebook"),)


def test_introduction_that_is_part_of_the_article_is_kept() -> None:
    """Where the article itself begins with who speaks, the whole is compared first."""
    text = original("polarization-older")
    found = check(pack(), text)
    assert (found.text, found.attributed_to, found.notes) == (text, None, ())


@pytest.mark.parametrize(
    "typed", ["", "  ", "hello", "two words", "“”", "the film: hello", "facebook says that we pay"]
)
def test_too_little_is_refused(typed: str) -> None:
    """Fewer than three words stand somewhere by chance, also after an introduction."""
    with pytest.raises(UserError, match="give 3 words or more"):
        check(pack(), typed)


def test_common_turn_of_phrase_is_no_alteration() -> None:
    """Three words out of four are not enough."""
    first_three = original("ads-keep-it-free").split()[:3]
    assert check(pack(), " ".join([*first_three, "banana"])).verdict is Verdict.ABSENT


def test_unmarked_words_of_an_article_belong_to_nobody() -> None:
    """What no passage holds is verbatim all the same, and that is noted."""
    article, stretch = next(
        (article, words)
        for article in pack().articles
        for span in article.paragraphs
        if not any(
            p.span.article_id == article.id and p.span.start < span.end and span.start < p.span.end
            for p in pack().passages
        )
        and len((words := article.text[span.start : span.end]).split()) >= 3
    )
    found = check(pack(), stretch)
    assert (found.verdict, found.voice, found.provenance) == (Verdict.VERBATIM, None, None)
    assert found.citation is not None
    assert found.citation.article_id == article.id
    assert found.notes == (wording.UNMARKED,)


def test_quotation_over_several_voices_is_noted() -> None:
    """Two passages that follow each other in one paragraph."""
    first, second = next(
        (one, two)
        for one, two in zip(pack().passages, pack().passages[1:], strict=False)
        if one.voice != two.voice and one.paragraph == two.paragraph and 0 <= two.span.start - one.span.end <= 1
    )
    article = pack().article(first.span.article_id)
    found = check(pack(), article.text[first.span.start : second.span.end])
    assert found.verdict is Verdict.VERBATIM
    assert found.notes == (wording.SEVERAL_VOICES,)


def test_what_nobody_said_is_absent() -> None:
    """And nothing is shown beside it."""
    assert check(pack(), "the cat sat on the mat") == CiteCheck("the cat sat on the mat", Verdict.ABSENT, None)


@pytest.mark.parametrize(
    ("dense", "confidence", "verdict"),
    [
        (0.7, 0.0, Verdict.PARAPHRASE),
        (0.5, 0.6, Verdict.PARAPHRASE),
        (0.5, 0.4, Verdict.ABSENT),
        (0.3, 0.9, Verdict.ABSENT),
    ],
)
def test_near_meaning_is_a_paraphrase(dense: float, confidence: float, verdict: Verdict) -> None:
    """By likeness alone when that is high, with a search's help when it is middling; with a warning."""
    absent = check(pack(), "nobody sells anything about anyone")
    found = with_meaning(pack(), absent, near("no-selling-information", dense, confidence))
    assert found.verdict is verdict
    if verdict is Verdict.PARAPHRASE:
        assert found.original == original("no-selling-information")
        assert found.notes == (wording.COMPARE_YOURSELF,)


def test_meaning_changes_nothing_that_was_found_by_its_words() -> None:
    """Word for word is word for word."""
    found = check(pack(), original("no-selling-information"))
    assert with_meaning(pack(), found, near("ad-library", 0.9, 0.9)) is found


@settings(deadline=None)  # the first check of all takes longer
@given(st.sampled_from(pack().passages), st.data())
def test_any_stretch_of_whole_words_is_verbatim(passage, data: st.DataObject) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001 - drawn
    """Of three words or more, in any case."""
    words = [found for found in re.finditer(r"\S+", passage.text) if tokens(found[0])]
    if len(words) < 3:
        return
    start = data.draw(st.integers(0, len(words) - 3))
    end = data.draw(st.integers(start + 2, len(words) - 1))
    stretch = passage.text[words[start].start() : words[end].end()]
    assert check(pack(), stretch.swapcase()).verdict is Verdict.VERBATIM


@settings(deadline=None)  # the same
@given(st.text(max_size=200))
def test_any_text_can_be_checked(text: str) -> None:
    """Whatever it is: a verdict, or the one complaint."""
    with contextlib.suppress(UserError):
        assert check(pack(), text).verdict in Verdict


@given(st.text(max_size=60), st.text(max_size=60))
def test_changes_lead_from_one_text_to_the_other(first: str, second: str) -> None:
    """The originals of all changes are the first text's words, what stands for them the second's."""
    changes = changes_between(first, second)
    assert [word for change in changes for word in change.original.split()] == first.split()
    assert [word for change in changes for word in change.quoted.split()] == second.split()


def test_share_counts_words_in_order() -> None:
    """Two of three words on either side: 2 * 2 / 6; marks and case do not count."""
    assert same_share("One, two three", "one two four") == pytest.approx(2 / 3)


def warnings(typed: str) -> list[str]:
    """Check a quotation, and list what turns its meaning."""
    return list(map(str, check(pack(), typed).careful))


def test_words_that_were_cut_out_are_shown_with_their_sentence() -> None:
    """Word for word, and yet the sentence denies it."""
    found = check(pack(), "sell your information to anyone")
    assert (found.verdict, found.sentence) == (Verdict.VERBATIM, original("no-selling-information"))
    assert warnings("sell your information to anyone") == ["Careful: “don't” is cut off in front, which denies it."]
    assert str(verdict_on(pack(), found)) == "Verbatim, but cut out of its sentence: read the whole of it."


def test_what_the_sentence_rejects_or_limits_is_told() -> None:
    """At its end."""
    assert warnings("we allow misinformation to fester on our platform") == [
        "Careful: the sentence goes on, and says that it “is wrong”."
    ]
    assert warnings("we don't share information that personally identifies you") == [
        "Careful: the sentence goes on “unless you give us permission”, which limits it."
    ]
    assert "if" in warnings("we allow misinformation to ferment on our platform")[0]


def test_a_harmless_part_is_shown_with_its_sentence_and_no_warning() -> None:
    """So is a part of what somebody said, without the words that say who."""
    found = check(pack(), "We have admitted that we made a mistake in 2016")
    assert (found.verdict, found.careful) == (Verdict.VERBATIM, ())
    assert found.sentence == original("admitted-2016")
    assert check(pack(), original("admitted-2016")).sentence is None


def test_a_denial_that_was_dropped_stands_in_the_difference() -> None:
    """In the middle, and where the quotation begins behind it or ends before it."""
    for typed, gone in (
        ("we share information that personally identifies you", "don’t"),
        ("share information that identifies you personally unless you give us permission", "don’t"),
        ("An overwhelming majority of content that people see on Facebook is polarizing or even political", "not"),
    ):
        found = check(pack(), typed)
        assert found.verdict is Verdict.ALTERED
        assert gone in " ".join(change.original for change in found.changes if not change.kept)
        assert f"Careful: “{gone}” is left out, which turns the meaning." in map(str, found.careful)


def test_a_denial_that_was_put_in_is_told() -> None:
    """And one that is only written out is none."""
    assert "Careful: “never” is put in, which turns the meaning." in warnings(
        "This documentary never demonizes social networks and presents a distorted view"
    )
    assert warnings("We do not sell your information to anyone") == []
    assert warnings("We dont sell your information to anyone") == []


@pytest.mark.parametrize("mark", ["[...]", "…", "(…)", ". . ."])
def test_a_marked_omission_is_shortened_however_long(mark: str) -> None:
    """What is left out is told."""
    found = check(pack(), f"Facebook has policies {mark} through Facebook's business tools")
    assert found.verdict is Verdict.SHORTENED
    (gone,) = found.left_out
    assert gone.startswith("that prohibit businesses from sending")
    assert gone.endswith("or Social Security numbers")
    assert found.original == original("sensitive-data-policy").rstrip(".")
    assert str(verdict_on(pack(), found)) == f"Shortened, left out: “{gone}”."


def test_an_omission_that_turns_the_meaning_is_loud() -> None:
    """It is an alteration, whatever marks it."""
    found = check(pack(), "we … share information that personally identifies you")
    assert found.verdict is Verdict.ALTERED
    assert [change.original for change in found.changes if not change.kept] == ["don’t"]
    assert "Careful: what is left out turns the meaning: “don’t”." in map(str, found.careful)


def test_parts_from_different_places_are_no_shortening() -> None:
    """Each is word for word; together nobody said them."""
    found = check(pack(), f"{original('no-selling-information')} […] removed over 22 million pieces of hate speech")
    assert (found.verdict, found.careful[0]) == (Verdict.ALTERED, wording.PUT_TOGETHER)
    assert [place.paragraph for place in found.also_at] == [7]


def test_parts_of_two_speakers_are_no_shortening() -> None:
    """Also in one paragraph."""
    text = "However, one of the issues raised in the movie […] Facebook’s competing services"
    found = check(pack(), text)
    assert (found.verdict, wording.SEVERAL_VOICES in found.notes) == (Verdict.ALTERED, True)


def test_an_altered_part_of_a_shortened_quotation_is_found() -> None:
    """What is left out costs nothing."""
    found = check(pack(), "Facebook has rules […] through Facebook's business tools")
    assert (found.verdict, found.passage_id) == (Verdict.ALTERED, "sensitive-data-policy")


def test_what_is_in_brackets_is_the_quoter_s() -> None:
    """A slip that is kept, words put in or put in the place of others, letters."""
    found = check(pack(), "[w]e don't sell [sic] your [users'] information to anyone [emphasis added]")
    assert (found.verdict, found.original) == (Verdict.VERBATIM, original("no-selling-information").rstrip("."))
    assert [str(note) for note in found.notes] == [
        "“[sic]” is the quoter's: it marks what the article has as well.",
        "Letters in brackets are the quoter's.",
        "In brackets, “users'” is put in.",
        "In brackets, “emphasis added” is put in.",
    ]
    replaced = check(pack(), "This documentary demonizes [them] and presents a distorted view")
    assert replaced.notes == (wording.stands_for("them", "social networks"),)
    assert check(pack(), "[They do not] sell your information to anyone").careful == ()


@pytest.mark.parametrize(
    ("typed", "carrier"),
    [
        ("> **{}**", wording.MARKDOWN),
        ("||{}||", wording.DISCORD),
        ("<p>{}</p>", wording.HTML),
        ("Quote: {}", wording.LABELS),
        ("{} [1]", wording.FOOTNOTES),
        ("{} (2020)", wording.REFERENCES),
    ],
)
@pytest.mark.parametrize("passage", ["no-selling-information", "hot-potato", "scapegoat"])
def test_what_carries_a_quotation_is_no_change(typed: str, carrier: Message, passage: str) -> None:
    """It is verbatim, with a note."""
    found = check(pack(), typed.format(original(passage)))
    assert (found.verdict, found.passage_id) == (Verdict.VERBATIM, passage)
    assert found.notes == (wording.carriers((carrier,)),)


def test_a_word_that_a_line_parted_is_the_word() -> None:
    """By whatever hyphen; with a note."""
    for hyphen in ("-\n", "\u2010\n", "\u00ad\n", "- "):
        found = check(pack(), f"prohibit busi{hyphen}nesses from sending sensitive data on people")
        assert found.verdict is Verdict.VERBATIM
        assert wording.carriers((wording.LINE_HYPHENS,)) in found.notes


@pytest.mark.parametrize("damaged", ["donâ€™t", "don?t", "don\ufffdt", "donÕt", "don\x92t"])
def test_damaged_letters_are_nobody_s_alteration(damaged: str) -> None:
    """The article says what they were."""
    found = check(pack(), f"they {damaged} know who you are")
    assert (found.verdict, found.passage_id) == (Verdict.VERBATIM, "advertisers-dont-know-you")


def test_a_reference_says_who_is_quoted() -> None:
    """Where nothing else does; the verdict names the right speaker."""
    text = original("no-selling-information")
    found = check(pack(), f"{text} (The Social Dilemma, 2020)")
    assert (found.verdict, found.attributed_to) == (Verdict.OTHER_SIDE, "film")
    assert str(verdict_on(pack(), found)) == "Wrong speaker: Facebook said this, not the film."
    assert check(pack(), f"{text} – Facebook").attributed_to == "facebook"
    assert check(pack(), f"{text} (The Social Dilemma, 2020)", "facebook").attributed_to == "facebook"


def test_words_of_nobody_are_told_from_the_writer_s() -> None:
    """In the verdict."""
    writers = check(pack(), original("hot-potato"), "film")
    assert str(verdict_on(pack(), writers)) == "Wrong speaker: the writer of the article said this, not the film."
    nobodys = check(pack(), "Everything you need for your next application task", "film")
    assert str(verdict_on(pack(), nobodys)) == (
        "Wrong speaker: it is no statement of anybody quoted here, nor of the film."
    )


def test_punctuation_alone_is_no_alteration() -> None:
    """It is noted."""
    found = check(pack(), "portraying algorithms as mad, may make good fodder")
    assert found.verdict is Verdict.VERBATIM
    assert found.notes == (wording.typographic(("quotation marks", "punctuation")),)


def test_whole_passages_are_never_warned_of() -> None:
    """Who marked them decided where a statement ends."""
    assert {passage.id for passage in pack().passages if check(pack(), passage.text).careful} == set()
