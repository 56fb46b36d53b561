"""How a claim says what it says: which of its words it denies, and whether it praises or accuses.

A sentence's vector hardly tells "they sell it" from "they do not", nor a shield from a threat; these word lists do.
They are words of opinion in general, and it must not know what a claim is about.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Final

_PIECE: Final = re.compile(r"[\w']+|[.,;:!?]")
_REACH: Final = 3
"""Words after a denial that it turns around."""

_ENDINGS: Final = ("", "s", "ed", "d", "ing", "es", "er", "ers")
_STEM: Final = 4
"""Letters from which on a listed beginning stands for every word that begins so; a shorter one only for its forms."""


@dataclass(frozen=True)
class _Words:
    """A list of words by their beginnings."""

    stems: tuple[str, ...]
    forms: frozenset[str]

    @classmethod
    def of(cls, listed: str) -> _Words:
        """Read beginnings set apart by spaces."""
        beginnings = listed.split()
        short = [beginning for beginning in beginnings if len(beginning) < _STEM]
        return cls(
            tuple(beginning for beginning in beginnings if len(beginning) >= _STEM),
            frozenset(beginning + ending for beginning in short for ending in _ENDINGS),
        )

    def __contains__(self, word: str) -> bool:
        """Return whether a word is one of them."""
        return word in self.forms or word.startswith(self.stems)


_DENIAL: Final = re.compile(
    r"no|not|never|nobody|none|nothing|neither|nor|without|hardly|barely|cannot|zero|nope|false|untrue|myth|legend|"
    r"fable|nonsense|wrong|rubbish|baseless|absurd|rejected|tale|few|less|"
    r"(?:ai|are|ca|could|did|do|does|had|has|have|is|should|was|were|wo|would)n'?t"
)

_ACCUSING: Final = _Words.of("""
    abus addict afraid anxi awful backward bad bait beast betray blam brainwash bubble cancer casino catastroph cave
    cesspool chain chaos cheat cocaine collect commodit conspir crazy crisis cruel curse damag danger dark dealer
    depend depress despair destroy devil disaster disease disgust disinform divid drug dumb echo enem enrag enslav
    evil exploit expos extrem fake fault fear fester fight garbage glued goods greed guilt hack harm harvest hate
    hater hatred hidden hide hiding hoax hook hurt ignor ill insane insult interfer inventory irrelevant junk junkie
    kill lab leak leash lie lies lonel lying mad manipul meddl merchandis milk mine misinform monitor monster nazi
    outrag pawn plague poison polari prey primitive problem product profit puppet pusher racis radical rat record
    regress regret rig rigged riot rob ruin rumo ruthless sad scar scream secret sell sewer shame shout sick slave
    slot slur snoop sold spie split spread spy stalk steal stole stuck stupid suicid surveil swamp tear terribl threat
    tolerat torn toxic toy track trad trap trick troll untru useless victim violen war warn wast watch worr worse
    worst worthless wreck
""")

_PRAISING: Final = _Words.of("""
    admit anonymous apolog awesome ban banned beautiful benefi best better bless boring bridge buries bury calm caught
    cheap check cheer chill choice clean comfort compet conced confess connect control culprit custom cut defen
    defence defens dull enjoy exaggerat fair fine forbad forbid free friend gift glad good great grow guard happ
    harmless health help honest hysteri improv invented keep lifeline limit love nice normal open ordinary outdated
    overblown own owned panic peaceful praise prohibit protect proud public reduc relax relevant remov respect
    responsib review safe scapegoat secur strong superstition thank tinfoil together tone took transparen trust
    unfounded unit unite useful verif villain visib voluntar wall welcome whining win wonderful
""")


def denied(text: str) -> str:
    """Mark what is denied: each of the next words after a word of denial, in the same clause, gets a leading "_".

    Texts are as they are read for a search, in lower case.
    """
    marked, left = [], 0
    for piece in _PIECE.findall(text):
        if _DENIAL.fullmatch(piece):
            left = _REACH
            marked.append(piece)
        elif not _is_word(piece):
            left = 0
        else:
            marked.append(f"_{piece}" if left else piece)
            left = max(left - 1, 0)
    return " ".join(marked)


def sign_of(text: str) -> float:
    """Return -1 for a claim with a word of denial in it, 1 for any other."""
    return -1.0 if any(_DENIAL.fullmatch(piece) for piece in _PIECE.findall(text)) else 1.0


def tone_of(text: str) -> float:
    """Tell how a claim sounds: towards 1 when it praises or soothes, towards -1 when it accuses, 0 for neither.

    What is denied counts the other way round.
    """
    tone, left = 0, 0
    for piece in _PIECE.findall(text):
        if _DENIAL.fullmatch(piece):
            left = _REACH
        else:
            value = (piece in _PRAISING) - (piece in _ACCUSING)
            tone += -value if left else value
            left = max(left - 1, 0) if _is_word(piece) else 0
    return math.tanh(tone)


def _is_word(piece: str) -> bool:
    return piece[0].isalnum() or piece[0] in "_'"
