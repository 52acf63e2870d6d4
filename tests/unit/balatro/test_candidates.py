"""Candidates are legal, exactly previewed, in order, and made of what is seen alone."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from jimbot_stream.balatro import actions
from jimbot_stream.balatro.actions import Verb
from jimbot_stream.balatro.engine import Run, new_run, seed_of
from jimbot_stream.balatro.kernels import candidates, legality, plays
from jimbot_stream.balatro.kernels.logarithm import log_scale
from jimbot_stream.balatro.kernels.working import works
from jimbot_stream.balatro.state import Kind, Phase
from jimbot_stream.balatro.tables import columns
from jimbot_stream.balatro.tables.cards import Suit
from jimbot_stream.balatro.tables.columns import CANDIDATE
from jimbot_stream.balatro.tables.consumables import TAROT
from tests.support.plays import Table

LOW, HIGH = columns.bounds(columns.CANDIDATE_GROUPS)
HAND = ("KS", "QS", "JS", "9S", "9H", "5D", "4C", "2D")


class View:
    """The candidates of a state."""

    def __init__(self, states: NDArray[Any]) -> None:
        self.features = np.zeros(candidates.FEATURES, dtype=np.float32)
        self.room = np.zeros(candidates.CAPACITY, dtype=np.int64)
        shape = (candidates.CAPACITY, candidates.CANDIDATE_FEATURES)
        self.all_rows = np.full(shape, np.nan, dtype=np.float32)
        count = candidates.encode(states, works(), 0, self.features, self.room, self.all_rows)
        self.rows = self.all_rows[:count]
        self.listed = self.room[:count].tolist()

    def of(self, verb: Verb) -> list[int]:
        """Places of a verb."""
        return [at for at, action in enumerate(self.listed) if action >> 40 == verb]

    def told(self, at: int, name: str) -> float:
        return float(self.rows[at, CANDIDATE.index(name)])

    def discards(self, *cards: int) -> int:
        """Place of a discard."""
        return int(self.listed.index(actions.pack(Verb.DISCARD, cards)))


def walk(number: int, steps: int, dollars: int = 0) -> Iterator[Run]:
    """The states of a game of random candidates; with dollars, it beats every blind with ease."""
    run = new_run(seed_of(4, number))
    numbers = np.random.Generator(np.random.Philox(key=number))
    run.state["money"] += dollars
    for _ in range(steps):
        if run.over:
            return
        if dollars and run.phase is Phase.SELECTING_HAND:
            run.state["required"] = 1
        yield run
        run.step(int(numbers.choice(View(run.states).listed)))


@pytest.mark.parametrize("number", range(6))
def test_all_are_legal_different_and_within_their_ranges(number: int) -> None:
    for run in walk(number, 80, dollars=40):
        view = View(run.states)
        assert 1 <= len(view.listed) <= candidates.CAPACITY
        assert len(set(view.listed)) == len(view.listed)
        for action in view.listed:
            assert legality.refusal(run.states[0], action) == legality.LEGAL
        assert (view.rows >= LOW).all()
        assert (view.rows <= HIGH).all()


@pytest.mark.parametrize("number", range(4))
def test_outside_of_hands_every_verb_that_may_be_done_is_there(number: int) -> None:
    for run in walk(number, 60, dollars=60):
        if run.phase is Phase.SELECTING_HAND:
            continue
        told = {action >> 40 for action in View(run.states).listed}
        legal = {row[legality.VERB] for row in run.families().tolist()}
        assert legal - told <= {Verb.REARRANGE_HAND, Verb.REARRANGE_CONSUMABLES}


def test_plays_come_best_first_with_what_they_score() -> None:
    run = new_run("TESTING")
    run.step(actions.pack(Verb.SELECT_BLIND))
    run.state["required"] = 1e9
    view = View(run.states)
    scores = []
    for at in view.of(Verb.PLAY):
        twin = Run.restore(run.snapshot())
        twin.step(view.listed[at])
        scores.append(float(twin.state["chips"]))
        assert view.told(at, "score_log") == np.float32(log_scale(scores[-1]))
        assert view.told(at, "of_best") == np.float32(scores[-1] / scores[0])
    assert scores == sorted(scores, reverse=True)
    assert view.features[columns.GLOBAL.index("best_score_log")] == view.told(0, "score_log")


@pytest.mark.parametrize("jokers", [(), ("splash",), ("four_fingers", "shortcut"), ("smeared",)])
@pytest.mark.parametrize("number", range(5))
def test_no_play_scores_more_than_the_best_candidate(number: int, jokers: tuple[str, ...]) -> None:
    numbers = np.random.Generator(np.random.Philox(key=number))
    deck = [rank + suit for rank in "23456789TJQKA" for suit in "CDHS"]
    table = Table([deck[n] for n in numbers.choice(len(deck), 8, replace=False)], list(jokers))
    table.s.phase = Phase.SELECTING_HAND
    table.s.hands_left = 4
    masks = np.zeros(300, dtype=np.int64)
    worths = np.zeros((300, plays.WORTHS))
    count = plays.every(table.states[0], works()[0], masks, worths)
    assert count == actions.CHOICES
    best = worths[:count, plays.SCORE].max()
    assert View(table.states).told(0, "score_log") == np.float32(log_scale(float(best)))


def test_what_a_discard_keeps() -> None:
    """Hand K♠ Q♠ J♠ 9♠ 9♥ 5♦ 4♣ 2♦: the flush draw, and the pair."""
    table = Table(list(HAND))
    s = table.s
    s.phase, s.hands_left, s.discards_left, s.required = Phase.SELECTING_HAND, 4, 3, 300
    view = View(table.states)
    spades = view.discards(4, 5, 6, 7)
    assert view.told(spades, "kept_cards") == 0.5
    assert view.told(spades, "kept_suited") == np.float32(0.8)
    assert view.told(spades, "kept_run") == np.float32(0.8)
    assert view.told(spades, "makes_high_card") == 1
    nines = next(at for at in view.of(Verb.DISCARD) if not view.listed[at] & 0b11000)
    assert view.told(nines, "kept_equal") == 0.5
    assert view.told(nines, "makes_pair") == 1
    assert view.told(nines, "kept_share") == np.float32((10 + 18) * 2 / 300)


def test_a_forced_card_is_in_every_play_and_discard() -> None:
    table = Table(list(HAND))
    s = table.s
    s.phase, s.hands_left, s.discards_left, s.required = Phase.SELECTING_HAND, 4, 3, 300
    s.cards[int(s.hand[6])]["marks"] |= 4
    view = View(table.states)
    cards = view.of(Verb.PLAY) + view.of(Verb.DISCARD)
    assert cards
    assert all(view.listed[at] >> 6 & 1 for at in cards)


def test_a_hand_face_down_can_still_be_played() -> None:
    table = Table(list(HAND))
    s = table.s
    s.phase, s.hands_left, s.discards_left, s.required = Phase.SELECTING_HAND, 4, 3, 300
    s.cards["marks"][: int(s.card_count)] |= 2
    view = View(table.states)
    assert view.of(Verb.PLAY)
    assert view.of(Verb.DISCARD)


def swap(s: Any, one: int, other: int) -> None:
    """Exchange what two cards are, but not how they lie."""
    a, b = s.cards[one].copy(), s.cards[other].copy()
    for name in ("rank", "suit", "enhancement", "edition", "seal", "bonus"):
        s.cards[one][name], s.cards[other][name] = b[name], a[name]


@pytest.mark.parametrize("number", range(4))
def test_the_order_of_the_draw_pile_shows_nowhere(number: int) -> None:
    numbers = np.random.Generator(np.random.Philox(key=number))
    for run in walk(number, 25):
        before = View(run.states)
        twin = Run.restore(run.snapshot())
        s = twin.state
        pile = s["draw"][: s["draw_count"]]
        pile[:] = numbers.permutation(pile)
        after = View(twin.states)
        assert before.listed == after.listed
        assert before.features.tobytes() == after.features.tobytes()
        assert before.all_rows.tobytes() == after.all_rows.tobytes()


@pytest.mark.parametrize("number", range(4))
def test_a_card_that_lies_face_down_shows_nowhere(number: int) -> None:
    run = new_run(seed_of(9, number))
    run.step(actions.pack(Verb.SELECT_BLIND))
    twin = Run.restore(run.snapshot())
    for one in (run, twin):
        for position in (1, 4, 6):
            one.states[0].cards[int(one.state["hand"][position])]["marks"] |= 2
    s = twin.states[0]
    for position in (1, 4, 6):
        swap(s, int(s.hand[position]), int(s.draw[position]))
    before, after = View(run.states), View(twin.states)
    assert before.listed == after.listed
    assert before.features.tobytes() == after.features.tobytes()
    assert before.all_rows.tobytes() == after.all_rows.tobytes()


def test_candidates_change_neither_state_nor_streams() -> None:
    for run in walk(1, 40, dollars=30):
        digest = run.digest()
        View(run.states)
        assert run.digest() == digest


def test_what_lies_beneath_a_stone_card_shows_nowhere() -> None:
    table = Table(["KS", "9H stone", "5D", "4C stone"])
    s = table.s
    s.consumables[0]["kind"], s.consumables[0]["id"] = Kind.TAROT, TAROT["c_star"]
    s.consumable_count = 1
    before = View(table.states)
    for position, (rank, suit) in ((1, (2, Suit.DIAMONDS)), (3, (14, Suit.DIAMONDS))):
        card = s.cards[int(s.hand[position])]
        card["rank"], card["suit"] = rank, suit
    after = View(table.states)
    assert before.of(Verb.USE)
    assert before.listed == after.listed
    assert before.all_rows.tobytes() == after.all_rows.tobytes()


@pytest.mark.parametrize("joker", ["splash", "four_fingers", "shortcut", "smeared", "baron"])
def test_a_joker_that_lies_face_down_shows_nowhere(joker: str) -> None:
    views = []
    for key in (joker, "joker"):
        table = Table(list(HAND), [f"{key} hidden"])
        table.s.required = 300
        views.append(View(table.states))
    assert views[0].listed == views[1].listed
    assert views[0].features.tobytes() == views[1].features.tobytes()
    assert views[0].all_rows.tobytes() == views[1].all_rows.tobytes()


def test_of_ten_equal_cards_the_best_five_are_found() -> None:
    table = Table(["7C"] * 5 + ["7D mult"] * 5)
    table.s.required = 1e9
    view = View(table.states)
    best = [at for at in view.of(Verb.PLAY) if view.listed[at] & 0xFFFFFF == 0b1111100000]
    assert best == [0]
