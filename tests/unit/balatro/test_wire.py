"""Messages say what a player sees, no more, and lead back to the same run."""

from collections.abc import Callable

import pytest

from jimbot_stream.balatro import actions, wire
from jimbot_stream.balatro.actions import Verb
from jimbot_stream.balatro.engine import IllegalActionError, Run, new_run, seed_of
from jimbot_stream.balatro.state import Phase
from jimbot_stream.balatro.tables.cards import Suit
from jimbot_stream.contracts.v1 import game_pb2 as pb
from jimbot_stream.contracts.v1.game_pb2 import (
    Action,
    Blind,
    Card,
    GameState,
    HandLevel,
    Item,
    LegalAction,
)


def in_hand(seed: str = "OOOO155") -> Run:
    run = new_run(seed)
    run.step(actions.pack(Verb.SELECT_BLIND))
    return run


def selecting(cards: int, hands: int = 4, discards: int = 3) -> GameState:
    hand = [Card(suit=pb.SUIT_CLUBS, rank=2 + n % 13) for n in range(cards)]
    return GameState(
        phase=pb.PHASE_SELECTING_HAND, hands_left=hands, discards_left=discards, hand=hand
    )


def test_numbers_are_those_of_the_contract() -> None:
    for verb in Verb:
        assert pb.ActionVerb.Value(f"ACTION_VERB_{verb.name}") == verb
    for phase in Phase:
        assert pb.Phase.Value(f"PHASE_{phase.name}") == phase
    for suit in Suit:
        assert pb.Suit.Value(f"SUIT_{suit.name}") == suit


def test_a_state_tells_what_the_player_sees() -> None:
    state = wire.state_message(in_hand())
    assert (state.phase, state.seed, state.deck, state.stake) == (3, "OOOO155", "b_red", 1)
    assert (state.ante, state.round, state.money, state.won) == (1, 1, 4, False)
    assert state.blind == Blind(key="bl_small", chips_required=300, reward=3)
    assert [(card.rank, card.suit) for card in state.hand[:4]] == [
        (11, 4),
        (11, 3),
        (11, 1),
        (11, 2),
    ]
    assert (len(state.hand), len(state.draw_pile), state.hand_size) == (8, 44, 8)
    assert len({card.id for card in (*state.hand, *state.draw_pile)}) == 52
    assert not state.hand_levels


def test_the_draw_pile_is_sorted() -> None:
    for number in range(10):
        pile = wire.state_message(in_hand(seed_of(3, number))).draw_pile
        keys = [(card.suit, card.rank, card.id) for card in pile]
        assert keys == sorted(keys)


def test_the_order_of_drawing_is_never_told() -> None:
    """Two runs that differ in nothing but what will be drawn look the same."""
    run = in_hand()
    other = Run.restore(run.snapshot())
    left = int(other.state["draw_count"])
    other.state["draw"][:left] = other.state["draw"][:left][::-1].copy()
    other.streams["values"][:] = 0.5
    assert other.digest() != run.digest()
    one, two = wire.state_message(run), wire.state_message(other)
    assert one.SerializeToString() == two.SerializeToString()
    for a, b in zip(
        wire.encode(one, wire.legal_messages(one)),
        wire.encode(two, wire.legal_messages(two)),
        strict=True,
    ):
        assert a.tobytes() == b.tobytes()


def test_a_hidden_card_is_not_observed() -> None:
    state = selecting(8)
    state.hand[3].face_down = True
    told = GameState.FromString(state.SerializeToString())
    told.hand[3].suit = pb.SUIT_HEARTS
    told.hand[3].rank = 14
    legal = wire.legal_messages(state)
    for a, b in zip(wire.encode(state, legal), wire.encode(told, legal), strict=True):
        assert a.tobytes() == b.tobytes()


@pytest.mark.parametrize("seed", ["OOOO155", "A", "KK1XD111"])
def test_seed_and_actions_reproduce_every_message(seed: str) -> None:
    run, states, taken = new_run(seed), [], []
    for step in range(40):
        state = wire.state_message(run)
        states.append(state.SerializeToString(deterministic=True))
        legal = wire.mask(wire.legal_messages(state)).nonzero()[0]
        if len(legal) == 0:
            break
        taken.append(wire.action_message(int(legal[(step * 7919) % len(legal)])))
        wire.step_message(run, taken[-1])
    again = new_run(seed)
    replayed = [wire.state_message(again).SerializeToString(deterministic=True)]
    for action in taken:
        wire.step_message(again, Action.FromString(action.SerializeToString()))
        replayed.append(wire.state_message(again).SerializeToString(deterministic=True))
    assert replayed[: len(states)] == states
    assert again.digest() == run.digest()


