"""Turns that were promised and are missing are counted at the next start."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from bot.answer.store.turns import rows_of
from bot.log.mark import Mark
from bot.log.opening import has_turns
from tests.log.samples import an_entry, beside, limit_pages, open_log, wait_beside

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def write(path: Path, first: int, last: int) -> None:
    """Let a program write some turns, and end."""
    log = open_log(path)
    assert log.notices == ()
    for number in range(first, last + 1):
        log.record(rows_of(an_entry(number))).result(10)
    log.close()


def said(path: Path) -> list[str]:
    """Open a log, and return what it says, up to the reasons; the second time it says nothing more."""
    log = open_log(path)
    log.close()
    again = open_log(path)
    assert again.notices == ()
    again.close()
    return [notice.split(";")[0] for notice in log.notices]


def older(path: Path) -> None:
    """Put the copy in place of the log."""
    shutil.copy(path.with_name("copy"), path)


def empty(path: Path) -> None:
    """Cut the log to nothing."""
    path.write_bytes(b"")


def spoilt_mark(path: Path) -> None:
    """Spoil the mark: then nobody can tell."""
    path.with_name("log.db.mark").write_bytes(b"[" * 200)
    older(path)


@pytest.mark.parametrize(
    ("happens", "missing"),
    [(older, "3 turns"), (empty, "5 turns"), (spoilt_mark, None)],
)
def test_turns_that_are_missing_after_a_restart_are_counted(
    path: Path, happens: Callable[[Path], None], missing: str | None
) -> None:
    """Whatever happened to the file; once, for then it is how things are."""
    write(path, 1, 2)
    shutil.copy(path, path.with_name("copy"))
    write(path, 3, 5)
    happens(path)
    assert said(path)[-1:] == ([] if missing is None else [f"missing from {path}: {missing} that had been logged"])


def test_what_waited_beside_the_log_and_is_gone_is_counted(path: Path) -> None:
    """A killed process left two, and one of them is there."""
    log = open_log(path)
    limit_pages(log, 1)
    for number in (1, 2):
        log.record(rows_of(an_entry(number, question="and so on " * 2_000))).result(10)
    log.close()
    beside(path).unlink()
    wait_beside(path, an_entry(1))
    assert said(path) == [
        f"missing from {path}: 1 turn that had been logged",
        f"took 1 turn that had waited in {beside(path).name} into {path}",
    ]


def test_what_was_deleted_is_not_missing(path: Path) -> None:
    """The newest turns, a whole guild, or everything; nor after a kill in the middle of deleting."""
    log = open_log(path)
    for number in range(1, 4):
        log.record(rows_of(an_entry(number))).result(10)
    log.record(rows_of(an_entry(1, conversation_id="c2", person="p2"))).result(10)
    log.forget_people(["p2"]).result(10)
    log.close()
    assert said(path) == []
    log = open_log(path)
    log._recorder._mark.doubt()
    log._writer.submit_alone(lambda db: log.registry.forget(db, ["p1"])).result(10)
    log.close()
    assert said(path) == []


def test_another_secret_is_noticed_while_the_log_is_in_use(path: Path) -> None:
    """A secret that was cut or exchanged would find nobody's turns; what the log notes does not take the note away."""
    assert not has_turns(path)
    assert Mark(path).belongs_to(b"one", lambda: False)
    assert Mark(path).belongs_to(b"two", lambda: False)
    write(path, 1, 1)
    assert has_turns(path)
    assert [Mark(path).belongs_to(secret, lambda: True) for secret in (b"two", b"one", b"tw")] == [True, False, False]
    path.with_name(f"{path.name}.mark").unlink()
    assert Mark(path).belongs_to(b"one", lambda: True)


def test_a_log_that_others_can_read_is_told(path: Path) -> None:
    """With what mends it."""
    write(path, 1, 1)
    path.chmod(0o644)
    log = open_log(path)
    log.close()
    assert log.notices == (f"{path} can be read by other accounts (mode 644): run `chmod 600 {path}`",)
