"""Which games a run plays: names and seeds, all derived from the seed of the run."""

from dataclasses import dataclass

from jimbot_stream.balatro import engine


@dataclass(frozen=True, slots=True)
class GamePlan:
    """A game that is to be played."""

    game_id: str
    seed: str
    """Seed as typed by a player."""
    run_seed: int
    generation: int
    """Number of the learner update whose checkpoint decides, from 0."""


def run_id(run_seed: int) -> str:
    """Name of the training run; a pure function, so that two runs of one seed can be compared."""
    return f"run{run_seed}"


def game_id(run_seed: int, index: int) -> str:
    """Name of the game at index of the run."""
    return f"{run_id(run_seed)}-{index:05d}"


def generations(run_seed: int, games: int, per_generation: int) -> list[list[GamePlan]]:
    """All games of a run, by generation; the last generation may be short.

    Raises:
        ValueError: a number is not positive.
    """
    if games < 1 or per_generation < 1:
        raise ValueError("a run needs at least one game, and so does a generation")
    plans = [
        GamePlan(
            game_id(run_seed, index),
            engine.seed_of(run_seed, index),
            run_seed,
            index // per_generation,
        )
        for index in range(games)
    ]
    return [plans[at : at + per_generation] for at in range(0, games, per_generation)]
