"""What is told at the end of a sparring."""

from __future__ import annotations

from bot.answer.rules.sparring import Exchange, Move, Sparring
from bot.spar.rules.outcome import Fate, claims_of, markdown, points_of, sections
from tests.quote.rules.findings import pack

SOLD = "no-selling-information"
QUOTED = "They say “We don't sell your information to anyone.” and yet"
SPARRING = Sparring(
    "film",
    (
        Exchange("you sell me", Move.CLAIM, "facebook", SOLD, met=True, supported=("everything-tracked",)),
        Exchange("source?", Move.SOURCE, "facebook"),
        Exchange("no answer", Move.CHALLENGE, "facebook", "ad-preferences", met=True),
        Exchange("fair", Move.CONCEDE, "facebook"),
        Exchange(QUOTED, Move.CLAIM, "facebook", "polarization-older", conceded=True),
        Exchange("swap", Move.SWAP, "film"),
        Exchange("it is free", Move.CLAIM, "film", "audience-pawn", met=True),
    ),
    over=True,
)


def test_each_point_of_the_bot_has_its_fate() -> None:
    """By what the person did next; asking for a source leaves it open."""
    assert points_of(SPARRING) == {
        SOLD: Fate.REFUSED,
        "ad-preferences": Fate.GRANTED,
        "polarization-older": Fate.LEFT,
        "audience-pawn": Fate.LEFT,
    }


def test_each_claim_has_what_met_it() -> None:
    """After a challenge, what came then, too; a point of the bot's own meets nothing."""
    assert [(claim.text, claim.met) for claim in claims_of(SPARRING)] == [
        ("you sell me", [SOLD, "ad-preferences"]),
        (QUOTED, []),
        ("it is free", ["audience-pawn"]),
    ]


def test_the_end_tells_everything_and_nobody_wins() -> None:
    """Headings in order; an empty part is left out; quotations are checked; the file says the same."""
    told = {str(part.heading): [str(item) for item in part.items] for part in sections(pack(), SPARRING)}
    assert list(told) == [
        "What you argued",
        "What was quoted for Facebook",
        "What was quoted for the film",
        "What comes nearest to your claims in the articles",
        "Points that you never answered: read these next",
        "Your quotations",
    ]
    assert told["What you argued"][1] == f"“{QUOTED}”: nothing was quoted against it"
    sold = pack().passage(SOLD).text
    assert told["What was quoted for Facebook"][0] == f"“{sold}”: you said that it was no answer"
    (supported,) = told["What comes nearest to your claims in the articles"]
    assert supported.startswith(f"You said “you sell me”: “{pack().passage('everything-tracked').text}” (")
    nexts = told["Points that you never answered: read these next"]
    assert [item.split("” (")[0][1:] for item in nexts[:2]] == [
        pack().passage(id_).text for id_ in ("polarization-older", "audience-pawn")
    ]
    assert told["Your quotations"] == [f"“{sold}”: Verbatim, word for word as an article has it."]
    file = markdown(pack(), SPARRING)
    assert file.startswith("# A sparring about ")
    assert "win" not in file.replace("growing", "").split()
    assert sections(pack(), Sparring("film")) == ()
