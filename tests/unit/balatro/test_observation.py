"""Observations hold true previews, stay in bounds and are finite whatever the state."""

import math
from collections.abc import Callable
from itertools import combinations
from typing import cast

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jimbot_stream.balatro import actions, wire
from jimbot_stream.balatro.actions import Verb
from jimbot_stream.balatro.engine import Run, new_run, seed_of
from jimbot_stream.balatro.kernels import preview
from jimbot_stream.balatro.kernels.logarithm import log2, log_scale
from jimbot_stream.balatro.tables.columns import CANDIDATE, GLOBAL
from jimbot_stream.contracts.v1 import game_pb2 as pb
from jimbot_stream.contracts.v1.game_pb2 import Card, GameState, HandLevel

Column = Callable[[str], int]


def observe(run: Run) -> wire.Observation:
    state = wire.state_message(run)
    return wire.encode(state, wire.legal_messages(state))


def in_hand(game: int) -> Run:
    run = new_run(seed_of(2, game))
    run.step(actions.pack(Verb.SELECT_BLIND))
    return run


def test_shapes_and_kinds() -> None:
    features, rows, mask = observe(new_run("A"))
    assert features.shape == (wire.FEATURES,) == (len(GLOBAL),)
    assert rows.shape == (actions.A, wire.CANDIDATE_FEATURES) == (440, len(CANDIDATE))
    assert [array.dtype.str for array in (features, rows, mask)] == ["<f4", "<f4", "|b1"]
    assert len(set(GLOBAL)) == len(GLOBAL)
    assert len(set(CANDIDATE)) == len(CANDIDATE)


@pytest.mark.parametrize("game", range(4))
def test_the_preview_is_what_the_play_scores(game: int, candidate: Column) -> None:
    run = in_hand(game)
    run.state["required"] = 1e9
    _, rows, _ = observe(run)
    for index in range(0, actions.DISCARDS_FROM, 5):
        twin = Run.restore(run.snapshot())
        twin.step_index(index)
        scored = float(twin.state["chips"])
        assert rows[index, candidate("score_log")] == np.float32(log_scale(scored))
        assert rows[index, candidate("share")] == np.float32(scored / 1e9)


@pytest.mark.parametrize("game", range(4))
def test_clears_means_that_the_blind_is_beaten(game: int, candidate: Column) -> None:
    run = in_hand(game)
    run.state["chips"] = 250
    _, rows, _ = observe(run)
    for index in range(actions.DISCARDS_FROM):
        twin = Run.restore(run.snapshot())
        twin.step_index(index)
        assert rows[index, candidate("clears")] == (twin.phase.name == "ROUND_EVAL")


def test_the_best_play_is_marked(column: Column, candidate: Column) -> None:
    features, rows, _ = observe(in_hand(0))
    scores = rows[: actions.DISCARDS_FROM, candidate("score_log")]
    assert features[column("best_score_log")] == scores.max()
    assert rows[int(scores.argmax()), candidate("of_best")] == 1


