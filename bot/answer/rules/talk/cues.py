"""Telling what is wanted about the last answer: further quotes.

A text is such a request when it has a cue of it and nothing in it that goes beyond.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final

from bot.answer.rules.talk.sources import SOURCES
from bot.quote.rules.words import DEMONSTRATIVE, FILLING, FUNCTION, SAYING, VAGUE, forms_of, word_set

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

_FURTHER: Final = word_set(
    "more further another additional continue rest elaborate expand deeper detail details detailed extra remaining "
    "extend proceed additionally moar else other others next different new fresh"
)
_FURTHER_PHRASES: Final = tuple(
    forms_of(phrase)
    for phrase in (
        "go on",
        "go ahead",
        "go further",
        "keep going",
        "keep talking",
        "keep them coming",
        "keep reading",
        "keep on",
        "carry on",
        "read on",
        "is that all",
        "is this all",
        "is that it",
        "is that everything",
        "that is all",
        "that is it",
        "that is everything",
        "are these all",
        "are those all",
        "these are all",
        "those are all",
        "tell me everything",
        "show me everything",
        "show all",
        "do not repeat",
        "do not stop",
        "anything to add",
        "something to add",
        "not the same",
        "all of it",
        "all of them",
        "and then",
    )
)
_BARE_FURTHER: Final = frozenset(
    forms_of(bare)
    for bare in (
        "and?",
        "so?",
        "and so?",
        "then?",
        "so and?",
        "but?",
        "and what?",
        "only that?",
        "only this?",
        "just that?",
        "just one?",
        "only one?",
        "that all?",
        "this all?",
        "nothing else?",
        "nothing more?",
        "besides?",
        "besides that?",
        "besides this?",
        "apart from that?",
        "apart from this?",
        "in addition?",
        "anything new?",
    )
)
"""What asks for more when it is all that is said."""

_QUOTABLE: Final = word_set(
    "quote quotes quoted quotation quotations citation citations excerpt excerpts snippet snippets evidence example "
    "examples passage passages information infos content material statement statements fact facts argument arguments "
    "result results article articles text texts topic subject matter issue question list mention mentions mentioned "
    "add added adding read reading continue keep going carry show find found bring provide offer display send share "
    "load pull dig hit there left available detail details detailed wording proof reason reasons objection objections "
    "curious two three four five 2 3 4 5 several couple least sentence sentences bits response responses post talking "
    "coming hear report reports repeat criticism criticisms claim claims accusation accusations concern concerns "
    "complaint complaints counterargument counterarguments reply replies remark remarks comment comments thoughts "
    "surely whatever listening answer answers extend extended need needs essay homework debate class project "
    "assignment presentation paper ready full long short learn understand come stop possible next last previous"
)
_SURELY_FURTHER: Final = _FURTHER - {"other", "others", "next", "else", "different", "new", "fresh"}
_QUOTE_NAMES: Final = word_set(
    "quote quotes evidence statement statements passage passages example examples quotation ones"
)
_ELSE_WHAT: Final = word_set("what whatever anything something nothing everything is")
_NEXT_QUOTE: Final = word_set("next and the quote quotes one please show give me what is so ok then")
_OF_EVERYTHING: Final = word_set("quote quotes statements evidence have show tell give")
_FEW_WORDS: Final = 5
"""Most words of a text that finds too few quotes."""
_MODAL: Final = word_set("can could should would will must may might")
_POLAR: Final = word_set("is are was were do does did can could will would should has have")
_SPEAKERS: Final = {(form,) for form in ("there", "you", "i", "we", "they")}
"""With these subjects a question of yes or no may be one for more quotes: "is there more", "do they say more"."""
_FEW: Final = word_set("one two three 1 2 3 quote quotes that this these those passage statement so few a")
_TURNING: Final = {("what", "about"), ("how", "about"), ("and", "what"), ("and", "how")}
"""With these words a text turns to something else, or asks for something of it."""
_DOING: Final = word_set("do does did done")
"""Twice in a text, they ask for deeds and not for words: "what else did they do"."""

_FURTHER_WORDS: Final = _FURTHER | _QUOTABLE | FUNCTION | SAYING | VAGUE
_ELSEWHO: Final = word_set("who whom whose where when why how anyone anybody someone somebody everyone everybody")
_OTHER_THAN_QUOTES: Final = word_set("side sides one ones way hand point position party parties view camp")

FURTHER_CUES: Final = _FURTHER | _QUOTABLE | {"anything", "something"}
"""Words worth recognising when they are misspelt."""


def asks_further(forms: Sequence[str], named: Collection[str] = (), familiar: Collection[str] = ()) -> bool:
    """Return whether further quotes on the same question are wanted.

    `named` are the words that name sides here. `familiar` are words of that question: "more about ads" stays with it
    when it was about ads.
    """
    said = set(forms)
    if tuple(forms) in _BARE_FURTHER or _finds_too_few(forms):
        return True
    if said & (_ELSEWHO | SOURCES) or said - _FURTHER_WORDS - set(named) - set(familiar):
        return False
    if said & _SURELY_FURTHER:
        return "or" not in said and ("than" not in said or forms[-1] in DEMONSTRATIVE)
    return _asks_for_others(forms, named) or _says_to_go_on(forms) or ("next" in said and said <= _NEXT_QUOTE)


def _asks_for_others(forms: Sequence[str], named: Collection[str]) -> bool:
    """Return whether others, new ones or all are asked for: "what else", "other quotes", "show me everything"."""
    said = set(forms)
    if _asks_for_deeds(forms):
        return False
    if "else" in said:
        return not said.isdisjoint(_ELSE_WHAT)
    if said & {"other", "others"}:
        return _means_other_quotes(forms, named)
    if said & {"different", "new", "fresh"}:
        return not (_QUOTE_NAMES | {"something"}).isdisjoint(said)
    of_sides = forms[0] in _POLAR and forms[1:2] not in _SPEAKERS
    return bool(said & {"all", "everything"} and said & _OF_EVERYTHING) and not of_sides


def _finds_too_few(forms: Sequence[str]) -> bool:
    """Return whether somebody is surprised by how few quotes there are: "only one quote?"."""
    few = forms[0] in {"only", "just"} or forms[:2] == ("that", "only")
    return few and 1 < len(forms) <= _FEW_WORDS and set(forms[1:]) <= _FEW


def _asks_for_deeds(forms: Sequence[str]) -> bool:
    """Return whether deeds are asked for and not words: "what else did they do", "what else could parents do"."""
    if sum(form in _DOING for form in forms) > 1:
        return True
    after = forms[forms.index("else") + 1 :] if "else" in forms else ()
    return bool(after) and after[0] in _MODAL and "you" not in forms and SAYING.isdisjoint(forms)


def wavers(forms: Sequence[str]) -> bool:
    """Return whether a text may ask for more, although it holds words that go beyond: "is there more written on it"."""
    said = set(forms)
    if said & (_ELSEWHO | SOURCES) or said & {"than", "or"} or tuple(forms[:2]) in _TURNING:
        return False
    if _asks_for_deeds(forms) or (forms[0] in _POLAR and forms[1:2] not in _SPEAKERS):
        return False
    return bool(said & _SURELY_FURTHER) or ("else" in said and bool(said & _ELSE_WHAT))


def _says_to_go_on(forms: Sequence[str]) -> bool:
    forms = [form for form in forms if form not in FILLING]
    return any(
        tuple(forms[at : at + len(phrase)]) == phrase
        for phrase in _FURTHER_PHRASES
        for at in range(len(forms) - len(phrase) + 1)
    )


def _means_other_quotes(forms: Sequence[str], named: Collection[str]) -> bool:
    """Return whether "other" is said of quotes, and not of a side or of something that bears a side's name."""
    of_a_side = any(here == "other" and after in named for here, after in pairwise(forms))
    return not of_a_side and _OTHER_THAN_QUOTES.isdisjoint(forms)
