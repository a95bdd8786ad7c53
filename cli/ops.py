"""What runs, as operators watch it: alive, ready, and in numbers (Prometheus)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from record.errors import StoreError

if TYPE_CHECKING:
    from fastapi import FastAPI
    from prometheus_client.core import Metric
    from prometheus_client.registry import Collector

    from record.clock import Clock
    from record.log import Log
    from watch.follower import Follower

Ready = Callable[[], bool]


@dataclass
class Watched:
    """What runs in this process. `parts` says of each part whether it takes work now."""

    log: Log
    clock: Clock
    parts: dict[str, Ready]
    follower: Follower | None = None

    def readiness(self) -> dict[str, bool]:
        """Whether each part is ready, the store among them."""
        told = {name: ready() for name, ready in self.parts.items()}
        try:
            self.log.head()
            told["store"] = True
        except StoreError:
            told["store"] = False
        if self.follower is not None:
            told["present"] = self.follower.ready and self.follower.parked is None
        return told


def collector(watched: Watched) -> Collector:
    """The numbers, read when they are asked for."""
    from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
    from prometheus_client.registry import Collector

    class Numbers(Collector):
        def collect(self) -> Iterator[Metric]:
            receipts = CounterMetricFamily(
                "counterfoil_receipts",
                "Receipts given by this process.",
                labels=["status"],
            )
            for status, count in sorted(watched.log.given.items()):
                receipts.add_metric([status], count)
            yield receipts
            ready = GaugeMetricFamily(
                "counterfoil_ready", "1 if a part takes work now.", labels=["part"]
            )
            for part, takes in watched.readiness().items():
                ready.add_metric([part], float(takes))
            yield ready
            if watched.follower is not None:
                yield from _followed(watched.follower, watched.clock)

    return Numbers()


def _followed(follower: Follower, clock: Clock) -> Iterator[Metric]:
    from prometheus_client.core import GaugeMetricFamily

    def gauge(name: str, help_: str, value: float) -> Metric:
        return GaugeMetricFamily(f"counterfoil_{name}", help_, value=value)

    yield gauge("follower_position", "Position followed up to.", follower.position)
    yield gauge("follower_parked", "1 if it cannot go on.", float(bool(follower.parked)))
    try:
        lag = follower.lag()
    except StoreError:
        lag = None
    if lag is not None:
        yield gauge("follower_lag_events", "Events not followed yet.", lag.events)
        yield gauge(
            "follower_lag_seconds", "Since the oldest of them was received.", lag.seconds
        )
        yield gauge(
            "follower_oldest_unread_seconds",
            "Age of the oldest unread event.",
            lag.seconds,
        )
    yield from _refreshings(follower)
    if follower.present is None:
        return
    findings = GaugeMetricFamily(
        "counterfoil_findings", "Findings that hold.", labels=["kind", "severity"]
    )
    for labels, count in follower.present.counts().items():
        findings.add_metric(list(labels), count)
    yield findings
    ages = GaugeMetricFamily(
        "counterfoil_feed_age_seconds", "Since a provider was heard.", labels=["provider"]
    )
    for provider, heard_until in follower.present.heard().items():
        ages.add_metric([provider], (clock.now() - heard_until).total_seconds())
    yield ages


def _refreshings(follower: Follower) -> Iterator[Metric]:
    from prometheus_client.core import SummaryMetricFamily

    took = follower.took
    yield SummaryMetricFamily(
        "counterfoil_refresh_seconds", "Refreshings of the present.",
        count_value=took.count, sum_value=took.seconds,
    )  # fmt: skip


def ops_app(watched: Watched) -> FastAPI:
    """`/healthz`: the process answers; `/readyz`: it takes work; `/metrics`: numbers."""
    from fastapi import FastAPI
    from fastapi.responses import JSONResponse, Response
    from prometheus_client import CollectorRegistry, generate_latest
    from prometheus_client.exposition import CONTENT_TYPE_LATEST

    app = FastAPI(title="Counterfoil operations", docs_url=None, redoc_url=None)
    registry = CollectorRegistry()
    registry.register(collector(watched))

    @app.get("/healthz")
    def healthz() -> dict[str, str]:
        return {"status": "alive"}

    @app.get("/readyz")
    def readyz() -> JSONResponse:
        told: dict[str, Any] = dict(watched.readiness())
        status = 200 if all(told.values()) else 503
        if watched.follower is not None and watched.follower.parked:
            told["parked"] = watched.follower.parked
        return JSONResponse(told, status)

    @app.get("/metrics")
    def metrics() -> Response:
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)

    return app
