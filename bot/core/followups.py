"""From a follow-up to questions that stand on their own.

What is asked with few words is asked about the frame: the question before it. A follow-up is put before its frame, or
into it, in the place of what it replaces. It must not know what is found for a question.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.core import wording
from bot.core.vocabulary import understood
from bot.core.words import ASKING, AUXILIARY, FILLING, FUNCTION, LINKING, SAYING, forms_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.core.vocabulary import Mention, Utterance
    from knowledge.model import Pack

JOINT: Final = " — "
"""Stands between a follow-up and its frame."""

_PARTS: Final = 2
"""Most questions of a frame: the latest that brought something new, and the one that it goes back to."""

LINKS: Final = frozenset("and but so then or also now no yes same too instead".split())
"""Words with which a text goes on from what was said before."""

_LEADS: Final = tuple(
    forms_of(lead)
    for lead in (
        "no i was asking about,no not that i meant,no i actually meant,no i wanted to know,no i meant,no i mean,i meant,"
        "i mean,i was asking about,not that,and then,and also,and now,and,but,so,also,then,now,or,no"
    ).split(",")
)
_OWN: Final = 3
"""Words of matter with which a question stands on its own, whatever its form."""

_OWN_ASKED: Final = 2
"""Words of matter with which a whole question does."""

_WHOLE: Final = 5
"""Words from which a question counts as whole."""


def stands_alone(said: Utterance) -> bool:
    """Tell whether a text says by itself what it asks for, so that nothing said before belongs to it."""
    forms = said.forms
    matter = len(said.matter)
    if said.pointing or not matter or forms[0] in LINKS or {"too", "same"} & set(forms):
        return False
    asking = forms[0] in ASKING | AUXILIARY
    return matter >= _OWN or (asking and (bool(said.mentions) or (matter >= _OWN_ASKED and len(forms) >= _WHOLE)))


def asks_what_a_side_is(said: Utterance) -> bool:
    """Tell whether a side itself is the matter ("who made the film", "tell me about Facebook"), not its word on one."""
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


def core(utterance: Utterance) -> str:
    """Give a text without the words that only link it to what went before ("and", "no, I meant")."""
    words = utterance.words
    at = 0
    while lead := next((lead for lead in _LEADS if utterance.forms[at : at + len(lead)] == lead), None):
        if at + len(lead) >= len(words):
            break
        at += len(lead)
    return utterance.text[words[at].start :] if at else utterance.text


def frame_of(pack: Pack, question: str) -> str:
    """Give what a follow-up is asked about: the last question, of which only what brought something new is kept."""
    parts = question.split(JOINT)
    kept = [part for part in parts[:-1] if understood(pack, part).matter] + parts[-1:]
    return JOINT.join(dict.fromkeys([*kept[: _PARTS - 1], kept[-1]]))


def leans(said: Utterance) -> bool:
    """Tell whether a text shows that it goes on from something."""
    return bool(said.pointing) or bool(said.words) and (said.forms[0] in LINKS or said.forms[:2] == ("what", "about"))


def joined(utterance: Utterance, frame: str) -> str:
    """Put a follow-up before its frame."""
    return f"{core(utterance)}{JOINT}{frame}"


def questions_in(understood_as: str) -> tuple[str, ...]:
    """Give the questions of a follow-up that was joined: it alone and as a whole; a single one stays as it is."""
    alone, joint, _ = understood_as.partition(JOINT)
    return (alone, understood_as) if joint else (understood_as,)


def of_side(pack: Pack, utterance: Utterance, frame: str) -> str:
    """Ask for one side's word on the frame: in the place of the other's, or of the one nobody speaks for."""
    root = frame.split(JOINT)[-1]
    asked = understood(pack, root)
    side = utterance.sides[-1]
    name = wording.inside(pack.side(side).short_name)
    others = [mention for mention in asked.mentions if mention.side != side]
    if side not in asked.sides and others and not SAYING.isdisjoint(asked.forms):
        return _replaced(asked, others[0], name)
    strangers = [at for at in _subjects(asked) if _is_stranger(pack, asked.forms[at])]
    if not asked.mentions and strangers and ASKING.isdisjoint(utterance.forms):
        return _put(asked, strangers[0], strangers[0] + 1, name)
    return joined(utterance, frame)


def of_name(pack: Pack, utterance: Utterance, frame: str) -> str | None:
    """Ask the frame's question of somebody or something else: "and Google?"; None when it is not that."""
    names = [word for word in utterance.words if word.form in utterance.matter]
    rest = [form for form in utterance.forms if form not in utterance.matter]
    if len(names) != 1 or utterance.mentions or not set(rest) <= LINKING | FILLING | {"what", "how"}:
        return None
    form = names[0].form
    if form not in pack.lexicon.names and not _is_stranger(pack, form):
        return None
    root = frame.split(JOINT)[-1]
    asked = understood(pack, root)
    name = utterance.text[names[0].start : names[0].end]
    if asked.mentions:
        return _replaced(asked, asked.mentions[0], name)
    named = [at for at, word in enumerate(asked.words) if word.form in pack.lexicon.names]
    strangers = [at for at in _subjects(asked) if _is_stranger(pack, asked.forms[at])]
    for at in (*named, *strangers):
        return _put(asked, at, at + 1, name)
    return None


def _subjects(asked: Utterance) -> list[int]:
    """List the words of a question, by index, that stand where a name would: after a verb or a preposition."""
    before = AUXILIARY | {"on", "in", "at", "by", "of", "about", "with", "for", "and", "from"}
    return [at for at in range(len(asked.words)) if at == 0 or asked.forms[at - 1] in before]


def is_strange(pack: Pack, utterance: Utterance) -> bool:
    """Tell whether all that a text is about is foreign to the pack: nobody in it answers a question with these words."""
    return bool(utterance.matter) and all(_is_stranger(pack, form) for form in utterance.matter)


def _is_stranger(pack: Pack, form: str) -> bool:
    return form not in pack.lexicon.told and form not in FUNCTION and not form.isdecimal() and bool(pack.questions)


def _replaced(asked: Utterance, mention: Mention, name: str) -> str:
    return _put(asked, mention.first, mention.end, name)


def _put(asked: Utterance, first: int, end: int, name: str) -> str:
    """Put a name in the place of some words of a question, and keep a genitive."""
    start, stop = asked.words[first].start, asked.words[end - 1].end
    owner = "'s" if asked.text[start:stop].replace("’", "'").endswith("'s") else ""
    return f"{asked.text[:start]}{name}{owner}{asked.text[stop:]}"
