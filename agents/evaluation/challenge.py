"""A recorded game of a person beside the same game of the baselines: ``jimbot-learn challenge``."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import click
import numpy as np
from rich.console import Console
from rich.progress import track
from rich.table import Table

from jimbot_stream.agents.evaluation.players import BASELINES, Player, SearchingPlayer
from jimbot_stream.agents.machine import one_thread
from jimbot_stream.balatro import wire
from jimbot_stream.balatro.engine import Run
from jimbot_stream.balatro.kernels import candidates
from jimbot_stream.balatro.kernels.working import works
from jimbot_stream.balatro.playing import load

MOST_DECISIONS: Final = 4096
"""Of a player, who then gives up: some can go on moving cards for ever."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How far a run came."""

    ante: int
    round: int
    best_score: float
    """Best score of one round."""
    over: bool
    won: bool
    decisions: int


def play_on(run: Run, player: Player | SearchingPlayer) -> int:
    """Let a player play a run to its end; how many decisions it took."""
    work = works()
    features = np.zeros((1, candidates.FEATURES), dtype=np.float32)
    listed = np.zeros(candidates.CAPACITY, dtype=np.int64)
    shape = (candidates.CAPACITY, candidates.CANDIDATE_FEATURES)
    rows = np.zeros(shape, dtype=np.float32)
    for number in range(MOST_DECISIONS):
        if run.over:
            return number
        count = candidates.encode(run.states, work, 0, features[0], listed, rows)
        told, ends = rows[:count], np.array([count])
        if isinstance(player, SearchingPlayer):
            wanted = np.ones(1, dtype=np.bool_)
            chosen = player.choose_in(run.states, listed[:count], told, ends, wanted, number)
        else:
            chosen = player.choose(features, told, ends, number)
        run.step(int(listed[chosen[0]]))
    return MOST_DECISIONS


def outcome(run: Run, decisions: int) -> Outcome:
    """How far it came."""
    told = wire.state_message(run)
    best = max(told.best_score, told.chips)
    return Outcome(told.ante, told.round, best, run.over, run.won, decisions)


def challenge(record: Path, players: Sequence[str]) -> None:
    """Play the game of a record with players, and print how far everybody came.

    Raises:
        RecordError: the file is no record, or of other rules.
        ValueError: it begins with what is no seed, deck, stake or ante.
    """
    kept = load(record)
    found = {"you": outcome(kept.again(), len(kept.actions))}
    console = Console(stderr=True)
    with one_thread():
        for name in track(players, description="playing", console=console, transient=True):
            run = kept.begin()
            found[name] = outcome(run, play_on(run, BASELINES[name]()))
    click.echo(f"seed {kept.seed}, deck {kept.deck}, stake {kept.stake}")
    Console().print(table(found))


def table(found: dict[str, Outcome]) -> Table:
    """A row for everybody, in the order given."""
    shown = Table("player", "ante", "round", "best round", "decisions", "came out")
    for name, end in found.items():
        came_out = "won" if end.won else "lost" if end.over else "not ended"
        numbers = (str(end.ante), str(end.round), f"{end.best_score:,.0f}", f"{end.decisions:,}")
        shown.add_row(name, *numbers, came_out)
    return shown
