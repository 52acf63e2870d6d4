"""The worst quarter takes over from the best, chosen by a seed."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jimbot_stream.agents.population.membership import Membership, PopulationConfig
from jimbot_stream.agents.population.selection import exchange, panel_of, quarter, ranking
from jimbot_stream.agents.rollouts.config import RolloutConfig, rollout_ppo
from jimbot_stream.agents.rollouts.lockstep import word_of


def everybody(members: int, seed: int = 3) -> list[Membership]:
    return Membership.all(PopulationConfig(members), seed)


@given(st.lists(st.floats(0, 24), min_size=2, max_size=17), st.integers(1, 5))
def test_the_worst_take_over_from_the_best(found: list[float], generation: int) -> None:
    members = everybody(len(found))
    scores = dict(zip(members[0].runs, found, strict=True))
    exchanges = [exchange(member, generation, scores) for member in members]
    takers = [member for member, each in zip(members, exchanges, strict=True) if each is not None]
    donors = {each.donor for each in exchanges if each is not None}
    assert len(takers) == quarter(len(found)) >= 1
    losers = {member.runs[member.member] for member in takers}
    others = scores.keys() - losers
    assert donors.isdisjoint(losers)
    assert max(scores[run] for run in losers) <= min(scores[run] for run in others)
    best = ranking(scores, members[0].runs)[: quarter(len(found))]
    assert donors <= set(best)


def test_of_equal_members_the_last_is_the_worst() -> None:
    members = everybody(4)
    scores = dict.fromkeys(members[0].runs, 1.0)
    assert [exchange(member, 1, scores) is not None for member in members] == [
        False,
        False,
        False,
        True,
    ]


def test_an_exchange_derives_from_population_generation_and_member() -> None:
    scores = dict(zip(everybody(8)[0].runs, [8.0, 7, 6, 5, 4, 3, 2, 1], strict=True))
    found = [
        exchange(everybody(8, seed)[member], generation, scores_of(seed, scores))
        for seed in (3, 4)
        for member in (6, 7)
        for generation in (1, 2)
    ]
    seeds = [each.seed for each in found if each is not None]
    assert len(set(seeds)) == len(found)


def scores_of(seed: int, scores: dict[str, float]) -> dict[str, float]:
    return dict(zip(everybody(8, seed)[0].runs, scores.values(), strict=True))


def test_the_same_exchange_gives_the_same_numbers() -> None:
    members = everybody(4)
    found = exchange(members[3], 1, dict(zip(members[3].runs, [4.0, 3, 2, 1], strict=True)))
    assert found is not None
    assert found.donor == members[3].runs[0]
    config = rollout_ppo()
    assert found.config(config, members[3]) == found.config(config, members[3]) != config


def test_a_member_without_a_score_is_no_member() -> None:
    members = everybody(4)
    with pytest.raises(KeyError):
        exchange(members[0], 1, {members[0].runs[0]: 1.0})


@given(st.integers(), st.integers(1, 1000))
def test_every_selection_plays_other_games_than_all_others(seed: int, generation: int) -> None:
    member = everybody(4, seed)[0]
    games = RolloutConfig(stake=2, win_ante=3, most_steps=50)
    panel, following = (panel_of(member, at, games) for at in (generation, generation + 1))
    assert (panel.games, panel.stake, panel.win_ante, panel.most_steps) == (128, 2, 3, 50)
    words = [word_of("panel of selection", each.number) for each in (panel, following)]
    held_out = [word_of("panel", number) for number in range(20)]
    gates = [word_of("panel of the gate", number) for number in range(20)]
    training = [word_of("games", each.run_seed) for each in everybody(4, seed)]
    apart = sorted([*words, *held_out, *gates, *training])
    assert all(high - low > panel.games for low, high in pairwise(apart))
