"""What ``jimbot-learn evaluate`` does."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import click
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)

from jimbot_stream.agents.evaluation import report
from jimbot_stream.agents.evaluation.archive import Archive, play
from jimbot_stream.agents.evaluation.panel import Panel, Told
from jimbot_stream.agents.evaluation.players import QUICK
from jimbot_stream.agents.evaluation.record import Results, Subject, started
from jimbot_stream.agents.lookup import among_blobs
from jimbot_stream.checkpoints import BlobStore
from jimbot_stream.contracts import EvaluationStarted
from jimbot_stream.eventlog import EventLog

_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be compared, as the command was told."""

    checkpoints: Sequence[str]
    """First letters."""
    players: Sequence[str]
    panel: Panel
    drawn: bool = False
    again: bool = False
    """Play what stands in the log, too, and compare."""

    def evaluations(self, blobs: Path) -> Iterator[tuple[str, EvaluationStarted]]:
        """Name and what is to be played; without any name: all baselines that are quick.

        Raises:
            ValueError: letters that belong to no checkpoint, or to several.
        """
        for name in self.players or ([] if self.checkpoints else QUICK):
            yield name, started(Subject(player=name), self.panel, drawn=self.drawn)
        for letters in self.checkpoints:
            name = among_blobs(blobs, letters)
            yield name[:_SHOWN], started(Subject(name), self.panel, drawn=self.drawn)


async def compare(log: EventLog | None, blobs: Path, request: Request, *, as_json: bool) -> None:
    """Evaluate, record in the log unless there is none, and print.

    Raises:
        BlobError: a checkpoint is not there.
        CheckpointError: a blob is no checkpoint.
        EvaluationError: what stands in the log came out otherwise.
        ValueError: letters that belong to no checkpoint, or to several.
    """
    wanted = dict(request.evaluations(blobs))
    results: dict[str, Results] = {}
    with _progress() as bar:
        for name, what in wanted.items():
            task = bar.add_task(f"playing {name}", total=what.games)
            told = _advance(bar, task)
            results[name] = await _results(log, BlobStore(blobs), request, what, told)
            bar.update(task, completed=what.games)
    if as_json:
        ids = {name: what.evaluation_id for name, what in wanted.items()}
        click.echo(json.dumps(report.summary(results, ids), indent=2))
    else:
        Console().print(report.table(results))


async def _results(
    log: EventLog | None, blobs: BlobStore, request: Request, what: EvaluationStarted, told: Told
) -> Results:
    if log is None:
        return await play(what, blobs.get, told)
    archive = Archive(log, blobs.get)
    found = await (archive.again(what, told) if request.again else archive.of(what, told))
    if not found.fresh:
        subject = what.player or what.checkpoint[:_SHOWN]
        click.echo(
            f"{subject}: evaluation {what.evaluation_id} stands in the log and was not played;"
            " --again plays it",
            err=True,
        )
    return found.results


def _advance(bar: Progress, task: TaskID) -> Callable[[int], None]:
    return lambda games: bar.update(task, advance=games)


def _progress() -> Progress:
    columns = (BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    return Progress(
        TextColumn("{task.description}"), *columns, console=Console(stderr=True), transient=True
    )
