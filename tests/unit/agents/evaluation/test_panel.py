"""Panels are played the same way every time, and told apart from training."""

import numpy as np
import pytest

from jimbot_stream.agents.evaluation.panel import Panel, evaluate
from jimbot_stream.agents.evaluation.players import (
    BASELINES,
    QUICK,
    GreedyPlayer,
    NetworkPlayer,
    Player,
    RandomPlayer,
    SearchingPlayer,
)
from jimbot_stream.agents.evaluation.searching import LookaheadPlayer
from jimbot_stream.agents.rollouts.config import RolloutConfig
from jimbot_stream.agents.rollouts.sampler import Sampler
from jimbot_stream.balatro import wire
from jimbot_stream.balatro.engine import Run
from jimbot_stream.balatro.kernels import rollouts
from jimbot_stream.balatro.lookahead.search import Effort
from jimbot_stream.decision import Observation
from jimbot_stream.decision.heuristic import choose_by_rule
from tests.support.policies import following

SMALL = Panel(games=6, most_steps=60)


def searching() -> LookaheadPlayer:
    """The one that looks ahead, in few worlds."""
    return LookaheadPlayer(effort=Effort(((rollouts.CAPACITY, 1), (3, 2)), 1))


@pytest.fixture(params=[*BASELINES, "checkpoint", "drawn"])
def player(request: pytest.FixtureRequest, checkpoint: bytes) -> Player | SearchingPlayer:
    if request.param == "lookahead":
        return searching()
    if request.param in BASELINES:
        return BASELINES[request.param]()
    return NetworkPlayer(checkpoint, 1 if request.param == "drawn" else None)


def test_equal_panels_are_played_equally(player: Player | SearchingPlayer) -> None:
    one, two = evaluate(player, SMALL), evaluate(player, SMALL)
    assert one.tobytes() == two.tobytes()
    assert ((one["steps"] > 0) & (one["steps"] <= SMALL.most_steps)).all()
    assert (one["ante"] >= 1).all()


def test_a_game_does_not_depend_on_how_many_there_are() -> None:
    few, more = (evaluate(GreedyPlayer(), Panel(games=games, most_steps=60)) for games in (3, 6))
    assert few.tobytes() == more[:3].tobytes()


def test_panels_differ_and_are_not_what_training_plays() -> None:
    def seeds(games: object) -> set[str]:
        return {games.game_seed(n) for n in range(6)}  # type: ignore[attr-defined]  # of Games

    training = Sampler(RolloutConfig(games=6), 1).games
    found = [seeds(Panel(1, 6).begun().games), seeds(Panel(2, 6).begun().games), seeds(training)]
    assert len(set.union(*found)) == 18


def test_random_play_is_the_seeds() -> None:
    one, other = (evaluate(RandomPlayer(seed), SMALL) for seed in (1, 2))
    assert one.tobytes() != other.tobytes()


def test_the_greedy_player_plays_the_hand_that_scores_most() -> None:
    games = Panel(games=1).begun().games
    run = Run(games.game_seed(0), games.states, games.rngs)
    for wanted in ("select_blind", "play"):
        features, rows, mask, listed = wire.encode(wire.state_message(run))
        rows = rows[mask]
        chosen = GreedyPlayer().choose(features[None], rows, np.array([len(rows)]), 0)
        assert rows[chosen[0], wire_column(wanted)] == 1
        best = rows[rows[:, wire_column("play")] > 0, wire_column("score_log")]
        assert not len(best) or rows[chosen[0], wire_column("score_log")] == best.max()
        run.step(int(listed[mask][chosen[0]]))


def wire_column(name: str) -> int:
    from jimbot_stream.balatro.tables.columns import CANDIDATE

    return CANDIDATE.index(name)


def test_the_rule_chooses_as_the_worker_does(observation: Observation) -> None:
    legal = np.flatnonzero(observation.mask)
    rows = observation.candidates[legal]
    chosen = QUICK["rule"]().choose(observation.features[None], rows, np.array([len(rows)]), 0)
    assert chosen.tolist() == [choose_by_rule(rows)]


def test_the_baselines_stand_in_their_order() -> None:
    """Random play is worst; who keeps pace and buys jokers goes farther than the greedy one."""
    panel = Panel(games=40)
    beaten = [evaluate(BASELINES[name](), panel)["beaten"].mean() for name in QUICK]
    assert beaten == sorted(beaten)
    assert beaten[-1] > 3 * beaten[1]


def test_who_looks_ahead_goes_farther_than_the_rule() -> None:
    panel = Panel(games=6, win_ante=3)
    rule, ahead = (evaluate(player, panel) for player in (BASELINES["rule"](), searching()))
    assert ahead["beaten"].mean() > rule["beaten"].mean()
    assert ahead["won"].sum() > rule["won"].sum()


def test_a_policy_that_would_move_cards_for_ever_goes_on_instead() -> None:
    """Its most probable action is a move wherever there is one; the games end all the same."""
    mover = following({"rearrange_hand": 3.0, "rearrange_jokers": 3.0, "play": 1.0}, seed=0)
    results = evaluate(NetworkPlayer(mover), Panel(games=4, most_steps=200))
    assert results["over"].all()
    again = evaluate(NetworkPlayer(mover), Panel(games=4, most_steps=200))
    assert again.tobytes() == results.tobytes()


def test_games_that_are_given_up_count_as_far_as_they_came() -> None:
    short, whole = (
        evaluate(BASELINES["rule"](), Panel(games=6, most_steps=most)) for most in (20, 2000)
    )
    assert not short["over"].all()
    assert (short["beaten"] > 0).all()
    assert (short["beaten"] <= whole["beaten"]).all()
