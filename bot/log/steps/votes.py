"""The step that parts votes from people: what is over becomes sums, what is open waits for the seal.

Nothing of the program's own is imported here but how a seal is made: a released step never changes.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

# Names of tables stand here; values are always bound.
# ruff: noqa: S608

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sqlite_utils import Database

    from bot.log.connection import Connection

_LEAST: Final = 5
"""Fewest voters of whom sums are kept."""
_SEALED: Final = 32
"""Characters of a seal's mark; a pseudonym has more."""
_UNWIPED: Final = "PRAGMA user_version = 1"
"""Has the file rewritten when it is opened."""
_ROUNDS: Final = ("before", "after")

_TABLES: Final = (
    """
    CREATE TABLE debate_vote (
        debate TEXT NOT NULL REFERENCES debate (id) ON DELETE CASCADE,
        voter TEXT NOT NULL, guild TEXT NOT NULL, round TEXT NOT NULL, choice TEXT NOT NULL,
        PRIMARY KEY (debate, voter, round)
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE new_prompt_vote (
        posting TEXT NOT NULL REFERENCES posting (id) ON DELETE CASCADE,
        voter TEXT NOT NULL, guild TEXT NOT NULL, round TEXT NOT NULL, choice TEXT NOT NULL,
        PRIMARY KEY (posting, voter, round)
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE new_quiz_choice (
        quiz TEXT NOT NULL REFERENCES quiz (id) ON DELETE CASCADE,
        voter TEXT NOT NULL, guild TEXT NOT NULL, number INTEGER NOT NULL, choice TEXT NOT NULL,
        PRIMARY KEY (quiz, voter, number)
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE participation (
        scope TEXT NOT NULL, voter TEXT NOT NULL, guild TEXT NOT NULL,
        voted INTEGER NOT NULL, guessed INTEGER NOT NULL, guessed_right INTEGER NOT NULL,
        PRIMARY KEY (scope, voter)
    ) STRICT, WITHOUT ROWID
    """,
    *(
        f"CREATE INDEX idx_{table}_guild ON {table} (guild)"
        for table in ("debate_vote", "new_prompt_vote", "new_quiz_choice", "participation")
    ),
)
_TAKE_PART: Final = """
    INSERT INTO participation (scope, voter, guild, voted, guessed, guessed_right) VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (scope, voter) DO UPDATE SET voted = voted + excluded.voted, guessed = guessed + excluded.guessed,
        guessed_right = guessed_right + excluded.guessed_right
"""


def part_votes(db: Database) -> None:
    """Make the tables of votes under seal. Without the secret, open votes stand in them unsealed until `seal_votes`."""
    for table in _TABLES:
        db.execute(table)
    for debate in list(db.query("SELECT id, guild FROM debate")):
        _part_debate(db, debate["id"], debate["guild"])
    for posting in list(db.query("SELECT id, guild, lesson, closed_utc, counts FROM posting")):
        _part_posting(db, posting)
    for quiz in list(db.query("SELECT id, guild, lesson, items, ended_utc, counts FROM quiz")):
        _part_quiz(db, quiz)
    for table in ("prompt_vote", "quiz_choice"):
        db.execute(f"DROP TABLE {table}")
        db.execute(f"ALTER TABLE new_{table} RENAME TO {table}")
    db.execute(_UNWIPED)


def seal_votes(db: Connection) -> None:
    """Seal what waits for it."""
    waiting = f"WHERE length(voter) <> {_SEALED}"
    tables = (
        ("debate_vote", "debate", "round"),
        ("prompt_vote", "posting", "round"),
        ("quiz_choice", "quiz", "number"),
    )
    found = False
    for table, scope, of in tables:
        for row in db.query(f"SELECT * FROM {table} {waiting}"):
            found = True
            whose = row[scope]
            if table == "quiz_choice":
                whose = db.value("SELECT coalesce(lesson, id) FROM quiz WHERE id = ?", (whose,))
            voter = db.seal.voter(whose, row["voter"])
            sealed = {**row, "sealed": voter, "mark": db.seal.choice(voter, row[of], row["choice"] or None)}
            key = f"{scope} = :{scope} AND voter = :voter AND {of} = :{of}"
            db.execute(f"UPDATE {table} SET voter = :sealed, choice = :mark WHERE {key}", sealed)
    whose = "SELECT scope, voter, coalesce(lesson, scope) AS whose FROM participation LEFT JOIN quiz ON id = scope"
    for row in db.query(f"{whose} {waiting}"):
        found = True
        sealed = {**row, "sealed": db.seal.voter(row["whose"], row["voter"])}
        db.execute("UPDATE participation SET voter = :sealed WHERE scope = :scope AND voter = :voter", sealed)
    if found:
        db.mark_unwiped()


def _part_debate(db: Database, debate: str, guild: str) -> None:
    """Take the choices out of a debate's events, and put the result into the one that closed the last ballot."""
    rows = list(db.query("SELECT number, event FROM debate_event WHERE debate = ? ORDER BY number", (debate,)))
    events = {row["number"]: event for row in rows if (event := _parsed(row["event"]))}
    first = next(iter(events.values()), {})
    if first.get("event") != "started":
        return
    ballots: dict[str, dict[str, str | None]] = {held: {} for held in _ROUNDS}
    again = _without_choices(events, ballots)
    closed = _with_result(first, events, ballots)
    for number, event in events.items():
        text = json.dumps(event, ensure_ascii=False)
        db.execute("UPDATE debate_event SET event = ? WHERE debate = ? AND number = ?", (text, debate, number))
    for number in again:
        db.execute("DELETE FROM debate_event WHERE debate = ? AND number = ?", (debate, number))
    people = {row["code"]: row["person"] for row in db.query("SELECT * FROM debate_person WHERE debate = ?", (debate,))}
    for held, ballot in ballots.items():
        for code, choice in ballot.items():
            if not closed and code in people:
                vote = (debate, people[code], guild, held, choice or "")
                db.execute("INSERT INTO debate_vote VALUES (?, ?, ?, ?, ?)", vote)


