"""The bytes of a sheet as text: its encoding, bytes that do not belong to it, and text that was encoded twice."""

from __future__ import annotations

import codecs
import re
import unicodedata
from dataclasses import dataclass
from typing import Final

import charset_normalizer

from knowledge.errors import UserError

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig", "UTF-8"),
    (codecs.BOM_UTF32_LE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF32_BE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF16_LE, "utf-16", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16", "UTF-16"),
)
_NAMES: Final = {
    "cp1252": "Windows-1252", "mac_roman": "Mac Roman", "cp1250": "Windows-1250", "cp1251": "Windows-1251",
    "iso8859_2": "ISO-8859-2", "shift_jis": "Shift JIS", "cp932": "Shift JIS", "gb18030": "GB 18030", "big5": "Big5",
}  # fmt: skip
_COMMON: Final = ("cp1252", "mac_roman", "cp1250", "cp1251")
"""Encodings of one byte that programs write, likeliest first: Windows in the west, old Macs, Windows in the east."""

_WORD: Final = re.compile(r"[\w’]*[^\x00-\x7f][\w’]*|\w+[^\x00-\x7f\w\s]\w+")
_CONTRACTED: Final = re.compile(r"[a-z]+n’t|[a-z]+’(?:s|re|ve|ll|d|m)", re.IGNORECASE)
_EDGES: Final = re.compile(r"(?:(?<=[\s,;\t\"(])|^)[“„«‘](?=\w)|(?<=[\w.,!?])[”“»’](?=[\s,;.\t\")]|$)", re.MULTILINE)
_WESTERN: Final = frozenset("äöüßéèêëàâáíìîïóòôúùûñçåøæœãõÿ’")
"""Letters of western languages; that of eastern ones in a western encoding are rare, or of a wrong one."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """A sheet's text with its encoding: how Python and how people name it, and what had to be mended."""

    text: str
    encoding: str
    name: str
    notes: tuple[str, ...] = ()


def decoded(content: bytes) -> Decoded:
    """Decode a sheet. Raises UserError for what is no text, or breaks off."""
    for mark, encoding, name in _MARKS:
        if content.startswith(mark):
            return Decoded(_strictly(content, encoding, name), encoding, name)
    zeros = content[:1000].count(0)
    if zeros > len(content[:1000]) // 4:  # UTF-16 of Latin letters without a mark: every second byte is zero
        encoding = "utf-16-le" if content[1:2] == b"\0" else "utf-16-be"
        return Decoded(_strictly(content, encoding, "UTF-16"), encoding, "UTF-16")
    if zeros:
        raise UserError("this is no CSV file, for it holds zero bytes: save the sheet as CSV")
    return _utf8(content) or _of_one_byte(content)


def _strictly(content: bytes, encoding: str, name: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        raise UserError(f"the sheet begins as {name} does and is not whole: save it as CSV once more") from None


def _utf8(content: bytes) -> Decoded | None:
    """Read UTF-8, also where single bytes in it are of Windows-1252; None where it is mostly something else."""
    text = content.decode("utf-8", "surrogateescape")
    strange = [place for place, character in enumerate(text) if "\udc80" <= character <= "\udcff"]
    if not strange:
        return Decoded(text, "utf-8", "UTF-8")
    if sum(not character.isascii() for character in text) <= 2 * len(strange):
        return None
    mended = list(text)
    for place in strange:
        mended[place] = bytes([ord(text[place]) - 0xDC00]).decode("cp1252", "replace")
    lines = sorted({text.count("\n", 0, place) + 1 for place in strange})
    bytes_ = "1 byte is" if len(strange) == 1 else f"{len(strange)} bytes are"
    note = f"{bytes_} no UTF-8 and read as Windows-1252 ({lines_named(lines)})"
    return Decoded("".join(mended), "utf-8", "UTF-8", (note,))


def lines_named(lines: list[int]) -> str:
    """Name lines of a file, the first few of them."""
    shown = ", ".join(map(str, lines[:_SHOWN]))
    return f"line{'s' * (len(lines) > 1)} {shown}{' …' * (len(lines) > _SHOWN)}"


_SHOWN: Final = 5


def _of_one_byte(content: bytes) -> Decoded:
    """Read one of the other encodings: the one whose text has the likeliest words."""
    guessed = charset_normalizer.from_bytes(content).best()
    tried = dict.fromkeys((*_COMMON, *([guessed.encoding] if guessed else [])))
    texts = {encoding: text for encoding in tried if (text := _or_none(content, encoding)) is not None}
    if not texts:
        return Decoded(content.decode("cp1252", "replace"), "cp1252", _NAMES["cp1252"])
    best = max(texts, key=lambda encoding: _likelihood(texts[encoding]))
    return Decoded(texts[best], best, _NAMES.get(best, best.replace("_", "-").upper()))


def _or_none(content: bytes, encoding: str) -> str | None:
    try:
        return content.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return None


def _likelihood(text: str) -> float:
    """Weigh the words of a text that are not all ASCII: those that may be words, less those that cannot be."""
    return 3 * len(_EDGES.findall(text)) + sum(_plausible(word) for word in _WORD.findall(text))


def _plausible(word: str) -> float:
    letters = [letter for letter in word if letter.isalpha()]
    if _CONTRACTED.fullmatch(word):
        return 3
    if not letters or any(unicodedata.category(mark)[0] in "SC" for mark in word):
        return -1
    if len({unicodedata.name(letter, "?").split()[0] for letter in letters}) > 1:
        return -2
    cased = "".join(letters)
    if not (cased.islower() or cased.isupper() or cased[1:].islower() or cased.casefold() == cased):
        return -1
    strange = [letter for letter in cased.casefold() if not letter.isascii()]
    return 1 if letters[0].isascii() is False and not _is_latin(letters[0]) else _share(strange)


def _is_latin(letter: str) -> bool:
    return unicodedata.name(letter, "").startswith("LATIN")


def _share(strange: list[str]) -> float:
    return sum(letter in _WESTERN for letter in strange) / len(strange) if strange else 0
