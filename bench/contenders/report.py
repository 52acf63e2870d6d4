"""What a contest came to: tables for people, figures for machines."""

from dataclasses import asdict
from statistics import median
from typing import Any, Final

from bench import figures
from bench.contenders.contest import Contest
from bench.contenders.registry import ENTRANTS, OURS
from bench.contenders.standing import Entry, best_peer, ratio
from bench.contenders.task import MODES, WIDTH

HEADINGS: Final = (
    "contender", "steps/s", "lowest - highest", "threads", "ours is", "RSS / PSS, MiB",
    "blinds beaten",
)  # fmt: skip
OBSERVED: Final = ("candidates", "features and flat actions alone")
"""In words, by place in ``MODES``."""


def figures_of(contest: Contest, alone: dict[str, Any] | None) -> dict[str, Any]:
    """For machines; what could not be measured is null."""
    ours, peer = ours_of(contest), best_peer(contest.entries)
    told = alone or (ours.figures() if ours else {})
    return {
        "steps_per_s": told.get("steps_per_s"),
        "ratio_to_best_peer": round(ratio(ours.rates, peer.rates), 3) if ours and peer else None,
        "best_peer": f"{peer.name}, {peer.mode}" if peer else None,
        "peak_tree_mib": told.get("peak_tree_mib"),
        "peak_tree_pss_mib": told.get("peak_tree_pss_mib"),
        "sustained": alone,
        "contenders": {f"{e.name}, {e.mode}": e.figures() for e in contest.entries},
        "missing": contest.missing,
        "padded_width": WIDTH,
        "task": asdict(contest.task),
    }


def ours_of(contest: Contest) -> Entry | None:
    """Ours among the entries, where it took part."""
    return next((entry for entry in contest.entries if entry.name == OURS), None)


def rows_of(contest: Contest, mode: str) -> list[tuple[Any, ...]]:
    """The table of a mode; whoever is not installed stands in the first."""
    ours = ours_of(contest)
    rows = [row(entry, ours) for entry in contest.entries if entry.mode == mode]
    if mode == MODES[0]:
        gap = (None,) * (len(HEADINGS) - 2)
        rows += [(ENTRANTS[name].title, "not installed", *gap) for name in contest.missing]
    return rows


def row(entry: Entry, ours: Entry | None) -> tuple[Any, ...]:
    """A contender's line of the table."""
    times = f"{ratio(ours.rates, entry.rates):.2f} x" if ours and entry is not ours else None
    first, last = entry.first or entry.turns[0], entry.turns[-1]
    spread = f"{min(entry.rates):,.0f} - {max(entry.rates):,.0f}"
    learned = f"{first.blinds:.2f} to {last.blinds:.2f}"
    memory = f"{entry.rss_mib:,.0f} / {entry.pss_mib:,.0f}"
    title, rate = ENTRANTS[entry.name].title, f"{median(entry.rates):,.0f}"
    return title, rate, spread, entry.threads, times, memory, learned


def show(contest: Contest, alone: dict[str, Any] | None) -> None:
    """Print a table for every mode, how to install who is missing, and the long run."""
    for mode, what in zip(MODES, OBSERVED, strict=True):
        rows = rows_of(contest, mode)
        if rows:
            figures.show(f"Steps a second, sampling and learning: {what}", HEADINGS, rows)
    for name, why in contest.missing.items():
        print(f"{ENTRANTS[name].title}: {why}")
    if alone:
        rows = [(name, str(value)) for name, value in alone.items()]
        figures.show("Ours alone", ("figure", "value"), rows)
