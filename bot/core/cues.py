"""Telling what is wanted about the last answer: further quotes, or where the quotes stand.

A text is a request of a kind when it has one of the kind's cues and nothing in it that goes beyond. It must not know
what was said before, except which words are familiar from there.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final

from bot.core.words import ASKING, DEMONSTRATIVE, FILLING, FUNCTION, SAYING, VAGUE, forms_of, word_set

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

_SOURCES: Final = word_set(
    "source sources sourced citation citations cite cited citing reference references referenced ref refs link links "
    "url urls provenance origin origins attribution bibliography footnote"
)
_WRITINGS: Final = word_set(
    "article articles text texts page pages paragraph paragraphs passage document documents website site newspaper "
    "paper publication magazine author authors writer writers journalist reporter chapter section transcript original "
    "location line verbatim title headline place quote quotes quotation quoted"
)
_WRITING: Final = word_set(
    "say says said saying state states stated claim claims claimed write writes wrote written report reports reported "
    "mention mentions mentioned told quote quotes quoted publish publishes published word words worded statement"
)
_FINDING: Final = word_set(
    "get got find found read reads see seen come comes came from stand stands stood take took taken hear heard look "
    "located check verify"
)
_WRITERS: Final = word_set("author authors writer writers journalist reporter")
_OPINION: Final = word_set("think thinks say says stand take opinion view position own")
_QUOTED: Final = word_set("article newspaper quote quotes quoted quotation verbatim original")
_SOURCE_PHRASES: Final = tuple(
    forms_of(phrase)
    for phrase in (
        "what is this from",
        "what is that from",
        "from whom is this",
        "from whom is that",
        "from who",
        "from whom",
        "based on what",
        "what is that based on",
        "what is this based on",
        "on what is that based",
        "on what is this based",
        "who came up with that",
        "who came up with this",
        "did you make this up",
        "did you make that up",
        "are these your own words",
        "are those your own words",
        "is this your own words",
    )
)
"""What asks for a source when it is all that is said."""
_REQUESTS: Final = word_set("give show name exact original verbatim")
_WAS: Final = word_set("is was are were does did")
_SHORT: Final = 3
"""Words of a text that a mere "page number" or "the author" may have."""

_PROOF: Final = word_set("proof prove proofs evidence")
_SOURCE_WORDS: Final = (
    _SOURCES
    | _WRITINGS
    | _WRITING
    | _FINDING
    | _PROOF
    | FUNCTION
    | word_set(
        "exact exactly full give show tell name named title date know trust want need information provide list answer "
        "is real true direct reliable serious check verify mean have has looking point part bit line lines number "
        "thing things stuff fact facts own actual actually precise specific somewhere official essay homework school "
        "class teacher assignment project thesis presentation use used two according first second third last speaking "
        "talking old behind quoting based trustworthy credible come came up"
    )
)

_FURTHER: Final = word_set(
    "more further another additional continue rest elaborate expand deeper detail details detailed extra remaining "
    "proceed additionally moar else other others next"
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
    "quote quotes evidence example examples passage passages information infos statement statements fact facts "
    "argument arguments result results article articles text topic subject matter issue question list mention mentions "
    "mentioned add added read continue keep going carry show find found bring provide there detail details wording "
    "material proof reason reasons objection objections curious two three 2 3 4 5 load reading addition sentence "
    "sentences bits response responses post talking coming dig hit hear report reports quoted"
)
_SURELY_FURTHER: Final = _FURTHER - {"other", "others", "next", "else"}
_ELSE_WHAT: Final = word_set("what anything something nothing everything is")
_NEXT_QUOTE: Final = word_set("next and the quote quotes one please show give me")
_OF_EVERYTHING: Final = word_set("quote quotes statements evidence have show tell give")
_DOING: Final = word_set("do does did done")
"""Twice in a text, they ask for deeds and not for words: "what else did they do"."""

_FURTHER_WORDS: Final = _FURTHER | _QUOTABLE | FUNCTION | SAYING | VAGUE
_ELSEWHO: Final = word_set("who whom whose where when why how anyone anybody someone somebody everyone everybody")
_OTHER_THAN_QUOTES: Final = word_set("side sides one ones way hand point position party parties view camp")

CUES: Final = (
    _SOURCES | _FURTHER | _WRITINGS | _WRITING | _PROOF | _QUOTABLE | {"anything", "something", "where", "which"}
)
"""Words worth recognising when they are misspelt."""


def asks_source(forms: Sequence[str], named: Collection[str] = (), familiar: Collection[str] = ()) -> bool:
    """Tell whether it is asked where the last quotes stand, or who is behind them.

    `named` are the words that name sides here, which go with any request. `familiar` are words of the last answer and
    its question: with them a source is still that of the last answer.
    """
    said = set(forms)
    strange = said - _SOURCE_WORDS - set(named)
    if said & _SOURCES and "open" not in said:
        return strange <= set(familiar)
    if tuple(forms) in _SOURCE_PHRASES:
        return True
    if strange or (said & _OPINION and said & _WRITERS):
        return False
    if said & _WRITINGS:
        asking = said & (ASKING | _REQUESTS) or (forms[0] in _WAS and said & _QUOTED)
        return bool(asking) or len(forms) <= _SHORT
    return _asks_who(forms) or _asks_where(said) or _asks_proof(said)


def names_source(forms: Sequence[str]) -> bool:
    """Tell whether a text has the very word for a source in it."""
    return not _SOURCES.isdisjoint(forms)


def _asks_who(forms: Sequence[str]) -> bool:
    """Tell whether it is asked who says that: "who said so", "says who", "according to whom"."""
    said = set(forms)
    if not said & {"who", "whom", "whose"} or said & {"else", "i"}:
        return False
    if "according" in said or tuple(forms[-2:]) in {("by", "whom"), ("by", "who")}:
        return True
    if said & {"speaking", "talking"}:
        return "in" not in said
    return bool(said & (_WRITING | {"quoting"})) or (
        "whose" in said and bool(said & {"words", "opinion", "claim", "statement"})
    )


def _asks_where(said: Collection[str]) -> bool:
    """Tell whether it is asked where or when that was said: "where did you get this", "from where"."""
    if "where" in said:
        return not (_FINDING | _WRITING).isdisjoint(said)
    return "when" in said and not {"written", "published"}.isdisjoint(said) and not DEMONSTRATIVE.isdisjoint(said)


def _asks_proof(said: Collection[str]) -> bool:
    """Tell whether it is asked for proof of what was quoted: "any evidence?", "how do you know that"."""
    if not _PROOF.isdisjoint(said):
        return {"they", "he", "she", "against"}.isdisjoint(said)
    knowing = {"how", "you"}.issubset(said) and not {"know", "find", "found"}.isdisjoint(said)
    return knowing and {"many", "much"}.isdisjoint(said)


def asks_further(forms: Sequence[str], named: Collection[str] = (), familiar: Collection[str] = ()) -> bool:
    """Tell whether further quotes on the same question are wanted.

    `named` are the words that name sides here. `familiar` are words of that question: "more about ads" stays with it
    when it was about ads.
    """
    said = set(forms)
    if tuple(forms) in _BARE_FURTHER:
        return True
    if said & (_ELSEWHO | _SOURCES) or said - _FURTHER_WORDS - set(named) - set(familiar):
        return False
    if said & _SURELY_FURTHER:
        return "or" not in said and ("than" not in said or forms[-1] in DEMONSTRATIVE)
    if "else" in said:
        return not said.isdisjoint(_ELSE_WHAT) and sum(form in _DOING for form in forms) <= 1
    if said & {"other", "others"}:
        return _means_other_quotes(forms, named)
    everything = said & {"all", "everything"} and said & _OF_EVERYTHING
    return bool(everything) or _says_to_go_on(forms) or ("next" in said and said <= _NEXT_QUOTE)


def wavers(forms: Sequence[str]) -> bool:
    """Tell whether a text may ask for more, although it holds words that go beyond: "is there more written on it"."""
    said = set(forms)
    if said & (_ELSEWHO | _SOURCES) or said & {"than", "or"}:
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
    """Tell whether "other" is said of quotes, and not of a side or of something that bears a side's name."""
    of_a_side = any(here == "other" and after in named for here, after in pairwise(forms))
    return not of_a_side and _OTHER_THAN_QUOTES.isdisjoint(forms)