def test_what_a_choice_keeps() -> None:
    """Hand K♠ Q♠ J♠ 9♠ 9♥ 5♦ 4♣ 2♦: what is kept, per discard."""
    cards = [(13, 4), (12, 4), (11, 4), (9, 4), (9, 3), (5, 2), (4, 1), (2, 2)]
    state = GameState(
        phase=pb.PHASE_SELECTING_HAND,
        hands_left=4,
        discards_left=4,
        blind=pb.Blind(key="bl_small", chips_required=300),
        hand=[Card(rank=rank, suit=cast(pb.Suit, suit)) for rank, suit in cards],
        draw_pile=[Card(rank=9, suit=pb.SUIT_SPADES), Card(rank=7, suit=pb.SUIT_HEARTS)],
    )
    _, rows, _ = wire.encode(state, wire.legal_messages(state))

    def kept(discarded: tuple[int, ...]) -> dict[str, float]:
        row = rows[actions.index_of(Verb.DISCARD, discarded)]
        return {name: round(float(row[place]), 4) for place, name in enumerate(CANDIDATE)}

    spades = kept((4, 5, 6, 7))
    assert spades["kept_cards"] == 0.5
    assert spades["kept_suited"] == 0.8
    assert spades["kept_equal"] == 0.25
    assert spades["kept_run"] == 0.8
    assert spades["keeps_high_card"] == 1
    assert spades["kept_suit_in_draw"] == 0.5
    assert spades["kept_ranks_in_draw"] == 0.5
    assert spades["kept_share"] == round(15 / 300, 4)
    nines = kept((0, 1, 5, 6, 7))
    assert nines["kept_equal"] == 0.5
    assert nines["keeps_pair"] == 1
    assert nines["kept_share"] == round((10 + 18) * 2 / 300, 4)
    assert nines["cards"] == 1


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 14), st.integers(0, 4)), max_size=8))
def test_shapes_and_best_plays_equal_a_plain_search(cards: list[tuple[int, int]]) -> None:
    state = GameState(hand=[Card(rank=r, suit=cast(pb.Suit, s)) for r, s in cards])
    view = wire.see(state)[0]
    kinds, worths = np.zeros((256, 2), np.int64), np.zeros((256, 3))
    best, shape = np.zeros(256, np.int64), np.zeros((256, 4), np.int64)
    preview.plays(view, kinds, worths)
    preview.best_plays(worths, best)
    preview.shapes(view, shape)
    ranks = [rank if rank >= 2 else 0 for rank, _ in cards]
    for chosen in range(1 << len(cards)):
        held = [n for n in range(len(cards)) if chosen >> n & 1]
        suits = [cards[n][1] for n in held if cards[n][1]]
        known = [ranks[n] for n in held if ranks[n]]
        spread = {*known, *([1] if 14 in known else [])}
        runs = [len(spread & set(range(low, low + 5))) for low in range(1, 11)]
        assert shape[chosen].tolist() == [
            len(held),
            max((suits.count(s) for s in set(suits)), default=0),
            max((known.count(r) for r in set(known)), default=0),
            max(runs),
        ]
        plays = [sum(1 << n for n in c) for k in range(1, 6) for c in combinations(held, k)]
        assert worths[best[chosen], 2] == max((worths[p, 2] for p in plays), default=0)


numbers = st.floats(allow_nan=True, allow_infinity=True)
int32 = st.integers(-(2**31), 2**31 - 1)


@settings(max_examples=150, deadline=None)
@given(
    numbers,
    numbers,
    st.integers(-(2**63), 2**63 - 1),
    st.lists(int32, min_size=6, max_size=6),
    st.lists(st.tuples(int32, int32), max_size=30),
    st.lists(st.tuples(int32, st.integers(-(2**63), 2**63 - 1)), max_size=12),
)
def test_any_state_gives_finite_bounded_numbers(
    chips: float,
    required: float,
    money: int,
    small: list[int],
    cards: list[tuple[int, int]],
    levels: list[tuple[int, int]],
) -> None:
    state = GameState(chips=chips, blind=pb.Blind(chips_required=required), money=money)
    state.ante, state.round, state.hands_left, state.discards_left = small[:4]
    state.hand_size, state.hands_played = small[4:]
    for rank, suit in cards:
        for pile in (state.hand, state.draw_pile):
            pile.add(rank=rank, suit=cast(pb.Suit, suit), debuffed=bool(suit & 1))
    for level, worth in levels:
        state.hand_levels.append(HandLevel(hand="Pair", level=level, chips=worth, mult=worth))
    state.phase = pb.PHASE_SELECTING_HAND
    features, rows, _ = wire.encode(state, wire.legal_messages(state))
    for array in (features, rows):
        assert np.isfinite(array).all()
        assert np.abs(array).max() <= 64


def test_hands_at_a_higher_level_are_previewed_so(candidate: Column) -> None:
    state = GameState(hand=[Card(rank=14, suit=pb.SUIT_CLUBS), Card(rank=14, suit=pb.SUIT_HEARTS)])
    state.hand_levels.append(HandLevel(hand="Pair", level=3, chips=40, mult=4))
    state.hand_levels.append(HandLevel(hand="A Hand Nobody Knows", level=9, chips=1, mult=1))
    pair = actions.index_of(Verb.PLAY, (0, 1))
    _, rows, _ = wire.encode(state, [])
    told = rows[pair, candidate("score_log")]
    assert told == np.float32(log_scale((40 + 22) * 4))
    state.hand_levels[0].chips = 0  # a source that tells levels without their worth
    _, rows, _ = wire.encode(state, [])
    assert rows[pair, candidate("score_log")] == told


@given(st.floats(min_value=1e-300, max_value=1e300))
def test_the_logarithm_is_right(x: float) -> None:
    assert log2(x) == pytest.approx(math.log2(x), abs=1e-8, rel=1e-8)
