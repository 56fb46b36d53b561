"""Reading claims.toml, sparrings.toml and moves.toml: what people say to a bot that holds a side."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from knowledge.dialogues import Turn
from knowledge.reading.nearest import quoted
from knowledge.reading.questions import as_compared
from knowledge.sparring import MOVES, SWAP, Claim, Sparring, SparringTurn, next_side

if TYPE_CHECKING:
    from collections.abc import Collection

    from knowledge.reading.frame import Frame
    from knowledge.reading.passages import Marks
    from knowledge.reading.tables import Folder, Table

CLAIMS: Final = "claims.toml"
SPARRINGS: Final = "sparrings.toml"
MOVES_FILE: Final = "moves.toml"


def read_claims(folder: Folder, frame: Frame | None, marks: Marks) -> tuple[Claim, ...]:
    """Return the claims against each side. Without frame or marks, references go unchecked."""
    root = folder.toml(CLAIMS, optional=True)
    if root is None:
        return ()
    root.expect(("claim",))
    own = _Own(frame, marks)
    claims: dict[tuple[str, str], Claim] = {}
    for table in root.tables("claim"):
        table.expect(("against", "fair", "texts"))
        side = table.choice("against", own.sides)
        fair = own.fair(table, side)
        for text in table.texts("texts", least=1):
            key = side, as_compared(text)
            if key in claims:
                table.complain(f"{quoted(text)} stands twice against {quoted(side)}; keep one of them", "texts", text)
            claims[key] = Claim(text, side, fair)
    return tuple(claims.values())


def read_sparrings(folder: Folder, frame: Frame | None, marks: Marks) -> tuple[Sparring, ...]:
    """Return the sparrings, none without the file. Without frame or marks, references go unchecked."""
    root = folder.toml(SPARRINGS, optional=True)
    if root is None:
        return ()
    root.expect(("sparring",))
    own = _Own(frame, marks)
    return tuple(_sparring(table, own) for table in root.tables("sparring"))


def _sparring(table: Table, own: _Own) -> Sparring:
    table.expect(("author", "holds", "turn"))
    held = holds = table.choice("holds", own.sides)
    turns = []
    for turn in table.tables("turn"):
        turn.expect(("user", "move"), ("fair", "concession"))
        move = turn.choice("move", MOVES)
        if move == SWAP and held in own.sides:
            held = next_side(own.sides, held)
        turns.append(SparringTurn(turn.text("user"), move, own.fair(turn, held), turn.flag("concession")))
    return Sparring(table.text("author"), holds, tuple(turns))


class _Own:
    """The sides of a pack, and whose each passage is."""

    def __init__(self, frame: Frame | None, marks: Marks) -> None:
        self.sides = tuple(side.id for side in frame.sides) if frame else ()
        self._ids: Collection[str] = marks.ids
        self._voices = {passage.id: passage.voice for passage in marks.passages}

    def fair(self, table: Table, side: str) -> tuple[str, ...]:
        """Read the passages that are fair replies of a side."""
        fair = table.choices("fair", "passage", self._ids)
        for passage in fair:
            if side and self._voices.get(passage, side) != side:
                table.complain(f"the passage {quoted(passage)} is not one of {quoted(side)}", "fair", passage)
        return fair


def read_moves(folder: Folder) -> tuple[Turn, ...]:
    """Return the program's examples of moves and a pack's own, each a turn that wants its move."""
    moves: dict[str, Turn] = {}
    for root in (folder.default(MOVES_FILE), folder.toml(MOVES_FILE, optional=True)):
        if root is None:
            continue
        root.expect((), MOVES)
        for move in MOVES:
            moves |= {as_compared(text): Turn(text, move) for text in root.texts(move)}
    return tuple(moves.values())
