"""What belongs to a selection: the streams without which it could not be verified.

The rule, applied until nothing is added:

* the streams that were asked for, whole;
* with whatever names a checkpoint that decided, played, was begun from or was in service: the
  checkpoint's own stream, and the runs that saved it;
* with a run: the games that its updates learned from, would have learned from or left out, the
  streams of its checkpoints and every evaluation of them, the other members of its population, and
  what it names otherwise;
* what was in service, where it names a run or a checkpoint that is taken;
* always: the seals of the log.

Without origins, only games and evaluations are taken that were asked for, and the weights that
played: they can be repeated, and nobody learns how those weights were made.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from jimbot_stream.agents.population.membership import population_of
from jimbot_stream.eventlog import LogReader, RecordedEvent
from jimbot_stream.eventlog.naming import (
    CHECKPOINT,
    EVALUATION,
    GAME,
    RUN,
    SEALS,
    SERVICE,
    identifier,
)
from jimbot_stream.replay.bundling.references import (
    LINKING,
    checkpoints_told,
    evaluations_told,
    games_told,
    runs_told,
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was asked for; nothing named: everything."""

    games: Sequence[str] = ()
    runs: Sequence[str] = ()
    checkpoints: Sequence[str] = ()
    """Each as sha256 in hex."""
    evaluations: Sequence[str] = ()
    origins: bool = True
    """False: leave out where weights come from; makes sense for games and evaluations."""

    @property
    def is_everything(self) -> bool:
        """Nothing is named."""
        return not any((self.games, self.runs, self.checkpoints, self.evaluations))

    @property
    def streams(self) -> list[str]:
        """The streams that are asked for by name."""
        return [
            *(GAME + name for name in self.games),
            *(RUN + name for name in self.runs),
            *(EVALUATION + name for name in self.evaluations),
        ]


@dataclass(slots=True)
class Links:
    """Which streams refer to which, as one pass over the log finds it."""

    of: dict[str, set[str]] = field(default_factory=dict)
    """Streams named by a stream, whether they are there or not."""
    uses: dict[str, set[str]] = field(default_factory=dict)
    """Checkpoints named by a stream."""
    saved_by: dict[str, set[str]] = field(default_factory=dict)
    """Streams of runs that saved a checkpoint, and its own stream."""
    evaluated: dict[str, set[str]] = field(default_factory=dict)
    """Streams of evaluations of a checkpoint."""
    populations: dict[str, set[str]] = field(default_factory=dict)
    """Streams of the runs of a population."""
    made: dict[str, set[str]] = field(default_factory=dict)
    """Checkpoints that a run saved."""

    def take(self, event: RecordedEvent) -> None:
        """Take what an event of a type of LINKING says."""
        stream, used = event.stream, checkpoints_told(event)
        if stream.startswith((GAME, EVALUATION, RUN, CHECKPOINT, SERVICE)):
            self.uses.setdefault(stream, set()).update(used)
        if stream.startswith(EVALUATION):
            for checkpoint in used:
                self.evaluated.setdefault(checkpoint, set()).add(stream)
        if stream.startswith((RUN, CHECKPOINT)) and event.type == "CheckpointSaved":
            for checkpoint in used:
                self.saved_by.setdefault(checkpoint, set()).add(stream)
        if stream.startswith((RUN, SERVICE, CHECKPOINT)):
            named = self.of.setdefault(stream, set())
            named.update(RUN + name for name in runs_told(event))
            named.update(EVALUATION + name for name in evaluations_told(event))
            named.update(GAME + name for name in games_told(event))
        if stream.startswith(RUN):
            self._take_run(event, used)

    def _take_run(self, event: RecordedEvent, used: set[str]) -> None:
        population = population_of(identifier(event.stream))
        if population:
            self.populations.setdefault(population, set()).add(event.stream)
        if event.type == "CheckpointSaved":
            self.made.setdefault(event.stream, set()).update(used)

    def next_to(self, stream: str) -> Iterator[str]:
        """Streams that belong to a stream."""
        for checkpoint in self.uses.get(stream, ()):
            yield from self.saved_by.get(checkpoint, ())
        yield from self.of.get(stream, ())
        if not stream.startswith(RUN):
            return
        yield from self.populations.get(population_of(identifier(stream)), ())
        for checkpoint in self.made.get(stream, ()):
            yield from self.evaluated.get(checkpoint, ())

    def serves(self, streams: Iterable[str]) -> bool:
        """Whether what was in service names one of these runs, or a checkpoint of one."""
        runs = {stream for stream in streams if stream.startswith(RUN)}
        made = set().union(*(self.made.get(run, set()) for run in runs))
        return bool(runs & self.of.get(SERVICE, set()) or made & self.uses.get(SERVICE, set()))


async def links(log: LogReader, end: int) -> Links:
    """Read the log once, up to a position, but for states and actions."""
    found = Links()
    async for event in log.read_all(types=LINKING):
        if event.position > end:
            break
        found.take(event)
    return found


def closed(found: Links, wanted: Wanted) -> set[str]:
    """Names of all streams that belong to a selection; some may not be there.

    Raises:
        KeyError: a checkpoint is asked for that nothing saved; the key names it.
    """
    if not wanted.origins:
        return {SEALS, *wanted.streams}
    waiting = list(wanted.streams)
    for checkpoint in wanted.checkpoints:
        waiting += sorted(found.saved_by[checkpoint])
    taken = {SEALS}
    while waiting:
        stream = waiting.pop()
        if stream not in taken:
            taken.add(stream)
            waiting += found.next_to(stream)
        if not waiting and SERVICE not in taken and found.serves(taken):
            waiting.append(SERVICE)
    return taken
