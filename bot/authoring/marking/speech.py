"""The words by which a writer says that somebody speaks, thinks or is reported, as English has them."""

from __future__ import annotations

import re
from typing import Final

_REPORTING: Final = (
    r"sa(?:y|ys|id|ying)|t(?:ell|ells|old|elling)|stat(?:e|es|ed|ing)|claim(?:s|ed|ing)?|argu(?:e|es|ed|ing)|"
    r"explain(?:s|ed|ing)?|add(?:s|ed|ing)?|not(?:es|ed|ing)|warn(?:s|ed|ing)?|insist(?:s|ed|ing)?|believ(?:e|es|ed|ing)|"
    r"think(?:s|ing)?|thought|feel(?:s)?|felt|writ(?:e|es|ing)|wrote|written|report(?:s|ed)|repl(?:y|ies|ied|ying)|"
    r"respond(?:s|ed|ing)?|answer(?:s|ed|ing)|ask(?:s|ed|ing)?|admit(?:s|ted|ting)?|acknowledg(?:e|es|ed|ing)|"
    r"conced(?:e|es|ed|ing)|den(?:y|ies|ied|ying)|suggest(?:s|ed|ing)?|stress(?:es|ed|ing)?|emphasi[sz](?:e|es|ed|ing)|"
    r"maintain(?:s|ed|ing)?|contend(?:s|ed|ing)?|announc(?:e|es|ed|ing)|declar(?:e|es|ed|ing)|remark(?:s|ed|ing)?|"
    r"comment(?:s|ed|ing)?|recall(?:s|ed|ing)?|predict(?:s|ed|ing)?|promis(?:e|es|ed|ing)|urg(?:e|es|ed|ing)|"
    r"demand(?:s|ed|ing)?|propos(?:e|es|ed|ing)|recommend(?:s|ed|ing)?|conclud(?:e|es|ed|ing)|agree(?:s|d)?|"
    r"disagree(?:s|d)?|object(?:s|ed)?|complain(?:s|ed|ing)?|hop(?:e|es|ed|ing)|fear(?:s|ed)?|worr(?:y|ies|ied)|want(?:s|ed)?|"
    r"confirm(?:s|ed|ing)?|estimat(?:e|es|ed|ing)|reveal(?:s|ed|ing)?|underlin(?:e|es|ed|ing)|point(?:s|ed|ing)?\s+(?:out|to)|"
    r"call(?:s|ed|ing)?\s+(?:for|on|it|the|this|that)|cit(?:e|es|ed|ing)|quipp?(?:s|ed)|jok(?:es|ed)|shout(?:s|ed)|"
    r"whisper(?:s|ed)|put(?:s|ting)?\s+it|counter(?:s|ed)?|retort(?:s|ed)|caution(?:s|ed)?|observ(?:es|ed)|reckon(?:s|ed)?|"
    r"convinced|certain\s+that|see(?:s)?\s+it|go(?:es)?\s+on|went\s+on|continu(?:es|ed)"
)
_TELLING: Final = (
    r"critici[sz](?:e|es|ed|ing)|accus(?:e|es|ed|ing)|blam(?:e|es|ed|ing)|prais(?:e|es|ed|ing)|dismiss(?:es|ed|ing)?|"
    r"reject(?:s|ed|ing)?|disput(?:e|es|ed|ing)|describ(?:e|es|ed|ing)|highlight(?:s|ed|ing)?|rais(?:e|es|ed|ing)|"
    r"talk(?:s|ed|ing)?\s+about|talked|sp(?:eak|eaks|oke)|mention(?:s|ed|ing)?|discuss(?:es|ed|ing)?|oppos(?:e|es|ed|ing)|"
    r"support(?:s|ed|ing)?|favou?r(?:s|ed|ing)?|defend(?:s|ed|ing)?|condemn(?:s|ed|ing)?|welcom(?:es|ed)|attack(?:s|ed)?|"
    r"question(?:s|ed)|express(?:es|ed|ing)?|back(?:s|ed)|compar(?:es|ed|ing)"
)
_HELPERS: Final = (
    r"(?:(?:has|have|had|is|are|was|were|would|will|did|do|does|may|might|could|can|be|been|being|to|also|further|later|"
    r"then|once|again|still|even|already|repeatedly|often|always|never|not|only|just|the\s+first(?:\s+time)?|\w+ly|"
    r"\w+n['’]t)\s+){0,6}"
)

REPORTING: Final = re.compile(rf"\b{_HELPERS}(?:{_REPORTING})\b", re.IGNORECASE)
"""Somebody says what follows, or what stands before."""

TELLING: Final = re.compile(rf"\b{_HELPERS}(?:{_TELLING})\b", re.IGNORECASE)
"""The writer tells that somebody has taken a stand, without a report of what was said."""

ACCORDING: Final = re.compile(
    r"\b(?:according\s+to|in\s+the\s+(?:view|words|opinion|eyes)\s+of|in\s+the\s+(?:view|opinion)s\s+of)\s+",
    re.IGNORECASE,
)
RAISED_BY: Final = re.compile(
    r"\b(?:raised|made|shown|voiced|expressed|described|put\s+forward|brought\s+up|discussed|argument|point|view|position|"
    r"claim|demand)\s+(?:in|by|of)\s+",
    re.IGNORECASE,
)
"""Who stands behind a point is named after it."""

LIST_AHEAD: Final = re.compile(r"(?::|\bas\s+follows[:.]?|\bthe\s+following(?:\s+\w+){0,3}[:.]?)\s*$", re.IGNORECASE)
"""The end of a sentence that hands over to a list."""

LEANING: Final = re.compile(
    r"^(?:critics|opponents|supporters|proponents|advocates|defenders|campaigners|some|others|many|most\s+people|"
    r"people|they|we\s+are\s+told|it\s+is\s+(?:often\s+)?(?:said|claimed|argued))\b",
    re.IGNORECASE,
)
"""Somebody without a name, whose view a writer may report only to reject it."""

OTHERS_SAY: Final = re.compile(
    r"(?:(?:but|and|yet|still|now|of\s+course|sure|indeed),?\s+)?"
    r"(?P<who>(?:(?!that\b|who\b|which\b)[\w’'-]+\s+){0,3}?"
    r"(?:people|they|some|many|others|(?!this\b|always\b|perhaps\b|unless\b|figures\b|numbers\b|studies\b|surveys\b|polls\b|"
    r"statistics\b|reports\b|signs\b|words\b)[\w’'-]{3,}s)(?:\s+(?:of|for|in|with|against|from|who)\s+(?:[\w’'-]+\s+){0,5}?[\w’'-]+)?)"
    r"\s+(?:(?:always|often|also|still|now|sometimes|usually|never|will|would|may|have|had|like\s+to|love\s+to)\s+){0,3}"
    r"(?:say|said|tell|told|claim(?:ed)?|argued?|insist(?:ed)?|complain(?:ed)?|object(?:ed)?|repl(?:y|ied)|answer(?:ed)?|"
    r"respond(?:ed)?|warn(?:ed)?|maintain(?:ed)?|point(?:ed)?\s+(?:out|to)|believed?|think|thought|fear(?:ed)?|worr(?:y|ied)|"
    r"call(?:ed)?\s+(?:it|us|this|them|me))\b",
    re.IGNORECASE,
)
"""Several people without a name, whose view an author tells; figures and studies are no people."""

BOUNDARY: Final = re.compile(
    r"\s*(?:;|,?\s+(?:but|while|whereas|although|though|yet)|,\s+and|\s[–—-])\s+", re.IGNORECASE
)
"""Where a second speaker may take over inside a sentence."""
