from sqlite_utils import Database

from bot.log.steps import shape
from bot.log.steps.released import migrations
from bot.values.passage import FIRST_PACK
from tests.quote.rules.findings import pack as shipped_pack

_OURS_NOT = ("_", "turn_fts")
"""Beginnings of the names of tables that belong to a library."""


def test_the_steps_are_numbered_without_a_hole() -> None:
    """Their names say their order, and no released step was removed."""
    with Database(memory=True) as db:
        names = [step.name for step in migrations.pending(db)]
    assert [name[:5] for name in names] == [f"m{number:03}_" for number in range(1, len(names) + 1)]


def test_the_tables_and_columns_are_those_documented() -> None:
    """Scripts that query the file rely on them."""
    with Database(memory=True) as db:
        migrations.apply(db)
        columns = {table.name: list(table.columns_dict) for table in db.tables if not table.name.startswith(_OURS_NOT)}
    turn = "id conversation_id number asked_utc question asked_as act first_side stance message duration_ms answer"
    citation = "turn_id position block passage_id article_id start end text confidence"
    lesson = "id guild channel person title logged names started_utc ended_utc counts pack"
    posting = "id guild channel prompt lesson names revealed posted_utc due_utc closed_utc counts pack"
    quiz = "id guild channel lesson items seconds step deadline_ms started_utc ended_utc counts pack"
    plan = "id guild channel motion format starts_utc reminder_utc message event reminded ended pack"
    debate = "id guild channel thread panel motion began_utc last_utc ended pack"
    assert columns == {
        "conversation": ["id", "person", "place", "started_utc", "branched_from", "branched_at", "guild", "pack"],
        "turn": turn.split(),
        "citation": citation.split(),
        "gap": ["turn_id", "side", "text"],
        "feedback": ["turn_id", "person", "guild", "helpful", "voted_utc"],
        "dispute": ["id", "person", "guild", "turn_id", "passage_id", "reason", "disputed_utc", "verdict", "pack"],
        "preference": ["person", "guild", "style"],
        "exclusion": ["guild", "pack", "passage_id", "excluded_utc"],
        "audit": ["id", "guild", "person", "action", "subject", "acted_utc"],
        "guild": ["id", "moderator_role", "style", "language", "retention_days", "left_utc", "pack"],
        "guild_channel": ["guild", "channel"],
        "channel_pack": ["guild", "channel", "pack"],
        "debate": debate.split(),
        "debate_person": ["id", "debate", "guild", "person", "code"],
        "debate_event": ["debate", "number", "person_id", "event"],
        "plan": plan.split(),
        "plan_seat": ["id", "plan", "guild", "person", "name", "side"],
        "lesson": lesson.split(),
        "posting": posting.split(),
        "debate_vote": ["debate", "voter", "guild", "round", "choice"],
        "prompt_vote": ["posting", "voter", "guild", "round", "choice"],
        "student_answer": ["id", "posting", "person", "guild", "name", "named", "text", "answered_utc"],
        "quiz": quiz.split(),
        "quiz_choice": ["quiz", "voter", "guild", "number", "choice"],
        "participation": ["scope", "voter", "guild", "voted", "guessed", "guessed_right"],
        "erasure": ["person", "guild"],
        "memo": ["name", "value"],
        "outbox": ["stream", "guild", "number", "told", "message"],
        "pending_answer": ["interaction", "token", "guild", "person", "locale", "typed", "promised_utc"],
        "schedule": ["guild", "channel", "at", "zone", "missed", "topic", "next_utc", "used", "days", "pack"],
        "sparring": ["id", "person", "guild", "channel", "state", "started_utc", "ended_utc", "pack"],
    }


def test_the_shape_that_is_written_down_is_what_the_steps_make() -> None:
    """Add a new step's name, tables and columns to `shape.py`: whoever reads a log goes by that."""
    with Database(memory=True) as db:
        migrations.apply(db)
        assert {step.name for step in migrations.applied(db)} == shape.STEPS
        tables = [table for table in db.table_names() if not table.startswith("sqlite_")]
        assert {table: frozenset(db[table].columns_dict) for table in tables} == shape.SHAPE
    assert (migrations.name, migrations.migrations_table) == (shape.SET, shape.TABLE)


def test_applying_again_changes_nothing() -> None:
    """Each step is applied once."""
    with Database(memory=True) as db:
        migrations.apply(db)
        before = db.schema
        migrations.apply(db)
        assert db.schema == before
        assert migrations.pending(db) == []


def test_schedules_of_before_name_their_days() -> None:
    """A weekday by its number was one of them, and none every day."""
    with Database(memory=True) as db:
        migrations.apply(db, stop_before="m012_days")
        for channel, weekday in ((5, None), (6, 0), (7, 6)):
            row = (channel, weekday)
            db.execute("INSERT INTO schedule VALUES ('1', ?, ?, '07:45', 'UTC', 'post', NULL, '2026', '[]')", row)
        migrations.apply(db)
        days = {row["channel"]: row["days"] for row in db.query("SELECT channel, days FROM schedule")}
    assert days == {5: "daily", 6: "mon", 7: "sun"}


def test_conversations_of_before_get_their_guild() -> None:
    """From the place; the terminal has none."""
    with Database(memory=True) as db:
        migrations.apply(db, stop_before="m003_branches")
        for place in ("12/34", "dm/5", "terminal"):
            db.execute("INSERT INTO conversation VALUES (?, 'p', ?, '2026-01-01T00:00:00+00:00')", (place, place))
        migrations.apply(db)
        guilds = {row["place"]: row["guild"] for row in db.query("SELECT place, guild FROM conversation")}
    assert guilds == {"12/34": "12", "dm/5": "dm", "terminal": None}


def test_what_is_older_than_several_packs_is_of_the_first() -> None:
    """Conversations, exclusions, and what moderators decided; no server has chosen a pack yet."""
    with Database(memory=True) as db:
        migrations.apply(db, stop_before="m015_packs")
        talk = "INSERT INTO conversation (id, person, place, started_utc) VALUES ('c', 'p', '1/2', '2026-01-01')"
        db.execute(talk)
        db.execute("INSERT INTO exclusion VALUES ('1', 'cats-10', '2026-01-01')")
        db.execute("INSERT INTO guild (id) VALUES ('1')")
        for action, subject in (("exclude", "cats-10"), ("set", "style=plain")):
            row = ("1", action, subject, "2026-01-01")
            db.execute("INSERT INTO audit (guild, action, subject, acted_utc) VALUES (?, ?, ?, ?)", row)
        migrations.apply(db)
        assert next(db.query("SELECT pack FROM conversation")) == {"pack": FIRST_PACK}
        assert next(db.query("SELECT pack, passage_id FROM exclusion")) == {"pack": FIRST_PACK, "passage_id": "cats-10"}
        assert next(db.query("SELECT pack FROM guild")) == {"pack": None}
        assert [row["subject"] for row in db.query("SELECT subject FROM audit ORDER BY id")] == [
            "social-dilemma/cats-10",
            "style=plain",
        ]
    assert shipped_pack().id == FIRST_PACK
