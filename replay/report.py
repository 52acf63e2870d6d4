"""What a verification came to: counts, time, rate, and the first divergence in prose."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, get_args

import orjson
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from jimbot_stream.replay.verdict import Divergence, Kind, Match, Tolerated, Verdict

WHOLE: frozenset[Kind] = frozenset({"game", "foreign game", "run", "evaluation", "log", "file"})
"""Kinds of things that can differ in several places, and are counted once."""

KINDS: tuple[Kind, ...] = get_args(Kind)

IDENTICAL, DIVERGED, NOTHING, TOLERATED = 0, 1, 2, 3
"""Exit codes; NOTHING: no decision, no update and no evaluation was there to verify."""

KEPT = 100
"""Divergences kept in full, the first in the log's order; the rest are only counted."""


@dataclass(slots=True)
class Count:
    """Things of one kind."""

    identical: int = 0
    tolerated: int = 0
    diverged: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return self.identical + self.tolerated + self.diverged

    def add(self, other: "Count") -> None:
        """Count those of another part, too."""
        self.identical += other.identical
        self.tolerated += other.tolerated
        self.diverged += other.diverged


@dataclass(slots=True)
class Report:
    """Verdicts, counted by the things they are about; reports of parts can be added up."""

    counts: dict[Kind, Count] = field(default_factory=lambda: {kind: Count() for kind in KINDS})
    divergences: list[Divergence] = field(default_factory=list)
    """In the log's order."""
    things: set[tuple[Kind, str, int]] = field(default_factory=set)
    """What diverged."""
    tolerated: Tolerated | None = None
    """The one that lies furthest apart."""
    not_made_again: int = 0
    """Blobs that runs let go of and that were left out, as updates were."""
    seconds: float = 0.0
    parts: dict[tuple[Kind, str], Count] = field(default_factory=dict)
    """The same counts by kind and stream, each place where one differs counted."""

    def add(self, verdict: Verdict) -> None:
        """Count a verdict."""
        count = self.counts[verdict.kind]
        part = self.parts.setdefault((verdict.kind, verdict.stream), Count())
        if isinstance(verdict, Match):
            count.identical += 1
            part.identical += 1
        elif isinstance(verdict, Tolerated):
            count.tolerated += 1
            part.tolerated += 1
            self._furthest(verdict)
        else:
            part.diverged += 1
            self._blame({_thing(verdict)})
            self._keep([verdict])

    def merge(self, other: "Report") -> None:
        """Add the report of another part; its time is not added, since parts run side by side."""
        for kind, count in other.counts.items():
            mine = self.counts[kind]
            mine.identical += count.identical
            mine.tolerated += count.tolerated
        for key, count in other.parts.items():
            self.parts.setdefault(key, Count()).add(count)
        self._blame(other.things)
        self._keep(other.divergences)
        if other.tolerated is not None:
            self._furthest(other.tolerated)

    def _blame(self, things: Iterable[tuple[Kind, str, int]]) -> None:
        for thing in things:
            if thing not in self.things:
                self.things.add(thing)
                self.counts[thing[0]].diverged += 1

    def _keep(self, found: Sequence[Divergence]) -> None:
        self.divergences.extend(found)
        self.divergences.sort(key=lambda found: (found.position, KINDS.index(found.kind)))
        del self.divergences[KEPT:]

    def _furthest(self, verdict: Tolerated) -> None:
        if self.tolerated is None or verdict.distance > self.tolerated.distance:
            self.tolerated = verdict

    @property
    def verified(self) -> int:
        """Decisions, updates and evaluations that were run again."""
        return sum(self.counts[kind].total for kind in ("decision", "update", "evaluation"))

    @property
    def diverged(self) -> int:
        """Things that diverged, of every kind."""
        return sum(count.diverged for count in self.counts.values())

    @property
    def exit_code(self) -> int:
        """0 identical, 1 diverged, 2 nothing to verify, 3 equal within tolerance only."""
        if self.diverged:
            return DIVERGED
        if not self.verified:
            return NOTHING
        return TOLERATED if self.tolerated is not None else IDENTICAL

    @property
    def integrity_code(self) -> int:
        """The exit code where nothing was executed: 0 as written, 1 not, 2 nothing was there."""
        if self.diverged:
            return DIVERGED
        return IDENTICAL if self.counts["event"].total else NOTHING

    def findings(self) -> RenderableType:
        """The table, and every divergence in its own line: for a record that was not executed."""
        lines = [Text(str(found), style="red") for found in self.divergences]
        more = self.diverged - len(lines)
        told = f"{self.diverged:,} things are not as they were written" if self.diverged else ""
        end = Text(told or "Everything is as it was written", style="red" if told else "green")
        rest = [Text(f"… and {more:,} more", style="red")] if more > 0 else []
        return Group(self._table(), *lines, *rest, end)

    @property
    def conclusion(self) -> str:
        """The last line."""
        if not self.verified and not self.diverged:
            return "Nothing verified: the log holds no decision, no update and no evaluation"
        decisions, updates = self.counts["decision"], self.counts["update"]
        subject = f"{self._counted()} verified"
        if not self.diverged and self.tolerated is None:
            return f"{subject}: all identical"
        if not self.diverged:
            return (
                f"{subject}: no divergence, but"
                f" {decisions.tolerated + updates.tolerated:,} equal only within the tolerance"
                f" for another class of machine"
            )
        return f"{subject}: {self._failures()} not identical"

    def _counted(self) -> str:
        decisions, updates, played = (
            f"{self.counts[kind].total:,} {kind}s" for kind in ("decision", "update", "evaluation")
        )
        if not self.counts["evaluation"].total:
            return f"{decisions} and {updates}"
        return f"{decisions}, {updates} and {played}"

    def _failures(self) -> str:
        parts = [
            f"{count.diverged:,} {kind}{'s' if count.diverged != 1 else ''}"
            for kind, count in self.counts.items()
            if count.diverged
        ]
        return " and ".join(parts)

    def to_json(self) -> bytes:
        """Everything, for machines."""
        return orjson.dumps(self.to_dict(), option=orjson.OPT_INDENT_2)

    def to_dict(self) -> dict[str, Any]:
        """Everything, as plain values."""
        return {
            "conclusion": self.conclusion,
            "exit_code": self.exit_code,
            "seconds": self.seconds,
            "decisions_per_second": self.rate,
            "counts": self.counts,
            "divergences": self.divergences,
            "divergences_total": self.diverged,
            "furthest_tolerated": self.tolerated,
            "pruned_not_made_again": self.not_made_again,
        }

    @property
    def rate(self) -> float:
        """Decisions verified in a second."""
        return self.counts["decision"].total / self.seconds if self.seconds > 0 else 0.0

    def rendered(self) -> RenderableType:
        """Everything, for a terminal."""
        parts: list[RenderableType] = [self._table(), self._timing()]
        if self.tolerated is not None:
            parts.append(Text(_about(self.tolerated), style="yellow"))
        if self.not_made_again:
            told = (
                f"{self.not_made_again:,} blobs were pruned: without --no-updates they"
                " are made again, and compared"
            )
            parts.append(Text(told, style="yellow"))
        if self.divergences:
            parts.append(Text(f"First divergence: {self.divergences[0]}", style="red"))
        style = (
            "green" if self.exit_code == IDENTICAL else "bold red" if self.diverged else "yellow"
        )
        return Group(*parts, Text(self.conclusion, style=style))

    def _table(self) -> Table:
        table = Table("verified", title="Replay", title_justify="left")
        for heading in ("identical", "within tolerance", "diverged"):
            table.add_column(heading, justify="right")
        for kind, count in self.counts.items():
            if count.total:
                cells = (count.identical, count.tolerated, count.diverged)
                table.add_row(f"{kind}s", *(f"{number:,}" for number in cells))
        return table

    def _timing(self) -> str:
        return f"{self.seconds:.1f} s, {self.rate:,.0f} decisions/s"


def _thing(found: Divergence) -> tuple[Kind, str, int]:
    return found.kind, found.stream, 0 if found.kind in WHOLE else found.revision


def _about(verdict: Tolerated) -> str:
    return (
        f"Recorded on {verdict.recorded_on}, repeated on {verdict.repeated_on}: at most"
        f" {verdict.distance:.2g} apart (tolerance {verdict.tolerance:g}),"
        f" at {verdict.revision}@{verdict.stream}"
    )
