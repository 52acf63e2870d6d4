"""Recorded games as questions: every decision, and what came of it."""

from collections import Counter
from collections.abc import AsyncIterator, Collection, Iterator
from dataclasses import dataclass
from itertools import pairwise

from jimbot_stream.agents.feed import read_game
from jimbot_stream.agents.rewards import Reward
from jimbot_stream.agents.trajectory import FeedError, Game, last_state
from jimbot_stream.balatro import RULES_VERSION
from jimbot_stream.contracts import CheckpointSaved, DecisionMade, DecisionMode, EpisodeReference
from jimbot_stream.contracts.upcast import read_event
from jimbot_stream.decision.decide import mask_digest, observation_digest
from jimbot_stream.decision.record import observe
from jimbot_stream.eventlog import LogReader
from jimbot_stream.eventlog.naming import GAME, game_stream, identifier
from jimbot_stream.replay.whatif.players import BY_POLICY, Asked


@dataclass(frozen=True, slots=True)
class Played:
    """One recorded decision: the question, and what came of it."""

    asked: Asked
    revision: int
    """Of the DecisionMade."""
    reward: float
    """Up to the next decision, or the end."""
    obeyed: bool
    """The player did what was decided."""

    @property
    def address(self) -> str:
        """Where the decision stands."""
        return f"{self.revision}@{game_stream(self.asked.game)}"

    @property
    def by_policy(self) -> bool:
        """Whether a checkpoint decided."""
        return self.asked.made.decided_by in BY_POLICY

    @property
    def log_chance(self) -> float | None:
        """Log of the probability with which it was carried out; None where nobody knows.

        0 where it was certain: of the most probable action, and of a rule's.
        """
        if not self.obeyed:
            return None
        drawn = self.by_policy and self.asked.made.mode != DecisionMode.DECISION_MODE_GREEDY
        return self.asked.made.log_prob if drawn else 0.0


@dataclass(slots=True)
class Wanted:
    """Which games are looked at."""

    games: Collection[str] = ()
    """None: all of the log."""
    runs: Collection[str] = ()
    """Only games in which a checkpoint of these runs decided; none: all."""
    limit: int | None = None
    """No further game is begun after so many decisions."""


async def streams_of(log: LogReader, wanted: Wanted) -> dict[str, int]:
    """Decisions by stream of the games that are wanted, in the order in which they began.

    Raises:
        ValueError: no such game, or no game with a decision of such a run.
    """
    saved = await _saved_by(log, wanted.runs) if wanted.runs else None
    names = {game_stream(game) for game in wanted.games}
    found: dict[str, int] = {}
    chosen: set[str] = set()
    async for event in log.read_all(types=["GameStarted", "DecisionMade"]):
        if not event.stream.startswith(GAME) or (names and event.stream not in names):
            continue
        found.setdefault(event.stream, 0)
        if event.type == "DecisionMade":
            found[event.stream] += 1
            if saved is not None and read_event(DecisionMade, event).checkpoint in saved:
                chosen.add(event.stream)
    absent = sorted(names - found.keys())
    if absent:
        raise ValueError(f"no stream {absent[0]} in the log: jimbot-store read tells what there is")
    if saved is not None and not chosen:
        raise ValueError(f"no game in the log was decided by a run named {', '.join(wanted.runs)}")
    return {name: n for name, n in found.items() if n and (saved is None or name in chosen)}


async def _saved_by(log: LogReader, runs: Collection[str]) -> set[str]:
    saved: set[str] = set()
    async for event in log.read_all(types=["CheckpointSaved"]):
        message = read_event(CheckpointSaved, event)
        if message.run_id in runs:
            saved.add(message.checkpoint)
    return saved


async def games_of(
    log: LogReader, streams: Collection[str], skipped: Counter[str]
) -> AsyncIterator[tuple[Game, dict[str, int]]]:
    """Games as recorded so far, with the revision of each decision by its request.

    Those that cannot be read are counted in skipped, by reason.
    """
    for stream in streams:
        revisions: dict[str, int] = {}
        last = -1
        async for event in log.read_stream(stream):
            last = event.revision
            if event.type == "DecisionMade":
                revisions[read_event(DecisionMade, event).request_id] = event.revision
        reference = EpisodeReference(game_id=identifier(stream), last_revision=last)
        try:
            yield await read_game(log, reference), revisions
        except FeedError:
            skipped["events are missing, or cannot be read"] += 1


def played(game: Game, revisions: dict[str, int], reward: Reward) -> list[Played]:
    """The decisions of a game, finished or not.

    Raises:
        FeedError: they do not follow its states, or a state leads to another observation.
    """
    if not all(made.state_revision in game.states for made in game.made):
        raise FeedError("decisions do not follow states")
    return [
        Played(asked, revisions[asked.made.request_id], paid, _obeyed(game, asked.made))
        for asked, paid in zip(_asked(game), _rewards(game, reward), strict=True)
    ]


def _rewards(game: Game, reward: Reward) -> list[float]:
    states = [game.states[made.state_revision] for made in game.made]
    return [reward(*pair) for pair in pairwise([*states, last_state(game)])]


def _asked(game: Game) -> Iterator[Asked]:
    for made in game.made:
        state = game.states[made.state_revision]
        if made.rules_version != RULES_VERSION:
            raise FeedError(f"decided under the rules {made.rules_version}")
        seen = observe(state, made.legal)
        if (observation_digest(seen), mask_digest(seen)) != (
            made.observation_digest,
            made.mask_digest,
        ):
            raise FeedError("a state leads to another observation than the one decided on")
        yield Asked(game.name, state, seen, made)


def _obeyed(game: Game, made: DecisionMade) -> bool:
    applied = game.applied.get(made.request_id)
    return applied is not None and applied.action == made.action
