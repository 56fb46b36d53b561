"""Telling small talk from questions: courtesies, and what is said about the bot or about oneself.

A text is small talk when all of its words are. Letters that are drawn out ("hellooo") count once. It must not know what
is answered to it.
"""

from __future__ import annotations

import re
import unicodedata
from enum import Enum
from typing import TYPE_CHECKING, Final

from bot.core.words import ASKING, AUXILIARY, FUNCTION, VAGUE, forms_of, word_set, words_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from bot.core.words import Word

_DRAWN_OUT: Final = re.compile(r"(\w)\1+")
_LAUGHTER: Final = re.compile(r"(?:[ao]?h[aeio]){2,}h?|l+o+l+|lmf?ao|rofl|xd+")


def _bare(form: str) -> str:
    """Give a word as it is compared here: each run of a letter as one, laughter as "haha"."""
    if _LAUGHTER.fullmatch(form):
        return "haha"
    once = _DRAWN_OUT.sub(r"\1", form)
    return "ok" if once in {"okay", "okey"} else once


def _bares(forms: Iterable[str]) -> tuple[str, ...]:
    return tuple(_bare(form) for form in forms)


def _words(listed: str) -> frozenset[str]:
    return frozenset(_bares(listed.split()))


def _phrases(listed: str) -> frozenset[tuple[str, ...]]:
    return frozenset(_bares(forms_of(phrase)) for phrase in listed.split(","))


_GREETINGS: Final = _phrases(
    "hi,hello,hey,yo,hiya,heya,howdy,hallo,hola,bonjour,salut,ciao,servus,moin,namaste,salam,aloha,greetings,sup,gm,"
    "good morning,good afternoon,good evening,good day,guten tag,guten morgen,guten abend,buenos dias,buenas tardes,"
    "nice to meet you,pleased to meet you,welcome"
)
_THANKS: Final = _phrases(
    "thanks,thank you,thank u,thank,thnx,thanx,tnx,thx,tks,tysm,tyvm,ty,cheers,many thanks,merci,gracias,danke,"
    "grazie,obrigado,spasibo,arigato,shukriya,dhanyavad"
)
_OPENINGS: Final = (
    _GREETINGS
    | _THANKS
    | _phrases(
        "ok,okay,oh,ah,aha,hm,um,uh,haha,wow,whoa,omg,oops,ouch,well,sorry,excuse me,pardon,please,sir,madam,yes,i see,"
        "got it,fair enough,all right,alright,understood,never mind,nevermind,my bad,ok then,well then"
    )
)
"""What people put before the matter; it is taken off there even where nothing parts it from the rest."""

_FAREWELLS: Final = _phrases(
    "bye,bye bye,goodbye,good bye,cya,cu,c you,see ya,see you,later,laters,farewell,adios,au revoir,tschüss,ttyl,gtg,"
    "gn,got to go,have to go,until next time,take care,good night,have a nice day,have a good day,have a great day,"
    "have a good one"
)
_REMARKS: Final = _FAREWELLS | _phrases(
    "much appreciated,appreciate it,i appreciate it,much obliged,brb,afk,night,morning,evening,afternoon,good luck,"
    "peace,cool,nice,great,good,fine,super,awesome,amazing,perfect,excellent,brilliant,wonderful,lovely,sweet,neat,"
    "fantastic,interesting,impressive,crazy,insane,wild,scary,creepy,sad,terrible,horrible,awful,funny,shocking,"
    "disturbing,unbelievable,incredible,hilarious,weird,strange,depressing,yikes,damn,dang,gosh,geez,gee,no,sure,"
    "right,indeed,of course,certainly,absolutely,definitely,totally,really,true,agreed,i agree,same here,no way,"
    "exactly,i understand,makes sense,make sense,good to know,good to hear,sounds good,no problem,no worries,np,"
    "not really,not now,not yet,no more,nothing more,nothing else,no more questions,no further questions,that is all,"
    "that is it,that was all,that will do,that is enough,enough,done,i am done,we are done,all good,all done,"
    "forget it,stop,quit,exit,end,well done,nice one,good one,good job,great job,good work,good point,good question,"
    "good answer,great answer,fair point,fair,helpful,useful,that helps,that helped,i guess,if you say so,whatever,"
    "bravo,congrats,congratulations,idk,i do not know,i did not know,who cares,what a pity,what a shame,mate,buddy,"
    "friend,my friend,dear,tell me a joke,a joke,test,testing,test 123,testing 123,testing 1 2 3,ping,i love you,"
    "love you,love it,love this,shut up,nvm,yay,okie,alrighty,"
    "you suck,stupid,dumb,useless,silly,noted,roger,deal,aight,bet,right on,all clear,pleasure,my pleasure,ready,"
    "i am ready,let us talk,let us chat,let us start,let us go,let us begin,just looking,just looking around,"
    "just browsing,same to you,wait,one moment,a moment,just a moment,hold on,one second,one sec,let me think,"
    "give me a second,give me a minute,long time no see,dokey,doki,wtf,have fun,best,typo,wrong button,wrong chat,"
    "blah,i appreciate,shall we start,let us do this,never knew that,did not expect that,now i get it,i get it,"
    "i have a question,i have some questions,i have got a question,i got a question,one more question,"
    "another question,last question,one last question,next question,quick question,one question,a question,question"
)
"""What is said for its own sake; before a matter it is taken off only where a mark parts it from the rest."""

