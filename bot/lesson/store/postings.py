"""The rows of posted prompts, with their votes and written answers."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from bot.lesson.rules.lesson import CHOICES, Posting, StudentAnswer, shift_of
from bot.lesson.store.quizzes import take_part
from bot.log import outbox
from bot.log.connection import storable
from bot.log.privacy import erase
from bot.values.ballot import Outcome, Round, opened_ballots
from knowledge.codec import read_as

# The queries are put together from the conditions beside them; values are always bound.
# ruff: noqa: S608

if TYPE_CHECKING:
    from bot.log.connection import Connection

_POSTINGS: Final = f"""
    SELECT posting.*, message,
        (SELECT count(DISTINCT voter) FROM prompt_vote WHERE prompt_vote.posting = posting.id) AS voters,
        (SELECT count(*) FROM student_answer WHERE student_answer.posting = posting.id) AS answers
    FROM posting {outbox.beside("posting.id")}
"""
_ANSWERS: Final = """
    SELECT student_answer.id AS number, posting, prompt, person, name, named, text, answered_utc
    FROM student_answer JOIN posting ON posting.id = posting
"""
_NEVER_SHOWN: Final = f"posting.id IN ({outbox.UNTOLD})"


def post(db: Connection, posting: Posting) -> Posting:
    """Keep a new prompt, in the lesson on its pack that is running in its channel, if any."""
    lesson = db.first(
        "SELECT id, names FROM lesson WHERE guild = ? AND channel = ? AND pack = ? AND ended_utc IS NULL",
        (posting.guild, posting.channel, posting.pack),
    ) or {"id": None, "names": posting.names}
    db.execute(
        """
        INSERT INTO posting (id, guild, channel, prompt, lesson, names, revealed, posted_utc, due_utc, pack)
        VALUES (:id, :guild, :channel, :prompt, :lesson, :names, '[]', :posted_utc, :due_utc, :pack)
        """,
        asdict(posting) | {"lesson": lesson["id"], "names": int(lesson["names"])},
    )
    # A prompt that somebody asked for is shown as the reply; one that a schedule wanted has yet to be announced.
    outbox.put(db, posting.id, posting.guild, int(posting.due_utc is not None))
    return _certain(db, posting.id)


def posting(db: Connection, posting_id: str) -> Posting | None:
    """Return a posted prompt; None if it is not there (any more)."""
    row = db.first(f"{_POSTINGS} WHERE posting.id = ?", (posting_id,))
    return None if row is None else _posting(row)


def of_lesson(db: Connection, lesson_id: str) -> tuple[Posting, ...]:
    """Return a lesson's prompts in the order posted."""
    rows = db.query(f"{_POSTINGS} WHERE lesson = ? ORDER BY posting.rowid", (lesson_id,))
    return tuple(_posting(row) for row in rows)


def never_shown(db: Connection) -> tuple[Posting, ...]:
    """Return the scheduled prompts not known to have been shown, oldest first."""
    rows = db.query(f"{_POSTINGS} WHERE {_NEVER_SHOWN} ORDER BY posting.rowid")
    return tuple(_posting(row) for row in rows)


def settle(db: Connection, posting_id: str, message: int) -> None:
    """Note the message that shows a prompt."""
    outbox.tell(db, posting_id, 1, message)


def withdraw(db: Connection, posting_id: str) -> None:
    """Delete a scheduled prompt that was never shown; any other stays."""
    db.execute(f"DELETE FROM posting WHERE posting.id = ? AND {_NEVER_SHOWN}", (posting_id,))


def reveal(db: Connection, posting_id: str, side: str) -> Posting | None:
    """Note that everybody sees a side's quote from now on; None if the prompt is not there (any more)."""
    found = posting(db, posting_id)
    if found is not None and found.closed_utc is None and side not in found.revealed:
        revealed = json.dumps([*found.revealed, side])
        db.execute("UPDATE posting SET revealed = ? WHERE id = ?", (revealed, posting_id))
        return _certain(db, posting_id)
    return found


