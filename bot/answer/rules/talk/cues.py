"""What is asked about the last answer: further quotes, where its quotes are from, or who is behind them.

A text is such a request when it has a cue for it and nothing that goes beyond.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final

from bot.quote.rules.words import ASKING, DEMONSTRATIVE, FILLING, FUNCTION, SAYING, VAGUE, phrase_set, word_set

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence


SOURCES: Final = word_set(
    "source sources sourced citation citations cite cited citing reference references referenced ref refs link links "
    "url urls provenance origin origins attribution bibliography footnote"
)
_WRITINGS: Final = word_set(
    "article articles text texts page pages paragraph paragraphs passage document documents website site newspaper "
    "paper publication magazine author authors writer writers journalist reporter chapter section transcript original "
    "location line verbatim title headline place quote quotes quotation quoted context wording"
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
_TEXTS: Final = word_set("article articles text texts")
_OPINION: Final = word_set("think thinks say says stand take opinion view position own")
_QUOTED: Final = word_set("article newspaper quote quotes quoted quotation verbatim original wording")
_SOURCE_PHRASES: Final = phrase_set(
    "what is this from,what is that from,from whom is this,from whom is that,from who,from whom,based on what,"
    "what is that based on,what is this based on,on what is that based,on what is this based,who came up with that,"
    "who came up with this,did you make this up,did you make that up,are these your own words,are those your own words,"
    "is this your own words,by whom was that,out of what,according to what"
)
"""What asks for a source when it is all that is said."""
_REQUESTS: Final = word_set("give show name exact original verbatim read open view full whole entire need needs needed")
_WAS: Final = word_set("is was are were does did")
_SHORT: Final = 5
"""Words of a text that a mere "page number" or "date of the article" may have."""

_PROOF: Final = word_set("proof prove proofs evidence")
_CHECKING: Final = word_set("verify check confirm")
_USING: Final = word_set("use used uses check checks checked rely relies have has")
_INVENTING: Final = word_set("invent invented inventing hallucinate hallucinated hallucinating")
_EXACT: Final = word_set("exact original precise literal actual verbatim")
_PUBLISHING: Final = word_set("publish publishes published write writes wrote written")
_SOURCE_WORDS: Final = (
    SOURCES
    | _WRITINGS
    | _WRITING
    | _FINDING
    | _PROOF
    | FUNCTION
    | word_set(
        "exact full give show tell name named date know trust want need information provide list answer real true "
        "direct reliable serious mean looking point part lines number thing things stuff fact facts actual precise "
        "specific somewhere official essay homework school class teacher assignment project thesis presentation use "
        "used two according second third last speaking talking old behind quoting based trustworthy credible needed "
        "required invent invented inventing fake proven confirm confirmed verified sentence sentences surrounding "
        "whole entire open view made make making pull pulled literal hallucinate hallucinated hallucinating sure "
        "correctly correct right accurate accurately speaker print printed"
    )
)

SOURCE_CUES: Final = SOURCES | _WRITINGS | _WRITING | _PROOF | {"where", "which"}
"""Words worth recognising when they are misspelt."""


def asks_source(forms: Sequence[str], named: Collection[str] = (), familiar: Collection[str] = ()) -> bool:
    """Return whether it is asked where the last quotes stand, or who is behind them.

    `named` are the words that name sides here, `familiar` those of the last answer and its question: both may stand
    beside any request.
    """
    said = set(forms)
    strange = said - _SOURCE_WORDS - set(named)
    if said & SOURCES and "open" not in said and not _asks_for_those_of_a_side(said, named):
        return strange <= set(familiar) and not _asks_where_it_springs(forms, named)
    if tuple(forms) in _SOURCE_PHRASES or _asks_whether_quoted(forms):
        return True
    if strange or _asks_for_an_opinion(said, named):
        return False
    if not _doubts_wording(forms) and said & _WRITINGS:
        asking = said & (ASKING | _REQUESTS) or (forms[0] in _WAS and said & _QUOTED)
        return bool(asking) or len(forms) <= _SHORT
    asked = _asks_who(forms, named) or _asks_where(said) or _asks_proof(said, named) or _asks_around(said)
    return asked or _doubts_wording(forms)


def _asks_who(forms: Sequence[str], named: Collection[str]) -> bool:
    """Return whether it is asked who says that: "who said so", "says who", "according to whom"."""
    said = set(forms)
    if not said & {"who", "whom", "whose"} or said & {"else", "i"}:
        return False
    if said & _PUBLISHING and not said.isdisjoint(named):
        return False
    if "according" in said:
        return True
    if said & {"speaking", "talking", "speaker"}:
        return "in" not in said
    return bool(said & (_WRITING | {"quoting"})) or (
        "whose" in said and bool(said & {"words", "opinion", "claim", "statement"})
    )


def _asks_where(said: Collection[str]) -> bool:
    """Return whether it is asked where or when that was said: "where did you get this", "from where"."""
    if "where" in said:
        return not (_FINDING | _WRITING).isdisjoint(said)
    return "when" in said and not {"written", "published"}.isdisjoint(said) and not DEMONSTRATIVE.isdisjoint(said)


def _asks_proof(said: Collection[str], named: Collection[str]) -> bool:
    """Return whether it is asked for proof of what was quoted: "any evidence?", "how do you know that"."""
    if not _PROOF.isdisjoint(said) or {"back", "up"} <= set(said):
        return {"they", "he", "she", "against", *named}.isdisjoint(said)
    if not _CHECKING.isdisjoint(said) and not DEMONSTRATIVE.union({"it"}).isdisjoint(said):
        return not {"how", "where", "i", "we"}.isdisjoint(said)
    knowing = {"how", "you"}.issubset(said) and not {"know", "find", "found"}.isdisjoint(said)
    return knowing and {"many", "much"}.isdisjoint(said)


def _asks_for_those_of_a_side(said: Collection[str], named: Collection[str]) -> bool:
    """Return whether the sources are a side's own: "what sources did the film use"."""
    return not _USING.isdisjoint(said) and not set(named).isdisjoint(said) and "you" not in said