_LOOSE: Final = _words(
    "you your u very much so that this it is was are the a an for to of all now then i am me my we and but too also "
    "just really anyway again everyone everybody all guys folks team people help helping helped answer answers "
    "information time quick nice good great bot bots mate man dude bro sir madam how pretty quite indeed there here "
    "have been be again once already soon today tomorrow tonight first no not lot bunch beaucoup mucho muchas viele "
    "vielen sehr super stuff talk talking chat chatting in advance with oh ok what work weather ever rock ji go"
)
"""Words that may stand between such phrases without making a question of them."""

_BOT: Final = _words(
    "bot bots chatbot robot human person machine ai artificial intelligence computer program software app assistant "
    "chatgpt gpt name named called built build created create creator developed developer programmed coded maker model "
    "old age alive live born gender boy girl man woman feel feeling feelings biased neutral trust like hate favourite "
    "favorite colour color sleep eat dream smart clever stupid intelligent speak language languages english german "
    "spanish french hindi help helps use used function functions purpose ask question questions topic topics subject "
    "subjects married friend friends job working today doing morning evening day introduce self real hear listening "
    "mind explain like love start started begin channel server command commands instructions menu options suggest "
    "suggestion suggestions think say tell side sides talk talks talking chat chatting speaking answer answers online "
    "awake busy funny nice able call remember offer sing song poem story run runs owns owned kind kinds type types "
    "sort"
)
_ADDRESSED: Final = word_set("you your yours yourself bot chatbot human person robot")
_REFERRING: Final = word_set("it they them these those sure mean")
_ABOUT_HERE: Final = _phrases(
    "how does it work here,how functions this here,how does this work here,how does this bot work,what is this here,"
    "what is this bot,what is that bot,what is this channel,can i ask,should i ask,could i ask,may i ask,can we ask,"
    "i can ask,to ask,help,i need help,need help,how do i start,where do i start,how do we start,where do we start,"
    "how to start,how to use this,how do i use this,how can i use this,what topics are there,which topics are there,"
    "how is it going,how goes it,how are things,what is up,wassup,what is new,anyone here,anybody here,anyone there,"
    "anybody there,who is this,who is there,who is here,any suggestions,suggestions,am i talking to,am i speaking to,"
    "am i chatting with,what is it you do,what is it that you do,can we chat,can we talk,is someone there,"
    "is somebody there,anyone,anybody,what is going on,who programmed this,who coded this,who built this,"
    "who developed this"
)
_ABOUT_THIS: Final = _phrases(
    "how does this work,how this works,how functions this,what is this,what is this about,what is this thing"
)
"""What is asked about the bot as long as nothing else was spoken of."""

