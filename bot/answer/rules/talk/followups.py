"""From a follow-up to questions that stand on their own.

A follow-up is put after its frame (the question before it), or into it, in the place of what it replaces.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.quote.rules import phrases as wording
from bot.quote.rules.vocabulary import forms_in, understood
from bot.quote.rules.words import (
    ASKING,
    AUXILIARY,
    FILLING,
    FUNCTION,
    LINKING,
    POINTING,
    SAYING,
    phrase_set,
    word_set,
    words_of,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.quote.rules.vocabulary import Utterance
    from knowledge.model import Pack

JOINT: Final = ",\u00a0"
"""Stands between a frame and the follow-up after it: it reads as a comma, and nobody types it."""

_PARTS: Final = 2
"""Most questions of a frame: the one that it goes back to, and the latest that brought something new."""

LINKS: Final = word_set("and but so then or also now no yes same too instead")
"""Words with which a text goes on from what was said before."""

_GOING_ON: Final = LINKS | FILLING | word_set("okay like yeah yea yep right wait")
"""Words with which people go on, whatever they ask then."""

_LEADS: Final = sorted(
    phrase_set(
        "no not that i meant,no i was asking about,no i actually meant,no i wanted to know,no i meant,no i mean,"
        "i was asking about,i meant,i mean,not that,and,but,so,also,then,now,or,no"
    ),
    key=len,
    reverse=True,
)
"""What only links a text to what went before, longest first."""

_OWN: Final = 3
"""Words of matter with which a question stands on its own, whatever its form."""

_OWN_ASKED: Final = 2
"""Words of matter with which a whole question does."""

_WHOLE: Final = 5
"""Words from which a question counts as whole."""

_LONG: Final = 14
"""Words from which a text has beside it what its pronouns stand for."""

_LEFT: Final = 2
"""Fewest words that may be left of a text without its courtesies."""

_POLITE: Final = 3
"""Most words of a courtesy around a question."""

_TRUTH: Final = word_set("true right correct wrong false real really seriously sure honestly actually")
_SAID_AGAIN: Final = SAYING | _TRUTH
"""Words by which a question is put again, to a side or for its truth."""

_AGAIN: Final = (
    AUXILIARY
    | POINTING
    | FILLING
    | _SAID_AGAIN
    | LINKS - {"too", "same", "also", "instead"}
    | word_set("the a an to on in of about for with at other what how")
)
"""Words that bring nothing new beside those."""

_AROUND_NAME: Final = LINKING | FILLING | {"what", "how"}
_END: Final = 5
"""Most words of the end of a question."""

_TO_BOT: Final = word_set("you your yours yourself u bot i me my this")
"""Words of a text that is about the two who talk, or where they do."""

_OTHERS: Final = word_set("other others against than without reply replies answer respond response object objection")
"""Words beside a side's name by which others are asked for theirs."""

_EXCLAIMED: Final = word_set("a an the so")
"""Words after "what" and "why" in what is called out, as in "what a world"."""

_BEFORE_ASKING: Final = word_set("in since for by to with from until at on against after before")
_BEFORE_MATTER: Final = word_set("on about for with in")
_BEFORE_NAME: Final = AUXILIARY | word_set("on in at by of about with for and from")


def stands_alone(said: Utterance) -> bool:
    """Return whether a text says by itself what it asks for, so that nothing said before belongs to it."""
    forms = said.forms
    matter = len(said.matter)
    if matter >= _OWN and len(forms) >= _LONG:
        return True
    if forms[0] == "who" and asks_what_a_side_is(said):
        return True
    if said.pointing or not matter or forms[0] in LINKS or {"too", "same"} & set(forms):
        return False
    asking = forms[0] in ASKING | AUXILIARY
    whole = bool(said.mentions) or (matter >= _OWN_ASKED and len(forms) >= _WHOLE)
    return matter >= _OWN or (asking and whole)


def is_whole_after_links(pack: Pack, said: Utterance) -> bool:
    """Return whether a question stands on its own but for the words that it goes on with: "ok but like why is …"."""
    at = next((at for at, form in enumerate(said.forms) if form not in _GOING_ON), 0)
    asks = at > 0 and said.forms[at] in ASKING | AUXILIARY
    return asks and stands_alone(understood(pack, said.text[said.words[at].start :]))


