from __future__ import annotations

import pytest

from bot.log import outbox
from tests.log.samples import a_database


def test_a_stream_is_untold_until_its_last_number_is_told() -> None:
    """Whatever comes meanwhile; numbers that were told, or put, before change nothing."""
    with a_database() as db:

        def untold() -> list[str]:
            return [row["stream"] for row in db.query(outbox.UNTOLD)]

        assert outbox.told(db, "a") == 0
        outbox.put(db, "a", "1", 2)
        outbox.put(db, "b", "1", 0)
        assert untold() == ["a"]
        outbox.tell(db, "a", 2, message=7)
        assert untold() == []
        outbox.tell(db, "a", 1, message=6)
        outbox.put(db, "a", "1", 1)
        assert (untold(), outbox.told(db, "a")) == ([], 2)
        outbox.put(db, "a", "1", 3)
        assert untold() == ["a"]
        (beside,) = db.query(f"SELECT told, message FROM (SELECT 'a' AS id) AS row {outbox.beside('row.id')}")  # noqa: S608
        assert beside == {"told": 2, "message": 7}


@pytest.mark.parametrize(
    "table",
    [
        "debate (id, guild, channel, motion, began_utc, last_utc, ended) VALUES ('a', '1', 1, '', '', '', 0)",
        "posting (id, guild, channel, prompt, names, revealed, posted_utc) VALUES ('a', '1', 1, '', 0, '[]', '')",
        "quiz (id, guild, channel, items, step, started_utc) VALUES ('a', '1', 1, '[]', 1, '')",
    ],
)
def test_what_is_to_be_told_goes_with_what_it_tells_of(table: str) -> None:
    """However that is deleted; nobody else's goes."""
    with a_database() as db:
        db.execute(f"INSERT INTO {table}")
        outbox.put(db, "a", "1", 1)
        outbox.put(db, "b", "1", 1)
        db.execute(f"DELETE FROM {table.partition(' ')[0]}")  # noqa: S608 - a name
        assert db.query("SELECT stream FROM outbox") == [{"stream": "b"}]
