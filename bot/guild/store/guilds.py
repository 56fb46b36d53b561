"""What a guild's moderators set, which passages they excluded, and whether the bot is still in the guild."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from bot.guild.rules.permissions import CARD, GuildSettings
from bot.log.audit import note
from bot.log.privacy import PersonalTable, Table
from bot.values.asker import NO_GUILD
from bot.values.passage import PassageRef
from knowledge.errors import Message

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    from bot.log.connection import Connection, Job

TABLES: Final = (
    Table("guild", column="id"),
    Table("guild_channel"),
    Table("channel_pack"),
    Table("exclusion"),
    PersonalTable("preference", what=Message("how you want answers to look")),
)


@dataclass(frozen=True, slots=True)
class Choices:
    """What moderators and people have chosen, everywhere.

    `settings` and `excluded` passages are by guild, `styles` by person.
    """

    settings: Mapping[str, GuildSettings]
    excluded: Mapping[str, frozenset[PassageRef]]
    styles: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class GuildAge:
    """How long a guild's turns are kept (None: as config says), and when the bot left it (ISO 8601, None: it is in)."""

    guild: str
    retention_days: int | None
    left_utc: str | None


def choices(db: Connection) -> Choices:
    """Read everything that was chosen."""
    channels: dict[str, set[int]] = defaultdict(set)
    for row in db.query("SELECT guild, channel FROM guild_channel"):
        channels[row["guild"]].add(row["channel"])
    packs: dict[str, set[tuple[int, str]]] = defaultdict(set)
    for row in db.query("SELECT guild, channel, pack FROM channel_pack"):
        packs[row["guild"]].add((row["channel"], row["pack"]))
    excluded: dict[str, set[PassageRef]] = defaultdict(set)
    for row in db.query("SELECT guild, pack, passage_id FROM exclusion"):
        excluded[row["guild"]].add(PassageRef(row["pack"], row["passage_id"]))
    return Choices(
        {
            row["id"]: _settings(row, frozenset(channels[row["id"]]), frozenset(packs[row["id"]]))
            for row in db.query("SELECT * FROM guild")
        },
        {guild: frozenset(passages) for guild, passages in excluded.items()},
        {row["person"]: row["style"] for row in db.query("SELECT person, style FROM preference")},
    )


def revise_settings(
    db: Connection,
    guild: str,
    person: str,
    now: str,
    *,
    revised: Callable[[GuildSettings], GuildSettings],
    difference: Callable[[GuildSettings, GuildSettings], str],
) -> None:
    """Revise a guild's settings in one transaction, and note the `difference`; where there is none, write nothing."""
    before = choices(db).settings.get(guild, GuildSettings())
    after = revised(before)
    if what := difference(before, after):
        save_settings(db, guild, after, person, what, now)


def save_settings(db: Connection, guild: str, settings: GuildSettings, person: str, what: str, now: str) -> None:
    """Keep a guild's settings instead of those of before, and note who changed them, in a word `what`."""
    row = {
        "id": guild,
        "moderator_role": settings.moderator_role,
        "style": settings.style,
        "language": settings.language,
        "retention_days": settings.retention_days,
        "pack": settings.pack,
    }
    db.execute(
        """
        INSERT INTO guild (id, moderator_role, style, language, retention_days, pack)
        VALUES (:id, :moderator_role, :style, :language, :retention_days, :pack)
        ON CONFLICT (id) DO UPDATE SET moderator_role = excluded.moderator_role, style = excluded.style,
            language = excluded.language, retention_days = excluded.retention_days, pack = excluded.pack
        """,
        row,
    )
    db.execute("DELETE FROM guild_channel WHERE guild = ?", (guild,))
    for channel in sorted(settings.channels):
        db.execute("INSERT INTO guild_channel (guild, channel) VALUES (?, ?)", (guild, channel))
    db.execute("DELETE FROM channel_pack WHERE guild = ?", (guild,))
    for channel, pack in sorted(settings.channel_packs):
        db.execute("INSERT INTO channel_pack (guild, channel, pack) VALUES (?, ?, ?)", (guild, channel, pack))
    note(db, guild, person, "set", what, now)


def save_style(db: Connection, person: str, guild: str, style: str | None) -> None:
    """Keep how a person wants to read answers, in a guild or outside all; None: as the guild has it."""
    if style is None:
        db.execute("DELETE FROM preference WHERE person = ?", (person,))
        return
    db.execute(
        """
        INSERT INTO preference (person, guild, style) VALUES (:person, :guild, :style)
        ON CONFLICT (person) DO UPDATE SET style = excluded.style
        """,
        {"person": person, "guild": guild, "style": style},
    )


def exclude(db: Connection, guild: str, passage: PassageRef, now: str) -> None:
    """Stop quoting a passage in a guild."""
    db.execute(
        "INSERT INTO exclusion (guild, pack, passage_id, excluded_utc) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
        (guild, passage.pack, passage.passage, now),
    )


def restore(db: Connection, guild: str, passage: PassageRef) -> bool:
    """Let a passage be quoted in a guild again; false when it was not excluded."""
    sql = "DELETE FROM exclusion WHERE guild = ? AND pack = ? AND passage_id = ?"
    return db.execute(sql, (guild, passage.pack, passage.passage)) > 0


def enter(db: Connection, guild: str) -> None:
    """Note that the bot is in a guild; the clock of its deletion, if it ran, is stopped."""
    db.execute("INSERT INTO guild (id) VALUES (?) ON CONFLICT (id) DO UPDATE SET left_utc = NULL", (guild,))


def leave(db: Connection, guild: str, now: str) -> None:
    """Note that the bot is out of a guild, unless that was noted before: a clock that runs is not set back."""
    db.execute(
        """
        INSERT INTO guild (id, left_utc) VALUES (:guild, :now)
        ON CONFLICT (id) DO UPDATE SET left_utc = coalesce(guild.left_utc, excluded.left_utc)
        """,
        {"guild": guild, "now": now},
    )


def compare(
    db: Connection, known: Job[Iterable[str]], present: Collection[str], ours: Callable[[str], bool], now: str
) -> None:
    """Note that the bot is in the guilds `present`, and has left all others of those `known` that are `ours`."""
    for guild in present:
        enter(db, guild)
    for guild in known(db):
        if guild != NO_GUILD and guild not in present and ours(guild):
            leave(db, guild, now)


def ages(db: Connection, known: Job[Iterable[str]]) -> tuple[GuildAge, ...]:
    """Say of every guild that is `known` how long its turns are kept, and since when the bot is out of it."""
    settled = {row["id"]: row for row in db.query("SELECT id, retention_days, left_utc FROM guild")}
    unknown: dict[str, Any] = {"retention_days": None, "left_utc": None}
    return tuple(
        GuildAge(guild, row["retention_days"], row["left_utc"])
        for guild in known(db)
        for row in (settled.get(guild, unknown),)
    )


def _settings(
    row: Mapping[str, Any], channels: frozenset[int], channel_packs: frozenset[tuple[int, str]]
) -> GuildSettings:
    return GuildSettings(
        row["moderator_role"],
        channels,
        row["style"] or CARD,
        row["language"],
        row["retention_days"],
        row["pack"],
        channel_packs,
    )
