"""The step that lets a log hold what belongs to several packs. Released steps never change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from sqlite_utils import Database

_FIRST: Final = "social-dilemma"
"""The pack that comes with the program, of which everything before was."""

_OF_A_PACK: Final = (
    "conversation",
    "dispute",
    "debate",
    "plan",
    "lesson",
    "posting",
    "quiz",
    "schedule",
    "sparring",
)


def name_packs(db: Database) -> None:
    """Name a pack in each row that belongs to one, and make room for what moderators choose."""
    for table in _OF_A_PACK:
        db.execute(f"ALTER TABLE {table} ADD COLUMN pack TEXT NOT NULL DEFAULT '{_FIRST}'")
    db.table("new_exclusion").create(
        {"guild": str, "pack": str, "passage_id": str, "excluded_utc": str},
        pk=("guild", "pack", "passage_id"),
        not_null=["guild", "pack", "passage_id", "excluded_utc"],
        strict=True,
    )
    columns = "guild, pack, passage_id, excluded_utc"
    db.execute(
        f"INSERT INTO new_exclusion ({columns}) SELECT guild, '{_FIRST}', passage_id, excluded_utc FROM exclusion"  # noqa: S608 - constants
    )
    db.execute("DROP TABLE exclusion")
    db.execute("ALTER TABLE new_exclusion RENAME TO exclusion")
    db.execute(
        f"UPDATE audit SET subject = '{_FIRST}/' || subject WHERE action IN ('exclude', 'keep', 'restore')"  # noqa: S608 - constants
    )
    db.table("guild").add_column("pack", str)
    db.table("channel_pack").create(
        {"guild": str, "channel": int, "pack": str},
        pk=("guild", "channel"),
        not_null=["guild", "channel", "pack"],
        strict=True,
    )