def asks_of_the_pack(pack: Pack, said: Utterance) -> bool:
    """Return whether a text asks for a side or for some matter, not for the bot, or names a name of the pack."""
    forms = said.forms
    if not _TO_BOT.isdisjoint(forms):
        return False
    exclaims = forms[1:2] == ("not",) or (forms[0] in ASKING and not _EXCLAIMED.isdisjoint(forms[1:2]))
    asks = (
        forms[0] in ASKING | AUXILIARY - {"do", "be", "have"}
        and len(forms) > _LEFT
        and not exclaims
        and not said.pointing
    )
    return (asks and bool(said.matter or said.mentions)) or not pack.lexicon.names.isdisjoint(said.matter)


def only_names(said: Utterance) -> bool:
    """Return whether a text asks for the word of one side that it names: "and the club?", "what does the club say"."""
    rest = set(said.forms) - said.named
    return len(said.sides) == 1 and rest <= (_AROUND_NAME | AUXILIARY | SAYING) - _OTHERS


def is_added(said: Utterance) -> bool:
    """Return whether a text only adds something to a question: "and on lies", "but about ads"."""
    return said.forms[0] in LINKS and not _BEFORE_MATTER.isdisjoint(said.forms[1:2]) and len(said.forms) <= _END


def is_cut_short(said: Utterance) -> bool:
    """Return whether a text is but the end of a question: "since which year", "and the users of it"."""
    forms = said.forms
    if said.mentions or not AUXILIARY.isdisjoint(forms) or len(forms) > _END:
        return False
    asking = forms[0] in _BEFORE_ASKING and not ASKING.isdisjoint(forms[1:2])
    return asking or (forms[0] in {"and", "or", "but"} and bool(said.pointing))


def asks_what_a_side_is(said: Utterance) -> bool:
    """Return whether a side itself is the matter ("who runs the club"), not its word on one."""
    forms = said.forms
    if not said.mentions or said.pointing:
        return False
    if len(said.sides) > 1:
        return not ASKING.isdisjoint(forms)
    before = forms[said.mentions[0].first - 1] if said.mentions[0].first else ""
    if before == "about" and forms[0] not in {"what", "how"}:
        return True
    if not SAYING.isdisjoint(forms) or forms[1:2] == ("about",):
        return False
    return forms[0] in AUXILIARY or not ASKING.isdisjoint(forms)


def without_courtesies(pack: Pack, text: str) -> str:
    """Take greetings, thanks and the like off both ends of a text; one that is nothing else stays whole."""
    words = words_of(text)
    forms = [word.form for word in words]
    start, end = 0, len(words)
    polite = pack.wording.polite
    while start < end and (length := _polite(polite, forms[start:end], ends=False)):
        start += length
    while start < end and (length := _polite(polite, forms[start:end], ends=True)):
        end -= length
    if (start, end) == (0, len(words)) or end - start < _LEFT:
        return text.strip()
    last = len(text) if end == len(words) else words[end].start
    return text[words[start].start : last].strip().rstrip(",;:-–—").rstrip()


def _polite(polite: frozenset[str], forms: Sequence[str], *, ends: bool) -> int:
    """Count the words of the courtesy that others begin or end with; 0 when they are nothing else."""
    for length in range(min(_POLITE, len(forms) - 1), 0, -1):
        if " ".join(forms[-length:] if ends else forms[:length]) in polite:
            return length
    return 0


def core(said: Utterance) -> str:
    """Return a text without the words that only link it to what went before ("and", "no, I meant")."""
    at = 0
    while lead := next((lead for lead in _LEADS if said.forms[at : at + len(lead)] == lead), None):
        if at + len(lead) >= len(said.words):
            break
        at += len(lead)
    return said.text[said.words[at].start :] if at else said.text


def frame_of(pack: Pack, question: str) -> str:
    """Return what a follow-up is asked about: the last question, of which only what brought something new is kept."""
    root, *later = question.split(JOINT)
    new = [part for part in later if understood(pack, part).matter]
    return JOINT.join(dict.fromkeys([without_courtesies(pack, root), *new[1 - _PARTS :]]))


def joined(said: Utterance, frame: str) -> str:
    """Put a follow-up after its frame."""
    return f"{frame.rstrip('?!. ')}{JOINT}{core(said)}"


def has_matter(said: Utterance) -> bool:
    """Return whether a text names what it is about, be it a side; without that it is nothing by itself."""
    return bool(said.matter) or asks_what_a_side_is(said)


