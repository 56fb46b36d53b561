from sqlite_utils import Database

from bot.store.migrations import migrations


def test_the_steps_are_numbered_without_a_hole() -> None:
    """Their names say their order, and no released step was removed."""
    with Database(memory=True) as db:
        names = [step.name for step in migrations.pending(db)]
    assert [name[:5] for name in names] == [f"m{number:03}_" for number in range(1, len(names) + 1)]


def test_the_tables_and_columns_are_those_documented() -> None:
    """Scripts that query the file rely on them."""
    with Database(memory=True) as db:
        migrations.apply(db)
        columns = {table.name: list(table.columns_dict) for table in db.tables if "_" not in table.name}
    turn = "id conversation_id number asked_utc question asked_as act first_side stance message duration_ms answer"
    citation = "turn_id position block passage_id article_id start end text confidence"
    assert columns == {
        "conversation": ["id", "person", "place", "started_utc"],
        "turn": turn.split(),
        "citation": citation.split(),
        "gap": ["turn_id", "side", "text"],
    }


def test_applying_again_changes_nothing() -> None:
    """Each step is applied once."""
    with Database(memory=True) as db:
        migrations.apply(db)
        before = db.schema
        migrations.apply(db)
        assert db.schema == before
        assert migrations.pending(db) == []
