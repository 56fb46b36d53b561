"""Telling small talk from questions: what is said about the bot or about oneself, and remarks."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from bot.answer.rules.talk.courtesies import (
    GREETINGS,
    LOOSE,
    OPENINGS,
    bare_words,
    bares,
    phrases_of,
    without_courtesies,
    without_phrases,
)
from bot.quote.rules.words import ASKING, AUXILIARY, FUNCTION, VAGUE, forms_of, word_set

_BOT: Final = bare_words(
    "bot bots chatbot robot human person machine ai artificial intelligence computer program software app assistant "
    "chatgpt gpt name named called built build created create creator developed developer programmed coded maker "
    "model old age alive live born gender boy girl man woman feel feeling feelings biased neutral trust like hate "
    "favourite favorite colour color sleep eat dream smart clever stupid intelligent speak language languages english "
    "german spanish french hindi help helps use used function functions purpose ask question questions topic topics "
    "subject subjects married friend friends job working today doing morning evening day introduce self real hear "
    "listening mind love cover covers opinion opinions view views stance position agree disagree source sources quote "
    "quotes article articles text texts cite automated start started begin channel server command commands "
    "instructions menu options suggest suggestion suggestions think say tell side sides talk talks talking chat "
    "chatting speaking answer answers online awake busy funny nice able call remember offer sing song poem story run "
    "runs owns owned kind kinds type types sort"
)
_ADDRESSED: Final = word_set("you your yours yourself bot chatbot human person robot")
_OWN_TIES: Final = bare_words(
    "like love hate watched watch seen paid sponsored owned belong work working trust prefer use favour favor "
    "connected related affiliated employed biased against from make made built build run runs agree disagree believe "
    "side"
)
"""What ties somebody to a side: the bot is asked for its own."""
_REFERRING: Final = word_set("it they them these those sure mean")
_ABOUT_HERE: Final = phrases_of(
    "how does it work here,how functions this here,how does this work here,how does this bot work,what is this here,"
    "what is this bot,what is that bot,what is this channel,can i ask,should i ask,could i ask,may i ask,can we ask,"
    "i can ask,to ask,help,i need help,need help,how do i start,where do i start,how do we start,where do we start,"
    "how to start,how to use this,how do i use this,how can i use this,menu,start,commands,command,options,"
    "what topics are there,which topics are there,how is it going,how goes it,how are things,what is up,wassup,"
    "what is new,anyone here,anybody here,anyone there,anybody there,who is this,who is there,who is here,"
    "any suggestions,suggestions,am i talking to,am i speaking to,am i chatting with,what is it you do,"
    "what is it that you do,can we chat,can we talk,is someone there,is somebody there,anyone,anybody,"
    "what is going on,who programmed this,who coded this,who built this,who developed this,is this a bot,is this bot,"
    "is this ai,is this an ai,is this a robot,is this a human,is this a person,is this automated,is this chatgpt"
)
_ABOUT_THIS: Final = phrases_of(
    "how does this work,how this works,how functions this,what is this,what is this about,what is this thing"
)
"""What is asked about the bot as long as nothing else was spoken of."""
_ABOUT_HERE_OR_THIS: Final = _ABOUT_HERE | _ABOUT_THIS

_ABOUT_ONESELF: Final = bare_words(
    "essay homework school class classes course lesson university college uni student students pupil teacher exam "
    "exams test presentation project paper assignment bored boring tired new name write writing prepare preparing "
    "learn learning study studying research debate debating discussion friend mum mom dad curious interested question "
    "questions help need want know here today tomorrow tonight week monday year old topic years grade"
)
_REQUESTING: Final = bare_words(
    "want wanted need like know hear see read ask asking mean meant thought think believe wonder wondering true right "
    "wrong correct"
)
"""Words that make more than a remark of what a person says about themselves."""

_REMARK_LENGTH: Final = 8
_OFFHAND_LENGTH: Final = 6
_EXCLAIMED: Final = bare_words("poor shame bless lucky")
"""Words that begin an exclamation: "poor kids", "shame on them"."""
_FIRST_PERSON: Final = word_set("i we my our")
_SELF_INTRODUCTIONS: Final = (("my", "name", "is"), ("i", "am", "from"), ("we", "are", "from"), ("i", "live", "in"))


@lru_cache(maxsize=16)
def _bared(forms: frozenset[str]) -> frozenset[str]:
    return frozenset(bares(forms))


_FUNCTION: Final = _bared(FUNCTION)
_TALK_OF_BOT: Final = _BOT | _ABOUT_ONESELF | _bared(FUNCTION | VAGUE)
_BESIDE_BOT: Final = LOOSE | _BOT | {"which"}
"""Words that may stand beside a question about the bot."""

_NONE: Final[frozenset[str]] = frozenset()


def is_idle(text: str) -> bool:
    """Return whether a text is a remark about oneself, the bot or what was said, and asks for nothing."""
    forms = bares(forms_of(without_courtesies(text)))
    if not forms or text.rstrip().endswith("?") or not _REQUESTING.isdisjoint(forms) or len(forms) > _REMARK_LENGTH:
        return False
    spoken = forms[0] in {"i", "we", "my", "our", "let"}
    pointed = forms[0] in {"this", "that", "it", "they"} and forms[1:2] in {("is",), ("are",), ("was",), ("would",)}
    exclaimed = forms[:2] == ("what", "a") or forms[0] in _EXCLAIMED
    return (spoken or pointed or exclaimed or forms[0] == "you") and ASKING.isdisjoint(forms[1:])


def is_offhand(text: str) -> bool:
    """Return whether a text is a few words that have not the form of a question."""
    forms = bares(forms_of(text))
    asking = text.rstrip().endswith("?") or forms[:1] == () or forms[0] in ASKING | AUXILIARY
    return not asking and len(forms) <= _OFFHAND_LENGTH


def is_about_bot_or_oneself(
    text: str, topical: frozenset[str] = _NONE, sides: frozenset[str] = _NONE, *, begun: bool = False
) -> bool:
    """Return whether a text asks about the bot and nothing else, or only says who a person is or is up to.

    `topical` are words of the controversy, `sides` those that name its sides: a statement about oneself with one of
    either in it is more than that, but the bot may be asked for its ties to the sides ("do you work for …"). `begun`
    tells that something was asked before: then "what is this" is asked about that.
    """
    forms = bares(forms_of(text))
    rest, _ = without_phrases(forms, OPENINGS)
    addressed = not _ADDRESSED.isdisjoint(rest) and (begun or rest[-1] not in {"this", "that"})
    if addressed and _REFERRING.isdisjoint(rest) and rest[-2:] != ["think", "so"]:
        tied = "you" in {*rest[1:2], rest[-1]} and rest[0] in AUXILIARY and not _OWN_TIES.isdisjoint(rest)
        return set(rest) <= (_TALK_OF_BOT | _OWN_TIES | _bared(sides) if tied else _TALK_OF_BOT)
    left, found = without_phrases(rest, _ABOUT_HERE if begun else _ABOUT_HERE_OR_THIS)
    if found and set(left) <= _BESIDE_BOT:
        return True
    if not rest or rest[0] not in _FIRST_PERSON or text.rstrip().endswith("?"):
        return False
    own = {form for form in rest if not form.isdecimal()} - _FUNCTION
    if own <= _ABOUT_ONESELF or (tuple(rest[:3]) in _SELF_INTRODUCTIONS and _are_apart(own, topical, sides)):
        return True
    greeted = any(forms[: len(phrase)] == phrase for phrase in GREETINGS)
    return greeted and _are_apart(own, _bared(topical), _bared(sides)) and ASKING.isdisjoint(rest)


def _are_apart(own: set[str], *others: frozenset[str]) -> bool:
    """Return whether no word of a text is in any of the sets."""
    return all(own.isdisjoint(other) for other in others)
