"""What an update learns from, read back from the event log; nothing travels beside it."""

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass

import orjson

from jimbot_stream.agents.batch import Batch
from jimbot_stream.agents.ppo.config import UpdateConfig
from jimbot_stream.agents.rewards import reward_named
from jimbot_stream.agents.trajectory import (
    CutShortError,
    FeedError,
    Game,
    HoleError,
    batch_of,
    trajectory,
)
from jimbot_stream.contracts import (
    ActionApplied,
    DecisionMade,
    EpisodeReference,
    GameEnded,
    StateObserved,
)
from jimbot_stream.contracts.json_codec import ShapeError
from jimbot_stream.contracts.upcast import UnknownSchemaError, read_event
from jimbot_stream.eventlog import LogReader, RecordedEvent, StreamNotFoundError
from jimbot_stream.eventlog.naming import game_stream


async def read_batch(
    log: LogReader, episodes: Sequence[EpisodeReference], config: UpdateConfig
) -> Batch:
    """The decisions of the episodes, in the given order, as an update takes them.

    Raises:
        FeedError: a game has a hole, or its record contradicts itself.
        StreamNotFoundError: a game is not in the log.
    """
    reward = reward_named(config.reward)
    games = [await read_game(log, episode) for episode in episodes]
    return batch_of([trajectory(game, reward) for game in games])


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A game that cannot be learned from."""

    episode: EpisodeReference
    cause: str
    """"incomplete", "cut-short" or "contradictory"."""
    reason: str


async def unsound(
    log: LogReader, episodes: Sequence[EpisodeReference], reward_name: str
) -> list[LeftOut]:
    """Which of the episodes cannot be learned from, and why."""
    reward = reward_named(reward_name)

    def follow(game: Game) -> None:
        steps = trajectory(game, reward)
        if steps:
            batch_of([steps])

    return await left_out(log, episodes, follow)


async def left_out(
    log: LogReader, episodes: Sequence[EpisodeReference], check: Callable[[Game], object]
) -> list[LeftOut]:
    """Which of the episodes are not in the log, or not to be learned from, as check says."""
    found = [await _fault_of(log, episode, check) for episode in episodes]
    return [fault for fault in found if fault is not None]


async def _fault_of(
    log: LogReader, episode: EpisodeReference, check: Callable[[Game], object]
) -> LeftOut | None:
    try:
        check(await read_game(log, episode))
    except StreamNotFoundError:
        return LeftOut(episode, "incomplete", f"game {episode.game_id} is not in the log")
    except HoleError as error:
        return LeftOut(episode, "incomplete", str(error))
    except CutShortError as error:
        return LeftOut(episode, "cut-short", str(error))
    except ValueError as error:
        return LeftOut(episode, "contradictory", str(error))
    return None


async def read_game(log: LogReader, episode: EpisodeReference) -> Game:
    """One game as recorded, up to the revision given.

    Raises:
        FeedError: an event is missing or unreadable.
        StreamNotFoundError: the game is not in the log.
    """
    game = Game(episode.game_id)
    async for event in _events(log, episode):
        try:
            _take(game, event)
        except (ShapeError, UnknownSchemaError) as error:
            raise FeedError(f"{event.revision}@{event.stream}: {error}") from None
    return game


async def _events(log: LogReader, episode: EpisodeReference) -> AsyncIterator[RecordedEvent]:
    revision = -1
    async for event in log.read_stream(game_stream(episode.game_id), from_revision=0):
        if event.revision != revision + 1:
            break
        revision = event.revision
        if revision <= episode.last_revision:
            yield event
        if revision >= episode.last_revision:
            return
    raise HoleError(
        f"game {episode.game_id}: event {revision + 1} is missing,"
        f" {episode.last_revision} is the last one used"
    )


def _take(game: Game, event: RecordedEvent) -> None:
    match event.type:
        case "StateObserved":
            game.states[event.revision] = read_event(StateObserved, event).state
            number = sequence_of(event)
            if number is not None:
                game.numbers[number] = event.revision
        case "DecisionMade":
            game.made.append(read_event(DecisionMade, event))
        case "ActionApplied":
            applied = read_event(ActionApplied, event)
            game.applied[applied.request_id] = game.carried[event.revision] = applied
        case "GameEnded":
            game.ended = read_event(GameEnded, event)


def sequence_of(event: RecordedEvent) -> int | None:
    """Number of an event within its game, as its producer counts; None where nobody told."""
    told = orjson.loads(event.metadata or b"{}").get("sequence")
    return None if told is None else int(told)