_ABOUT_ONESELF: Final = _words(
    "essay homework school class classes course lesson university college uni student students pupil teacher exam "
    "exams test presentation project paper assignment bored boring tired new name write writing prepare preparing "
    "learn learning study studying research debate debating discussion friend mum mom dad curious interested question "
    "questions help need want know here today tomorrow tonight week monday year old topic years grade"
)
_REQUESTING: Final = _words(
    "want wanted need like know hear see read ask asking mean meant thought think believe wonder wondering true right "
    "wrong correct"
)
"""Words that make more than a remark of what a person says about themselves."""

_REMARK_LENGTH: Final = 8
_OFFHAND_LENGTH: Final = 6
_FIRST_PERSON: Final = word_set("i we my our")
_SELF_INTRODUCTIONS: Final = (("my", "name", "is"), ("i", "am", "from"), ("we", "are", "from"), ("i", "live", "in"))

_MARK: Final = re.compile(r"[.,;:!?…\n()]|\s[-–—]\s")
_EMOTICON: Final = re.compile(r"\s*(?:[:;=8x][-o^']?[()DPpO3/\\|*]+|<3+|\^\^|\^_+\^|o_o|-_-)\s*")
_LONGEST: Final = max(len(phrase) for phrase in _OPENINGS | _REMARKS | _ABOUT_HERE)
_CLOSINGS: Final = _phrases(
    "please,thanks,thank you,thx,ty,cheers,sir,madam,mam,haha,btw,by the way,kindly,please tell,kindly tell,"
    "please tell me,mate,dude,bro"
)
"""What people put after the matter without a mark between."""


def _bared(forms: Iterable[str]) -> frozenset[str]:
    return frozenset(_bares(forms))


_FUNCTION: Final = _bared(FUNCTION)
_TALK_OF_BOT: Final = _BOT | _ABOUT_ONESELF | _bared(FUNCTION | VAGUE)


class Courtesy(Enum):
    """What kind of courtesy a text is, for the reply to it."""

    GREETING = "greeting"
    THANKS = "thanks"
    FAREWELL = "farewell"
    REMARK = "remark"


def courtesy_of(text: str) -> Courtesy:
    """Tell the kind of a courtesy by the phrase in it that asks most for a reply."""
    forms = _bares(forms_of(text))
    kinds = ((Courtesy.FAREWELL, _FAREWELLS), (Courtesy.THANKS, _THANKS), (Courtesy.GREETING, _GREETINGS))
    return next((kind for kind, phrases in kinds if _without_phrases(forms, phrases)[1]), Courtesy.REMARK)


def is_courtesy(text: str) -> bool:
    """Tell whether a text is nothing but greetings, thanks, goodbyes and remarks."""
    forms = _bares(forms_of(text))
    if not forms or _EMOTICON.fullmatch(text):
        return any(unicodedata.category(mark) == "So" for mark in text) or bool(_EMOTICON.search(text))
    asking = text.rstrip().endswith("?")
    rest, found = _without_phrases(forms, _OPENINGS if asking else _OPENINGS | _REMARKS)
    if not found:
        return False
    if not rest:
        return True
    if asking or not ASKING.isdisjoint(rest) or forms[0] in ASKING | AUXILIARY:
        return False
    return set(rest) <= _LOOSE or (not _MARK.search(text) and _goes_with(forms))


def _goes_with(forms: Sequence[str]) -> bool:
    """Tell whether all that follows belongs to a courtesy: "thanks for …", "hello from …"."""
    return (forms[0] in {"thank", "thanks"} and "for" in forms[1:3]) or (
        forms[:1] in _GREETINGS and "from" in forms[1:2]
    )


def is_idle(text: str) -> bool:
    """Tell whether a text is a remark about oneself, the bot or what was said, and asks for nothing."""
    forms = _bares(forms_of(text))
    if not forms or text.rstrip().endswith("?") or not _REQUESTING.isdisjoint(forms) or len(forms) > _REMARK_LENGTH:
        return False
    spoken = forms[0] in {"i", "we", "my", "our", "let"}
    pointed = forms[0] in {"this", "that", "it", "you"} and forms[1:2] in {("is",), ("are",), ("was",), ("would",)}
    return (spoken or pointed) and ASKING.isdisjoint(forms[1:])


