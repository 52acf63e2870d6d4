"""Every metric of the worker: its name, kind and meaning, and nowhere else."""

from collections.abc import Mapping
from typing import Final, Literal

from prometheus_client import CollectorRegistry, Counter, Histogram

CounterName = Literal[
    "records_received",
    "events_received",
    "duplicates",
    "repeated",
    "gaps",
    "gaps_repaired",
    "events_waiting",
    "dead_letters",
    "decisions_policy",
    "decisions_cached",
    "decisions_heuristic",
    "replies",
    "reply_errors",
    "games_loaded",
    "events_logged",
    "log_conflicts",
    "log_retries",
    "episodes_closed",
    "checkpoints_taken",
    "rows_reconciled",
]

HistogramName = Literal["decide_seconds", "append_seconds", "publish_seconds", "record_seconds"]

COUNTERS: Final[Mapping[CounterName, str]] = {
    "records_received": "Records read from the bus.",
    "events_received": "Events in those records.",
    "duplicates": "Events whose source number was seen before.",
    "repeated": "Events and requests that the log held already: answered, not applied again.",
    "gaps": "Source numbers that were left out.",
    "gaps_repaired": "Source numbers that were left out and came later.",
    "events_waiting": "Events that came before their predecessors and had to wait.",
    "dead_letters": "Records and events that could not be used.",
    "decisions_policy": "Decisions that the policy made.",
    "decisions_cached": "Decisions from a remembered evaluation, for want of time.",
    "decisions_heuristic": "Decisions of the rule, for want of time.",
    "replies": "Answers sent, repeated ones included.",
    "reply_errors": "Answers that name an error.",
    "games_loaded": "Games read from the event log.",
    "events_logged": "Events appended to the log.",
    "log_conflicts": "Appends refused because another writer was first.",
    "log_retries": "Calls repeated because the event log did not answer.",
    "episodes_closed": "EpisodeClosed announcements, repeated ones included.",
    "checkpoints_taken": "Checkpoints taken into service.",
    "rows_reconciled": "Rows of the episode table corrected from the log after a rebalance.",
}

HISTOGRAMS: Final[Mapping[HistogramName, str]] = {
    "decide_seconds": "Time of one decision: observation, policy and choice.",
    "append_seconds": "Time of one append to the event log.",
    "publish_seconds": "Time until the bus acknowledged what a record led to.",
    "record_seconds": "Time from reading a record until its replies are acknowledged.",
}

BUCKETS: Final = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 5.0)


class Metrics:
    """Counts and times, kept for Prometheus."""

    def __init__(self, registry: CollectorRegistry | None = None) -> None:
        """Register everything; by default in a registry of its own."""
        self.registry = registry or CollectorRegistry()
        self._counters = {
            name: Counter(f"jimbot_{name}", text, registry=self.registry)
            for name, text in COUNTERS.items()
        }
        self._histograms = {
            name: Histogram(f"jimbot_{name}", text, buckets=BUCKETS, registry=self.registry)
            for name, text in HISTOGRAMS.items()
        }

    def count(self, name: CounterName, amount: int = 1) -> None:
        """Add to a counter."""
        if amount:
            self._counters[name].inc(amount)

    def observe(self, name: HistogramName, seconds: float) -> None:
        """Note a duration."""
        self._histograms[name].observe(seconds)

    def value(self, name: CounterName) -> float:
        """What a counter stands at, for pages and tests."""
        found = self.registry.get_sample_value(f"jimbot_{name}_total")
        return found or 0.0