def test_actions_go_to_messages_and_back() -> None:
    for index in range(actions.A):
        assert wire.action_index(wire.action_message(index)) == index


def test_foreign_actions_are_refused() -> None:
    with pytest.raises(ValueError, match="slot or target"):
        wire.action_index(Action(verb=pb.ACTION_VERB_PLAY, cards=[0], slot=1))
    with pytest.raises(ValueError, match="no verb 16"):
        wire.action_index(Action(verb=pb.ACTION_VERB_REROLL))
    run = in_hand()
    before = run.digest()
    for action in (
        Action(verb=pb.ACTION_VERB_REROLL),
        Action(verb=pb.ACTION_VERB_PLAY, cards=[9]),
        Action(verb=pb.ACTION_VERB_PLAY, cards=[0, 0]),
        Action(verb=pb.ACTION_VERB_PLAY, cards=[-1]),
        Action(verb=pb.ACTION_VERB_PLAY, cards=[0], slot=3),
        Action(),
    ):
        with pytest.raises(ValueError, match=r"."):
            wire.step_message(run, action)
    assert run.digest() == before
    with pytest.raises(IllegalActionError, match="not in this phase"):
        wire.step_message(run, Action(verb=pb.ACTION_VERB_CASH_OUT))


@pytest.mark.parametrize(
    ("phase", "verbs"),
    [
        (pb.PHASE_BLIND_SELECT, [pb.ACTION_VERB_SELECT_BLIND]),
        (pb.PHASE_ROUND_EVAL, [pb.ACTION_VERB_CASH_OUT]),
        (pb.PHASE_SHOP, [pb.ACTION_VERB_NEXT_ROUND]),
        (pb.PHASE_MENU, []),
        (pb.PHASE_TRANSITION, []),
        (pb.PHASE_PACK, []),
        (pb.PHASE_GAME_OVER, []),
        (pb.PHASE_UNSPECIFIED, []),
    ],
)
def test_each_phase_has_its_verbs(phase: pb.Phase, verbs: list[pb.ActionVerb]) -> None:
    families = wire.legal_messages(GameState(phase=phase, hand=selecting(8).hand, hands_left=1))
    assert [family.verb for family in families] == verbs
    assert wire.mask(families).sum() == len(verbs)


@pytest.mark.parametrize(
    ("cards", "hands", "discards", "legal"),
    [(8, 4, 3, 436), (8, 4, 0, 218), (8, 0, 3, 218), (0, 4, 3, 0), (3, 1, 1, 14), (12, 1, 0, 218)],
)
def test_foreign_hands_of_any_size_have_a_mask(
    cards: int, hands: int, discards: int, legal: int
) -> None:
    state = selecting(cards, hands, discards)
    assert wire.mask(wire.legal_messages(state)).sum() == legal


def test_forced_and_selectable_cards_bound_the_mask() -> None:
    family = LegalAction(
        verb=pb.ACTION_VERB_PLAY,
        min_cards=2,
        max_cards=3,
        selectable_cards=[0, 2, 5, 11],
        forced_cards=[5],
    )
    allowed = [actions.action_at(int(i))[1] for i in wire.mask([family]).nonzero()[0]]
    assert allowed == [(0, 5), (2, 5), (0, 2, 5)]
    family.forced_cards[:] = [11]
    assert not wire.mask([family]).any()


def test_verbs_beyond_the_codec_are_left_out_of_the_mask() -> None:
    families = [
        LegalAction(verb=pb.ACTION_VERB_REROLL),
        LegalAction(verb=pb.ACTION_VERB_NEXT_ROUND),
    ]
    assert wire.mask(families).nonzero()[0].tolist() == [438]
    skip = LegalAction(verb=pb.ACTION_VERB_SKIP_BLIND)
    assert wire.mask([skip]).nonzero()[0].tolist() == [439]


def test_played_hands_are_listed_with_their_level() -> None:
    run = in_hand()
    run.step(actions.pack(Verb.PLAY, [0, 1, 2, 3]))
    levels = wire.state_message(run).hand_levels
    assert list(levels) == [HandLevel(hand="Four of a Kind", level=1, chips=60, mult=7, played=1)]


def test_scores_past_the_integers_are_told_exactly() -> None:
    run = in_hand()
    run.state["chips"] = run.state["required"] = 2.0**60
    state = wire.state_message(run)
    assert state.chips_exact == state.blind.chips_required_exact == "1152921504606846976"


def test_jokers_of_a_foreign_state_are_counted(column: Callable[[str], int]) -> None:
    state = selecting(8)
    state.jokers.extend([Item(key="j_joker"), Item(key="j_unheard_of")])
    features, _, _ = wire.encode(state, wire.legal_messages(state))
    assert features[column("jokers")] == pytest.approx(0.4)
