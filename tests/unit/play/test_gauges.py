"""Percentiles out of the worker's histograms."""

import pytest
from prometheus_client import CollectorRegistry, generate_latest

from jimbot_stream.play import gauges
from jimbot_stream.play.tally import Latency
from jimbot_stream.streams.metrics import Metrics


@pytest.fixture
def metrics() -> Metrics:
    return Metrics(CollectorRegistry())


def test_percentiles_lie_in_the_bucket_of_the_values(metrics: Metrics) -> None:
    for _ in range(90):
        metrics.observe("decide_seconds", 0.0015)
    for _ in range(10):
        metrics.observe("decide_seconds", 0.15)
    latency = gauges.latency_in(generate_latest(metrics.registry).decode(), "jimbot_decide_seconds")
    assert latency.p50_ms is not None
    assert 1.0 <= latency.p50_ms <= 2.0
    assert latency.p95_ms is not None
    assert 100.0 <= latency.p95_ms <= 200.0


def test_nothing_measured_is_no_zero(metrics: Metrics) -> None:
    text = generate_latest(metrics.registry).decode()
    assert gauges.latency_in(text, "jimbot_decide_seconds") == Latency(None, None)
    assert gauges.latency_in(text, "jimbot_no_such_histogram") == Latency(None, None)


def test_a_percentile_is_linear_within_its_bucket() -> None:
    buckets = [(1.0, 0.0), (2.0, 10.0), (float("inf"), 10.0)]
    assert gauges.percentile(buckets, 0.5) == pytest.approx(1.5)


def test_a_percentile_beyond_the_last_bound_is_that_bound() -> None:
    assert gauges.percentile([(1.0, 1.0), (float("inf"), 10.0)], 0.95) == 1.0
