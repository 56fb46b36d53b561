"""The shape of the log as numbered steps: each is applied once, in order, and never changed after it was released.

A later step has the next number, whichever feature's tables it makes; the feature registers them (see `privacy.py`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlite_utils import Migrations
from sqlite_utils.db import ForeignKey

from bot.log.steps.lessons import create_lesson_tables, name_days
from bot.log.steps.packs import name_packs
from bot.log.steps.plans import create_plan_tables
from bot.log.steps.votes import part_votes

if TYPE_CHECKING:
    from sqlite_utils import Database


migrations: Final = Migrations("conversation-log")


@migrations()
def m001_conversations(db: Database) -> None:
    """Conversations, their turns, and each turn's quotes and silences.

    `citation.position` counts from 1 in the order shown; `citation.block` is a side's id or "context". `turn.answer`
    is the answer object of the JSON contract. Times are ISO 8601 in UTC.
    """
    conversation = db.table("conversation").create(
        {"id": str, "person": str, "place": str, "started_utc": str},
        pk="id",
        not_null=["id", "person", "place", "started_utc"],
        strict=True,
    )
    conversation.create_index(["person", "place"])
    turn = db.table("turn").create(
        {
            "id": int,
            "conversation_id": str,
            "number": int,
            "asked_utc": str,
            "question": str,
            "asked_as": str,
            "act": str,
            "first_side": str,
            "stance": str,
            "message": str,
            "duration_ms": float,
            "answer": str,
        },
        pk="id",
        not_null=["conversation_id", "number", "asked_utc", "question", "asked_as", "act", "duration_ms", "answer"],
        foreign_keys=[("conversation_id", "conversation", "id")],
        strict=True,
    )
    turn.create_index(["conversation_id", "number"], unique=True)
    db.table("citation").create(
        {
            "turn_id": int,
            "position": int,
            "block": str,
            "passage_id": str,
            "article_id": str,
            "start": int,
            "end": int,
            "text": str,
            "confidence": float,
        },
        pk=("turn_id", "position"),
        not_null=["turn_id", "position", "block", "passage_id", "article_id", "start", "end", "text", "confidence"],
        foreign_keys=[("turn_id", "turn", "id")],
        strict=True,
    )
    db.table("gap").create(
        {"turn_id": int, "side": str, "text": str},
        pk=("turn_id", "side"),
        not_null=["turn_id", "side", "text"],
        foreign_keys=[("turn_id", "turn", "id")],
        strict=True,
    )


@migrations()
def m002_search(db: Database) -> None:
    """Full-text search over what was asked; triggers keep it in step with the turns."""
    db.table("turn").enable_fts(
        ["question", "asked_as"], create_triggers=True, tokenize="unicode61 remove_diacritics 2"
    )


@migrations()
def m003_branches(db: Database) -> None:
    """Let a conversation branch off another, and name the guild in which it is held.

    `branched_at` is the number of the turn that the branch goes on from; the other conversation may be gone, so nothing
    refers to it. `guild` is what stands before the slash of `place`, NULL where there is none, as in the terminal.
    """
    conversation = db.table("conversation")
    conversation.add_column("branched_from", str)
    conversation.add_column("branched_at", int)
    conversation.add_column("guild", str)
    db.execute("UPDATE conversation SET guild = substr(place, 1, instr(place, '/') - 1) WHERE instr(place, '/') > 0")
    conversation.create_index(["guild"])
    conversation.create_index(["branched_from"])


@migrations()
def m004_guilds(db: Database) -> None:
    """Keep what a guild's moderators set. NULL stands for what holds everywhere else.

    `left_utc` is when the bot was put out, NULL while it is in. A guild without rows in guild_channel allows them all.
    """
    db.table("guild").create(
        {
            "id": str,
            "moderator_role": int,
            "style": str,
            "language": str,
            "retention_days": int,
            "left_utc": str,
        },
        pk="id",
        not_null=["id"],
        strict=True,
    )
    db.table("guild_channel").create(
        {"guild": str, "channel": int}, pk=("guild", "channel"), not_null=["guild", "channel"], strict=True
    )


@migrations()
def m005_opinions(db: Database) -> None:
    """Keep what people think of answers, how they want to read them, and what moderators decided.

    A vote goes with its turn; a dispute outlives it, without saying any more which it was. `dispute.verdict` is NULL
    while nobody has decided, then "exclude" or "keep". `audit.person` is the moderator who acted, NULL once forgotten.
    """
    feedback = db.table("feedback").create(
        {"turn_id": int, "person": str, "guild": str, "helpful": int, "voted_utc": str},
        pk=("turn_id", "person"),
        not_null=["turn_id", "person", "guild", "helpful", "voted_utc"],
        foreign_keys=[ForeignKey("feedback", "turn_id", "turn", "id", on_delete="CASCADE")],
        strict=True,
    )
    feedback.create_index(["person"])
    feedback.create_index(["guild"])
    dispute = db.table("dispute").create(
        {
            "id": int,
            "person": str,
            "guild": str,
            "turn_id": int,
            "passage_id": str,
            "reason": str,
            "disputed_utc": str,
            "verdict": str,
        },
        pk="id",
        not_null=["person", "guild", "passage_id", "reason", "disputed_utc"],
        foreign_keys=[ForeignKey("dispute", "turn_id", "turn", "id", on_delete="SET NULL")],
        strict=True,
    )
    dispute.create_index(["person", "turn_id", "passage_id"], unique=True)
    dispute.create_index(["guild", "passage_id"])
    # Deleting a turn looks for disputes of it.
    dispute.create_index(["turn_id"])
    preference = db.table("preference").create(
        {"person": str, "guild": str, "style": str}, pk="person", not_null=["person", "guild", "style"], strict=True
    )
    preference.create_index(["guild"])
    db.table("exclusion").create(
        {"guild": str, "passage_id": str, "excluded_utc": str},
        pk=("guild", "passage_id"),
        not_null=["guild", "passage_id", "excluded_utc"],
        strict=True,
    )
    audit = db.table("audit").create(
        {"id": int, "guild": str, "person": str, "action": str, "subject": str, "acted_utc": str},
        pk="id",
        not_null=["guild", "action", "subject", "acted_utc"],
        strict=True,
    )
    audit.create_index(["guild"])
    audit.create_index(["person"])


@migrations()
def m006_debates(db: Database) -> None:
    """Keep debates as their events, and who takes part in them.

    `debate.thread` and `panel` are where it is shown, NULL until it is; `last_utc` is when something happened last;
    `told` is the number of the last event that was announced. `debate_person.code` stands for the person inside the
    events. `debate_event.event` is JSON, `person_id` whose it is: NULL for what the clock did, and once that person was
    forgotten. A debate takes its rows along.
    """
    debate = db.table("debate").create(
        {
            "id": str,
            "guild": str,
            "channel": int,
            "thread": int,
            "panel": int,
            "motion": str,
            "began_utc": str,
            "last_utc": str,
            "ended": int,
            "told": int,
        },
        pk="id",
        not_null=["id", "guild", "channel", "motion", "began_utc", "last_utc", "ended", "told"],
        strict=True,
    )
    debate.create_index(["guild"])
    person = db.table("debate_person").create(
        {"id": int, "debate": str, "guild": str, "person": str, "code": str},
        pk="id",
        not_null=["debate", "guild", "person", "code"],
        foreign_keys=[ForeignKey("debate_person", "debate", "debate", "id", on_delete="CASCADE")],
        strict=True,
    )
    person.create_index(["debate", "person"], unique=True)
    person.create_index(["debate", "code"], unique=True)
    person.create_index(["person"])
    person.create_index(["guild"])
    event = db.table("debate_event").create(
        {"debate": str, "number": int, "person_id": int, "event": str},
        pk=("debate", "number"),
        not_null=["debate", "number", "event"],
        foreign_keys=[
            ForeignKey("debate_event", "debate", "debate", "id", on_delete="CASCADE"),
            ForeignKey("debate_event", "person_id", "debate_person", "id", on_delete="SET NULL"),
        ],
        strict=True,
    )
    event.create_index(["person_id"])


@migrations()
def m007_lessons(db: Database) -> None:
    """Keep lessons, prompts put to people, votes and answers on them, quizzes, and prompts that come by themselves.

    `posting.lesson` and `quiz.lesson` name a lesson without referring to it, for they outlive its teacher's name.
    `revealed`, `items`, `used` and `counts` hold JSON; `counts` is NULL until the thing is over, and then all that
    stays of it where it is not logged. `quiz.deadline_ms` counts from 1970 in UTC; `schedule.weekday` is 0 for Monday
    and NULL for every day; `schedule.at` is a local time in `zone`, `next_utc` the next one.
    """
    create_lesson_tables(db)


@migrations()
def m008_outbox(db: Database) -> None:
    """Keep in one place what is still to be told of debates, quizzes and scheduled prompts.

    `outbox.stream` is the id of what something happens to, `number` the last thing that happened to it, `told` the last
    that was told, and `message` where that stands. It goes with what it tells of.
    """
    outbox = db.table("outbox").create(
        {"stream": str, "guild": str, "number": int, "told": int, "message": int},
        pk="stream",
        not_null=["stream", "guild", "number", "told"],
        strict=True,
    )
    outbox.create_index(["guild"])
    db.execute(
        """
        INSERT INTO outbox (stream, guild, number, told)
        SELECT id, guild, max(told, (SELECT coalesce(max(number), 0) FROM debate_event WHERE debate = debate.id)), told
        FROM debate
        """
    )
    db.execute("INSERT INTO outbox SELECT id, guild, step, told, message FROM quiz")
    # Of a prompt that somebody asked for nothing is to be told: it was the answer to them.
    db.execute("INSERT INTO outbox SELECT id, guild, due_utc IS NOT NULL, message IS NOT NULL, message FROM posting")
    for column in ("debate.told", "quiz.told", "quiz.message", "posting.message"):
        db.execute("ALTER TABLE {} DROP COLUMN {}".format(*column.split(".")))
    for table in ("debate", "quiz", "posting"):
        gone = "DELETE FROM outbox WHERE stream = old.id"
        db.execute(f"CREATE TRIGGER {table}_outbox AFTER DELETE ON {table} BEGIN {gone}; END")


@migrations()
def m009_pending_answers(db: Database) -> None:
    """Keep what was promised to people until it is answered: a run that is killed leaves it to the next one.

    `pending_answer.token` is a credential for 15 minutes. No index: there are few rows, and each is gone in a moment.
    """
    db.table("pending_answer").create(
        {
            "interaction": int,
            "token": str,
            "guild": str,
            "person": str,
            "locale": str,
            "typed": str,
            "promised_utc": str,
        },
        pk="interaction",
        not_null=["token", "guild", "person", "locale", "typed", "promised_utc"],
        strict=True,
    )


@migrations()
def m010_erasure(db: Database) -> None:
    """Keep who is being forgotten while that takes several steps, and find old turns without reading them.

    `erasure.guild` is always NULL: a person is forgotten in each guild under another pseudonym. `memo` holds what the
    log has to know about itself.
    """
    db.table("erasure").create({"person": str, "guild": str}, pk="person", not_null=["person"], strict=True)
    db.table("memo").create({"name": str, "value": str}, pk="name", not_null=["name", "value"], strict=True)
    db.table("turn").create_index(["conversation_id", "asked_utc"])


@migrations()
def m011_votes(db: Database) -> None:
    """Keep votes and choices under seal, apart from people and times, and only while they can be changed.

    `voter` stands for a person in one debate, prompt or lesson (in a quiz outside one: in that), `choice` for what they
    chose; both are marks that the secret alone makes. `participation` counts by person what they did in a lesson, and
    what they guessed in a quiz: `scope` is either's id. Debates have their result in the event that closed the ballot.
    """
    part_votes(db)


@migrations()
def m012_days(db: Database) -> None:
    """Keep on which days a schedule comes.

    `schedule.days` is "daily", weekdays ("mon,wed"), a day of the month ("15", "last day"), or a weekday of the month
    ("first mon").
    """
    name_days(db)


@migrations()
def m013_plans(db: Database) -> None:
    """Keep debates that are planned, and who signed up for a side, until the debate is opened or the plan is over.

    `plan.format` is JSON, as in the event that starts a debate; `message` is where the plan is shown, `event` the
    server's own event (0: yet to be made, NULL: none), `reminded` whether the reminder was sent, `ended` why it is
    over. The debate that comes of it has its id.
    """
    create_plan_tables(db)


@migrations()
def m014_sparrings(db: Database) -> None:
    """Keep sparrings: `state` has each turn, with the quote that answered it."""
    db.table("sparring").create(
        {
            "id": str,
            "person": str,
            "guild": str,
            "channel": int,
            "state": str,
            "started_utc": str,
            "ended_utc": str,
        },
        pk="id",
        not_null=["id", "person", "guild", "channel", "state", "started_utc"],
        strict=True,
    )
    db.table("sparring").create_index(["guild", "started_utc"])


@migrations()
def m015_packs(db: Database) -> None:
    """Keep of which pack everything is, by its id.

    `pack` of a conversation holds for its turns and their quotes. `guild.pack` is what moderators chose for a guild
    (NULL: the default of the settings), `channel_pack` for single channels. Where an act of a moderator is about a
    passage, `audit.subject` is the pack's id, a slash and the passage's.
    """
    name_packs(db)
