"""Messages say what a player sees, no more, and lead back to the same run."""

from collections.abc import Callable, Sequence

import numpy as np
import pytest

from jimbot_stream.balatro import actions, wire
from jimbot_stream.balatro.actions import Verb
from jimbot_stream.balatro.engine import IllegalActionError, Run, new_run, seed_of
from jimbot_stream.balatro.kernels import legality
from jimbot_stream.balatro.state import Kind, Phase
from jimbot_stream.balatro.tables.cards import Suit
from jimbot_stream.balatro.tables.consumables import SPECTRAL, TAROT
from jimbot_stream.balatro.wire.reading import record
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
from tests.support.plays import Table


def in_hand(seed: str = "OOOO155") -> Run:
    run = new_run(seed)
    run.step(actions.pack(Verb.SELECT_BLIND))
    return run


def selecting(cards: int, hands: int = 4, discards: int = 3) -> GameState:
    hand = [Card(suit=pb.SUIT_CLUBS, rank=2 + n % 13) for n in range(cards)]
    return GameState(
        phase=pb.PHASE_SELECTING_HAND, hands_left=hands, discards_left=discards, hand=hand
    )


def observed(state: GameState, legal: Sequence[LegalAction] = ()) -> list[bytes]:
    features, rows, mask, listed = wire.encode(state, legal)
    return [features.tobytes(), rows.tobytes(), mask.tobytes(), listed.tobytes()]


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
    assert observed(one) == observed(two)


def test_a_hidden_card_is_not_observed() -> None:
    state = selecting(8)
    state.hand[3].face_down = True
    told = GameState.FromString(state.SerializeToString())
    told.hand[3].suit = pb.SUIT_HEARTS
    told.hand[3].rank = 14
    legal = wire.legal_messages(state)
    assert observed(state, legal) == observed(told, legal)


@pytest.mark.parametrize("seed", ["OOOO155", "A", "KK1XD111"])
def test_seed_and_actions_reproduce_every_message(seed: str) -> None:
    run, states, taken = new_run(seed), [], []
    for step in range(40):
        state = wire.state_message(run)
        states.append(state.SerializeToString(deterministic=True))
        _, _, mask, listed = wire.encode(state)
        legal = listed[mask]
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
    packed = [
        actions.pack(Verb.PLAY, (0, 3, 23)),
        actions.pack(Verb.USE, (1,), 2),
        actions.pack(Verb.REARRANGE_JOKERS, (), 4, 1),
        actions.pack(Verb.NEXT_ROUND),
    ]
    for action in packed:
        assert wire.canonical(wire.action_message(action)) == action


def test_foreign_actions_are_refused() -> None:
    with pytest.raises(ValueError, match="source 256"):
        wire.canonical(Action(verb=pb.ACTION_VERB_USE, slot=256))
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
        (pb.PHASE_BLIND_SELECT, [pb.ACTION_VERB_SELECT_BLIND, pb.ACTION_VERB_SKIP_BLIND]),
        (pb.PHASE_ROUND_EVAL, [pb.ACTION_VERB_CASH_OUT]),
        (pb.PHASE_SHOP, [pb.ACTION_VERB_NEXT_ROUND]),
        (pb.PHASE_MENU, []),
        (pb.PHASE_TRANSITION, []),
        (pb.PHASE_PACK, [pb.ACTION_VERB_SKIP_PACK]),
        (pb.PHASE_GAME_OVER, []),
        (pb.PHASE_UNSPECIFIED, []),
    ],
)
def test_each_phase_has_its_verbs(phase: pb.Phase, verbs: list[pb.ActionVerb]) -> None:
    state = GameState(phase=phase, hands_left=1, reroll_cost=5)
    families = wire.legal_messages(state)
    assert [family.verb for family in families] == verbs
    assert wire.decidable(state) == bool(verbs)


@pytest.mark.parametrize(
    ("cards", "hands", "discards", "verbs"),
    [
        (8, 4, 3, {Verb.PLAY, Verb.DISCARD}),
        (8, 4, 0, {Verb.PLAY}),
        (8, 0, 3, {Verb.DISCARD}),
        (3, 1, 1, {Verb.PLAY, Verb.DISCARD}),
        (12, 1, 0, {Verb.PLAY}),
        (30, 1, 0, {Verb.PLAY}),
    ],
)
def test_foreign_hands_of_any_size_have_candidates(
    cards: int, hands: int, discards: int, verbs: set[Verb]
) -> None:
    state = selecting(cards, hands, discards)
    _, _, mask, listed = wire.encode(state)
    assert {int(action) >> 40 for action in listed[mask]} - {Verb.REARRANGE_HAND} == verbs
    assert wire.allowed(listed[mask], wire.legal_messages(state)).all()


def test_forced_and_selectable_cards_bound_what_is_allowed() -> None:
    family = LegalAction(
        verb=pb.ACTION_VERB_PLAY,
        min_cards=2,
        max_cards=3,
        selectable_cards=[0, 2, 5, 11],
        forced_cards=[5],
    )
    sets = [(0, 5), (2, 5), (0, 2, 5), (0, 2), (5,), (0, 1, 5), (0, 2, 5, 11)]
    listed = np.array([actions.pack(Verb.PLAY, cards) for cards in sets])
    assert wire.allowed(listed, [family]).tolist() == [True] * 3 + [False] * 4


