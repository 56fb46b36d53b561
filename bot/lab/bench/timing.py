"""Measuring how long answers take: several ways of doing one thing, side by side, and what their times say.

Other programs want the machine too, and slow everything down for a while. So each question is dealt with in every way,
one right after the other, and the ways are compared question by question.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence
    from random import Random

    Way = Callable[[str], Awaitable[float]]
    Pairs = Sequence[tuple[float, float]]

RESAMPLES: Final = 2000
"""Samples drawn anew for one interval: enough for 50 of them to lie on each side of it."""

_OUTSIDE: Final = 0.025
"""Share of the resamples on each side of a 95 % interval."""


def nearest_rank(samples: Sequence[float], share: float) -> float:
    """Return the least sample that `share` (above 0, up to 1) of the samples do not exceed."""
    # Rounded first, for 0.95 * 20 may come out a trifle above 19.
    rank = math.ceil(round(share * len(samples), 6))
    return sorted(samples)[rank - 1]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure with its 95 % interval, which says how far chance alone may have moved it."""

    value: float
    low: float
    high: float


def ratio(base: Sequence[float], other: Sequence[float], rng: Random) -> Estimate:
    """Return how many times as long the second way takes, by the medians of samples that belong together pair by pair.

    ValueError when one way has more of them.
    """
    return bootstrapped(tuple(zip(base, other, strict=True)), ratio_of_medians, rng)


def ratio_of_medians(pairs: Pairs) -> float:
    """Divide the median of the second of each pair by that of the first."""
    return median(other for _, other in pairs) / median(base for base, _ in pairs)


def ratio_of_p95s(pairs: Pairs) -> float:
    """Divide the 95th percentile of the second of each pair by that of the first."""
    return nearest_rank([other for _, other in pairs], 0.95) / nearest_rank([base for base, _ in pairs], 0.95)


def bootstrapped(pairs: Pairs, figure: Callable[[Pairs], float], rng: Random) -> Estimate:
    """Return a figure of the pairs with its interval: the percentile bootstrap of Efron (1979), whole pairs drawn."""
    drawn = [figure(rng.choices(pairs, k=len(pairs))) for _ in range(RESAMPLES)]
    return Estimate(figure(pairs), nearest_rank(drawn, _OUTSIDE), nearest_rank(drawn, 1 - _OUTSIDE))


def spread_out(texts: Sequence[str], count: int) -> tuple[str, ...]:
    """Choose `count` of the texts, or all of fewer, from everywhere between the first and the last, in their order."""
    distinct = tuple(dict.fromkeys(texts))
    count = min(count, len(distinct))
    return tuple(distinct[place * len(distinct) // count] for place in range(count))


async def in_turns(ways: Mapping[str, Way], questions: Sequence[str], rng: Random) -> dict[str, tuple[float, ...]]:
    """Have every question dealt with in every way, and give each way's milliseconds, in the questions' order.

    The order of the ways is drawn anew for each question, so that none gains by what it comes after.
    """
    taken_ms: dict[str, list[float]] = {name: [] for name in ways}
    for question in questions:
        for name in rng.sample(tuple(ways), len(ways)):
            taken_ms[name].append(await ways[name](question))
    return {name: tuple(samples) for name, samples in taken_ms.items()}
