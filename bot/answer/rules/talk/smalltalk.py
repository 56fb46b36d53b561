"""Small talk, told from questions: courtesies, what is said about the bot or oneself, and remarks."""

from __future__ import annotations

import re
import unicodedata
from enum import Enum
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from bot.quote.rules.words import ASKING, AUXILIARY, FUNCTION, VAGUE, forms_of, phrase_set, word_set, words_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bot.quote.rules.words import Word


_DRAWN_OUT: Final = re.compile(r"(\w)\1+")
_LAUGHTER: Final = re.compile(r"(?:[ao]?h[aeio]){2,}h?|l+o+l+|lmf?ao|rofl|xd+")


@lru_cache(maxsize=10_000)
def bare(form: str) -> str:
    """Return a word as it is compared here: each run of a letter as one, laughter as "haha"."""
    if _LAUGHTER.fullmatch(form):
        return "haha"
    once = _DRAWN_OUT.sub(r"\1", form)
    return "ok" if once in {"okay", "okey"} else once


def bares(forms: Iterable[str]) -> tuple[str, ...]:
    """Return the words of a text as they are compared here, in order."""
    return tuple(map(bare, forms))


def bare_words(listed: str) -> frozenset[str]:
    """Make a set of the words in a text, as they are compared here."""
    return frozenset(bares(listed.split()))


def phrases_of(listed: str) -> frozenset[tuple[str, ...]]:
    """Make a set of phrases that commas part, as they are compared here."""
    return frozenset(map(bares, phrase_set(listed)))


GREETINGS: Final = phrases_of(
    "hi,hello,hey,yo,hiya,heya,howdy,hallo,hola,bonjour,salut,ciao,servus,moin,namaste,salam,aloha,greetings,sup,gm,"
    "good morning,good afternoon,good evening,good day,guten tag,guten morgen,guten abend,buenos dias,buenas tardes,"
    "nice to meet you,pleased to meet you,welcome"
)
_THANKS: Final = phrases_of(
    "thanks,thank you,thank u,thank,thnx,thanx,tnx,thx,tks,tysm,tyvm,ty,cheers,many thanks,merci,gracias,danke,"
    "grazie,obrigado,spasibo,arigato,shukriya,dhanyavad"
)
OPENINGS: Final = (
    GREETINGS
    | _THANKS
    | phrases_of(
        "ok,okay,oh,ah,aha,hm,um,uh,haha,wow,whoa,omg,oops,ouch,well,sorry,excuse me,pardon,please,sir,madam,yes,i see,"
        "got it,fair enough,all right,alright,understood,never mind,nevermind,my bad,ok then,well then"
    )
)
"""What people put before the matter; it is taken off there even where nothing parts it from the rest."""

