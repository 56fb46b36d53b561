"""Figures with their intervals, from resamples of the questions that they are over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

SEED: Final = 20
"""What the resamples of the questions are drawn from."""

RESAMPLES: Final = 1000
LEVEL: Final = 95
"""Per cent of the resamples that lie inside an interval."""


@dataclass(frozen=True, slots=True)
class Ratio:
    """A figure before it is one: the sum of `top` over that of `bottom`, shape (questions,) each."""

    top: NDArray[np.float64]
    bottom: NDArray[np.float64]

    @classmethod
    def mean(cls, values: NDArray[np.generic], among: NDArray[np.bool_]) -> Ratio:
        """Take the mean of the values over some of the questions."""
        return cls(np.where(among, values, 0).astype(float), among.astype(float))


@dataclass(frozen=True, slots=True)
class Figure:
    """A value with its interval, and the number of questions that it is over; over none, there is no value."""

    value: float | None
    low: float | None
    high: float | None
    count: int


NOTHING: Final = Figure(None, None, None, 0)


class Resampling:
    """The bootstrap over clusters: questions with one meaning are not independent, so they are drawn together.

    Source: Davison and Hinkley, "Bootstrap Methods and their Application" (1997), section 3.8; percentile intervals.
    """

    def __init__(self, clusters: Sequence[str], seed: int) -> None:
        """Draw all resamples; the same clusters and seed give the same ones."""
        names, self._cluster = np.unique(np.array(clusters), return_inverse=True)
        self.clusters = len(names)
        generator = np.random.default_rng(seed)
        share = np.full(self.clusters, 1 / self.clusters)
        self._draws = generator.multinomial(self.clusters, share, size=RESAMPLES).astype(float)

    def figure(self, ratio: Ratio) -> Figure:
        """Return the figure with its interval."""
        total = float(ratio.bottom.sum())
        if not total:
            return NOTHING
        low, high = self._interval(self._resampled(ratio))
        return Figure(float(ratio.top.sum()) / total, low, high, int((ratio.bottom > 0).sum()))

    def difference(self, ratio: Ratio, other: Ratio) -> Figure:
        """Return how much greater one figure is than another on the same questions, drawn together (paired)."""
        one, two = self.figure(ratio), self.figure(other)
        if one.value is None or two.value is None:
            return NOTHING
        low, high = self._interval(self._resampled(ratio) - self._resampled(other))
        return Figure(one.value - two.value, low, high, one.count)

    def _resampled(self, ratio: Ratio) -> NDArray[np.float64]:
        top = self._draws @ np.bincount(self._cluster, ratio.top, self.clusters)
        bottom = self._draws @ np.bincount(self._cluster, ratio.bottom, self.clusters)
        drawn: NDArray[np.float64] = np.divide(top, bottom, out=np.full(RESAMPLES, np.nan), where=bottom > 0)
        return drawn

    @staticmethod
    def _interval(drawn: NDArray[np.float64]) -> tuple[float, float]:
        tail = (100 - LEVEL) / 2
        low, high = np.nanpercentile(drawn, [tail, 100 - tail])
        return float(low), float(high)
