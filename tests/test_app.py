"""Putting the parts together, in the right order, and taking them apart again."""

from __future__ import annotations

import re
import shutil
import sqlite3
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import structlog

from bot import app, opening
from bot.answer.service.ask import Asking
from bot.answer.store.turns import rows_of
from bot.config.loading import load_config
from bot.log.lock import FileLock
from bot.log.log import ConversationLog
from bot.log.recorder import Left, RecordOutcome
from bot.process import journal as logs
from bot.values.asker import Asker
from embeddings.library import AwayError, Library
from knowledge.errors import PackError, UserError
from knowledge.model import Pack
from knowledge.pack import FOLDER
from tests.log.samples import NOW, an_entry, open_log
from tests.screen.encoders import HashEncoder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

    from bot.config.sections import Config
    from bot.process.feature import Parts
    from tests.knowledge.conftest import TinyPack


@dataclass
class Heard:
    """Everything that an app told while it opened and closed."""

    said: list[str] = field(default_factory=list)
    reported: list[tuple[int, int]] = field(default_factory=list)
    busy_with: list[str] = field(default_factory=list)

    def say(self, text: str) -> None:
        """Hear a line."""
        self.said.append(text)

    def report(self, done: int, total: int) -> None:
        """Hear of progress."""
        self.reported.append((done, total))

    @contextmanager
    def busy(self, what: str) -> Iterator[None]:
        """Hear what takes a while."""
        self.busy_with.append(what)
        yield


