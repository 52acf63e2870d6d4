"""How fast the rules are, on one core: whole games through the VectorEnv, and parts of it.

Play is random among legal actions. The late-game mix has five jokers, an enhanced deck and
high levels at ante 5, so that shops, packs and consumables come in; a game that ends goes
back to where it began. The reference is the very same source as plain Python, in a process
of its own with ``NUMBA_DISABLE_JIT=1``.
"""

import os
import subprocess
import sys
from pathlib import Path
from time import perf_counter
from typing import Any

import click
import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # scripts find each other

from bench import figures

from jimbot_stream.balatro.engine import new_run, seed_of
from jimbot_stream.balatro.envs.games import Games
from jimbot_stream.balatro.envs.vector import BalatroVectorEnv
from jimbot_stream.balatro.kernels import candidates, items
from jimbot_stream.balatro.state import ITEM, STATE, Kind, Phase, blank, plain
from jimbot_stream.balatro.tables.jokers import JOKERS

ENVS = 1024
CHUNK = 32
"""States that are encoded by one call."""
LATE_JOKERS = 5
LATE_ANTE = 5
LATE_LEVEL = 25
LATE_DOLLARS = 60
SEED = 7
PLAIN = "--plain"


def generator(key: int) -> np.random.Generator:
    """Numbers of a key."""
    return np.random.Generator(np.random.Philox(key=key))


