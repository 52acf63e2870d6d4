"""What may be done, and why not: one case for every reason."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jimbot_stream.balatro import actions, codecs
from jimbot_stream.balatro.actions import Verb
from jimbot_stream.balatro.engine import IllegalActionError, Run, new_run, seed_of
from jimbot_stream.balatro.kernels import legality
from jimbot_stream.balatro.refusals import REASONS, Refusal
from jimbot_stream.balatro.state import Kind, Phase
from jimbot_stream.balatro.tables.decks import NUMBER as DECK
from jimbot_stream.balatro.tables.modifiers import Edition, Mark
from jimbot_stream.balatro.tables.vouchers import NUMBER
from tests.support.states import Layout, expanded

LEGAL = Refusal.LEGAL
VERB_OF = codecs.CANONICAL >> 40
IN_ANY = {
    Phase.BLIND_SELECT,
    Phase.SELECTING_HAND,
    Phase.ROUND_EVAL,
    Phase.SHOP,
    Phase.PACK,
}
PHASES = {
    Verb.PLAY: {Phase.SELECTING_HAND},
    Verb.DISCARD: {Phase.SELECTING_HAND},
    Verb.SELECT_BLIND: {Phase.BLIND_SELECT},
    Verb.SKIP_BLIND: {Phase.BLIND_SELECT},
    Verb.CASH_OUT: {Phase.ROUND_EVAL},
    Verb.NEXT_ROUND: {Phase.SHOP},
    Verb.BUY_CARD: {Phase.SHOP},
    Verb.BUY_VOUCHER: {Phase.SHOP},
    Verb.BUY_PACK: {Phase.SHOP},
    Verb.BUY_AND_USE: {Phase.SHOP},
    Verb.PICK_PACK: {Phase.PACK},
    Verb.SKIP_PACK: {Phase.PACK},
    Verb.SELL_JOKER: IN_ANY,
    Verb.SELL_CONSUMABLE: IN_ANY,
    Verb.USE: IN_ANY,
    Verb.REROLL: {Phase.SHOP},
    Verb.REROLL_BOSS: {Phase.BLIND_SELECT},
    Verb.REARRANGE_HAND: {Phase.SELECTING_HAND, Phase.PACK},
    Verb.REARRANGE_JOKERS: IN_ANY,
    Verb.REARRANGE_CONSUMABLES: IN_ANY,
}


def refusal(
    layout: Layout, verb: int, cards: tuple[int, ...] = (), source: int = 0, target: int = 0
) -> Refusal:
    action = actions.pack(verb, cards, source, target)
    return Refusal(legality.refusal(layout.s, action))


def test_every_code_but_legal_has_a_sentence_of_its_own() -> None:
    assert set(REASONS) == set(Refusal) - {Refusal.LEGAL}
    assert len(set(REASONS.values())) == len(REASONS)


@pytest.mark.parametrize("verb", Verb)
def test_a_verb_belongs_to_its_phases(verb: Verb) -> None:
    for phase in Phase:
        wrong = refusal(Layout(phase=phase), verb) == Refusal.WRONG_PHASE
        assert wrong == (phase not in PHASES[verb])


@pytest.mark.parametrize("action", [-5, 0, 1 << 39, actions.pack(21), actions.pack(255)])
def test_unknown_verbs(action: int) -> None:
    assert legality.refusal(Layout().s, action) == Refusal.UNKNOWN_VERB


@pytest.mark.parametrize("verb", [Verb.PLAY, Verb.DISCARD])
def test_cards_of_the_hand(verb: Verb) -> None:
    layout = Layout()
    assert refusal(layout, verb, (0,)) == LEGAL
    assert refusal(layout, verb, (3, 4, 5, 6, 7)) == LEGAL
    assert refusal(layout, verb) == Refusal.NO_CARDS
    assert refusal(layout, verb, tuple(range(6))) == Refusal.TOO_MANY_CARDS
    assert refusal(layout, verb, (8,)) == Refusal.CARD_NOT_IN_HAND
    assert refusal(layout, verb, (0,), source=1) == Refusal.STRAY_ARGUMENT
    assert refusal(layout, verb, (0,), target=1) == Refusal.STRAY_ARGUMENT
    layout.card(2).marks = Mark.FORCED
    assert refusal(layout, verb, (0,)) == Refusal.FORCED_CARD_MISSING
    assert refusal(layout, verb, (0, 2)) == LEGAL
    layout.s.hands_left = layout.s.discards_left = 0
    none = Refusal.NO_HANDS_LEFT if verb == Verb.PLAY else Refusal.NO_DISCARDS_LEFT
    assert refusal(layout, verb, (0, 2)) == none


@pytest.mark.parametrize(
    ("phase", "verb"),
    [
        (Phase.BLIND_SELECT, Verb.SELECT_BLIND),
        (Phase.BLIND_SELECT, Verb.SKIP_BLIND),
        (Phase.ROUND_EVAL, Verb.CASH_OUT),
        (Phase.SHOP, Verb.NEXT_ROUND),
        (Phase.PACK, Verb.SKIP_PACK),
    ],
)
def test_verbs_that_need_no_more(phase: Phase, verb: Verb) -> None:
    layout = Layout(phase=phase)
    assert refusal(layout, verb) == LEGAL
    assert refusal(layout, verb, (0,)) == Refusal.STRAY_ARGUMENT
    assert refusal(layout, verb, source=1) == Refusal.STRAY_ARGUMENT
    assert refusal(layout, verb, target=1) == Refusal.STRAY_ARGUMENT


def test_a_boss_cannot_be_skipped() -> None:
    layout = Layout(phase=Phase.BLIND_SELECT)
    layout.s.blind = 1
    assert refusal(layout, Verb.SKIP_BLIND) == LEGAL
    layout.s.blind = 2
    assert refusal(layout, Verb.SKIP_BLIND) == Refusal.BOSS_CANNOT_BE_SKIPPED


def test_rerolling_the_boss() -> None:
    layout = Layout(phase=Phase.BLIND_SELECT)
    layout.s.money = 10
    assert refusal(layout, Verb.REROLL_BOSS) == Refusal.NO_BOSS_REROLL
    layout.s.vouchers = 1 << NUMBER["v_directors_cut"]
    assert refusal(layout, Verb.REROLL_BOSS) == LEGAL
    layout.s.rerolls = 1
    assert refusal(layout, Verb.REROLL_BOSS) == Refusal.BOSS_REROLLED
    layout.s.vouchers |= 1 << NUMBER["v_retcon"]
    assert refusal(layout, Verb.REROLL_BOSS) == LEGAL
    layout.s.money = 9
    assert refusal(layout, Verb.REROLL_BOSS) == Refusal.NOT_ENOUGH_MONEY


def test_rerolling_the_shop() -> None:
    layout = Layout(phase=Phase.SHOP)
    s = layout.s
    assert refusal(layout, Verb.REROLL) == Refusal.NOT_ENOUGH_MONEY
    s.money = 5
    assert refusal(layout, Verb.REROLL) == LEGAL
    s.reroll_more = 1
    assert refusal(layout, Verb.REROLL) == Refusal.NOT_ENOUGH_MONEY
    s.reroll_free_base = 1
    assert refusal(layout, Verb.REROLL) == LEGAL
    s.reroll_free_base, s.money, s.free_rerolls = 0, -3, 1
    assert refusal(layout, Verb.REROLL) == LEGAL


def test_buying_asks_for_money_and_debt_is_money() -> None:
    layout = Layout(phase=Phase.SHOP)
    layout.ware("j_jolly")
    layout.s.money = 2
    assert refusal(layout, Verb.BUY_CARD) == Refusal.NOT_ENOUGH_MONEY
    layout.joker("j_credit_card")
    assert refusal(layout, Verb.BUY_CARD) == LEGAL
    layout.s.money = -18
    assert refusal(layout, Verb.BUY_CARD) == Refusal.NOT_ENOUGH_MONEY
    layout.s.shop[0].marks = Mark.COUPON
    layout.s.money = -20
    assert refusal(layout, Verb.BUY_CARD) == LEGAL
    assert refusal(layout, Verb.BUY_CARD, source=1) == Refusal.NO_SUCH_SLOT


def test_buying_asks_for_room_and_a_negative_brings_its_own() -> None:
    layout = Layout(phase=Phase.SHOP, jokers=["j_joker"] * 5, consumables=["c_pluto"] * 2)
    layout.s.money = 50
    layout.ware("j_jolly")
    layout.ware("j_jolly", Edition.NEGATIVE)
    layout.ware("c_pluto")
    layout.s.shop[3].kind, layout.s.shop_count = Kind.CARD, 4
    assert refusal(layout, Verb.BUY_CARD, source=0) == Refusal.NO_JOKER_ROOM
    assert refusal(layout, Verb.BUY_CARD, source=1) == LEGAL
    assert refusal(layout, Verb.BUY_CARD, source=2) == Refusal.NO_CONSUMABLE_ROOM
    assert refusal(layout, Verb.BUY_CARD, source=3) == LEGAL
    layout.s.jokers[0].edition = Edition.NEGATIVE
    layout.s.consumables[0].edition = Edition.NEGATIVE
    assert refusal(layout, Verb.BUY_CARD, source=0) == LEGAL
    assert refusal(layout, Verb.BUY_CARD, source=2) == LEGAL


def test_buying_and_using_needs_no_room() -> None:
    layout = Layout(phase=Phase.SHOP, hand=(), consumables=["c_pluto"] * 2)
    layout.s.money = 50
    for key in ("c_mars", "c_lovers", "j_joker", "c_emperor"):
        layout.ware(key)
    assert refusal(layout, Verb.BUY_AND_USE, source=0) == LEGAL
    assert refusal(layout, Verb.BUY_AND_USE, source=1) == Refusal.NO_HAND
    assert refusal(layout, Verb.BUY_AND_USE, source=2) == Refusal.NOT_A_CONSUMABLE
    assert refusal(layout, Verb.BUY_AND_USE, source=3) == Refusal.NO_CONSUMABLE_ROOM
    layout.s.consumable_count = 1
    assert refusal(layout, Verb.BUY_AND_USE, source=3) == LEGAL


def test_buying_vouchers_and_packs() -> None:
    layout = Layout(phase=Phase.SHOP)
    s = layout.s
    s.shop_vouchers[0].kind, s.shop_vouchers[0].id, s.vouchers_count = Kind.VOUCHER, 1, 1
    s.packs[0].kind, s.packs[0].id, s.packs_count = Kind.PACK, 1, 1
    assert refusal(layout, Verb.BUY_VOUCHER) == Refusal.NOT_ENOUGH_MONEY
    assert refusal(layout, Verb.BUY_PACK) == LEGAL
    s.money = 10
    assert refusal(layout, Verb.BUY_VOUCHER) == LEGAL
    s.money = 3
    assert refusal(layout, Verb.BUY_PACK) == Refusal.NOT_ENOUGH_MONEY
    assert refusal(layout, Verb.BUY_PACK, source=1) == Refusal.NO_SUCH_SLOT
    assert refusal(layout, Verb.BUY_PACK, target=1) == Refusal.STRAY_ARGUMENT


def test_picking_from_a_pack() -> None:
    layout = Layout(phase=Phase.PACK, jokers=["j_joker"] * 5, consumables=["c_pluto"] * 2)
    layout.in_pack("j_jolly")
    layout.in_pack("j_jolly", Edition.NEGATIVE)
    layout.in_pack("c_death")
    layout.in_pack("c_high_priestess")
    layout.in_pack("c_pluto").kind = Kind.CARD
    assert refusal(layout, Verb.PICK_PACK, source=0) == Refusal.NO_JOKER_ROOM
    assert refusal(layout, Verb.PICK_PACK, source=1) == LEGAL
    assert refusal(layout, Verb.PICK_PACK, (0,), source=1) == Refusal.STRAY_ARGUMENT
    assert refusal(layout, Verb.PICK_PACK, (0,), source=2) == Refusal.TOO_FEW_CARDS
    assert refusal(layout, Verb.PICK_PACK, (0, 1), source=2) == LEGAL
    assert refusal(layout, Verb.PICK_PACK, source=3) == Refusal.NO_CONSUMABLE_ROOM
    assert refusal(layout, Verb.PICK_PACK, source=4) == LEGAL
    assert refusal(layout, Verb.PICK_PACK, source=5) == Refusal.NO_SUCH_SLOT


def test_selling() -> None:
    layout = Layout(phase=Phase.ROUND_EVAL, jokers=["j_joker"], consumables=["c_pluto"])
    layout.joker("j_joker", marks=Mark.ETERNAL)
    assert refusal(layout, Verb.SELL_JOKER) == LEGAL
    assert refusal(layout, Verb.SELL_JOKER, source=1) == Refusal.ETERNAL
    assert refusal(layout, Verb.SELL_JOKER, source=2) == Refusal.NO_SUCH_SLOT
    assert refusal(layout, Verb.SELL_CONSUMABLE) == LEGAL
    assert refusal(layout, Verb.SELL_CONSUMABLE, source=1) == Refusal.NO_SUCH_SLOT


@pytest.mark.parametrize(
    "verb", [Verb.REARRANGE_HAND, Verb.REARRANGE_JOKERS, Verb.REARRANGE_CONSUMABLES]
)
def test_moving(verb: Verb) -> None:
    layout = Layout(("S_A", "H_K"), jokers=["j_joker"] * 2, consumables=["c_pluto"] * 2)
    s = layout.s
    assert refusal(layout, verb, source=0, target=1) == LEGAL
    assert refusal(layout, verb, source=1, target=0) == LEGAL
    assert refusal(layout, verb, source=1, target=1) == Refusal.SAME_PLACE
    assert refusal(layout, verb, source=0, target=2) == Refusal.NO_SUCH_SLOT
    assert refusal(layout, verb, source=2, target=0) == Refusal.NO_SUCH_SLOT
    assert refusal(layout, verb, (0,), source=1) == Refusal.STRAY_ARGUMENT
    s.hand_count = s.joker_count = s.consumable_count = 1
    assert refusal(layout, verb, source=0, target=1) == Refusal.SAME_PLACE


# --- consumables -----------------------------------------------------------------------


def _plain(layout: Layout) -> None:
    layout.joker("j_joker")


def _all_edition(layout: Layout) -> None:
    layout.joker("j_joker", Edition.FOIL)


def _full(layout: Layout) -> None:
    for _ in range(5):
        layout.joker("j_joker")


def _after_mars(layout: Layout) -> None:
    layout.s.last_consumable_kind, layout.s.last_consumable = Kind.PLANET, 4


def _after_fool(layout: Layout) -> None:
    layout.s.last_consumable_kind, layout.s.last_consumable = Kind.TAROT, 1


def _one_slot(layout: Layout) -> None:
    layout.joker("j_joker")
    layout.s.joker_slots = 1


def _nothing(_: Layout) -> None:
    pass


@pytest.mark.parametrize(
    ("key", "before", "told"),
    [
        ("c_fool", _nothing, Refusal.NOTHING_TO_REPEAT),
        ("c_fool", _after_fool, Refusal.NOTHING_TO_REPEAT),
        ("c_fool", _after_mars, LEGAL),
        ("c_emperor", _nothing, LEGAL),
        ("c_high_priestess", _nothing, LEGAL),
        ("c_hermit", _nothing, LEGAL),
        ("c_temperance", _nothing, LEGAL),
        ("c_wheel_of_fortune", _nothing, Refusal.NO_PLAIN_JOKER),
        ("c_wheel_of_fortune", _all_edition, Refusal.NO_PLAIN_JOKER),
        ("c_wheel_of_fortune", _plain, LEGAL),
        ("c_hex", _all_edition, Refusal.NO_PLAIN_JOKER),
        ("c_hex", _plain, LEGAL),
        ("c_ectoplasm", _all_edition, Refusal.NO_PLAIN_JOKER),
        ("c_ectoplasm", _plain, LEGAL),
        ("c_ankh", _nothing, Refusal.NO_JOKER),
        ("c_ankh", _one_slot, Refusal.NO_JOKER),
        ("c_ankh", _full, Refusal.NO_JOKER_ROOM),
        ("c_ankh", _plain, LEGAL),
        ("c_judgement", _full, Refusal.NO_JOKER_ROOM),
        ("c_judgement", _plain, LEGAL),
        ("c_wraith", _full, Refusal.NO_JOKER_ROOM),
        ("c_wraith", _plain, LEGAL),
        ("c_soul", _full, Refusal.NO_JOKER_ROOM),
        ("c_soul", _plain, LEGAL),
        ("c_black_hole", _nothing, LEGAL),
        ("c_pluto", _nothing, LEGAL),
    ],
)
def test_consumables_without_targets(
    key: str, before: Callable[[Layout], None], told: Refusal
) -> None:
    for phase in (Phase.SHOP, Phase.BLIND_SELECT, Phase.ROUND_EVAL):
        layout = Layout((), phase, consumables=[key, "c_pluto"])
        before(layout)
        assert refusal(layout, Verb.USE) == told
        if told == LEGAL:
            assert refusal(layout, Verb.USE, (0,)) == Refusal.STRAY_ARGUMENT


@pytest.mark.parametrize(
    "key", ["c_familiar", "c_grim", "c_incantation", "c_immolate", "c_sigil", "c_ouija"]
)
def test_spectrals_that_need_a_hand(key: str) -> None:
    assert refusal(Layout(consumables=[key]), Verb.USE) == LEGAL
    assert refusal(Layout(phase=Phase.PACK, consumables=[key]), Verb.USE) == LEGAL
    assert refusal(Layout(("S_A",), consumables=[key]), Verb.USE) == Refusal.NO_HAND
    assert refusal(Layout((), Phase.SHOP, consumables=[key]), Verb.USE) == Refusal.NO_HAND
    assert refusal(Layout(consumables=[key]), Verb.USE, (0,)) == Refusal.STRAY_ARGUMENT


@pytest.mark.parametrize(
    ("key", "fewest", "most"),
    [
        ("c_magician", 1, 2),
        ("c_empress", 1, 2),
        ("c_heirophant", 1, 2),
        ("c_lovers", 1, 1),
        ("c_chariot", 1, 1),
        ("c_justice", 1, 1),
        ("c_strength", 1, 2),
        ("c_hanged_man", 1, 2),
        ("c_death", 2, 2),
        ("c_devil", 1, 1),
        ("c_tower", 1, 1),
        ("c_star", 1, 3),
        ("c_moon", 1, 3),
        ("c_sun", 1, 3),
        ("c_world", 1, 3),
        ("c_talisman", 1, 1),
        ("c_aura", 1, 1),
        ("c_deja_vu", 1, 1),
        ("c_trance", 1, 1),
        ("c_medium", 1, 1),
        ("c_cryptid", 1, 1),
    ],
)
def test_consumables_with_targets(key: str, fewest: int, most: int) -> None:
    for phase in (Phase.SELECTING_HAND, Phase.PACK):
        layout = Layout(phase=phase, consumables=[key])
        for count in range(6):
            told = refusal(layout, Verb.USE, tuple(range(count)))
            few, many = Refusal.TOO_FEW_CARDS, Refusal.TOO_MANY_TARGETS
            assert told == (few if count < fewest else many if count > most else LEGAL)
        assert refusal(layout, Verb.USE, (8,)) == Refusal.CARD_NOT_IN_HAND
    assert refusal(Layout((), Phase.SHOP, consumables=[key]), Verb.USE) == Refusal.NO_HAND
    short = Layout(("S_A",), consumables=[key])
    assert refusal(short, Verb.USE, (0,)) == (LEGAL if fewest == 1 else Refusal.NO_HAND)


def test_a_forced_card_is_among_the_targets() -> None:
    layout = Layout(consumables=["c_lovers", "c_strength"])
    layout.card(3).marks = Mark.FORCED
    assert refusal(layout, Verb.USE, (0,)) == Refusal.FORCED_CARD_MISSING
    assert refusal(layout, Verb.USE, (3,)) == LEGAL
    assert refusal(layout, Verb.USE, (0, 3), source=1) == LEGAL


def test_aura_asks_for_a_card_without_edition() -> None:
    layout = Layout(("S_A", "H_K"), consumables=["c_aura"])
    layout.card(0).edition = Edition.FOIL
    assert refusal(layout, Verb.USE, (0,)) == Refusal.CARD_HAS_EDITION
    assert refusal(layout, Verb.USE, (1,)) == LEGAL
    layout.card(1).edition = Edition.HOLO
    assert refusal(layout, Verb.USE, (1,)) == Refusal.CARD_HAS_EDITION


def test_what_is_used_from_a_slot_needs_no_room_for_what_it_creates() -> None:
    layout = Layout((), Phase.SHOP, consumables=["c_emperor", "c_pluto"])
    assert refusal(layout, Verb.USE) == LEGAL


# --- the whole engine ------------------------------------------------------------------


def _walked(game: int, choices: list[int]) -> Run:
    """A run after some legal actions; verbs in turn, so that all of them come up."""
    run = new_run(seed_of(1, game), list(DECK)[game % len(DECK)], 1 + game % 8)
    run.state["money"] = 100
    for choice in choices:
        legal = np.flatnonzero(run.legal())
        if len(legal) == 0:
            break
        verbs = np.unique(VERB_OF[legal])
        of_one = legal[VERB_OF[legal] == verbs[choice % len(verbs)]]
        run.step_index(int(of_one[choice // len(verbs) % len(of_one)]))
        if choice % 3 == 0:
            run.state["chips"] = run.state["required"]
    return run


def _accepts(run: Run, action: int) -> bool:
    """Whether a copy of the run takes the action; one that does not must be untouched."""
    twin = Run.restore(run.snapshot())
    try:
        twin.step(action)
    except IllegalActionError:
        assert twin.snapshot() == run.snapshot()
        return False
    assert twin.snapshot() != run.snapshot()
    return True


played = st.tuples(st.integers(0, 10_000), st.lists(st.integers(0, 10_000), max_size=40))


@settings(max_examples=20, deadline=None)
@given(played)
def test_an_index_is_legal_exactly_when_the_step_accepts_it(game: tuple[int, list[int]]) -> None:
    run = _walked(*game)
    told = run.legal()
    for index in range(game[0] % 7, codecs.A, 7):
        assert _accepts(run, codecs.canonical(index)) == told[index]


@settings(max_examples=50, deadline=None)
@given(played, st.integers(-(2**63), 2**63 - 1) | st.integers(0, 2**45))
def test_any_number_is_accepted_or_refused_untouched(
    game: tuple[int, list[int]], action: int
) -> None:
    run = _walked(*game)
    assert _accepts(run, action) == (action in set(expanded(run.families())))