@pytest.fixture
def config(tiny: TinyPack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Config:
    """Give settings under which everything lies in one folder, a tiny pack, and a model that loads at once."""
    monkeypatch.setattr(opening, "load_encoder", lambda config, reference=None: HashEncoder())
    # Another process would load the real one; what it does not do is done in this one.
    monkeypatch.setattr(opening, "build_apart", lambda *_: None)
    monkeypatch.setattr(app, "user_state_path", lambda *_, **__: tmp_path / "state")
    monkeypatch.chdir(tmp_path)
    places = {
        "PACK__FOLDER": "pets",
        "LOG__PATH": "log.db",
        "INDEX__FOLDER": "cache",
        "ANSWER__MAX_QUESTION_CHARS": "9",
    }
    return load_config(None, {f"DILEMMA_{name}": value for name, value in places.items()})


@pytest.fixture
def heard() -> Heard:
    """Give someone to tell."""
    return Heard()


def opened(config: Config, heard: Heard) -> AbstractContextManager[Parts]:
    """Open an app for the test."""
    return app.open_app(config, holder="dilemma test", listener=heard)


async def test_parts_work_together_and_turns_are_logged(config: Config, heard: Heard) -> None:
    """The limit of the settings holds too: nine characters."""
    asker = Asker("somebody", "place")
    with opened(config, heard) as running:
        reply = await Asking.of(running).ask(asker, "zzz qqq xxx vvv")
        assert reply.turn == 1
        assert [*map(str, reply.notices)] == ["The question was longer than 9 characters; the rest was not read."]
        (turn,) = running.get(ConversationLog).recent(5)
    assert (turn.question, turn.person, turn.place) == ("zzz qqq x", asker.person, "place")


def test_what_takes_a_while_is_told(config: Config, heard: Heard) -> None:
    """The model, and an index that must be built, with its progress; the second time it is there."""
    with opened(config, heard) as running:
        texts = len({passage.text for passage in running.get(Pack).passages})
    assert heard.busy_with == ["loading the model"]
    assert heard.said == ["building the index: no index yet"]
    assert heard.reported[0][0] == 0
    assert heard.reported[-1][0] == heard.reported[-1][1] >= texts
    again = Heard()
    with opened(config, again):
        pass
    assert (again.said, again.reported) == ([], [])


def test_pack_is_proven_once_and_kept_beside_the_index(config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the cache of the settings; whoever only lists its topics gains by that too."""
    pack = opening.open_pack(config)
    assert config.index.folder is not None
    assert len(list((config.index.folder / FOLDER).iterdir())) == 1
    monkeypatch.setattr("knowledge.pack._prove", lambda folder: pytest.fail("the pack was proven again"))
    assert opening.open_pack(config) == pack


def test_log_that_a_bot_holds_does_not_stop_anybody_at_a_terminal(
    config: Config, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is logged, and one line names the holder; another bot is refused before it loads the model."""
    assert config.log.path is not None
    other = open_log(config.log.path, holder="dilemma run")
    with opened(config, heard) as running:
        assert running.find(ConversationLog) is None
    in_use = rf"{config.log.path} is in use by dilemma run \(process \d+, since "
    assert re.match(f"nothing is logged this time: {in_use}", heard.said[0])
    monkeypatch.setattr(opening, "load_encoder", lambda config, reference=None: pytest.fail("the model was loaded"))
    with (
        pytest.raises(UserError, match=in_use),
        app.open_app(config, holder="dilemma test", listener=heard, serving=True),
    ):
        pass
    other.close()


def test_a_bot_has_every_pack_that_opens_and_one_encoder(
    config: Config, heard: Heard, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A further one whose folder or index fails is named, and the others serve; a terminal opens its own alone."""
    for name in ("mice", "rats"):
        shutil.copytree(tmp_path / "pets", tmp_path / name)
        frame = tmp_path / name / "pack.toml"
        frame.write_text(frame.read_text("utf-8").replace('id = "pets"', f'id = "{name}"'), "utf-8")
    for name in ("pets", "mice", "rats"):
        opening.build_index(config.with_pack(tmp_path / name), Heard())
    further = (tmp_path / "mice", tmp_path / "nowhere", tmp_path / "rats")
    several = config.model_copy(update={"pack": config.pack.model_copy(update={"further": further})})
    with opened(several, heard) as running:
        assert [pack.id for pack in running.get(Library)] == ["pets"]
    real, encoders = opening.open_index_for, list[object]()

    def open_index_for(config: Config, pack: Pack, *arguments: Any, **options: Any) -> Any:  # noqa: ANN401
        if pack.id == "rats":
            raise UserError("no room")
        found = real(config, pack, *arguments, **options)
        encoders.append(found[0])
        return found

    monkeypatch.setattr(opening, "open_index_for", open_index_for)
    heard.said.clear()
    with app.open_app(several, holder="dilemma run", listener=heard, serving=True) as running:
        library = running.get(Library)
        assert ([pack.id for pack in library], running.get(Pack).id) == (["pets", "mice"], "pets")
        assert encoders[0] is encoders[1]
        for pack in library:
            assert library.shelf(pack.id).retriever.find("Who guards the house?").hits["dogs"]
        with pytest.raises(AwayError, match="“rats”, which I do not have just now"):
            library.pack("rats")
    assert heard.said[0].startswith(f"the pack in {tmp_path}/nowhere is left out: the pack nowhere cannot be used: ")
    assert heard.said[1:] == ["the pack rats is left out: no room"]


def test_programs_in_terminals_share_a_log(config: Config, heard: Heard) -> None:
    """Each writes in its turn, and what both wrote is there; a log of a newer version stays as it is, unused."""
    assert config.log.path is not None
    with opened(config, heard) as one, opened(config, heard) as two:
        for number, parts in enumerate((one, two, one), start=1):
            turn = rows_of(an_entry(number))
            assert parts.get(ConversationLog).record(turn).result(10) is RecordOutcome.LOGGED
    with closing(sqlite3.connect(config.log.path, isolation_level=None)) as db:
        assert db.execute("SELECT number FROM turn").fetchall() == [(1,), (2,), (3,)]
        db.execute("INSERT INTO _sqlite_migrations (migration_set, name) VALUES ('conversation-log', 'm999_future')")
    before = config.log.path.read_bytes()
    later = Heard()
    with opened(config, later) as running:
        assert running.find(ConversationLog) is None
    (line,) = later.said
    assert line == (
        f"nothing is logged this time: {config.log.path} was written by a newer version of dilemma "
        "(step m999_future): update, or name another log"
    )
    assert config.log.path.read_bytes() == before


@pytest.mark.parametrize("ending", [None, KeyboardInterrupt, RuntimeError])
def test_log_is_given_back_however_it_ends(config: Config, heard: Heard, ending: type[BaseException] | None) -> None:
    """The next process can have it."""
    assert config.log.path is not None
    if ending is None:
        with opened(config, heard):
            pass
    else:
        with pytest.raises(ending), opened(config, heard):
            raise ending
    open_log(config.log.path).close()


def test_log_is_given_back_when_the_model_cannot_be_loaded(
    config: Config, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was open already."""

    def load_encoder(config: Config, reference: object) -> None:
        raise UserError("no model: get one")

    monkeypatch.setattr(opening, "load_encoder", load_encoder)
    with pytest.raises(UserError, match="no model"), opened(config, heard):
        pass
    assert config.log.path is not None
    open_log(config.log.path).close()


def test_log_can_be_turned_off(config: Config, heard: Heard) -> None:
    """Then no file is made."""
    off = config.model_copy(update={"log": config.log.model_copy(update={"enabled": False})})
    with opened(off, heard) as running:
        assert running.find(ConversationLog) is None
    assert off.log.path is not None
    assert not off.log.path.exists()


def test_log_that_another_program_locks_does_not_stop_anybody(config: Config, heard: Heard) -> None:
    """It will be free again; meanwhile nothing is logged, and that is said."""
    assert config.log.path is not None
    open_log(config.log.path).close()
    other = sqlite3.connect(config.log.path, isolation_level=None)
    other.execute("PRAGMA locking_mode = EXCLUSIVE")
    other.execute("BEGIN EXCLUSIVE")
    with opened(config, heard) as running:
        assert running.find(ConversationLog) is None
    other.close()
    assert heard.said[0].startswith(f"nothing is logged this time: {config.log.path} cannot be used as the log: ")
    assert "locked" in heard.said[0]


def test_bot_waits_for_a_log_that_will_be_free_again(config: Config, heard: Heard) -> None:
    """A lock, a full disk, a program in a terminal; not for what never passes, such as another bot."""
    assert config.log.path is not None
    open_log(config.log.path).close()
    other = sqlite3.connect(config.log.path, isolation_level=None)
    other.execute("PRAGMA locking_mode = EXCLUSIVE")
    other.execute("BEGIN EXCLUSIVE")
    reasons: list[str] = []
    terminal = FileLock.take(config.log.path, holder="dilemma ask", now=NOW, shared=True)
    terminal.share()

    def hindered(error: UserError) -> None:
        reasons.append(str(error))
        if len(reasons) == 1:
            terminal.release()
        else:
            other.close()

    with app.open_app(config, holder="dilemma run", listener=heard, serving=True, hindered=hindered) as running:
        assert running.get(ConversationLog).path == config.log.path
        with (
            pytest.raises(UserError, match="in use by dilemma run"),
            app.open_app(config, holder="dilemma run", listener=heard, serving=True, hindered=hindered),
        ):
            pass
    assert len(reasons) == 2
    assert "is in use by dilemma ask (process " in reasons[0]
    assert "database is locked" in reasons[1]


def test_full_disk_does_not_stop_anybody(config: Config, heard: Heard, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same holds."""

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("bot.log.lock.FileLock.take", full)
    with opened(config, heard) as running:
        assert running.find(ConversationLog) is None
    assert "no space left on device" in heard.said[0]


def test_log_in_a_wrong_place_is_refused(config: Config, heard: Heard, tmp_path: Path) -> None:
    """That is a mistake in the settings, and would never pass."""
    wrong = config.model_copy(update={"log": config.log.model_copy(update={"path": tmp_path})})
    with pytest.raises(UserError, match="it is a folder; name a file"), opened(wrong, heard):
        pass


def test_damaged_log_is_moved_aside_and_that_is_told(config: Config, heard: Heard) -> None:
    """Answering goes on, with a new log."""
    assert config.log.path is not None
    config.log.path.write_bytes(b"no database at all" * 100)
    config.log.path.with_name("log.db.mark").write_text('{"last": 1, "turns": 1, "waiting": 0}')
    with opened(config, heard) as running:
        assert running.get(ConversationLog).path == config.log.path
    assert "could not be used (it is not a database): it was moved to log.db.damaged-" in heard.said[0]


def test_turns_that_cannot_be_written_are_told_of_at_the_end(
    config: Config, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They wait beside the log; where one that was called kept is gone, the program fails."""
    left = Left(turns=2, lost=0, broken=0, files=(Path("log.db.unlogged-7.jsonl"),))
    with opened(config, heard) as running:
        monkeypatch.setattr(running.get(ConversationLog)._recorder, "give_up", lambda: left)
    assert heard.said[-1] == (
        f"2 turns could not be written to {config.log.path}; "
        "kept in log.db.unlogged-7.jsonl until the log is opened again"
    )

    def answer() -> None:
        with opened(config, heard) as running:
            broken = replace(left, lost=1, broken=1)
            monkeypatch.setattr(running.get(ConversationLog)._recorder, "give_up", lambda: broken)

    with pytest.raises(UserError, match="lost, for no disk takes more: 1 turn, 1 of them after they had been kept"):
        answer()


def test_broken_pack_is_refused(config: Config, heard: Heard, tmp_path: Path) -> None:
    """Before anything else is opened."""
    wrong = config.model_copy(update={"pack": config.pack.model_copy(update={"folder": tmp_path / "nowhere"})})
    with pytest.raises(PackError), opened(wrong, heard):
        pass
    assert [path.name for path in tmp_path.iterdir()] == ["pets"]


def test_configuring_sets_the_messages_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the settings say."""
    monkeypatch.chdir(tmp_path)
    messages = tmp_path / "messages.log"
    config = app.configure(None, {"DILEMMA_LOGGING__PATH": str(messages)})
    identity = logs.log_fault("x")
    logs.tear_down()
    structlog.reset_defaults()
    assert config.logging.path == messages
    assert identity in messages.read_text(encoding="utf-8")
