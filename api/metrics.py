"""Counters for Prometheus: labels are methods, route templates and statuses, never data."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector

MEDIA_TYPE: Final = CONTENT_TYPE_LATEST
_SECONDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)
_GROUPS: Final = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)


class Metrics:
    """What one gateway counts, in a registry of its own."""

    def __init__(self, of_client: Callable[[], Mapping[str, float]]) -> None:
        """Count here, and ask for the client's numbers at each scrape."""
        self.registry = CollectorRegistry()
        labels = ("method", "route", "status")
        self._requests = Counter("passavant_http_requests", "Requests answered.", labels, registry=self.registry)
        self._seconds = Histogram(
            "passavant_http_seconds", "Time to answer.", ("route",), buckets=_SECONDS, registry=self.registry
        )
        self.groups = Histogram(
            "passavant_group_commit_records", "Records kept at once.", buckets=_GROUPS, registry=self.registry
        )
        self.waiting = Gauge("passavant_group_commit_waiting", "Records about to be kept.", registry=self.registry)
        self._known: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}
        self.registry.register(_OfClient(of_client))

    def request(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count an answer."""
        key = (method, route, status)
        known = self._known.get(key)
        if known is None:
            known = self._requests.labels(method, route, str(status)), self._seconds.labels(route)
            self._known[key] = known
        known[0].inc()
        known[1].observe(seconds)

    def text(self) -> bytes:
        """All numbers in Prometheus's text form."""
        return generate_latest(self.registry)


class _OfClient(Collector):
    def __init__(self, of_client: Callable[[], Mapping[str, float]]) -> None:
        self._of_client = of_client

    def describe(self) -> list[GaugeMetricFamily]:
        """Nothing beforehand: the client need not be open yet."""
        return []

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """One gauge a number."""
        for name, value in self._of_client().items():
            yield GaugeMetricFamily(f"passavant_{name}", f"The client's {name.replace('_', ' ')}.", value=value)
