"""Consumables among bosses, jokers and full rows: what several of them share."""

import pytest

from jimbot_stream.balatro.kernels import items
from jimbot_stream.balatro.state import Kind
from jimbot_stream.balatro.tables.blinds import NUMBER as BLIND
from jimbot_stream.balatro.tables.consumables import TAROT
from jimbot_stream.balatro.tables.modifiers import Edition, Mark
from tests.support.states import Layout, kind_and_id, use


@pytest.mark.parametrize(("key", "made"), [("c_emperor", 1), ("c_high_priestess", 1)])
def test_a_negative_one_makes_room_for_what_it_creates(key: str, made: int) -> None:
    layout = Layout()
    layout.consumable(key, Edition.NEGATIVE)
    layout.consumable("c_mars")
    layout.consumable("c_venus")
    assert len(use(layout).held()) == 2 + made


def test_a_negative_fool_acts_in_a_full_row() -> None:
    layout = Layout()
    layout.consumable("c_fool", Edition.NEGATIVE)
    layout.consumable("c_mars")
    layout.consumable("c_venus")
    layout.s.last_consumable_kind, layout.s.last_consumable = Kind.TAROT, TAROT["c_hermit"]
    assert use(layout).held()[-1] == kind_and_id("c_hermit")


def test_cards_changed_against_a_boss_are_judged_anew() -> None:
    layout = Layout(consumables=["c_moon", "c_lovers", "c_sun"])
    layout.s.blind, layout.s.boss = 2, BLIND["bl_club"]
    use(layout, 0b1)
    assert layout.card(0).marks == Mark.DEBUFFED
    use(layout, 0b10)  # a Wild Card is a Club too
    assert layout.card(1).marks == Mark.DEBUFFED
    use(layout, 0b1)
    assert layout.card(0).marks == 0


def test_death_copies_a_debuff_and_a_forced_choice() -> None:
    layout = Layout(consumables=["c_death"])
    layout.card(0).marks = Mark.FACE_DOWN
    layout.card(1).marks = Mark.DEBUFFED | Mark.FORCED
    use(layout, 0b11)
    assert layout.card(0).marks == Mark.FACE_DOWN | Mark.DEBUFFED | Mark.FORCED


def test_a_lost_stuntman_lets_cards_be_drawn_at_once() -> None:
    layout = Layout(consumables=["c_hex"], jokers=["j_joker", "j_stuntman"])
    layout.s.jokers[1].edition = Edition.FOIL
    layout.s.hand_size = 6
    use(layout)
    assert layout.s.hand_size == 8
    assert layout.s.hand_count == 10


def test_chicot_disables_the_boss_at_once() -> None:
    gained = 0
    for number in range(40):
        layout = Layout(consumables=["c_soul"], seed=f"SEED{number}")
        layout.s.blind, layout.s.boss = 2, BLIND["bl_club"]
        use(layout)
        chicot = layout.owned() == ["j_chicot"]
        assert layout.s.boss_off == chicot
        gained += chicot
    assert gained > 0


def test_double_odds_for_the_wheel_of_fortune() -> None:
    layout = Layout(consumables=["c_wheel_of_fortune"], jokers=["j_oops", "j_oops"])
    use(layout)
    assert sum(joker.edition != 0 for joker in layout.s.jokers[:2]) == 1


def test_jokers_are_picked_by_age_not_place() -> None:
    names = ["j_joker", "j_jolly", "j_zany"]
    layout = Layout(consumables=["c_ectoplasm"], jokers=names)
    turned = Layout(consumables=["c_ectoplasm"], jokers=names)
    items.copy(turned.s.jokers[3], turned.s.jokers[0])
    items.copy(turned.s.jokers[0], turned.s.jokers[2])
    items.copy(turned.s.jokers[2], turned.s.jokers[3])
    items.clear(turned.s.jokers[3])
    changed = []
    for one in (use(layout), use(turned)):
        (slot,) = [n for n in range(3) if one.s.jokers[n].edition]
        changed.append(one.owned()[slot])
    assert changed[0] == changed[1]
