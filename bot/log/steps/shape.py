"""The shape that all released steps give to the log, written down: looking at a log must not wait for its tools.

A test compares it with what the steps make of an empty file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

SET: Final = "conversation-log"
TABLE: Final = "_sqlite_migrations"
"""Under which name, and where, a file notes the steps that were applied to it."""

STEPS: Final = frozenset(
    (
        "m001_conversations",
        "m002_search",
        "m003_branches",
        "m004_guilds",
        "m005_opinions",
        "m006_debates",
        "m007_lessons",
        "m008_outbox",
        "m009_pending_answers",
        "m010_erasure",
        "m011_votes",
        "m012_days",
        "m013_plans",
        "m014_sparrings",
        "m015_packs",
    )
)

HALF: Final = "copy of a log"
"""The name in the memo under which it stands of which log this one is half a copy."""
WORDS_INDEX: Final = "CREATE INDEX IF NOT EXISTS turn_words_of ON turn USING gin (turn_words(question, asked_as))"
"""Makes PostgreSQL's index over what was asked."""

_COLUMNS: Final = """
_sqlite_migrations: id migration_set name applied_at
conversation: id person place started_utc branched_from branched_at guild pack
turn: id conversation_id number asked_utc question asked_as act first_side stance message duration_ms answer
citation: turn_id position block passage_id article_id start end text confidence
gap: turn_id side text
turn_fts: question asked_as
turn_fts_data: id block
turn_fts_idx: segid term pgno
turn_fts_docsize: id sz
turn_fts_config: k v
guild: id moderator_role style language retention_days left_utc pack
guild_channel: guild channel
channel_pack: guild channel pack
feedback: turn_id person guild helpful voted_utc
dispute: id person guild turn_id passage_id reason disputed_utc verdict pack
preference: person guild style
exclusion: guild pack passage_id excluded_utc
audit: id guild person action subject acted_utc
debate: id guild channel thread panel motion began_utc last_utc ended pack
debate_person: id debate guild person code
debate_event: debate number person_id event
lesson: id guild channel person title logged names started_utc ended_utc counts pack
posting: id guild channel prompt lesson names revealed posted_utc due_utc closed_utc counts pack
student_answer: id posting person guild name named text answered_utc
quiz: id guild channel lesson items seconds step deadline_ms started_utc ended_utc counts pack
schedule: guild channel days at zone missed topic next_utc used pack
plan: id guild channel motion format starts_utc reminder_utc message event reminded ended pack
plan_seat: id plan guild person name side
sparring: id person guild channel state started_utc ended_utc pack
outbox: stream guild number told message
pending_answer: interaction token guild person locale typed promised_utc
erasure: person guild
memo: name value
debate_vote: debate voter guild round choice
prompt_vote: posting voter guild round choice
quiz_choice: quiz voter guild number choice
participation: scope voter guild voted guessed guessed_right
"""


def _read(text: str) -> Mapping[str, frozenset[str]]:
    shape: dict[str, frozenset[str]] = {}
    for line in text.strip().splitlines():
        table, _, columns = line.partition(":")
        shape[table] = frozenset(columns.split())
    return shape


SHAPE: Final = _read(_COLUMNS)
"""The columns of each table."""