_FAREWELLS: Final = phrases_of(
    "bye,bye bye,goodbye,good bye,cya,cu,c you,see ya,see you,later,laters,farewell,adios,au revoir,tschüss,ttyl,gtg,"
    "gn,got to go,got to run,i am off,off i go,catch you later,catch you,talk soon,peace out,until later,bis bald,"
    "have to go,until next time,take care,good night,have a nice day,have a good day,have a great day,have a good one,"
    "have a nice evening,have a good evening,have a nice weekend,have a good weekend,have a lovely day,"
    "have a nice time,have a good night"
)
_REMARKS: Final = _FAREWELLS | phrases_of(
    "much appreciated,appreciate it,i appreciate it,much obliged,brb,afk,night,morning,evening,afternoon,good luck,"
    "peace,cool,nice,great,good,fine,super,awesome,amazing,perfect,excellent,brilliant,wonderful,lovely,sweet,neat,"
    "fantastic,interesting,impressive,crazy,insane,wild,scary,creepy,sad,terrible,horrible,awful,funny,shocking,"
    "disturbing,unbelievable,incredible,hilarious,weird,strange,depressing,yikes,damn,dang,gosh,geez,gee,no,sure,"
    "right,indeed,of course,certainly,absolutely,definitely,totally,really,true,agreed,i agree,same here,no way,"
    "exactly,i understand,makes sense,make sense,good to know,good to hear,sounds good,no problem,no worries,np,"
    "not really,not now,not yet,no more,nothing more,nothing else,no more questions,no further questions,that is all,"
    "that is it,that was all,that is all i needed,that is all i wanted,that is all i need,all i needed,that will do,"
    "that will be all,will be all,cool story,wrong answer,not what i wanted,not what i asked,not what i meant,"
    "not helpful,that is not helpful,meh,ugh,hooray,i knew it,i thought so,i knew that,as expected,i do not care,"
    "do not care,good answer,thats all folks,very kind,so kind,how kind,kind of you,too kind,that is enough,enough,"
    "done,i am done,we are done,all good,all done,forget it,stop,quit,exit,end,well done,nice one,good one,"
    "good for you,good for them,good for him,good for her,good job,great job,good work,good point,good question,"
    "great answer,fair point,fair,helpful,useful,that helps,that helped,i guess,if you say so,whatever,bravo,congrats,"
    "congratulations,idk,i do not know,i did not know,did not know,did not know that,who cares,what a pity,"
    "what a shame,mate,buddy,friend,my friend,dear,tell me a joke,a joke,test,testing,test 123,testing 123,"
    "testing 1 2 3,ping,i love you,love you,love it,love this,shut up,nvm,yay,okie,alrighty,you suck,stupid,dumb,"
    "useless,silly,noted,roger,deal,aight,bet,right on,all clear,pleasure,my pleasure,ready,i am ready,let us talk,"
    "let us chat,let us start,let us go,let us begin,just looking,just looking around,just browsing,same to you,wait,"
    "one moment,a moment,just a moment,hold on,one second,one sec,let me think,give me a second,give me a minute,"
    "long time no see,dokey,doki,wtf,have fun,best,typo,wrong button,wrong chat,blah,i appreciate,shall we start,"
    "let us do this,never knew that,did not expect that,now i get it,i get it,i have a question,i have some questions,"
    "i have got a question,i got a question,one more question,another question,last question,one last question,"
    "next question,quick question,one question,a question,question"
)
"""What is said for its own sake; before a matter it is taken off only where a mark parts it from the rest."""

LOOSE: Final = bare_words(
    "you your u very much so that this it is was are the a an for to of all now then i am me my we and but also just "
    "really anyway again everyone everybody guys folks team people help helping helped answer answers information time "
    "quick nice good great bot bots mate man dude bro sir madam how pretty quite indeed there here have been be once "
    "already soon today tomorrow tonight first no not lot bunch beaucoup mucho muchas viele vielen sehr super stuff "
    "talk talking chat chatting in advance with oh ok what work weather ever rock ji go kindly partner folk fellow "
    "friend friends kind"
)
"""Words that may stand between such phrases without making a question of them."""

_MARK: Final = re.compile(r"[.,;:!?…\n()]|\s[-–—]\s")
_EMOTICON: Final = re.compile(r"\s*(?:[:;=8x][-o^']?[()DPpO3/\\|*]+|<3+|\^\^|\^_+\^|o_o|-_-)\s*")
_CLOSINGS: Final = phrases_of(
    "please,thanks,thank you,thx,ty,cheers,sir,madam,mam,haha,btw,by the way,kindly,please tell,kindly tell,"
    "please tell me,mate,dude,bro"
)
"""What people put after the matter without a mark between."""


_COURTESIES: Final = OPENINGS | _REMARKS
_MOST_WORDS: Final = max(len(phrase) for phrase in _COURTESIES)


class Courtesy(Enum):
    """What kind of courtesy a text is, for the reply to it."""

    GREETING = "greeting"
    THANKS = "thanks"
    FAREWELL = "farewell"
    REMARK = "remark"


def courtesy_of(text: str) -> Courtesy:
    """Return the kind of a courtesy, by the phrase in it that asks most for a reply."""
    forms = bares(forms_of(text))
    kinds = ((Courtesy.FAREWELL, _FAREWELLS), (Courtesy.THANKS, _THANKS), (Courtesy.GREETING, GREETINGS))
    return next((kind for kind, phrases in kinds if without_phrases(forms, phrases)[1]), Courtesy.REMARK)


def is_courtesy(text: str) -> bool:
    """Return whether a text is nothing but greetings, thanks, goodbyes and remarks."""
    forms = bares(forms_of(text))
    if not forms or _EMOTICON.fullmatch(text):
        return any(unicodedata.category(mark) == "So" for mark in text) or bool(_EMOTICON.search(text))
    asking = text.rstrip().endswith("?")
    rest, found = without_phrases(forms, OPENINGS if asking else _COURTESIES)
    if not found:
        return False
    if not rest:
        return True
    if asking or not ASKING.isdisjoint(rest) or forms[0] in ASKING | AUXILIARY:
        return False
    return set(rest) <= LOOSE or (not _MARK.search(text) and _goes_with(forms))


