"""Telling small talk from questions: greetings, thanks, goodbyes, remarks, and questions about the bot itself.

A text is small talk when all of its words are. It must not know what is answered to it.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Final

from bot.core.words import ASKING, AUXILIARY, FUNCTION, forms_of, words_of

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from bot.core.words import Word


def _phrases(listed: str) -> frozenset[tuple[str, ...]]:
    return frozenset(forms_of(phrase) for phrase in listed.split(","))


OPENING: Final = _phrases(
    "hi,hello,hey,yo,hiya,heya,howdy,hallo,hola,bonjour,salut,ciao,servus,moin,namaste,salam,aloha,greetings,hi there,"
    "hello there,hey there,good morning,good afternoon,good evening,good day,guten tag,guten morgen,guten abend,"
    "buenos dias,buenas tardes,gm,sup,welcome,nice to meet you,pleased to meet you,ok,oh,ah,aha,hm,hmm,hmmm,um,uh,lol,"
    "lmao,rofl,haha,hahaha,hehe,wow,whoa,omg,oops,ouch,well,sorry,excuse me,pardon,please,sir,madam,yes,i see,got it,"
    "fair enough,all right,alright,understood,thanks,thank you,thank u,thank you very much,thanks a lot,many thanks,"
    "thanks so much,tysm,ty,tks,cheers,never mind,nevermind,my bad,ok then,well then,ok so,hm ok"
)
"""What people put before the matter; it is taken off there even where nothing parts it from the rest."""

_GREETING: Final = OPENING & _phrases(
    "hi,hello,hey,yo,hiya,heya,howdy,hallo,hola,bonjour,salut,ciao,servus,moin,namaste,salam,aloha,greetings,hi there,"
    "hello there,hey there,good morning,good afternoon,good evening,good day,guten tag,guten morgen,guten abend,"
    "buenos dias,buenas tardes,gm,nice to meet you,pleased to meet you"
)

REMARKS: Final = _phrases(
    "merci,gracias,muchas gracias,danke,danke schön,vielen dank,grazie,obrigado,spasibo,arigato,shukriya,dhanyavad,"
    "much appreciated,appreciate it,i appreciate it,much obliged,bye,bye bye,goodbye,good bye,cya,see ya,see you,"
    "see you later,see you soon,later,laters,farewell,adios,au revoir,tschüss,ttyl,gtg,got to go,have to go,"
    "i have to go,take care,good night,have a nice day,have a good day,have a great day,have a good one,peace,"
    "cool,nice,great,good,fine,super,awesome,amazing,perfect,excellent,brilliant,wonderful,lovely,sweet,neat,fantastic,"
    "interesting,impressive,crazy,insane,wild,scary,creepy,sad,terrible,horrible,awful,funny,shocking,disturbing,"
    "unbelievable,incredible,hilarious,weird,strange,depressing,yikes,damn,dang,gosh,geez,gee,no,sure,right,indeed,"
    "of course,certainly,absolutely,definitely,totally,really,true,agreed,i agree,same here,no way,exactly,"
    "i understand,makes sense,make sense,good to know,sounds good,no problem,no worries,np,not really,not now,not yet,"
    "no more,nothing more,nothing else,no more questions,no further questions,no thanks,that is all,that is it,"
    "that was all,that will do,that is enough,enough,done,i am done,we are done,all good,all done,forget it,stop,quit,"
    "exit,well done,nice one,good one,good job,great job,good work,good bot,bad bot,good point,good question,"
    "good answer,great answer,helpful,useful,very helpful,that helps,that helped,i guess,if you say so,whatever,bravo,congrats,tyvm,"
    "congratulations,xd,idk,i do not know,who cares,what a pity,what a shame,first,today,in advance,mate,buddy,"
    "friend,my friend,dear,tell me a joke,a joke,test,testing,just testing,i love you,love you,love it,love this,"
    "shut up,you suck,stupid,stupid bot,dumb bot,useless,useless bot"
)
"""What is said for its own sake; before a matter it is taken off only where a mark parts it from the rest."""

_LOOSE: Final = frozenset(
    "you your very much so that this it is was are the a an for to of all now then i am me my we and but too also just "
    "really anyway again everyone everybody all guys folks team people help helping helped answer answers information "
    "time quick nice good great bot mate man dude bro sir madam how pretty quite indeed there here have been be again "
    "once already soon today no not lot beaucoup mucho viele sehr super".split()
)
"""Words that may stand between such phrases without making a question of them."""

_BOT: Final = frozenset(
    "bot chatbot robot human person machine ai artificial intelligence computer program software app assistant "
    "chatgpt gpt name named called built build created create creator developed developer programmed maker model "
    "old age alive live born gender boy girl man woman feel feeling feelings biased neutral trust like hate favourite "
    "favorite colour color sleep eat dream smart clever stupid intelligent speak language languages english german "
    "spanish french hindi help helps use used function functions purpose ask questions question topics topic subjects "
    "subject married friend friends job work working works today going doing morning evening day way introduce "
    "yourself self real hear listening mind explain like love start started begin channel server commands command instructions menu options "
    "suggest suggestion suggestions know think say tell make made side sides talk talks answer answers".split()
)
_REFERRING: Final = frozenset("it they them these those sure mean".split())
_ADDRESSED: Final = frozenset("you your yours yourself bot chatbot".split())
_ABOUT_HERE: Final = _phrases(
    "how does this work,how this works,how does it work here,how functions this,what is this,what is this here,"
    "what is this bot,what is that bot,what can i ask,what should i ask,what could i ask,what may i ask,"
    "what can we ask,help,help me,i need help,need help,can i ask something,can i ask a question,"
    "may i ask a question,may i ask something,i have a question,i have some questions,i got a question,question,"
    "a question,quick question,one question,how do i start,where do i start,how to start,how to use this,"
    "how do i use this,how does one use this,what topics are there,which topics are there,what is your name,"
    "how is it going,how goes it,how are things,what is up,whats up,wassup,what is new,anyone here,anybody here,"
    "anyone there,anybody there,is anyone there,is anybody there,who is this,who is there,who is here,"
    "any suggestions,suggestions,test"
)
_ABOUT_ONESELF: Final = frozenset(
    "essay homework school class classes course lesson university college uni student students pupil teacher exam exams "
    "test presentation project paper assignment bored boring tired new name write writing prepare preparing learn "
    "learning study studying research debate debating discussion friend mum mom dad curious interested question "
    "questions need help want know here today tomorrow tonight week monday year old topic".split()
)
_FIRST_PERSON: Final = frozenset("i we my our".split())
_MARK: Final = re.compile(r"[.,;:!?…\n()]|\s[-–—]\s")  # noqa: RUF001 - dashes as people type them
_LONGEST: Final = max(len(phrase) for phrase in OPENING | REMARKS | _ABOUT_HERE)


def is_small_talk(text: str, topical: Collection[str] = ()) -> bool:
    """Tell whether a text is nothing but small talk.

    `topical` are words of the controversy: a statement about oneself with one of them in it is no small talk.
    """
    forms = forms_of(text)
    if not forms:
        return any(unicodedata.category(mark) == "So" for mark in text) or bool(re.search(r"[:;=]-?[)(DPp]|<3", text))
    rest, found = _without_phrases(forms, OPENING | REMARKS | _ABOUT_HERE)
    if found and not rest:
        return not (text.rstrip().endswith("?") and forms_of(text)[-1] in {"really", "right", "true", "sure"})
    if found and forms[0] not in ASKING | AUXILIARY and not text.rstrip().endswith("?") and set(rest) <= _LOOSE:
        return True
    return _is_about_the_bot(forms) or _is_about_oneself(text, topical)


def _is_about_the_bot(forms: Sequence[str]) -> bool:
    """Tell whether the bot is asked about itself, and about nothing else."""
    rest, _ = _without_phrases(forms, OPENING)
    if not _ADDRESSED.isdisjoint(rest) and _REFERRING.isdisjoint(rest):
        return set(rest) <= _BOT | _ABOUT_ONESELF | FUNCTION
    left, found = _without_phrases(rest, _ABOUT_HERE)
    return found and set(left) <= _LOOSE | {"please", "ok", "bot", "exactly", "with", "in", "on", "do"}


def _is_about_oneself(text: str, topical: Collection[str]) -> bool:
    """Tell whether a person only says who they are or what they are up to."""
    forms = forms_of(text)
    rest, _ = _without_phrases(forms, OPENING)
    if not rest or rest[0] not in _FIRST_PERSON or text.rstrip().endswith("?"):
        return False
    own = set(rest) - FUNCTION
    greeted = any(forms[:length] in _GREETING for length in range(1, _LONGEST + 1))
    return own <= _ABOUT_ONESELF or (greeted and own.isdisjoint(topical) and ASKING.isdisjoint(rest))


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
    while (length := _courtesy(text, words[start:end], OPENING, REMARKS)) and start + length < end:
        start += length
    while (length := _courtesy_at_end(text, words[start:end])) and start < end - length:
        end -= length
    if (start, end) == (0, len(words)):
        return text.strip()
    last = len(text) if end == len(words) else words[end].start
    return text[words[start].start : last].strip().rstrip(",;:-–—").rstrip()  # noqa: RUF001 - dashes


def _courtesy(
    text: str,
    words: Sequence[Word],
    anywhere: Collection[tuple[str, ...]],
    parted: Collection[tuple[str, ...]],
) -> int:
    """Count the words of the courtesy that a text begins with."""
    for length in range(min(_LONGEST, len(words) - 1), 0, -1):
        phrase = tuple(word.form for word in words[:length])
        gap = text[words[length - 1].end : words[length].start]
        if (phrase in anywhere and gap.strip(" '’") != "-" and gap) or (phrase in parted and _MARK.search(gap)):
            return length
    return 0


_CLOSING: Final = _phrases(
    "please,thanks,thank you,thank u,ty,cheers,sir,madam,mam,lol,haha,hahaha,btw,by the way,kindly,thanks in advance,"
    "thank you in advance,please tell,kindly tell,please tell me,tell me,thanks a lot,many thanks,bro,mate,dude"
)


def _courtesy_at_end(text: str, words: Sequence[Word]) -> int:
    for length in range(min(_LONGEST, len(words) - 1), 0, -1):
        phrase = tuple(word.form for word in words[-length:])
        if phrase in _CLOSING:
            return length
        if phrase in OPENING | REMARKS and _MARK.search(text[words[-length - 1].end : words[-length].start]):
            return length
    return 0
