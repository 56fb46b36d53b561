from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.lesson.rules.lesson import CHOICES, Posting, shift_of
from bot.lesson.store import lessons, postings
from bot.log.privacy import Registry
from tests.log.samples import a_database

if TYPE_CHECKING:
    from bot.log.connection import Connection

NOW = "2026-03-01T12:00:00+00:00"
LEAST = 2
PEOPLE = ("ann", "ben", "cem")

acts = st.lists(
    st.one_of(
        st.tuples(st.just("vote"), st.sampled_from(PEOPLE), st.sampled_from(CHOICES)),
        st.tuples(st.just("answer"), st.sampled_from(PEOPLE), st.text(max_size=5)),
        st.tuples(st.just("reveal"), st.sampled_from(("cats", "dogs")), st.just("")),
        st.tuples(st.just("forget"), st.sampled_from(PEOPLE), st.just("")),
        st.tuples(st.just("close"), st.just(""), st.just("")),
    ),
    max_size=25,
)


class Expected:
    """What a prompt should come to, in plain dictionaries."""

    def __init__(self) -> None:
        self.before: dict[str, str] = {}
        self.after: dict[str, str] = {}
        self.answers: list[str] = []
        self.revealed: list[str] = []
        self.closed: tuple[object, ...] | None = None

    def act(self, kind: str, who: str, what: str) -> None:
        if self.closed is not None:
            return
        match kind:
            case "vote":
                (self.after if self.revealed else self.before)[who] = what
            case "answer":
                self.answers.append(who)
            case "reveal" if who not in self.revealed:
                self.revealed.append(who)
            case "forget":
                self.before.pop(who, None)
                self.after.pop(who, None)
                self.answers = [one for one in self.answers if one != who]
            case "close":
                self.closed = self.now

    @property
    def now(self) -> tuple[object, ...]:
        voters = len(self.before.keys() | self.after.keys())
        return voters, len(self.answers), shift_of(self.before, self.after, LEAST)


def do(db: Connection, posting_id: str, kind: str, who: str, what: str) -> Posting | None:
    match kind:
        case "vote":
            return postings.vote(db, posting_id, who, what)
        case "answer":
            return postings.answer(db, posting_id, who, "Name", what, NOW)[0]
        case "reveal":
            return postings.reveal(db, posting_id, who)
        case "forget":
            Registry(lessons.TABLES).forget(db, [who])
            return postings.posting(db, posting_id)
        case _:
            return postings.close(db, posting_id, NOW, LEAST)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(acts)
def test_a_prompt_comes_to_what_was_done_before_it_was_closed(done: list[tuple[str, str, str]]) -> None:
    """Whatever is done and in whichever order; nothing changes it afterwards, and nobody sees votes before."""
    expected = Expected()
    with a_database() as db:
        posting = postings.post(db, Posting("a" * 32, "1", 5, "some.prompt", NOW))
        for act in done:
            expected.act(*act)
            found = do(db, posting.id, *act)
            assert found is not None
            assert found.revealed == tuple(expected.revealed)
            if expected.closed is None:
                assert (found.voters, found.answers, found.result) == (*expected.now[:2], None)
            else:
                assert (found.voters, found.answers, found.result) == expected.closed