def vote(db: Connection, posting_id: str, person: str, choice: str) -> Posting | None:
    """Keep a person's vote before or after the reveal in place of their last one, unless the prompt is closed.

    None if the prompt is not there (any more).
    """
    found = posting(db, posting_id)
    if found is None or found.closed_utc is not None:
        return found
    voter, held = db.seal.voter(posting_id, person), (Round.AFTER if found.revealed else Round.BEFORE).value
    row = {
        "posting": posting_id,
        "voter": voter,
        "guild": found.guild,
        "round": held,
        "choice": db.seal.choice(voter, held, choice),
    }
    if (
        found.lesson is not None
        and db.first("SELECT 1 FROM prompt_vote WHERE posting = ? AND voter = ?", (posting_id, voter)) is None
    ):
        take_part(db, found.lesson, db.seal.voter(found.lesson, person), found.guild, voted=1)
    db.execute(
        """
        INSERT INTO prompt_vote (posting, voter, guild, round, choice)
        VALUES (:posting, :voter, :guild, :round, :choice)
        ON CONFLICT (posting, voter, round) DO UPDATE SET choice = excluded.choice
        """,
        row,
    )
    return _certain(db, posting_id)


def answer(
    db: Connection, posting_id: str, person: str, name: str, text: str, now: str
) -> tuple[Posting | None, StudentAnswer | None]:
    """Keep an answer, and return it; None for the answer if the prompt is closed or not there (any more)."""
    found = posting(db, posting_id)
    if found is None or found.closed_utc is not None:
        return found, None
    row = {
        "posting": posting_id,
        "person": person,
        "guild": found.guild,
        "name": storable(name),
        "named": int(found.names),
        "text": storable(text),
        "now": now,
    }
    number = db.value(
        """
        INSERT INTO student_answer (posting, person, guild, name, named, text, answered_utc)
        VALUES (:posting, :person, :guild, :name, :named, :text, :now) RETURNING id
        """,
        row,
    )
    (kept,) = db.query(f"{_ANSWERS} WHERE student_answer.id = ?", (number,))
    return _certain(db, posting_id), _answer(kept)


def answers(
    db: Connection, guild: str, *, posting_id: str | None = None, lesson_id: str | None = None
) -> tuple[StudentAnswer, ...]:
    """Return what was written in a guild on a prompt, or in a lesson, oldest first."""
    condition = "posting.id = :posting" if lesson_id is None else "posting.lesson = :lesson"
    rows = db.query(
        f"{_ANSWERS} WHERE posting.guild = :guild AND {condition} ORDER BY student_answer.id",
        {"guild": guild, "posting": posting_id, "lesson": lesson_id},
    )
    return tuple(_answer(row) for row in rows)


def close(db: Connection, posting_id: str, now: str, least: int) -> Posting | None:
    """Close a prompt to votes and answers, and keep the result instead of votes; a second time nothing changes."""
    found = posting(db, posting_id)
    if found is None or found.closed_utc is not None:
        return found
    votes = db.query("SELECT voter, round, choice FROM prompt_vote WHERE posting = ?", (posting_id,))
    cast = opened_ballots(db.seal, votes, CHOICES)
    result = shift_of(cast[Round.BEFORE], cast[Round.AFTER], least)
    erase(db, "prompt_vote", "posting", posting_id)
    counts = json.dumps({"voters": found.voters, "answers": found.answers, "result": asdict(result)})
    db.execute("UPDATE posting SET closed_utc = ?, counts = ? WHERE id = ?", (now, counts, posting_id))
    return _certain(db, posting_id)


def _certain(db: Connection, posting_id: str) -> Posting:
    found = posting(db, posting_id)
    assert found is not None  # noqa: S101 - it was written in this transaction
    return found


def _posting(row: dict[str, Any]) -> Posting:
    counts = row.pop("counts")
    row |= {"names": bool(row["names"]), "revealed": tuple(json.loads(row["revealed"])), "result": None}
    if counts is not None:
        # What was counted on closing outlives the votes.
        row |= json.loads(counts)
        row["result"] = read_as(Outcome, row["result"], "result")
    return Posting(**row)


def _answer(row: dict[str, Any]) -> StudentAnswer:
    return StudentAnswer(**{**row, "named": bool(row["named"])})