def _without_choices(events: Mapping[int, dict[str, Any]], ballots: dict[str, dict[str, str | None]]) -> list[int]:
    """Move choices from events into the ballots, and moments to those of the event before; return repeated votes."""
    again = []
    moment = 0
    met: dict[str, Any] = {}
    for number, event in events.items():
        if event["event"] == "ballot-cast":
            if event["person"] in ballots[event["round"]]:
                again.append(number)
            ballots[event["round"]][event["person"]] = event.pop("choice")
            event["at_ms"] = moment
            if met.get("person") == event["person"]:
                met["at_ms"] = moment
        elif event["event"] != "met":
            moment = event["at_ms"]
        met = event if event["event"] == "met" else {}
    return again


def _with_result(
    first: Mapping[str, Any], events: Mapping[int, dict[str, Any]], ballots: Mapping[str, Mapping[str, str | None]]
) -> bool:
    """Put the result into the event that closed the last ballot, and return whether there is one, or no ballot."""
    phases = first["format"]["phases"]
    voting = [at for at, phase in enumerate(phases) if {"ballot_before", "ballot_after"} & set(phase["allows"])]
    closed = not voting
    for event in events.values():
        if event["event"] in {"phase-begun", "ended"}:
            event["result"] = None
            if not closed and (event["event"] == "ended" or event["phase"] > voting[-1]):
                closed = True
                event["result"] = _result([side["id"] for side in first["sides"]], *ballots.values())
    return closed


def _part_posting(db: Database, posting: Mapping[str, Any]) -> None:
    votes = list(db.query("SELECT person, round, choice FROM prompt_vote WHERE posting = ?", (posting["id"],)))
    if posting["lesson"] is not None:
        for person in {vote["person"] for vote in votes}:
            db.execute(_TAKE_PART, (posting["lesson"], person, posting["guild"], 1, 0, 0))
    if posting["closed_utc"] is None:
        for vote in votes:
            row = (posting["id"], vote["person"], posting["guild"], vote["round"], vote["choice"])
            db.execute("INSERT INTO new_prompt_vote VALUES (?, ?, ?, ?, ?)", row)
    elif (counts := _parsed(posting["counts"])) and "only_before" in counts.get("result", {}):
        counts["result"] = _summed(counts["result"])
        db.execute("UPDATE posting SET counts = ? WHERE id = ?", (json.dumps(counts), posting["id"]))


def _part_quiz(db: Database, quiz: Mapping[str, Any]) -> None:
    chosen = list(db.query("SELECT person, number, choice FROM quiz_choice WHERE quiz = ?", (quiz["id"],)))
    items = json.loads(quiz["items"])
    for choice in chosen:
        person, number = choice["person"], choice["number"]
        if quiz["ended_utc"] is None:
            row = (quiz["id"], person, quiz["guild"], number, choice["choice"])
            db.execute("INSERT INTO new_quiz_choice VALUES (?, ?, ?, ?, ?)", row)
            continue
        right = int(items[number - 1][2] == choice["choice"])
        for scope in filter(None, (quiz["id"], quiz["lesson"])):
            db.execute(_TAKE_PART, (scope, person, quiz["guild"], 0, 1, right))

    if counts := _parsed(quiz["counts"]):
        counts["chosen"] = [sums if _may_be_told(sum(sums.values())) else {} for sums in counts["chosen"]]
        counts["scores"] = counts["scores"] if _may_be_told(len(counts["scores"])) else []
        db.execute("UPDATE quiz SET counts = ? WHERE id = ?", (json.dumps(counts), quiz["id"]))


def _may_be_told(people: int) -> bool:
    return people == 0 or people >= _LEAST


def _parsed(text: str | None) -> dict[str, Any]:
    """Return an object; an empty one for what is spoilt."""
    try:
        value = json.loads(text or "{}")
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _result(sides: list[str], before: Mapping[str, str | None], after: Mapping[str, str | None]) -> dict[str, Any]:
    """Return the sums of two ballots in the shape of before."""
    places = (*sides, None)

    def sums(choices: Iterator[str | None]) -> list[int]:
        listed = list(choices)
        return [listed.count(place) for place in places]

    both = before.keys() & after.keys()
    return _summed(
        {
            "sides": sides,
            "matrix": [sums(after[voter] for voter in both if before[voter] == place) for place in places],
            "only_before": sums(choice for voter, choice in before.items() if voter not in after),
            "only_after": sums(choice for voter, choice in after.items() if voter not in before),
        }
    )


def _summed(old: Mapping[str, Any]) -> dict[str, Any]:
    """Return sums of before as they are kept now: not those of a few."""
    matrix = old["matrix"]
    both = sum(map(sum, matrix))

    def everybody(twice: list[int], once: list[int]) -> list[int] | None:
        total = [one + other for one, other in zip(twice, once, strict=True)]
        # Whoever knows the matrix knows the rest, too.
        safe = _may_be_told(sum(total)) and _may_be_told(sum(once) if _may_be_told(both) else sum(total))
        return total if safe else None

    only_before, only_after = old["only_before"], old["only_after"]
    return {
        "sides": old["sides"],
        "least": _LEAST,
        "voters": [both + sum(only_before), both + sum(only_after), both],
        "all_before": everybody([sum(row) for row in matrix], only_before),
        "all_after": everybody([sum(column) for column in zip(*matrix, strict=True)], only_after),
        "matrix": matrix if _may_be_told(both) else None,
    }
