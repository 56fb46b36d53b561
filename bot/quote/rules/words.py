"""Words as people type them: told apart, spelt out with their places, and sorted by what they do in a sentence."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from embeddings.learnt.spelling import COMMON


def word_set(listed: str) -> frozenset[str]:
    """Make a set of the words in a text, which is how lists of words are written here."""
    return frozenset(listed.split())


_TOKEN: Final = re.compile("[^\\W_]+(?:['`\u2019\u00b4][^\\W_]+)*")
_APOSTROPHE: Final = re.compile("['`\u2019\u00b4]")
"""The marks that people type for an apostrophe: straight, grave, curly, acute."""

_DRAWN_OUT: Final = re.compile(r"([^\W\dw_])\1{2,}")
"""A letter that is drawn out, as in "sooo"; "www" is none."""

_SPELLINGS: Final = (
    "aint=is not,alot=a lot,arent=are not,bcuz=because,cannot=can not,cant=can not,coz=because,couldnt=could not,"
    "dat=that,dem=them,dey=they,didnt=did not,doesnt=does not,dose=does,dunno=do not know,em=them,frm=from,"
    "gimme=give me,gotcha=got it,gotta=got to,hasnt=has not,havent=have not,heres=here is,hows=how is,hw=how,"
    "isnt=is not,ive=i have,k=ok,kk=ok,lemme=let me,mor=more,nah=no,nope=no,okay=ok,okey=ok,oki=ok,rly=really,"
    "sauce=source,src=source,smt=something,smth=something,sth=something,tel=tell,thats=that is,theres=there is,"
    "theyre=they are,wasnt=was not,wats=what is,werent=were not,whats=what is,whens=when is,wheres=where is,wht=what,"
    "whos=who is,wich=which,wont=will not,wot=what,wots=what is,wouldnt=would not,ya=yes,yea=yes,yeah=yes,yep=yes,"
    "youre=you are,yup=yes"
)
_WRITTEN_AS: Final = dict(spelling.split("=") for spelling in _SPELLINGS.split(","))

_TAILS: Final = {"re": "are", "ve": "have", "ll": "will", "d": "would", "m": "am"}

ASKING: Final = word_set("what why how when where who which whose whom")
AUXILIARY: Final = word_set(
    "is are was were be been being am do does did done doing can could will would shall should may might must has have "
    "had having"
)

POINTING: Final = word_set("it its they them their theirs he him his she her hers these those this that")
"""Words that stand for something said before, unless a noun follows."""

DEMONSTRATIVE: Final = word_set("these those this that")

FILLING: Final = word_set(
    "ok please sir madam mam kindly lol haha hahaha hehe btw well hm hmm oh ah um uh sorry yes no actually basically "
    "literally honestly seriously really bot mate man dude bro guys hey hi thanks thank cheers anyway though exactly "
    "wow omg alright huh eh"
)
"""Words of courtesy and of thinking aloud."""

LINKING: Final = word_set(
    "a an the of to in on at by for from with about into onto over under between through during before after against "
    "as like than if or nor and but so because although while until since up down out off again once here there all "
    "any each every few more most other others some only own very too also just ever never now often still yet already "
    "even maybe perhaps quite rather almost not then else both either neither such same one ones per via without "
    "within toward towards upon around i me my mine we us our ours you your yours yourself myself let well much many "
    "enough ago away back first instead however regarding concerning besides okay lot bit kind sort"
)

SAYING: Final = word_set(
    "say says said saying think thinks thought tell tells told reply replies replied answer answers answered respond "
    "responds responded response argue argues argued claim claims claimed view views opinion opinions position stance "
    "side sides excuse take point points mean means meant deny denies denied denying agree agrees agreed disagree "
    "disagrees admit admits react reacts reaction comment comments defend defends defence defense counter perspective "
    "version statement hear heard talk talks speak speaks object objects objected objection objections rebut rebuts "
    "rebuttal counters countered counterpoint counterargument counterarguments refute refutes contradict contradicts "
    "justify justifies justification explanation responses retort itself himself themselves"
)
"""Words by which a side is asked for its word, whatever the matter is."""

VAGUE: Final = word_set(
    "thing things stuff something anything everything nothing good bad true right wrong real fair important sure "
    "better worse big long way ways question questions new make makes made making get gets got give gives go goes come "
    "comes work works happen happens happened see look looks know knows want wants wanted example examples explain "
    "show describe correct possible supposed"
)
"""Words that mean something only beside others: alone they name no matter."""

NEGATIONS: Final = word_set("not no never none nothing neither nor nobody")

FUNCTION: Final = ASKING | AUXILIARY | POINTING | FILLING | LINKING


@dataclass(frozen=True, slots=True)
class Word:
    """One word: its plain form, and the half-open range of the text as typed that it stands for.

    A contraction gives several words with one range.
    """

    form: str
    start: int
    end: int


@lru_cache(maxsize=4096)
def words_of(text: str) -> tuple[Word, ...]:
    """Return a text's words, in order."""
    return tuple(
        Word(form, match.start(), match.end()) for match in _TOKEN.finditer(text) for form in _forms(match[0].lower())
    )


@lru_cache(maxsize=4096)
def forms_of(text: str) -> tuple[str, ...]:
    """Return the plain forms of a text's words, in order."""
    return tuple(word.form for word in words_of(text))


def phrase_set(listed: str) -> frozenset[tuple[str, ...]]:
    """Make a set of the phrases between the commas of a text, each as its plain forms."""
    return frozenset(map(forms_of, listed.split(",")))


@lru_cache(maxsize=10_000)
def _forms(token: str) -> tuple[str, ...]:
    token = _DRAWN_OUT.sub(r"\1", _APOSTROPHE.sub("'", token))
    if token.isdigit():
        return (token,)
    stem, _, tail = token.rpartition("'")
    if stem in {"", "n"}:
        return tuple(_WRITTEN_AS.get(token, COMMON.spelt_out(token)).split())
    if tail == "t" and stem.endswith("n"):
        return ({"ca": "can", "wo": "will", "ai": "is"}.get(stem[:-1], stem[:-1]), "not")
    if tail == "s":
        verb = ("us",) if stem == "let" else ("is",) if stem in ASKING | POINTING | {"there", "here"} else ()
        return (*COMMON.spelt_out(stem).split(), *verb)
    return (*COMMON.spelt_out(stem).split(), _TAILS.get(tail, tail))
