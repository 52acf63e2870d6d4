"""The worker's own measurements, read from its page of metrics."""

import asyncio
from collections.abc import Iterable, Sequence

from aiohttp import ClientError, ClientSession, ClientTimeout
from prometheus_client.parser import text_string_to_metric_families

from jimbot_stream.play.ports import LOOPBACK
from jimbot_stream.play.tally import Latency, Tally

EVERY_S = 2.0

Buckets = Sequence[tuple[float, float]]
"""Upper bound in seconds, and how many were at or below it; ascending."""


async def follow(tally: Tally, port: int) -> None:
    """Keep the tally's latencies of the worker up to date until cancelled."""
    while True:
        try:
            text = await page(port)
        except (ClientError, TimeoutError):
            pass  # the worker is busy or gone; the last figures stand, others watch it
        else:
            tally.decide = latency_in(text, "jimbot_decide_seconds")
            tally.append = latency_in(text, "jimbot_append_seconds")
        await asyncio.sleep(EVERY_S)


async def page(port: int) -> str:
    """The page of metrics of the worker whose pages are on that port."""
    url = f"http://{LOOPBACK}:{port}/metrics/prometheus"
    async with (
        ClientSession(timeout=ClientTimeout(total=2.0)) as session,
        session.get(url) as response,
    ):
        return await response.text()


def latency_in(text: str, histogram: str) -> Latency:
    """Percentiles of a histogram in the Prometheus text format; None where it is empty."""
    buckets = sorted(
        (float(sample.labels["le"]), sample.value)
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name == f"{histogram}_bucket"
    )
    if not buckets or not buckets[-1][1]:
        return Latency(None, None)
    p50, p95 = (round(percentile(buckets, share) * 1000, 2) for share in (0.5, 0.95))
    return Latency(p50, p95)


def total_in(text: str, histogram: str) -> tuple[float, float]:
    """Sum of a histogram in the Prometheus text format, and how many went into it."""
    told = {
        sample.name: sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }
    return told.get(f"{histogram}_sum", 0.0), told.get(f"{histogram}_count", 0.0)


def percentile(buckets: Buckets, share: float) -> float:
    """The value below which a share lies, linear within its bucket as Prometheus does it."""
    wanted = share * buckets[-1][1]
    low, below = 0.0, 0.0
    for bound, count in _finite(buckets):
        if count >= wanted:
            return low + (bound - low) * (wanted - below) / (count - below)
        low, below = bound, count
    return low


def _finite(buckets: Buckets) -> Iterable[tuple[float, float]]:
    return ((bound, count) for bound, count in buckets if bound != float("inf"))
