"""What was seen so far: the numbers behind the progress line, the page and the summary."""

import hashlib
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from jimbot_stream.balatro import wire
from jimbot_stream.play.desk import Answer
from jimbot_stream.play.plan import GamePlan


@dataclass(frozen=True, slots=True)
class GameResult:
    """How a game went."""

    plan: GamePlan
    checkpoint: str
    won: bool
    ante: int
    round: int
    best_score: float
    """Best score of one round."""
    decisions: int


@dataclass(frozen=True, slots=True)
class Latency:
    """Percentiles in milliseconds; None where nothing was measured."""

    p50_ms: float | None
    p95_ms: float | None

    @classmethod
    def of(cls, seconds: list[float]) -> "Latency":
        """Percentiles of a list of durations."""
        if not seconds:
            return cls(None, None)
        p50, p95 = np.percentile(np.asarray(seconds), (50, 95)) * 1000
        return cls(round(float(p50), 2), round(float(p95), 2))


@dataclass(frozen=True, slots=True)
class Generation:
    """The games that one checkpoint decided."""

    number: int
    checkpoint: str
    games: int
    won: int
    mean_score: float
    mean_ante: float
    mean_round: float
    decisions: int


@dataclass
class Tally:
    """Counts as games go on; belongs to one event loop."""

    games_planned: int
    updates_planned: int = 0
    stage: str = "starting"
    """What is going on, in words."""
    updates: int = 0
    """Checkpoints announced by the learner, without the untrained one."""
    refused: int = 0
    """Updates whose checkpoint was worse than the one before."""
    failed: int = 0
    """Updates that made no checkpoint."""
    results: list[GameResult] = field(default_factory=list)
    _actions: dict[tuple[str, int], int] = field(default_factory=dict)
    _took_s: list[float] = field(default_factory=list)
    _hop_s: list[float] = field(default_factory=list)
    decide: Latency = Latency(None, None)
    """One decision, as the worker measures it: observation, policy, choice."""
    append: Latency = Latency(None, None)
    """One append to the event log, as the worker measures it."""

    def decision(self, plan: GamePlan, number: int, answer: Answer) -> None:
        """Count a decision."""
        self._actions[plan.game_id, number] = wire.canonical(answer.reply.action)
        self._took_s.append(answer.took_s)
        self._hop_s.append(answer.hop_s)

    def game(self, result: GameResult) -> None:
        """Count a finished game."""
        self.results.append(result)

    @property
    def decisions(self) -> int:
        """Decisions so far."""
        return len(self._actions)

    @property
    def round_trip(self) -> Latency:
        """From handing in a request to reading its reply."""
        return Latency.of(self._took_s)

    @property
    def bus(self) -> Latency:
        """One hop over the bus: from the worker's making a reply to the player's reading it."""
        return Latency.of(self._hop_s)

    def digest(self) -> str:
        """sha256 over (game id, decision number, canonical action) of all decisions, sorted."""
        lines = (f"{game} {n} {action}\n" for (game, n), action in sorted(self._actions.items()))
        return hashlib.sha256("".join(lines).encode()).hexdigest()

    def generations(self) -> list[Generation]:
        """The finished games by generation."""
        groups: dict[int, list[GameResult]] = defaultdict(list)
        for result in self.results:
            groups[result.plan.generation].append(result)
        return [_generation(number, groups[number]) for number in sorted(groups)]

    def numbers(self) -> dict[str, Any]:
        """Everything, for JSON."""
        return {
            "stage": self.stage,
            "games": len(self.results),
            "games_planned": self.games_planned,
            "won": sum(result.won for result in self.results),
            "decisions": self.decisions,
            "updates": self.updates,
            "updates_planned": self.updates_planned,
            "updates_refused": self.refused,
            "updates_failed": self.failed,
            "round_trip_ms": _percentiles(self.round_trip),
            "bus_ms": _percentiles(self.bus),
            "decide_ms": _percentiles(self.decide),
            "append_ms": _percentiles(self.append),
            "generations": [
                {
                    "generation": row.number,
                    "checkpoint": row.checkpoint,
                    "games": row.games,
                    "won": row.won,
                    "mean_score": round(row.mean_score, 1),
                    "mean_ante": round(row.mean_ante, 3),
                    "mean_round": round(row.mean_round, 3),
                    "decisions": row.decisions,
                }
                for row in self.generations()
            ],
        }


def _percentiles(latency: Latency) -> dict[str, float | None]:
    return {"p50": latency.p50_ms, "p95": latency.p95_ms}


def _generation(number: int, results: list[GameResult]) -> Generation:
    results = sorted(results, key=lambda result: result.plan.game_id)  # sums of floats: one order
    count = len(results)
    return Generation(
        number=number,
        checkpoint=results[0].checkpoint,
        games=count,
        won=sum(result.won for result in results),
        mean_score=sum(result.best_score for result in results) / count,
        mean_ante=sum(result.ante for result in results) / count,
        mean_round=sum(result.round for result in results) / count,
        decisions=sum(result.decisions for result in results),
    )