def asks_again(pack: Pack, said: Utterance) -> bool:
    """Return whether a text puts the question before it once more: to a side ("and the club?"), or for its truth.

    It brings nothing new then. A side that is called by another name than its own is asked about instead.
    """
    rest = [form for form in said.forms if form not in said.named]
    if not (said.mentions or not _SAID_AGAIN.isdisjoint(rest)) or not set(rest) <= _AGAIN:
        return False
    if sum(form in {"do", "does", "did"} for form in rest) > 1:
        return False
    own = {form for side in said.sides for form in forms_in(pack, pack.side(side).short_name)}
    return said.named.isdisjoint(pack.lexicon.names - own)


def questions_in(pack: Pack, question: str) -> tuple[str, ...]:
    """Return the questions that an earlier one was chosen among: a joined one stood beside the text by itself."""
    _, joint, alone = question.rpartition(JOINT)
    return (alone, question) if joint and has_matter(understood(pack, alone)) else (question,)


def of_side(pack: Pack, said: Utterance, frame: str) -> str:
    """Ask for one side's word on the frame, or ask the frame's question of it: "and the club?" after one on Google.

    A side that is called by another name than its own, as a maker or a publisher is, is asked about and not for its
    word.
    """
    asked = understood(pack, frame.partition(JOINT)[0])
    mention = said.mentions[-1]
    side = pack.side(mention.side)
    other = next((range(named.first, named.end) for named in asked.mentions if named.side != side.id), None)
    if other is not None and side.id not in asked.sides and not SAYING.isdisjoint(asked.forms):
        return _put(asked, other, wording.inside(side.short_name))
    if set(said.forms) - said.named <= _AROUND_NAME:
        called = set(said.forms[mention.first : mention.end])
        if other is not None and called <= pack.lexicon.names - set(forms_in(pack, side.short_name)):
            first, last = said.words[mention.first], said.words[mention.end - 1]
            return _put(asked, other, said.text[first.start : last.end])
        stranger = _name(pack, asked) or _stranger(pack, asked)
        if stranger is not None and not asked.mentions:
            return _put(asked, stranger, wording.inside(side.short_name))
    return joined(said, frame)


def of_name(pack: Pack, said: Utterance, frame: str) -> str | None:
    """Ask the frame's question of somebody or something else: "and Google?"; None when it is not that."""
    rest = {form for form in said.forms if form not in said.matter}
    if len(said.matter) != 1 or said.mentions or not rest <= _AROUND_NAME:
        return None
    form = said.matter[0]
    if form not in pack.lexicon.names and not _is_stranger(pack, form):
        return None
    asked = understood(pack, frame.partition(JOINT)[0])
    sides = next((range(mention.first, mention.end) for mention in asked.mentions), None)
    place = _name(pack, asked) or sides or _stranger(pack, asked)
    word = next(word for word in said.words if word.form == form)
    return None if place is None else _put(asked, place, said.text[word.start : word.end])


def is_strange(pack: Pack, said: Utterance) -> bool:
    """Return whether a text is about something foreign: often asked in vain, or in words the pack never uses."""
    if not pack.lexicon.vain.isdisjoint(said.matter):
        return True
    return bool(said.matter) and not said.pointing and all(_is_stranger(pack, form) for form in said.matter)


def _is_stranger(pack: Pack, form: str) -> bool:
    return form not in pack.lexicon.told and form not in FUNCTION and not form.isdecimal() and bool(pack.questions)


def _stranger(pack: Pack, asked: Utterance) -> range | None:
    """Find the first word that nobody answers for, where a name would stand: after a verb or a preposition.

    A question that is about nothing else has no such place: without the word, nothing would be left of it.
    """
    if len(asked.matter) == 1:
        return None
    forms = asked.forms
    strangers = (at for at, form in enumerate(forms) if _is_stranger(pack, form))
    return next((range(at, at + 1) for at in strangers if at == 0 or forms[at - 1] in _BEFORE_NAME), None)


def _name(pack: Pack, asked: Utterance) -> range | None:
    """Find the words of the first name that is no side's; None when it is but the end of a longer one."""
    names = [form in pack.lexicon.names and form not in asked.named for form in asked.forms]
    if True not in names:
        return None
    first = names.index(True)
    if first > 1 and asked.text[asked.words[first - 1].start].isupper():
        return None
    return range(first, next((at for at in range(first, len(names)) if not names[at]), len(names)))


def _put(asked: Utterance, place: range, name: str) -> str:
    """Put a name in the place of some words of a question, and keep a genitive."""
    start, end = asked.words[place.start].start, asked.words[place.stop - 1].end
    owner = "'s" if asked.text[start:end].replace("’", "'").endswith("'s") else ""
    return f"{asked.text[:start]}{name}{owner}{asked.text[end:]}"