def random_play(env: BalatroVectorEnv, rounds: int) -> dict[str, float]:
    """Step all games so many times, each by a random legal action."""
    games, ended = env.games, 0
    env.reset(seed=SEED)
    for number in range(rounds // 10 + 1):
        env.step(games.choose(SEED, number))
    begun = perf_counter()
    for number in range(rounds):
        *_, terminated, _, _ = env.step(games.choose(SEED + 1, number))
        ended += int(terminated.sum())
    seconds = perf_counter() - begun
    return {"steps": rounds * env.num_envs / seconds, "games": ended / seconds}


def make_late(games: Games) -> None:
    """Give every game what a run of ante 5 has."""
    numbers = generator(SEED)
    for index in range(len(games)):
        s: Any = games.states[index]
        for number in numbers.choice(len(JOKERS), LATE_JOKERS, replace=False).tolist():
            item: Any = blank(ITEM)[0]
            item["kind"], item["id"] = Kind.JOKER, number + 1
            item["value"], item["counter"] = JOKERS[number].value, JOKERS[number].counter
            items.gain_joker(s, item)
        count = int(s.card_count)
        s.cards["enhancement"][:count] = numbers.integers(0, 9, count) * numbers.integers(
            0, 2, count
        )
        s.cards["seal"][:count] = numbers.integers(0, 5, count) * (numbers.random(count) < 0.2)
        s.level[:] = LATE_LEVEL
        s.ante, s.money = LATE_ANTE, LATE_DOLLARS


def late_play(games: Games, rounds: int) -> tuple[float, dict[str, float]]:
    """Steps a second of the late-game mix, and where its steps were taken."""
    games.seed(range(len(games)))
    games.begin(np.ones(len(games), dtype=np.bool_))
    make_late(games)
    states, rngs = games.states.copy(), games.rngs.copy()
    phases = np.zeros(max(Phase) + 1, dtype=np.int64)
    step_late(games, rounds // 4 + 20, states, rngs, phases)
    phases[:] = 0
    begun = perf_counter()
    step_late(games, rounds, states, rngs, phases)
    steps = rounds * len(games)
    shares = {phase.name.lower(): phases[phase] / steps for phase in Phase if phases[phase]}
    return steps / (perf_counter() - begun), shares


def step_late(games: Games, rounds: int, states: Any, rngs: Any, phases: NDArray[np.int64]) -> None:
    """Random steps; games that are over go back to the states given."""
    told = plain(games.states, STATE)["phase"]
    for number in range(rounds):
        phases += np.bincount(told, minlength=len(phases))
        games.step(games.choose(SEED, number))
        for index in np.flatnonzero(games.terminated):
            games.states[index], games.rngs[index] = states[index], rngs[index]
            games.carry["ended"][index] = 0
            games.observe(int(index))


def candidate_states(games: Games, seconds: float) -> dict[str, float]:
    """States a second that become features and candidates."""
    features = np.zeros((CHUNK, candidates.FEATURES), dtype=np.float32)
    listed = np.zeros((CHUNK, candidates.CAPACITY), dtype=np.int64)
    shape = (CHUNK, candidates.CAPACITY, candidates.CANDIDATE_FEATURES)
    rows, counts = np.zeros(shape, dtype=np.float32), np.zeros(CHUNK, dtype=np.int64)
    told = np.asarray(plain(games.states, STATE)["phase"])
    pools = {"all": games.states, "hands": games.states[told == Phase.SELECTING_HAND]}
    rates = {}
    for name, pool in pools.items():
        chunks = [pool[at : at + CHUNK] for at in range(0, len(pool) - CHUNK + 1, CHUNK)]
        candidates.encode_all(chunks[0], games.works, features, listed, rows, counts)
        done, begun = 0, perf_counter()
        while perf_counter() - begun < seconds:
            for chunk in chunks:
                candidates.encode_all(chunk, games.works, features, listed, rows, counts)
            done += CHUNK * len(chunks)
        rates[name] = done / (perf_counter() - begun)
    return rates


def reset_us(games: Games, times: int) -> float:
    """Microseconds to begin a game and observe it."""
    chosen = np.ones(len(games), dtype=np.bool_)
    games.begin(chosen)
    begun = perf_counter()
    for _ in range(times):
        games.carry["episode"] += 1
        games.begin(chosen)
    return 1e6 * (perf_counter() - begun) / (times * len(games))


def step_us(count: int) -> float:
    """Microseconds of a step through the facade, over whole random games."""
    numbers, spent, steps = generator(SEED), 0.0, 0
    for number in range(-1, count):
        run = new_run(seed_of(SEED, number))
        if number == 0:  # before it, the kernels were loaded
            spent, steps = 0.0, 0
        while not run.over:
            index = int(numbers.choice(np.flatnonzero(run.legal())))
            begun = perf_counter()
            run.step_index(index)
            spent += perf_counter() - begun
            steps += 1
    return 1e6 * spent / steps


def plain_steps(rounds: int) -> float:
    """Steps a second of the same source as plain Python."""
    command = [sys.executable, str(Path(__file__)), PLAIN, str(rounds)]
    environment = {**os.environ, "NUMBA_DISABLE_JIT": "1"}
    told = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    return float(told.stdout)


def memory(games: Games) -> int:
    """Bytes of one game in a batch: records, features and mask."""
    arrays = (games.states, games.rngs, games.works, games.carry, games.features, games.rows)
    return sum(array.nbytes for array in arrays) // len(games)


@click.command()
@figures.options
@click.option(PLAIN, "plain_rounds", type=int, hidden=True)
def main(quick: bool, json_file: Path | None, plain_rounds: int | None) -> None:
    """Print the table."""
    if plain_rounds is not None:
        print(random_play(BalatroVectorEnv(2, copy=False), plain_rounds)["steps"])
        return
    rounds = 60 if quick else 600
    played = random_play(BalatroVectorEnv(ENVS, copy=False), rounds)
    late = Games(ENVS)
    late_steps, phases = late_play(late, rounds // 2)
    views = candidate_states(late, 0.5 if quick else 4.0)
    reference = plain_steps(100 if quick else 400)
    told = {
        "vector_steps_per_s": round(played["steps"]),
        "late_game_steps_per_s": round(late_steps),
        "candidate_states_per_s": round(float(views["all"])),
        "candidate_hands_per_s": round(float(views["hands"])),
        "games_per_s": round(played["games"]),
        "reset_us": round(float(reset_us(Games(ENVS), 5 if quick else 50)), 2),
        "step_us": round(float(step_us(20 if quick else 200)), 2),
        "bytes_per_game": memory(late),
        "plain_steps_per_s": round(reference),
        "times_plain": round(played["steps"] / reference),
        "late_game_phases": {name: round(float(share), 3) for name, share in phases.items()},
    }
    rows = [(name, value) for name, value in told.items() if not isinstance(value, dict)]
    figures.show(f"The rules on one core, {ENVS} games at once", ("figure", "value"), rows)
    figures.show("Where the late-game mix steps", ("phase", "share"), [*phases.items()])
    figures.finish(told, json_file)


if __name__ == "__main__":
    main()
