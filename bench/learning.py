"""What the policy learns: generations of games, an update after each, beside two baselines.

No bus and no log: the engine, ``decide`` and ``apply_update``, as the worker, the players
and the learner use them. The figures are a function of the seeds; times are not.
"""

import resource
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import fmean
from time import process_time
from typing import Any

import click
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # scripts find each other

from bench import figures

from jimbot_stream.agents.checkpoint import untrained
from jimbot_stream.agents.policy import load_policy
from jimbot_stream.agents.ppo.config import UpdateConfig, shuffle_seed
from jimbot_stream.agents.rewards import reward_named
from jimbot_stream.agents.trajectory import Game, batch_of, trajectory
from jimbot_stream.agents.update import apply_update
from jimbot_stream.balatro import wire
from jimbot_stream.balatro.engine import new_run
from jimbot_stream.clock import SystemClock
from jimbot_stream.contracts import (
    ActionApplied,
    DecisionMode,
    DecisionRequest,
    GameEnded,
    GameState,
)
from jimbot_stream.decision import Evaluation, Observation, Policy
from jimbot_stream.decision.decide import Decision, decide
from jimbot_stream.decision.heuristic import decide_by_rule
from jimbot_stream.decision.record import decision_made, observe
from jimbot_stream.decision.sampling import DecisionSeed
from jimbot_stream.play.plan import GamePlan, generations

CLOCK = SystemClock()
SAMPLE = DecisionMode.DECISION_MODE_SAMPLE
Chooser = Callable[[Observation, DecisionSeed], Decision]


@dataclass(frozen=True, slots=True)
class Standing:
    """How the games of one generation went."""

    score: float
    """Mean over the games of the best round of each, as the summary of a run tells it."""
    ante: float
    rounds: float
    won: float
    """Share of the games."""
    decisions: int


class Uniform:
    """Every legal action is as likely as any other."""

    checkpoint = "uniform"
    compute_class = "uniform"

    def evaluate(self, observation: Observation) -> Evaluation:
        """Nothing is preferred."""
        return Evaluation(np.zeros(wire.CAPACITY, dtype=np.float32), 0.0)


def sampling(policy: Policy) -> Chooser:
    """Decide as the policy says."""
    return lambda observation, seed: decide(observation, policy, seed, SAMPLE)


def by_rule(observation: Observation, seed: DecisionSeed) -> Decision:
    """Decide as the heuristic says."""
    return decide_by_rule(observation, seed, SAMPLE)


def play(plan: GamePlan, choose: Chooser) -> Game:
    """One game to its end, as a log would hold it."""
    run = new_run(plan.seed, win_ante=3)
    game = Game(plan.game_id)
    while not run.over:
        revision = 2 * len(game.made)
        state = game.states[revision] = wire.state_message(run)
        seed = DecisionSeed(plan.run_seed, plan.game_id, len(game.made))
        request = _request(plan, state, len(game.made))
        decision = choose(observe(state), seed)
        made = decision_made(request, plan.game_id, revision, "", decision)
        game.made.append(made)
        wire.step_message(run, made.action)
        game.applied[made.request_id] = ActionApplied(action=made.action)
    last = game.states[2 * len(game.made)] = wire.state_message(run)
    game.ended = GameEnded(won=last.won, ante=last.ante, round=last.round)
    return game


def _request(plan: GamePlan, state: GameState, number: int) -> DecisionRequest:
    return DecisionRequest(
        request_id=f"{plan.game_id}/{number}",
        state=state,
        run_seed=plan.run_seed,
        decision_number=number,
    )


def standing(games: Sequence[Game]) -> Standing:
    """The games in figures."""
    ends = [game.ended or GameEnded() for game in games]
    return Standing(
        score=fmean(max(_best(state) for state in game.states.values()) for game in games),
        ante=fmean(end.ante for end in ends),
        rounds=fmean(end.round for end in ends),
        won=fmean(end.won for end in ends),
        decisions=sum(len(game.made) for game in games),
    )


def _best(state: GameState) -> float:
    return max(state.chips, state.best_score)


def learn(seed: int, plans: Sequence[Sequence[GamePlan]], config: UpdateConfig) -> list[Any]:
    """Play the generations with one update between each; a row for every generation."""
    checkpoint, rows = untrained(seed), []
    for number, generation in enumerate(plans):
        policy = sampling(load_policy(checkpoint))
        games = [play(plan, policy) for plan in generation]
        row = {"seed": seed, "playing": f"after {number} updates", **asdict(standing(games))}
        if number + 1 < len(plans):
            started, busy = CLOCK.monotonic(), process_time()
            reward = reward_named(config.reward)
            batch = batch_of([trajectory(game, reward) for game in games])
            update = apply_update(checkpoint, batch, config, shuffle_seed(seed, number + 1))
            checkpoint = update.checkpoint
            row |= {"update_s": CLOCK.monotonic() - started, **update.metrics}
            row["update_cpu_s"] = process_time() - busy
        rows.append(row)
    return rows


def baselines(seed: int, plans: Sequence[Sequence[GamePlan]]) -> list[Any]:
    """The same games, played without learning."""
    games = [plan for generation in plans for plan in generation]
    return [
        {"seed": seed, "playing": name, **asdict(standing([play(plan, choose) for plan in games]))}
        for name, choose in (("random", sampling(Uniform())), ("heuristic", by_rule))
    ]


def peak_rss_mib() -> float:
    """Most memory that this process ever held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


@click.command()
@figures.options
@click.option("--seed", "seeds", type=int, multiple=True, default=(7, 8, 9), show_default=True)
@click.option("--games", default=60, show_default=True, help="Games of a generation.")
@click.option("--updates", default=4, show_default=True)
def main(
    quick: bool, json_file: Path | None, seeds: tuple[int, ...], games: int, updates: int
) -> None:
    """Print the games' figures after each update, and those of the baselines."""
    config = UpdateConfig()
    rows: list[dict[str, Any]] = []
    for seed in seeds[:1] if quick else seeds:
        plans = generations(seed, games * (updates + 1), games)
        rows += baselines(seed, plans) + learn(seed, plans, config)
    columns = (
        "seed",
        "playing",
        "score",
        "ante",
        "rounds",
        "won",
        "update_s",
        "update_cpu_s",
        "kl",
    )
    table = [[row.get(name) for name in columns] for row in rows]
    figures.show(f"{games} games a generation", columns, table)
    print(f"peak memory {peak_rss_mib():,.0f} MiB")
    figures.finish(
        {"config": asdict(config), "rows": rows, "peak_rss_mib": peak_rss_mib()}, json_file
    )


if __name__ == "__main__":
    main()
