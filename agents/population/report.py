"""Where a population stands, as its record tells: for people, and as JSON for machines."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rich.table import Table

from jimbot_stream.agents.evaluation.archive import recorded
from jimbot_stream.agents.lineage import Lineage
from jimbot_stream.agents.population.exploiting import Streams, Told, standings, told_of
from jimbot_stream.agents.population.membership import Membership
from jimbot_stream.agents.population.selection import evaluation_of, panel_of
from jimbot_stream.agents.rollouts.config import TrainConfig, from_json
from jimbot_stream.contracts import (
    Estimate,
    EvaluationCompleted,
    EvaluationStarted,
    PopulationExploited,
    RunStarted,
)
from jimbot_stream.eventlog import LogReader, StreamNotFoundError
from jimbot_stream.eventlog.naming import run_stream


@dataclass(frozen=True, slots=True)
class Score:
    """What a member's checkpoint reached on the selection panel."""

    what: EvaluationStarted
    reached: EvaluationCompleted


@dataclass(frozen=True, slots=True)
class Member:
    """One member as its stream tells it."""

    run: str
    update: int
    """The last one, applied or not."""
    checkpoint: str
    """The one that it goes on with."""
    config: TrainConfig
    """In effect."""
    exchanges: Sequence[PopulationExploited]
    """What it took over, newest last."""
    score: Score | None
    """Of the newest generation in which all members were compared."""

    @property
    def numbers(self) -> dict[str, float]:
        """Its hyperparameters, as far as they vary."""
        population = self.config.population
        names = sorted(population.ranges) if population is not None else ()
        return {name: getattr(self.config.ppo, name) for name in names}


@dataclass(frozen=True, slots=True)
class Population:
    """All members."""

    name: str
    membership: Membership
    """That of the first member."""
    generation: int
    """The newest in which all members were compared; 0 where there is none."""
    members: Sequence[Member]
    """The best first, as far as they were compared."""


async def read(log: LogReader, name: str) -> Population:
    """The population of a name, such as ``population1``.

    Raises:
        EvaluationError: an evaluation of it is not whole.
        ValueError: the log has no such population, or its configuration cannot be read.
    """
    begun = next((told for _, told in await _told(log, f"{name}.0")), None)
    membership = from_json(begun.config_json).population if isinstance(begun, RunStarted) else None
    if membership is None:
        raise ValueError(f"no population {name!r} in the log: jimbot-learn list tells its runs")
    streams = {run: await _told(log, run) for run in membership.runs}
    generation, scores = await _scores(log, membership, streams)
    found = [_member(run, told, scores.get(run)) for run, told in streams.items() if told]
    found.sort(key=lambda member: -member.score.reached.beaten.mean if member.score else 0.0)
    return Population(name, membership, generation, found)


async def _told(log: LogReader, run: str) -> list[Told]:
    """What tells which weights a run goes on with; nothing where there is no such run."""
    try:
        return told_of([event async for event in log.read_stream(run_stream(run))])
    except StreamNotFoundError:
        return []


async def _scores(
    log: LogReader, membership: Membership, streams: Streams
) -> tuple[int, dict[str, Score]]:
    """The newest generation in which all members were compared, and what each reached."""
    last = min(_lineage(told).number for told in streams.values()) // membership.every
    for generation in range(last, 0, -1):
        found: dict[str, Score] = {}
        for run, stand in standings(streams, membership, generation).items():
            panel = panel_of(membership, generation, stand.config.rollout)
            what = evaluation_of(stand.checkpoint, panel)
            evaluation = await recorded(log, what.evaluation_id)
            if evaluation is None:
                break
            found[run] = Score(evaluation.started, evaluation.completed)
        if len(found) == len(streams):
            return generation, found
    return 0, {}


def _lineage(told: Sequence[Told]) -> Lineage:
    lineage = Lineage()
    for _, message in told:
        lineage.take(message)
    return lineage


def _member(run: str, told: Sequence[Told], score: Score | None) -> Member:
    lineage, config = _lineage(told), ""
    for _, message in told:
        if isinstance(message, RunStarted | PopulationExploited):
            config = message.config_json
    taken = [message for _, message in told if isinstance(message, PopulationExploited)]
    return Member(run, lineage.number, lineage.newest, from_json(config), taken, score)


def table(population: Population) -> Table:
    """Members, a row for each; narrow enough for a terminal of 80 columns."""
    told = population.membership
    title = f"{population.name}: not compared yet"
    if population.generation:
        after = population.generation * told.every
        title = f"{population.name}: compared on {told.games} games after update {after}"
    names = sorted(told.ranges)
    titles = ["member", "blinds beaten", "mean ante", *names, "took over"]
    rows = [_row(member, names) for member in population.members]
    found = Table(title=title, title_justify="left")
    for column, cells in zip(titles, zip(*rows, strict=True), strict=True):
        words = column.replace("_", " ").split()
        # Titles are broken, so that a terminal of 80 columns holds the numbers whole.
        found.add_column(" ".join(words), width=max(map(len, [*words, *cells])))
    for row in rows:
        found.add_row(*row)
    return found


def _row(member: Member, names: Sequence[str]) -> Sequence[str]:
    return (
        _short(member.run),
        *(_shown(member.score) if member.score is not None else ("", "")),
        *(f"{member.numbers[name]:.3g}" for name in names),
        _taken(member.exchanges),
    )


def _short(run: str) -> str:
    """What its name has beyond that of its population."""
    return run.rpartition(".")[2]


def _taken(exchanges: Sequence[PopulationExploited]) -> str:
    """The newest, and how many came before."""
    if not exchanges:
        return ""
    before = f" (+{len(exchanges) - 1})" if len(exchanges) > 1 else ""
    return f"{_short(exchanges[-1].from_run)} after {exchanges[-1].update}{before}"


def _shown(score: Score) -> tuple[str, str]:
    beaten, ante = score.reached.beaten, score.reached.ante
    return f"{beaten.mean:.2f} [{beaten.low:.2f}, {beaten.high:.2f}]", f"{ante.mean:.2f}"


def summary(population: Population) -> dict[str, Any]:
    """The same for machines; estimates come with the ends of their 95 % intervals."""
    return {
        "population": population.name,
        "generation": population.generation,
        "every": population.membership.every,
        "games": population.membership.games,
        "members": [_summary(member) for member in population.members],
    }


def _summary(member: Member) -> dict[str, Any]:
    return {
        "run": member.run,
        "update": member.update,
        "checkpoint": member.checkpoint,
        "hyperparameters": member.numbers,
        "score": _reached(member.score) if member.score is not None else None,
        "exchanges": [_exchange(taken) for taken in member.exchanges],
    }


def _reached(score: Score) -> dict[str, Any]:
    return {
        "checkpoint": score.what.checkpoint,
        "evaluation": score.what.evaluation_id,
        "blinds": _ends(score.reached.beaten),
        "ante": _ends(score.reached.ante),
        "won": _ends(score.reached.won),
    }


def _exchange(taken: PopulationExploited) -> dict[str, Any]:
    return {
        "generation": taken.generation,
        "update": taken.update,
        "from": taken.from_run,
        "checkpoint": taken.from_checkpoint,
        "scores": dict(sorted(taken.scores.items())),
    }


def _ends(told: Estimate) -> list[float]:
    return [told.mean, told.low, told.high]
