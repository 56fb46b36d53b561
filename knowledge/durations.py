"""Lengths of time as people write them: 3, 1:30, 90 s, 1.5 min, 2m30s; read and written to the second."""

from __future__ import annotations

import re
from typing import Final

_UNITS: Final = {
    3600: "h hr hrs hour hours std stunde stunden hora horas घंटा घंटे",
    60: "m min mins minute minutes minuten minuto minutos मिनट '",
    1: 's sec secs second seconds sek sekunde sekunden seg segundo segundos सेकंड सेकेंड "',
}
"""The words for each unit, by its seconds, in the languages of the interface."""
_SECONDS: Final = {word: seconds for seconds, words in _UNITS.items() for word in words.split()}
_CLOCK: Final = re.compile(r"(\d{1,4}):(\d\d)(?::(\d\d))?\s*(\D*)")
_PART: Final = re.compile(r"\s*(\d{1,6}(?:[.,]\d{1,6})?)\s*([^\d\s.,]*)\.?")


def minutes_in(text: str) -> float | None:
    """Return a length of time in minutes, to the second; None for what is none. A number alone is minutes."""
    text = re.sub(r"(\d?)\s*½", lambda found: f"{found[1] or 0}.5", text.casefold().strip())
    exact = _on_a_clock(text) if ":" in text else _in_parts(text)
    if exact is None:
        return None
    minutes, seconds = divmod(round(exact), 60)
    return minutes + seconds / 60 if seconds else minutes


def in_minutes(minutes: float) -> str:
    """Return minutes for reading, in front of "min": "6", or "1:30" where there are seconds."""
    whole, seconds = divmod(round(minutes * 60), 60)
    return f"{whole}:{seconds:02}" if seconds else str(whole)


def _on_a_clock(text: str) -> float | None:
    """Return the seconds of 1:30 (minutes, unless hours are named) or 1:30:00."""
    found = _CLOCK.fullmatch(text)
    if found is None:
        return None
    first, second, third, unit = int(found[1]), int(found[2]), found[3], found[4]
    # What is named is the first figure's unit.
    largest = _SECONDS.get(unit, 0) if unit else (60 if third is None else 3600)
    if largest < (60 if third is None else 3600) or max(second, int(third or 0)) >= 60:  # noqa: PLR2004 - of a minute
        return None
    return largest * (first + second / 60 + int(third or 0) / 3600)


def _in_parts(text: str) -> float | None:
    """Return the seconds of 2m30s, 1.5 min or 1 h 30; each unit is smaller than the one before."""
    total, last, at = 0.0, 0, 0
    while at < len(text):
        found = _PART.match(text, at)
        if found is None:
            return None
        at = found.end()
        # The last part may stand without a unit: it is the next smaller one.
        unit = _SECONDS.get(found[2], 0) if found[2] else (last // 60 or 60 * (not last)) * (at == len(text))
        if not unit or (last and unit >= last):
            return None
        total, last = total + float(found[1].replace(",", ".")) * unit, unit
    return total if last else None
