"""An evaluation as a stream of the log: what was played, what came of every game, the means.

Its id derives from what is played, so the same evaluation has one stream, whoever makes it.
All of it is appended at once: a stream that is there is whole.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from google.protobuf.message import Message
from numpy.typing import NDArray

from jimbot_stream.agents.checkpoint import canonical_json
from jimbot_stream.agents.evaluation.intervals import Interval, mean, share
from jimbot_stream.agents.evaluation.panel import Panel
from jimbot_stream.agents.evaluation.players import (
    BASELINES,
    NetworkPlayer,
    Player,
    SearchingPlayer,
)
from jimbot_stream.agents.evaluation.versions import version_of
from jimbot_stream.agents.machine import environment
from jimbot_stream.agents.rollouts.chunk import EPISODE
from jimbot_stream.agents.rollouts.lockstep import word_of
from jimbot_stream.balatro import RULES_VERSION
from jimbot_stream.contracts import (
    Estimate,
    EvaluationCompleted,
    EvaluationStarted,
    GameResult,
    GamesEvaluated,
)

CHUNK: Final = 128
"""Games of one GamesEvaluated."""
Results = NDArray[Any]
"""``chunk.EPISODE``[games], in the panel's order."""


class EvaluationError(ValueError):
    """A recorded evaluation cannot be used; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Subject:
    """Who plays: a checkpoint by its sha256, or a baseline by its name."""

    checkpoint: str = ""
    player: str = ""


def started(
    subject: Subject, panel: Panel, *, drawn: bool, rules_version: str = RULES_VERSION
) -> EvaluationStarted:
    """What is to be played, with the id that derives from it.

    A baseline draws or not as it is made; only a checkpoint is told.
    """
    draws = drawn and bool(subject.checkpoint)
    found = EvaluationStarted(
        checkpoint=subject.checkpoint,
        player=subject.player,
        panel=panel.number,
        purpose=panel.purpose,
        games=panel.games,
        deck=panel.deck,
        stake=panel.stake,
        win_ante=panel.win_ante,
        most_steps=panel.most_steps,
        drawn=draws,
        rules_version=rules_version,
        environment_json=canonical_json(environment()),
        player_version=version_of(subject.player, drawn=draws),
    )
    found.evaluation_id = id_of(found)
    return found


def id_of(what: EvaluationStarted) -> str:
    """The id, from every field that has a say in the games; not from the machine.

    A version that was not told has none: the first records told none.
    """
    told = {
        field.name: getattr(what, field.name)
        for field in what.DESCRIPTOR.fields
        if field.name not in ("evaluation_id", "environment_json", "player_version")
    }
    if what.player_version:
        told["player_version"] = what.player_version
    return hashlib.sha256(canonical_json(told).encode()).hexdigest()[:32]


def panel_of(what: EvaluationStarted) -> Panel:
    """The games that are played.

    Raises:
        ValueError: there is no such purpose.
    """
    return Panel(
        number=what.panel,
        games=what.games,
        deck=what.deck,
        stake=what.stake,
        win_ante=what.win_ante,
        most_steps=what.most_steps,
        purpose=what.purpose,
    )


def player_of(what: EvaluationStarted, blob: Callable[[str], bytes]) -> Player | SearchingPlayer:
    """Who plays them; blob gives the bytes of a checkpoint.

    Raises:
        BlobError: the checkpoint is not there.
        CheckpointError: its bytes cannot be used.
        ValueError: there is no such baseline, or both or neither is named.
    """
    if bool(what.checkpoint) == bool(what.player):
        raise ValueError("an evaluation is of either a checkpoint or a player")
    if what.player:
        if what.player not in BASELINES:
            raise ValueError(f"no player {what.player!r}: there are {', '.join(BASELINES)}")
        return BASELINES[what.player]()
    seed = word_of("evaluation", what.panel) if what.drawn else None
    return NetworkPlayer(blob(what.checkpoint), seed)


def digest(results: Results) -> str:
    """sha256 over results in their order, in hex."""
    return hashlib.sha256(results.tobytes()).hexdigest()


def facts(what: EvaluationStarted, results: Results) -> list[Message]:
    """The events of an evaluation, in order.

    Raises:
        ValueError: fewer than two games.
    """
    parts = [
        GamesEvaluated(
            evaluation_id=what.evaluation_id,
            first=at,
            results=[_told(game) for game in results[at : at + CHUNK]],
            digest=digest(results[at : at + CHUNK]),
        )
        for at in range(0, len(results), CHUNK)
    ]
    return [what, *parts, completed(what, results)]


def completed(what: EvaluationStarted, results: Results) -> EvaluationCompleted:
    """The end of an evaluation.

    Raises:
        ValueError: fewer than two games.
    """
    return EvaluationCompleted(
        evaluation_id=what.evaluation_id,
        games=len(results),
        digest=digest(results),
        ante=_estimate(mean(results["ante"])),
        beaten=_estimate(mean(results["beaten"])),
        won=_estimate(share(int(results["won"].sum()), len(results))),
    )


def results_of(parts: Sequence[GamesEvaluated]) -> Results:
    """The recorded results of all games, in the panel's order."""
    found = [_read(result) for part in parts for result in part.results]
    return np.array(found, dtype=EPISODE)


def _told(game: Any) -> GameResult:
    return GameResult(
        steps=int(game["steps"]),
        ante=int(game["ante"]),
        beaten=int(game["beaten"]),
        won=bool(game["won"]),
        best_score=float(game["best_score"]),
        over=bool(game["over"]),
    )


def _read(result: GameResult) -> tuple[int | float, ...]:
    return tuple(getattr(result, name) for name in EPISODE.names or ())


def _estimate(interval: Interval) -> Estimate:
    return Estimate(mean=interval.estimate, low=interval.low, high=interval.high)
