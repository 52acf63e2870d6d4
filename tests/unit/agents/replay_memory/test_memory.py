"""The memory draws by priority, keeps within its bytes, and parts with what is wanted least."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from jimbot_stream.agents.replay_memory import memory as room
from jimbot_stream.agents.replay_memory.config import MemoryConfig
from jimbot_stream.agents.replay_memory.memory import MemoryTooSmallError, ReplayMemory, Shape
from jimbot_stream.agents.replay_memory.rarity import Rare
from jimbot_stream.balatro import wire
from tests.support.rounds import GAMES, PLAIN, SHAPE, STEPS, noise, real, rows_of


def filled(rounds: int, config: MemoryConfig | None = None) -> ReplayMemory:
    memory = ReplayMemory(config or MemoryConfig(), SHAPE)
    for number in range(rounds):
        memory.add(noise(number), PLAIN)
    return memory


def generator(seed: int = 0) -> np.random.Generator:
    return np.random.Generator(np.random.Philox(key=seed))


def test_states_come_back_as_they_went_in() -> None:
    memory = filled(2)
    places = np.array([0, 5, 11, 11, 13])
    states = memory.states(places)
    starts = np.concatenate(([0], states.ends[:-1]))
    for at, place in enumerate(places.tolist()):
        slot, step = divmod(place, STEPS)
        chunk, decision = noise(slot // GAMES), step * GAMES + slot % GAMES
        assert states.features[at].tobytes() == chunk.features[decision].tobytes()
        rows = states.rows[starts[at] : states.ends[at]]
        assert rows.tobytes() == rows_of(chunk, decision).tobytes()


def test_real_play_with_all_that_belongs_to_it_takes_less_than_a_quarter() -> None:
    """Columns, dictionaries, the sum tree and Python's own overhead are counted."""
    chunk, rare = real(steps=16, games=32)
    memory = ReplayMemory(MemoryConfig(), Shape(16, 32, wire.FEATURES, wire.CANDIDATE_FEATURES))
    for _ in range(4):
        memory.add(chunk, rare)
    assert memory.raw_bytes == 4 * (chunk.features.nbytes + chunk.rows.nbytes)
    assert memory.raw_bytes / memory.nbytes >= 4


def test_the_last_decision_can_be_drawn_once_its_next_state_is_there() -> None:
    memory = filled(1)
    assert memory.drawable == GAMES * (STEPS - 1)
    last = np.arange(GAMES) * STEPS + STEPS - 1
    assert not set(memory.draw(500, 0.4, generator()).places) & set(last)
    memory.add(noise(1), PLAIN)
    assert memory.drawable == GAMES * (2 * STEPS - 1)
    assert set(memory.draw(500, 0.4, generator()).places) >= set(last)


def test_a_game_that_ended_needs_no_next_state() -> None:
    memory = ReplayMemory(MemoryConfig(), SHAPE)
    memory.add(noise(0, ended=((STEPS - 1, 1),)), PLAIN)
    assert memory.drawable == GAMES * (STEPS - 1) + 1


def test_what_was_far_off_is_drawn_more_often() -> None:
    memory = filled(2, MemoryConfig(alpha=1.0, floor=1e-6))
    every = np.arange(2 * GAMES * STEPS)
    errors = np.where(every == 7, 9.0, 1.0).astype(np.float32)
    memory.learned(every, errors)
    drawable = GAMES * (2 * STEPS - 1)
    places = memory.draw(10_000, 0.4, generator()).places
    assert np.mean(places == 7) == pytest.approx(9 / (drawable + 8), abs=0.01)


def test_importance_weights_by_hand() -> None:
    """Two transitions alike but for an error of 3 against 1: drawn 3 to 1, weighed 1 to 3**beta."""
    memory = filled(2, MemoryConfig(alpha=1.0, floor=1e-9))
    every = np.arange(2 * GAMES * STEPS)
    memory.learned(every, np.where(every == 7, 3.0, 1.0).astype(np.float32))
    drawn = memory.draw(2000, 0.5, generator())
    assert drawn.weights.max() == 1.0
    assert np.allclose(drawn.weights[drawn.places == 7], 3.0**-0.5)
    assert np.allclose(drawn.weights[drawn.places != 7], 1.0)


