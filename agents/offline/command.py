"""What ``jimbot-learn offline`` does and shows."""

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Final

import click
import orjson
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from jimbot_stream.agents.offline.config import OfflineConfig
from jimbot_stream.agents.offline.episode import Episode
from jimbot_stream.agents.offline.measuring import Measured, measure
from jimbot_stream.agents.offline.selection import select
from jimbot_stream.agents.offline.source import LogGames, Remembering, last_position
from jimbot_stream.agents.offline.training import OfflineTraining
from jimbot_stream.agents.offline.training import Progress as Done
from jimbot_stream.agents.terminal import log_of, stop_softly
from jimbot_stream.agents.training_run import TrainingRun, run_id
from jimbot_stream.checkpoints import BlobStore
from jimbot_stream.clock import SystemClock
from jimbot_stream.config import from_environment
from jimbot_stream.eventlog import EventLog
from jimbot_stream.eventlog.journal import StreamJournal
from jimbot_stream.eventlog.naming import run_stream

_KEPT_BYTES: Final = 1 << 29
"""Memory for the columns of games; others are read again."""
_MOST_MEASURED: Final = 200
"""Games held out that are measured with, the first ones by id."""
_SHOWN: Final = 12
"""Most updates of the table at the end."""


@dataclass(slots=True)
class Outcome:
    """What a person, or a machine, is told at the end."""

    run: TrainingRun
    training: OfflineTraining
    updates: list[Done] = field(default_factory=list)
    measured: dict[str, Measured] = field(default_factory=dict)
    """By "untrained" and "trained"; empty where nothing was held out."""

    def to_json(self) -> bytes:
        """Canonical JSON, but for the seconds."""
        run, training = self.run, self.training
        told = {
            "run": run.started.run_id,
            "algorithm": run.started.algorithm,
            "update": run.update,
            "checkpoint": run.checkpoint,
            "games": len(training.selected.learned),
            "held_out": len(training.selected.held_out),
            "refused": _reasons(training),
            "left_out": dict(sorted(training.left_out.items())),
            "updates": [
                {
                    "update": done.applied.update,
                    "games": len(done.applied.episodes),
                    "steps": done.applied.steps,
                    "seconds": done.seconds,
                    "metrics": dict(sorted(done.applied.metrics.items())),
                }
                for done in self.updates
            ],
            "measured": {name: _finite(found) for name, found in self.measured.items()},
        }
        return orjson.dumps(told, option=orjson.OPT_SORT_KEYS)


async def learn(
    run_seed: int, config: OfflineConfig, enough: tuple[int, int | None], *, as_json: bool
) -> None:
    """Begin the run of a seed, or go on with it, and tell what came of it.

    enough are passes over the games, and the updates that count instead where they are told.
    """
    settings, clock = from_environment(), SystemClock()
    async with log_of(settings) as log:
        config = replace(config, data=replace(config.data, position=await last_position(log)))
        reward = config.learning.reward
        games = Remembering(LogGames(log, reward), _KEPT_BYTES)
        # A run keeps what it began with: one without games must not begin.
        selected = await select(games, config, run_seed) if await _is_new(log, run_seed) else None
        blobs = BlobStore(settings.blobs)
        run = await TrainingRun.begin(log, blobs, run_seed, config, config.algorithm)
        training = await OfflineTraining.begin(run, games, clock, selected)
        passes, updates = enough
        wanted = training.updates_in(passes) if updates is None else updates
        outcome = Outcome(run, training)
        await _train(outcome, wanted, as_json=as_json)
        outcome.measured = await _measured(outcome)
        if as_json:
            click.echo(outcome.to_json().decode())
        else:
            show(outcome, Console())


async def _is_new(log: EventLog, run_seed: int) -> bool:
    return (await StreamJournal.open(log, run_stream(run_id(run_seed)))).version < 0


async def _train(outcome: Outcome, wanted: int, *, as_json: bool) -> None:
    run, stopped = outcome.run, stop_softly()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    console = Console(stderr=True, quiet=as_json)
    with Progress(*columns, TimeElapsedColumn(), console=console, disable=as_json) as bar:
        task = bar.add_task("reading games", total=wanted, completed=min(run.update, wanted))

        def done(update: Done) -> None:
            outcome.updates.append(update)
            rate = update.applied.steps / max(update.seconds, 1e-9)
            agreement = update.applied.metrics.get("agreement", math.nan)
            text = f"{rate:,.0f} steps/s, {agreement:.1%} of actions agree"
            bar.update(task, completed=update.applied.update, description=text)

        await outcome.training.train(lambda: stopped.is_set() or run.update >= wanted, done)


async def _measured(outcome: Outcome) -> dict[str, Measured]:
    """How the games that were held out look to the first and to the last weights."""
    training, run = outcome.training, outcome.run
    held_out = training.selected.held_out[:_MOST_MEASURED]
    episodes: Sequence[Episode] = (await training.gather(held_out)).episodes
    if not episodes:
        return {}
    names = {"untrained": run.started.checkpoint, "trained": run.checkpoint}
    config = training.config
    return {
        name: measure(run.blobs.get(checkpoint), episodes, config.learning, config.data.deciders)
        for name, checkpoint in names.items()
    }


def show(outcome: Outcome, console: Console) -> None:
    """Tables of the updates, of what was left out, and of the games held out."""
    run, training = outcome.run, outcome.training
    if outcome.updates:
        console.print(_updates(outcome.updates))
    left_out = _reasons(training) | training.left_out
    if left_out:
        table = Table("left out", "number")
        for reason, number in _reasons(training).items():
            table.add_row(f"games: {reason}", f"{number:,}")
        for reason, number in sorted(training.left_out.items()):
            table.add_row(f"actions: {reason}", f"{number:,}")
        console.print(table)
    if outcome.measured:
        console.print(_held_out(outcome.measured))
    console.print(f"{run.started.run_id}: update {run.update}, checkpoint {run.checkpoint}")


def _updates(updates: Sequence[Done]) -> Table:
    table = Table("update", "games", "actions", "steps/s", "policy loss", "agreement")
    step = max(1, math.ceil(len(updates) / _SHOWN))
    for done in [*updates[:-1:step], updates[-1]]:
        numbers = done.applied.metrics
        table.add_row(
            str(done.applied.update),
            f"{len(done.applied.episodes):,}",
            f"{numbers.get('learned', math.nan):,.0f}",
            f"{done.applied.steps / max(done.seconds, 1e-9):,.0f}",
            f"{numbers.get('policy', math.nan):.3f}",
            f"{numbers.get('agreement', math.nan):.1%}",
        )
    return table


def _held_out(measured: dict[str, Measured]) -> Table:
    games = next(iter(measured.values())).games
    table = Table(
        f"{games} games held out", "actions", "log-likelihood", "agreement", "value error"
    )
    for name, found in measured.items():
        error = "-" if math.isnan(found.value_error) else f"{found.value_error:.3f}"
        row = f"{found.actions:,}", f"{found.log_likelihood:.3f}", f"{found.agreement:.1%}", error
        table.add_row(name, *row)
    chance = next(iter(measured.values())).uniform
    table.add_row("every candidate alike", "", f"{chance:.3f}", "", "")
    return table


def _reasons(training: OfflineTraining) -> dict[str, int]:
    """How many games are not learned from, by reason."""
    found = [refusal.reason for refusal in training.refused.values()]
    return {reason: found.count(reason) for reason in sorted(set(found))}


def _finite(measured: Measured) -> dict[str, float | None]:
    return {
        name: value if math.isfinite(value) else None for name, value in asdict(measured).items()
    }