def is_offhand(text: str) -> bool:
    """Tell whether a text is a few words that have not the form of a question."""
    forms = _bares(forms_of(text))
    asking = text.rstrip().endswith("?") or forms[:1] == () or forms[0] in ASKING | AUXILIARY
    return not asking and len(forms) <= _OFFHAND_LENGTH


def is_about_bot_or_oneself(text: str, topical: Collection[str] = (), *, begun: bool = False) -> bool:
    """Tell whether a text asks about the bot and nothing else, or only says who a person is or is up to.

    `topical` are words of the controversy: a statement about oneself with one of them in it is more than that. `begun`
    tells that something was asked before: then "what is this" is asked about that.
    """
    forms = _bares(forms_of(text))
    rest, _ = _without_phrases(forms, _OPENINGS)
    if not _ADDRESSED.isdisjoint(rest) and _REFERRING.isdisjoint(rest) and rest[-2:] != ["think", "so"]:
        return set(rest) <= _TALK_OF_BOT
    left, found = _without_phrases(rest, _ABOUT_HERE if begun else _ABOUT_HERE | _ABOUT_THIS)
    if found and set(left) <= _LOOSE | _BOT | {"which"}:
        return True
    if not rest or rest[0] not in _FIRST_PERSON or text.rstrip().endswith("?"):
        return False
    own = {form for form in rest if not form.isdecimal()} - _FUNCTION
    if own <= _ABOUT_ONESELF or (tuple(rest[:3]) in _SELF_INTRODUCTIONS and own.isdisjoint(topical)):
        return True
    greeted = any(forms[:length] in _GREETINGS for length in range(1, _LONGEST + 1))
    return greeted and own.isdisjoint(_bared(topical)) and ASKING.isdisjoint(rest)


def _without_phrases(forms: Sequence[str], phrases: Collection[tuple[str, ...]]) -> tuple[list[str], bool]:
    """Take every phrase out of a text, longest first, and tell whether there was one."""
    rest: list[str] = []
    found = False
    at = 0
    while at < len(forms):
        for length in range(min(_LONGEST, len(forms) - at), 0, -1):
            if tuple(forms[at : at + length]) in phrases:
                found = True
                at += length
                break
        else:
            rest.append(forms[at])
            at += 1
    return rest, found


def without_courtesies(text: str) -> str:
    """Take greetings, thanks and remarks off both ends of a text; one that is nothing else stays whole."""
    words = words_of(text)
    start, end = 0, len(words)
    while start < end and (length := _opening(text, words[start:end])):
        start += length
    while start < end and (length := _closing(text, words[start:end])):
        end -= length
    if (start, end) == (0, len(words)):
        return text.strip()
    last = len(text) if end == len(words) else words[end].start
    return text[words[start].start : last].strip().rstrip(",;:-–—").rstrip()


def _opening(text: str, words: Sequence[Word]) -> int:
    """Count the words of the courtesy that a text begins with; 0 when it is nothing else."""
    for length in range(min(_LONGEST, len(words) - 1), 0, -1):
        phrase = _bares(word.form for word in words[:length])
        gap = text[words[length - 1].end : words[length].start]
        if (phrase in _OPENINGS and gap and gap.strip() != "-") or (phrase in _REMARKS and _MARK.search(gap)):
            return length
    return 0


def _closing(text: str, words: Sequence[Word]) -> int:
    """Count the words of the courtesy that a text ends with; 0 when it is nothing else."""
    for length in range(min(_LONGEST, len(words) - 1), 0, -1):
        phrase = _bares(word.form for word in words[-length:])
        gap = text[words[-length - 1].end : words[-length].start]
        if phrase in _CLOSINGS or (phrase in _OPENINGS | _REMARKS and _MARK.search(gap)):
            return length
    return 0
