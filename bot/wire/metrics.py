"""`/metrics`: the figures of the running program, in the form that Prometheus reads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.registry import Collector

from bot.process.figures import Figures

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from prometheus_client.core import Metric

    from bot.process.sessions import Uptime
    from bot.wire.services import Services

_PARTS: Final = {
    "log_waiting_turns": "Turns that are not in the log yet",
    "log_spilled_turns": "Turns among them that wait on the disk beside the log",
}
"""What the figures of the parts are, by their names."""


class Watched(Collector):
    """What is told of one run: of its questions, its log, and its sessions with Discord.

    `leases` returns for how many more seconds this process holds each of its shards; nothing where it shares none.
    """

    def __init__(
        self, services: Services, uptime: Uptime, sessions: Callable[[], int], leases: Callable[[], Mapping[int, float]]
    ) -> None:
        self._services = services
        self._uptime = uptime
        self._sessions = sessions
        self._leases = leases

    def text(self) -> bytes:
        """Return all figures as they are now."""
        registry = CollectorRegistry(auto_describe=False)
        registry.register(self)
        return generate_latest(registry)

    def collect(self) -> Iterator[Metric]:
        """Yield each figure."""
        if (figures := self._services.current(Figures)) is not None:
            yield HistogramMetricFamily(
                "dilemma_answer_seconds",
                "How long answers took, from the question to the log",
                buckets=figures.answers.up_to(),
                sum_value=figures.answers.sum_s,
            )
            for name, gauge in figures.gauges.items():
                yield GaugeMetricFamily(f"dilemma_{name}", _PARTS[name], gauge())
        under_way = self._services.limits.under_way
        yield GaugeMetricFamily("dilemma_questions_under_way", "Questions that are being answered", under_way)
        yield GaugeMetricFamily("dilemma_sessions_today", "Sessions begun with Discord in 24 hours", self._sessions())
        up = {shard: float(on) for shard, on in self._uptime.shards().items()}
        yield _by_shard("dilemma_shard_up", "Whether a shard of this process has a session", up)
        yield _by_shard("dilemma_shard_lease_seconds", "How long a shard is still this process's", self._leases())

    def describe(self) -> Iterable[Metric]:
        """Describe nothing beforehand."""
        return ()


def _by_shard(name: str, what: str, values: Mapping[int, float]) -> Metric:
    family = GaugeMetricFamily(name, what, labels=["shard"])
    for shard, value in sorted(values.items()):
        family.add_metric([str(shard)], value)
    return family