@pytest.mark.parametrize(
    ("rare", "factor"),
    [
        (Rare.BOSS, 2),
        (Rare.FINISHER, 3),
        (Rare.LEGENDARY, 4),
        (Rare.WIN, 8),
        (Rare.BOSS | Rare.FINISHER | Rare.WIN, 8),
    ],
)
def test_rare_events_are_drawn_more_often(rare: Rare, factor: int) -> None:
    memory = ReplayMemory(MemoryConfig(boss=2, finisher=3, legendary=4, win=8), SHAPE)
    marks = PLAIN.copy()
    marks[0] = rare  # step 0 of game 0: place 0
    memory.add(noise(0), marks)
    places = memory.draw(20_000, 0.4, generator()).places
    assert np.mean(places == 0) / np.mean(places == 1) == pytest.approx(factor, rel=0.1)


def test_the_bound_holds_and_the_least_wanted_make_way(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rounds of equal worth go oldest first; a segment that is far off stays."""
    monkeypatch.setattr(room, "MIB", 8000)
    memory = filled(1, MemoryConfig(mib=1))
    second = np.arange(STEPS, 2 * STEPS)
    memory.learned(second, np.full(STEPS, 50.0, dtype=np.float32))
    memory.highest = 1.0  # else whatever comes would be wanted as much
    kept: set[int] = set()
    for number in range(1, 40):
        memory.add(noise(number), PLAIN)
        assert memory.nbytes <= 8000
        kept = set(memory.segments.numbers[memory.segments.numbers >= 0].tolist())
        assert 1 in kept
    newest = {40 * GAMES - 1 - back for back in range(len(kept) - 1)}
    assert kept == newest | {1}
    assert len(memory) == len(kept) * STEPS < 40 * GAMES * STEPS


def test_the_state_before_one_that_made_way_is_drawn_no_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(room, "MIB", 8000)
    memory = filled(40, MemoryConfig(mib=1))
    segments = memory.segments
    alive = set(segments.numbers.tolist()) - {-1}
    for slot, number in enumerate(segments.numbers.tolist()):
        if number >= 0:
            goes_on = segments.successors[slot] >= 0
            assert goes_on == (number + GAMES in alive)
    places = memory.draw(2000, 0.4, generator()).places
    returns = memory.course.returns(places, 3, 0.9)
    assert (segments.numbers[returns.following // STEPS] >= 0).all()
    assert (returns.discounts < 1).all()


def test_blocks_go_with_their_last_segment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "MIB", 8000)
    memory = filled(40, MemoryConfig(mib=1))
    alive = memory.segments.numbers[memory.segments.numbers >= 0]
    assert {held.first for held in memory.segments.blocks.values()} == set(alive // GAMES * GAMES)


def test_a_round_that_does_not_fit_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "MIB", 100)
    with pytest.raises(MemoryTooSmallError, match=r"give memory\.mib more"):
        filled(1, MemoryConfig(mib=1))


def test_an_empty_memory_draws_nothing() -> None:
    with pytest.raises(ValueError, match="no transition"):
        filled(0).draw(1, 0.4, generator())


def test_equal_draws_need_equal_generators() -> None:
    one, two = (filled(3).draw(64, 0.4, generator(4)) for _ in range(2))
    assert (one.places == two.places).all()
    assert (one.weights == two.weights).all()
    assert (filled(3).draw(64, 0.4, generator(5)).places != one.places).any()


def test_impossible_numbers_are_refused() -> None:
    changes: tuple[tuple[str, Any], ...] = (
        ("mib", 0),
        ("alpha", 1.5),
        ("beta", -1),
        ("win", 0.5),
        ("floor", 0),
    )
    for name, value in changes:
        with pytest.raises(ValueError, match=f"memory.{name}"):
            replace(MemoryConfig(), **{name: value})


def test_importance_weights_count_more_with_every_update() -> None:
    config = MemoryConfig(beta=0.4, beta_updates=10)
    assert [config.beta_of(update) for update in (1, 6, 11, 99)] == [0.4, 0.7, 1.0, 1.0]