def test_slots_and_targets_bound_what_is_allowed() -> None:
    use = LegalAction(verb=pb.ACTION_VERB_USE, slots=[1], max_cards=1, selectable_cards=[0])
    move = LegalAction(verb=pb.ACTION_VERB_REARRANGE_JOKERS, slots=[0, 1], targets=[0, 1])
    reroll = LegalAction(verb=pb.ACTION_VERB_REROLL)
    legal = [use, move, reroll]
    assert wire.allows(legal, Action(verb=pb.ACTION_VERB_USE, slot=1, cards=[0]))
    assert not wire.allows(legal, Action(verb=pb.ACTION_VERB_USE, slot=0))
    assert wire.allows(legal, Action(verb=pb.ACTION_VERB_REARRANGE_JOKERS, slot=1))
    assert not wire.allows(legal, Action(verb=pb.ACTION_VERB_REARRANGE_JOKERS, slot=1, target=2))
    assert not wire.allows(legal, Action(verb=pb.ACTION_VERB_REARRANGE_JOKERS))  # onto itself
    assert wire.allows(legal, Action(verb=pb.ACTION_VERB_REROLL))
    assert not wire.allows(legal, Action(verb=pb.ACTION_VERB_REROLL, slot=1))
    assert not wire.allows(legal, Action(verb=pb.ACTION_VERB_PLAY, cards=[3, 3]))


def test_the_mask_holds_what_rules_and_request_both_allow() -> None:
    state = selecting(8)
    family = LegalAction(
        verb=pb.ACTION_VERB_PLAY, min_cards=1, max_cards=5, selectable_cards=range(8)
    )
    _, _, mask, listed = wire.encode(state, [family])
    assert {int(action) >> 40 for action in listed[mask]} == {Verb.PLAY}
    assert not wire.decidable(state, [LegalAction(verb=pb.ACTION_VERB_REROLL)])


def test_played_hands_are_listed_with_their_level() -> None:
    run = in_hand()
    run.step(actions.pack(Verb.PLAY, [0, 1, 2, 3]))
    levels = wire.state_message(run).hand_levels
    assert list(levels) == [
        HandLevel(hand="Four of a Kind", level=1, chips=60, mult=7, played=1, played_this_round=1)
    ]


def test_scores_past_the_integers_are_told_exactly() -> None:
    run = in_hand()
    run.state["chips"] = run.state["required"] = 2.0**60
    state = wire.state_message(run)
    assert state.chips_exact == state.blind.chips_required_exact == "1152921504606846976"


def test_jokers_of_a_foreign_state_are_counted(column: Callable[[str], int]) -> None:
    state = selecting(8)
    state.jokers.extend([Item(key="j_joker"), Item(key="j_unheard_of")])
    features, _, _, _ = wire.encode(state)
    assert features[column("jokers")] == pytest.approx(0.4)


HELD = {
    "wheel": (Kind.TAROT, TAROT["c_wheel_of_fortune"]),
    "hex": (Kind.SPECTRAL, SPECTRAL["c_hex"]),
    "aura": (Kind.SPECTRAL, SPECTRAL["c_aura"]),
    "judgement": (Kind.TAROT, TAROT["c_judgement"]),
    "ankh": (Kind.SPECTRAL, SPECTRAL["c_ankh"]),
}


def hiding(held: str, card: str, joker: str) -> Table:
    """A table where a card and the jokers lie face down."""
    table = Table(
        ["KS", f"9H hidden {card}", "5D foil"], [f"baron hidden {joker}", "joker hidden holo"]
    )
    table.s.consumables[0]["kind"], table.s.consumables[0]["id"] = HELD[held]
    table.s.consumable_count = 1
    return table


@pytest.mark.parametrize("held", HELD)
@pytest.mark.parametrize("card", ["", "polychrome"])
@pytest.mark.parametrize("joker", ["", "eternal", "negative", "foil"])
def test_what_may_be_done_does_not_depend_on_what_lies_face_down(
    held: str, card: str, joker: str
) -> None:
    table = hiding(held, card, joker)
    rows = np.zeros((legality.MAX_FAMILIES, legality.FAMILY_COLUMNS), dtype=np.int64)
    count = legality.families(table.s, rows)
    told = record(wire.message_of(table.states))[0]
    again = np.zeros_like(rows)
    assert legality.families(told, again) == count
    assert again.tolist() == rows.tolist()


def test_editions_that_lie_face_down_are_told_only_where_a_button_tells() -> None:
    plain, edited = (
        wire.message_of(hiding("judgement", card, joker).states)
        for card, joker in (("", ""), ("polychrome", "foil"))
    )
    for pile in (plain.draw_pile, edited.draw_pile):
        del pile[:]  # that an edition is among the unseen is known
    assert plain == edited
    assert wire.message_of(hiding("hex", "", "foil").states).no_plain_joker
    assert wire.message_of(hiding("aura", "foil", "").states).hand[1].has_edition
