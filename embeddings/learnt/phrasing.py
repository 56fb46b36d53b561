"""Bring how people write nearer to how articles are written: short forms spelt out, signs made plain.

Quotes never pass through here.
"""

from __future__ import annotations

import re
from typing import Final

# Short forms that stand for one thing in any text on this subject. What could be two things stays as it is.
_SHORT_FORMS: Final = {
    "2": "to",
    "4": "for",
    "abt": "about",
    "ads": "advertising",
    "advert": "advertising",
    "adverts": "advertising",
    "algo": "algorithm",
    "algos": "algorithms",
    "b4": "before",
    "bc": "because",
    "bout": "about",
    "cant": "cannot",
    "cuz": "because",
    "da": "the",
    "dis": "this",
    "doc": "documentary",
    "docu": "documentary",
    "dont": "do not",
    "face book": "facebook",
    "facebok": "facebook",
    "fake news": "misinformation",
    "fb": "facebook",
    "flick": "film",
    "gonna": "going to",
    "ig": "instagram",
    "im": "i am",
    "info": "information",
    "insta": "instagram",
    "movie": "film",
    "n": "and",
    "pls": "please",
    "plz": "please",
    "ppl": "people",
    "r": "are",
    "sm": "social media",
    "snap chat": "snapchat",
    "socials": "social media",
    "thx": "thanks",
    "tik tok": "tiktok",
    "u": "you",
    "ur": "your",
    "w": "with",
    "wanna": "want to",
    "whats app": "whatsapp",
    "wat": "what",
    "wut": "what",
    "y": "why",
    "you tube": "youtube",
}

_SHORT_FORM: Final = re.compile(
    rf"(?<!\w)({'|'.join(sorted(map(re.escape, _SHORT_FORMS), key=len, reverse=True))})(?!\w)"
)


def spelt_out(text: str) -> str:
    """Return a question in lower case, with short forms spelt out and curly apostrophes made straight."""
    return _SHORT_FORM.sub(lambda match: _SHORT_FORMS[match[1]], text.lower().replace("’", "'"))
