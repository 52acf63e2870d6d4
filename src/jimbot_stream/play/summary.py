"""The end of a run: a table of what happened, and a last line that says what was verified."""

from dataclasses import dataclass, field

from rich.console import Console
from rich.table import Table

from jimbot_stream.play.tally import Generation, Latency, Tally
from jimbot_stream.play.verification import Verified
from jimbot_stream.replay.seals.note import Note


@dataclass(frozen=True, slots=True)
class Summary:
    """Everything that the end of a run tells."""

    tally: Tally
    verified: Verified
    events_logged: int
    seconds: float
    """Time of playing and learning."""
    discrepancies: list[str] = field(default_factory=list)
    """Where the players' count and the worker's differ."""
    sealed: Note | None = None
    """The root over everything, if it was sealed."""

    @property
    def exit_code(self) -> int:
        """0 when everything that was played was verified and found identical."""
        whole = (
            self.verified.decisions == self.tally.decisions
            and self.verified.updates == self.tally.updates_planned - self.tally.failed
        )
        return 0 if self.verified.identical and whole and not self.discrepancies else 1

    @property
    def last_line(self) -> str:
        """How many decisions and updates were found identical."""
        found = self.verified
        return (
            f"{found.decisions_identical:,} of {self.tally.decisions:,} decisions and"
            f" {found.updates_identical:,} of {self.tally.updates_planned:,} updates"
            f" were repeated and found identical"
        )


def show(summary: Summary, console: Console) -> None:
    """Print the summary."""
    tally = summary.tally
    console.print(_generations(tally))
    console.print(_facts(summary))
    for text in (*summary.discrepancies, *summary.verified.divergences):
        console.print(text, style="red", highlight=False, markup=False)
    console.print(f"decisions sha256 {tally.digest()}", highlight=False, soft_wrap=True)
    style = "bold green" if summary.exit_code == 0 else "bold red"
    console.print(summary.last_line, style=style, highlight=False, soft_wrap=True)


def _generations(tally: Tally) -> Table:
    table = Table(
        title="Games by checkpoint: means of best round, last ante, rounds", title_justify="left"
    )
    table.add_column("gen.", justify="right")
    table.add_column("checkpoint", no_wrap=True)
    for heading in ("games", "won", "score", "ante", "round", "decisions"):
        table.add_column(heading, justify="right")
    for row in tally.generations():
        table.add_row(*_cells(row))
    return table


def _cells(row: Generation) -> list[str]:
    return [
        str(row.number),
        row.checkpoint[:12],
        f"{row.games:,}",
        f"{row.won:,}",
        f"{row.mean_score:,.1f}",
        f"{row.mean_ante:.2f}",
        f"{row.mean_round:.2f}",
        f"{row.decisions:,}",
    ]


def _facts(summary: Summary) -> Table:
    tally, verified = summary.tally, summary.verified
    table = Table(show_header=False, title="The run", title_justify="left")
    rate = tally.decisions / summary.seconds if summary.seconds else 0.0
    rows = {
        "games": f"{len(tally.results):,}, {sum(r.won for r in tally.results):,} won",
        "mean best round, mean ante": _means(tally),
        "decisions": f"{tally.decisions:,} in {summary.seconds:.1f} s, {rate:,.0f} per second",
        "request to reply": _latency(tally.round_trip),
        "  bus, one hop": _latency(tally.bus),
        "  decide": _latency(tally.decide),
        "  append to the log": _latency(tally.append),
        "events logged": f"{summary.events_logged:,}",
        "updates taken into service": _taken(tally),
        "verified": f"{verified.conclusion} ({verified.seconds:.1f} s)",
    }
    if summary.sealed is not None:
        told = f"{summary.sealed.size:,} events under {summary.sealed.root.hex()[:12]}"
        rows["sealed, without a signature"] = told
    for name, value in rows.items():
        table.add_row(name, value)
    return table


def _taken(tally: Tally) -> str:
    refused = f", {tally.refused:,} refused as worse" if tally.refused else ""
    failed = f", {tally.failed:,} failed" if tally.failed else ""
    return f"{tally.updates:,}{refused}{failed}"


def _means(tally: Tally) -> str:
    results = sorted(tally.results, key=lambda result: result.plan.game_id)
    if not results:
        return "-"
    score = sum(result.best_score for result in results) / len(results)
    ante = sum(result.ante for result in results) / len(results)
    return f"{score:,.1f}, {ante:.2f}"


def _latency(latency: Latency) -> str:
    if latency.p50_ms is None or latency.p95_ms is None:
        return "not measured"
    return f"p50 {latency.p50_ms:.1f} ms, p95 {latency.p95_ms:.1f} ms"
