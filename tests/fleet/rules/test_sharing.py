"""Shards are shared out evenly, by everybody alike, and nothing moves that need not."""

from __future__ import annotations

from collections import Counter
from typing import Final

from hypothesis import given
from hypothesis import strategies as st

from bot.fleet.rules.sharing import Process, shared_out

IDS: Final = st.sampled_from("abcdefgh")


@given(
    st.integers(1, 40),
    st.lists(IDS, min_size=1, unique=True),
    st.dictionaries(st.integers(0, 45), st.sampled_from("abcdefghxyz")),
)
def test_each_shard_has_one_process_and_as_few_move_as_can(count: int, ids: list[str], held: dict[int, str]) -> None:
    """Whatever was held by whom, dead or alive; and the order in which processes are read does not matter."""
    processes = [Process(each) for each in ids]
    share = shared_out(count, processes, held)
    assert share == shared_out(count, processes[::-1], held)
    assert sorted(share) == list(range(count))
    sizes = Counter({each: list(share.values()).count(each) for each in ids})
    assert max(sizes.values()) - min(sizes.values()) <= 1
    had = Counter(holder for shard, holder in held.items() if shard < count and holder in ids)
    kept = Counter(holder for shard, holder in share.items() if held.get(shard) == holder)
    assert all(kept[each] == min(had[each], sizes[each]) for each in ids)
    # Who is settled stays so.
    assert shared_out(count, processes, share) == share


def test_whoever_names_shards_has_them() -> None:
    """The rest is shared out; where two name one, it stays with the one that has it; what a dead one named waits."""
    fixed, twin, any_one = Process("f", frozenset({0, 1})), Process("t", frozenset({1})), Process("a")
    assert shared_out(4, [fixed, any_one], {0: "a"}) == {0: "f", 1: "f", 2: "a", 3: "a"}
    assert shared_out(4, [fixed, twin, any_one], {1: "t"}) == {0: "f", 1: "t", 2: "a", 3: "a"}
    assert shared_out(4, [twin], {}) == {1: "t"}
    assert shared_out(4, [], {0: "f"}) == {}
