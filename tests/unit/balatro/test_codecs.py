"""Both codecs map one to one onto canonical actions, and their masks are the rules."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jimbot_stream.balatro import actions, codecs
from jimbot_stream.balatro.actions import Verb
from jimbot_stream.balatro.kernels import legality, masks
from jimbot_stream.balatro.state import Phase
from jimbot_stream.balatro.tables.cards import STANDARD_DECK
from jimbot_stream.balatro.tables.consumables import PLANETS, SPECTRALS, TAROTS
from jimbot_stream.balatro.tables.jokers import JOKERS
from jimbot_stream.balatro.tables.modifiers import Edition, Mark
from tests.support.states import Layout, expanded

CONSUMABLES = [row.key for rows in (TAROTS, PLANETS, SPECTRALS) for row in rows]
JOKER_KEYS = [joker.key for joker in JOKERS]
editions = st.sampled_from(Edition)


@st.composite
def layouts(draw: st.DrawFn, most_cards: int = 12) -> Layout:
    """States of every phase, with whatever may lie there."""
    phase = draw(st.sampled_from([p for p in Phase if p != Phase.TRANSITION]))
    keys = st.sampled_from([card.key for card in STANDARD_DECK])
    there = phase in (Phase.SELECTING_HAND, Phase.PACK)
    hand = draw(st.lists(keys, max_size=most_cards if there else 0, unique=True))
    layout = Layout(hand, phase)
    s = layout.s
    s.hands_left, s.discards_left = draw(st.integers(0, 2)), draw(st.integers(0, 2))
    s.blind, s.money = draw(st.integers(0, 2)), draw(st.integers(-5, 12))
    s.vouchers, s.rerolls = draw(st.integers(0, 15)) << 29, draw(st.integers(0, 1))
    s.last_consumable_kind, s.last_consumable = draw(st.sampled_from([(0, 0), (2, 1), (3, 4)]))
    for _ in range(draw(st.integers(0, 5))):
        marks = draw(st.sampled_from([Mark(0), Mark.ETERNAL]))
        layout.joker(draw(st.sampled_from(JOKER_KEYS)), draw(editions), marks)
    for _ in range(draw(st.integers(0, 5))):
        layout.consumable(draw(st.sampled_from(CONSUMABLES)), draw(editions))
    if phase == Phase.SHOP:
        for _ in range(draw(st.integers(0, 4))):
            layout.ware(draw(st.sampled_from(JOKER_KEYS + CONSUMABLES)), draw(editions))
    if phase == Phase.PACK:
        for _ in range(draw(st.integers(1, 5))):
            layout.in_pack(draw(st.sampled_from(JOKER_KEYS + CONSUMABLES)), draw(editions))
    for position in range(len(hand)):
        layout.card(position).edition = draw(st.sampled_from([0, 0, 1]))
        if phase == Phase.SELECTING_HAND and draw(st.integers(0, 9)) == 0:
            layout.card(position).marks = Mark.FORCED
    return layout


def families(layout: Layout) -> np.ndarray:
    out = np.zeros((legality.MAX_FAMILIES, legality.FAMILY_COLUMNS), dtype=np.int64)
    return out[: legality.families(layout.s, out)]


def test_the_flat_codec_has_its_documented_size() -> None:
    assert codecs.A == 1412
    assert sum(segment.size for segment in codecs.SEGMENTS) == codecs.A
    assert codecs.canonical(0) == actions.pack(Verb.PLAY, [0])
    assert codecs.canonical(218) == actions.pack(Verb.DISCARD, [0])
    assert codecs.canonical(436) == actions.pack(Verb.USE)
    assert codecs.canonical(437) == actions.pack(Verb.USE, [0])
    assert codecs.canonical(436 + 93) == actions.pack(Verb.USE, source=1)
    assert codecs.canonical(codecs.A - 1) == actions.pack(Verb.NEXT_ROUND)
    swap = codecs.start_of(Verb.REARRANGE_JOKERS, 1)
    assert codecs.canonical(swap) == actions.pack(Verb.REARRANGE_JOKERS, source=1, target=0)
    front = codecs.start_of(Verb.REARRANGE_HAND, 1)
    assert codecs.canonical(front + 10) == actions.pack(Verb.REARRANGE_HAND, source=11)


def test_the_flat_codec_is_one_to_one() -> None:
    assert len(set(codecs.CANONICAL.tolist())) == codecs.A
    for index in range(codecs.A):
        assert codecs.index_of(codecs.canonical(index)) == index


@pytest.mark.parametrize("index", [-1, codecs.A])
def test_indices_outside_the_flat_codec_are_refused(index: int) -> None:
    with pytest.raises(ValueError, match="action index"):
        codecs.canonical(index)


@pytest.mark.parametrize(
    "action",
    [
        actions.pack(Verb.PLAY, [8]),
        actions.pack(Verb.CASH_OUT, [0]),
        actions.pack(Verb.USE, [0], source=4),
        actions.pack(Verb.REARRANGE_CONSUMABLES, source=1),
        actions.pack(Verb.REARRANGE_JOKERS, source=0, target=1),
        0,
    ],
)
def test_what_the_flat_codec_lacks_is_refused(action: int) -> None:
    with pytest.raises(ValueError, match="codec 2 has no action"):
        codecs.index_of(action)


def test_a_segment_that_is_not_there_is_refused() -> None:
    with pytest.raises(ValueError, match="no segment of REARRANGE_CONSUMABLES"):
        codecs.start_of(Verb.REARRANGE_CONSUMABLES)


@settings(max_examples=150, deadline=None)
@given(layouts())
def test_the_flat_mask_is_the_rules(layout: Layout) -> None:
    told = np.ones(codecs.A, dtype=np.bool_)
    masks.flat_mask(layout.states, 0, told)
    ruled = [legality.refusal(layout.s, int(action)) == 0 for action in codecs.CANONICAL]
    assert told.tolist() == ruled


@settings(max_examples=60, deadline=None)
@given(layouts(most_cards=9))
def test_families_are_exactly_the_legal_actions(layout: Layout) -> None:
    told = list(expanded(families(layout)))
    assert len(told) == len(set(told))
    assert all(legality.refusal(layout.s, action) == 0 for action in told)
    ruled = {int(a) for a in codecs.CANONICAL if legality.refusal(layout.s, int(a)) == 0}
    assert ruled <= set(told)


@settings(max_examples=60, deadline=None)
@given(layouts(), st.integers(0, 2**44 - 1))
def test_any_number_is_a_family_member_or_refused(layout: Layout, action: int) -> None:
    legal = legality.refusal(layout.s, action) == 0
    assert legal == (action in set(expanded(families(layout))))


@settings(max_examples=60, deadline=None)
@given(layouts(), st.data())
def test_a_walk_through_the_conditional_masks_is_legal(layout: Layout, data: st.DataObject) -> None:
    def chosen(mask: np.ndarray) -> int:
        return int(data.draw(st.sampled_from(np.flatnonzero(mask).tolist())))

    rows = families(layout)
    if not codecs.verb_mask(rows).any():
        return
    verb = chosen(codecs.verb_mask(rows))
    source = chosen(codecs.source_mask(rows, verb))
    target = chosen(codecs.target_mask(rows, verb, source))
    choices = codecs.card_choices(rows, verb, source)
    bits = choices.forced.copy()
    free = np.flatnonzero(choices.selectable & ~choices.forced).tolist()
    wanted = data.draw(st.integers(choices.fewest, choices.most)) - int(bits.sum())
    bits[free[:wanted]] = True
    vector = [verb, source, target, *bits.astype(int).tolist()]
    action = codecs.join(vector)
    assert legality.refusal(layout.s, action) == 0
    assert codecs.split(action).tolist() == vector


@given(st.tuples(*(st.integers(0, size - 1) for size in codecs.NVEC)))
def test_the_factored_codec_is_one_to_one(vector: tuple[int, ...]) -> None:
    assert codecs.split(codecs.join(vector)).tolist() == list(vector)


def test_what_the_factored_codec_lacks_is_refused() -> None:
    with pytest.raises(ValueError, match="has 27 numbers, this one 3"):
        codecs.join([0, 0, 0])
    with pytest.raises(ValueError, match="number 0 of the action is 20"):
        codecs.join([20, 0, 0, *[0] * 24])
    with pytest.raises(ValueError, match="no factored form"):
        codecs.split(21 << 40)
    with pytest.raises(ValueError, match="not legal"):
        codecs.target_mask(np.zeros((0, 7), dtype=np.int64), 0, 0)