def _asks_for_an_opinion(said: Collection[str], named: Collection[str]) -> bool:
    """Return whether the makers of a text or of a side are asked about, and not who they are."""
    if _WRITERS.isdisjoint(said):
        return False
    return not _OPINION.isdisjoint(said) or (not set(named).isdisjoint(said) and _TEXTS.isdisjoint(said))


def _asks_whether_quoted(forms: Sequence[str]) -> bool:
    """Return whether it is asked if something is a quote, whoever's: "is that a quote by the director"."""
    quote = not {"quote", "quoted", "quotation"}.isdisjoint(forms)
    return quote and forms[0] in _WAS and not DEMONSTRATIVE.union({"it"}).isdisjoint(forms[1:2])


def _asks_where_it_springs(forms: Sequence[str], named: Collection[str]) -> bool:
    """Return whether the source is that of a matter and not of words: "what is the source of hatred"."""
    for here, after in pairwise(forms):
        if here in {"source", "sources", "origin", "origins"} and after == "of":
            rest = [form for form in forms[forms.index(after) + 1 :] if form not in FUNCTION]
            return bool(rest) and rest[0] not in _SOURCE_WORDS and rest[0] not in named
    return False


def _doubts_wording(forms: Sequence[str]) -> bool:
    """Return whether it is asked if that was said at all: "did they really say that", "you made that up"."""
    said = set(forms)
    if "you" in said:
        made_up = "up" in said and not {"make", "made", "making"}.isdisjoint(said)
        if made_up or not _INVENTING.isdisjoint(said) or ("sure" in said and not {"says", "said"}.isdisjoint(said)):
            return True
    if not _EXACT.isdisjoint(said) and not {"word", "words", "wording"}.isdisjoint(said):
        return True
    if forms[0] in _WAS and "from" in said and not DEMONSTRATIVE.union({"it", "they"}).isdisjoint(forms[1:2]):
        return True
    if forms[-1] == "from" and not DEMONSTRATIVE.union({"it"}).isdisjoint(said) and not ASKING.isdisjoint(said):
        return True
    if "quoting" in said or any(forms[at : at + 3] == ("word", "for", "word") for at in range(len(forms))):
        return True
    stressed = not {"really", "actually", "literally", "exactly"}.isdisjoint(said)
    told = not {"say", "said", "write", "written", "wrote"}.isdisjoint(said)
    return forms[0] in {"did", "has", "have", "was"} and stressed and told and not DEMONSTRATIVE.isdisjoint(said)


def _asks_around(said: Collection[str]) -> bool:
    """Return whether it is asked what stands beside a quote: "what comes after that"."""
    stands = not {"comes", "come", "stands", "written", "surrounding"}.isdisjoint(said)
    return stands and "what" in said and not {"before", "after", "around"}.isdisjoint(said)


_FURTHER: Final = word_set(
    "more further another additional continue rest elaborate expand deeper detail details detailed extra remaining "
    "extend proceed additionally moar else other others next different new fresh"
)
_FURTHER_PHRASES: Final = phrase_set(
    "go on,go ahead,go further,keep going,keep talking,keep them coming,keep reading,keep on,carry on,read on,"
    "is that all,is this all,is that it,is that everything,that is all,that is it,that is everything,are these all,"
    "are those all,these are all,those are all,tell me everything,show me everything,show all,do not repeat,"
    "do not stop,anything to add,something to add,not the same,all of it,all of them,and then"
)
_BARE_FURTHER: Final = phrase_set(
    "and,so,and so,then,so and,but,and what,only that,only this,just that,just one,only one,that all,this all,"
    "nothing else,nothing more,besides,besides that,besides this,apart from that,apart from this,in addition,"
    "anything new"
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

    `named` are the words that name sides here, `familiar` those of that question: "more about ads" stays with ads.
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
    """Return whether "other" means quotes, and neither a side nor something named after one."""
    of_a_side = any(here == "other" and after in named for here, after in pairwise(forms))
    return not of_a_side and _OTHER_THAN_QUOTES.isdisjoint(forms)