def _goes_with(forms: Sequence[str]) -> bool:
    """Return whether all that follows belongs to a courtesy: "thanks for …", "hello from …"."""
    thanking = forms[0] in {"thank", "thanks"} and "for" in forms[1:3]
    return thanking or (forms[:1] in GREETINGS and "from" in forms[1:2])


@lru_cache(maxsize=16)
def _longest(phrases: frozenset[tuple[str, ...]]) -> dict[str, int]:
    return {phrase[0]: len(phrase) for phrase in sorted(phrases, key=len)}


def without_phrases(forms: Sequence[str], phrases: frozenset[tuple[str, ...]]) -> tuple[list[str], bool]:
    """Return a text without the phrases, longest first, and whether there was one."""
    longest = _longest(phrases)
    if longest.keys().isdisjoint(forms):
        return list(forms), False
    rest: list[str] = []
    found = False
    at = 0
    while at < len(forms):
        most = longest.get(forms[at], 0)
        for length in range(min(most, len(forms) - at), 0, -1) if most else ():
            if tuple(forms[at : at + length]) in phrases:
                found = True
                at += length
                break
        else:
            rest.append(forms[at])
            at += 1
    return rest, found


@lru_cache(maxsize=4096)
def without_courtesies(text: str) -> str:
    """Take greetings, thanks and remarks off both ends of a text; one that is nothing else stays whole."""
    words, forms = words_of(text), bares(forms_of(text))
    start, end = 0, len(words)
    while start < end and (length := _opening(text, words[start:end], forms[start:end])):
        start += length
    while start < end and (length := _closing(text, words[start:end], forms[start:end])):
        end -= length
    if (start, end) == (0, len(words)):
        return text.strip()
    last = len(text) if end == len(words) else words[end].start
    return text[words[start].start : last].strip().rstrip(",;:-–—").rstrip()


def _opening(text: str, words: Sequence[Word], forms: tuple[str, ...]) -> int:
    """Count the words of the courtesy that a text, of these bare words, begins with; 0 when it is nothing else."""
    for length in range(min(_longest(_COURTESIES).get(forms[0], 0), len(words) - 1), 0, -1):
        phrase = forms[:length]
        gap = text[words[length - 1].end : words[length].start]
        if (phrase in OPENINGS and gap and gap.strip() != "-") or (phrase in _REMARKS and _MARK.search(gap)):
            return length
    return 0


def _closing(text: str, words: Sequence[Word], forms: tuple[str, ...]) -> int:
    """Count the words of the courtesy that a text ends with; 0 when it is nothing else. `forms` as in `_opening`."""
    for length in range(min(_MOST_WORDS, len(words) - 1), 0, -1):
        phrase = forms[-length:]
        gap = text[words[-length - 1].end : words[-length].start]
        if phrase in _CLOSINGS or (phrase in _COURTESIES and _MARK.search(gap)):
            return length
    return 0


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
_ABOUT_HERE_OR_THIS: Final = _ABOUT_HERE | phrases_of(
    "how does this work,how this works,how functions this,what is this,what is this about,what is this thing"
)
"""What is asked about the bot as long as nothing else was spoken of."""

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
    text: str, topical: frozenset[str] = frozenset(), sides: frozenset[str] = frozenset(), *, begun: bool = False
) -> bool:
    """Return whether a text asks about the bot and nothing else, or only says who a person is or is up to.

    `topical` are words of the controversy, `sides` those that name its sides: with one of them a statement about
    oneself is more than that, but the bot may be asked for its ties to the sides ("do you work for …"). `begun`:
    something was asked before, so "what is this" means that.
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
    if own <= _ABOUT_ONESELF or (tuple(rest[:3]) in _SELF_INTRODUCTIONS and own.isdisjoint(topical | sides)):
        return True
    greeted = any(forms[: len(phrase)] == phrase for phrase in GREETINGS)
    return greeted and own.isdisjoint(_bared(topical) | _bared(sides)) and ASKING.isdisjoint(rest)
