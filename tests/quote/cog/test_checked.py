from __future__ import annotations

import pytest

from bot.quote.cog.checked import checked_lines
from bot.wire.page.escaping import size
from bot.wire.page.language import LANGUAGES, words_for
from tests.quote.rules.findings import pack

EN = words_for("en")
SOLD = pack().passage("no-selling-information").text


def test_each_quotation_is_told_with_its_verdict() -> None:
    """And what turns its meaning, with the sentence; a text that quotes nobody is left alone."""
    text = f"They “sell your information to anyone”, and the film says “{SOLD}” But “mice are fond of cheese”."
    assert checked_lines(pack(), text, EN) == (
        (
            "“sell your information to anyone”: Verbatim, but cut out of its sentence: read the whole of it.\n"
            "Careful: “don't” is cut off in front, which denies it.\n"
            f"The whole sentence: “{SOLD}”"
        ),
        f"“{SOLD}”: Wrong speaker: Facebook said this, not the film.",
        "“mice are fond of cheese”: Not in the sources.",
    )
    assert checked_lines(pack(), f"I say that {SOLD}", EN) == ()


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_said_stays_short(language: str) -> None:
    """However long the quotation, and inert whatever is in it."""
    text = f"“{'@everyone [x](http://y) ' * 40}” “{pack().passage('reports-to-advertisers').text[:-40]}”"
    lines = checked_lines(pack(), text, words_for(language))
    assert len(lines) == 2
    assert max(size(line) for each in lines for line in each.splitlines()) <= 300
    assert "@everyone" not in lines[0]
