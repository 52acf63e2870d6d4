"""What every tarot, planet and spectral card does; expectations are worked out from its rule."""

import math
from collections.abc import Callable

import numpy as np
import pytest

from jimbot_stream.balatro import rng
from jimbot_stream.balatro.kernels import create, items
from jimbot_stream.balatro.state import Kind, Phase
from jimbot_stream.balatro.tables.cards import Suit
from jimbot_stream.balatro.tables.compiled_pools import RARITY_STREAM
from jimbot_stream.balatro.tables.consumables import PLANET, PLANETS, SPECTRALS, TAROT, TAROTS
from jimbot_stream.balatro.tables.hands import HANDS
from jimbot_stream.balatro.tables.hands import NUMBER as HAND
from jimbot_stream.balatro.tables.jokers import JOKERS, Rarity
from jimbot_stream.balatro.tables.modifiers import Edition, Enhancement, Mark, Seal
from jimbot_stream.balatro.tables.streams import NUMBER as STREAM
from tests.support.states import EIGHT, Layout, kind_and_id, use

SUITS = (Suit.SPADES, Suit.HEARTS, Suit.DIAMONDS, Suit.CLUBS)


class Draws:
    """The draws of a stream from the start of a run on."""

    def __init__(self, stream: str, seed: str = "TESTSEED") -> None:
        self._streams = Layout(seed=seed).r
        self._stream = STREAM[stream]

    def roll(self) -> float:
        return rng.roll(self._streams, self._stream, 1)

    def pick(self, count: int) -> int:
        return math.floor(self.roll() * count)


def edition_of(poll: float) -> Edition:
    """The edition of a poll that always gives one, though never Negative."""
    if poll > 1 - 0.006 * 25:
        return Edition.POLYCHROME
    return Edition.HOLO if poll > 1 - 0.02 * 25 else Edition.FOIL


# --- tarots ----------------------------------------------------------------------------


def _enhances(enhancement: Enhancement) -> Callable[[str], None]:
    def check(key: str) -> None:
        layout = Layout(consumables=[key])
        layout.card(0).marks = Mark.PLAYED_THIS_ANTE
        use(layout, 0b1)
        assert [layout.card(n).enhancement for n in range(8)] == [enhancement, *[0] * 7]
        assert layout.card(0).marks == 0
        assert layout.hand() == list(EIGHT)

    return check


def _suits(suit: Suit) -> Callable[[str], None]:
    def check(key: str) -> None:
        layout = use(Layout(consumables=[key]), 0b10000111)
        letter = suit.name[0]
        changed = [letter + card[1:] if n in (0, 1, 2, 7) else card for n, card in enumerate(EIGHT)]
        assert layout.hand() == changed

    return check


def _fool(key: str) -> None:
    layout = Layout(consumables=[key])
    layout.s.last_consumable_kind, layout.s.last_consumable = Kind.PLANET, PLANET["c_mars"]
    use(layout)
    assert layout.held() == [kind_and_id("c_mars")]
    assert (layout.s.last_consumable_kind, layout.s.last_consumable) == kind_and_id("c_fool")
    full = Layout(consumables=[key, "c_pluto"])
    full.s.consumable_slots = 1
    full.s.last_consumable_kind, full.s.last_consumable = Kind.PLANET, PLANET["c_mars"]
    assert use(full).held() == [kind_and_id("c_pluto")]


def _high_priestess(key: str) -> None:
    held = use(Layout(consumables=[key])).held()
    assert [kind for kind, _ in held] == [Kind.PLANET] * 2
    assert len({number for _, number in held}) == 2
    assert len(use(Layout(consumables=[key, "c_fool"])).held()) == 2


def _emperor(key: str) -> None:
    for number in range(40):
        held = use(Layout(consumables=[key], seed=f"SEED{number}")).held()
        assert [kind for kind, _ in held] == [Kind.TAROT] * 2
        assert kind_and_id(key) not in held
        assert len(set(held)) == 2
    assert len(use(Layout(consumables=[key, "c_fool"])).held()) == 2


def _hermit(key: str) -> None:
    for before, after in ((7, 14), (25, 45), (-3, -3), (0, 0)):
        layout = Layout(consumables=[key])
        layout.s.money = before
        assert use(layout).s.money == after


def _wheel_of_fortune(key: str) -> None:
    for number in range(30):
        layout = Layout(consumables=[key], seed=f"SEED{number}")
        layout.joker("j_jolly", Edition.NEGATIVE)
        layout.joker("j_joker")
        draws = Draws("wheel_of_fortune", f"SEED{number}")
        wins = draws.roll() < 1 / 4
        draws.roll()
        use(layout)
        assert layout.s.jokers[1].edition == (edition_of(draws.roll()) if wins else 0)
        assert layout.s.jokers[0].edition == Edition.NEGATIVE


def _strength(key: str) -> None:
    layout = use(Layout(consumables=[key]), 0b10000001)
    assert layout.hand() == ["S_2", *EIGHT[1:7], "C_3"]


def _hanged_man(key: str) -> None:
    layout = Layout(consumables=[key], jokers=["j_glass", "j_caino"])
    layout.card(1).enhancement = Enhancement.GLASS
    use(layout, 0b110)
    assert layout.hand() == [EIGHT[0], *EIGHT[3:]]
    assert (layout.s.card_count, layout.s.draw_count) == (50, 44)
    assert [joker.value for joker in layout.s.jokers[:2]] == [1.75, 3.0]


def _death(key: str) -> None:
    layout = Layout(consumables=[key])
    right = layout.card(6)
    right.enhancement, right.edition, right.seal = Enhancement.GLASS, Edition.FOIL, Seal.RED
    right.bonus = 15
    birth = int(layout.card(1).birth)
    use(layout, 0b1000010)
    assert layout.hand() == [EIGHT[0], EIGHT[6], *EIGHT[2:]]
    left, right = layout.card(1).copy(), layout.card(6).copy()
    assert left.birth == birth
    left.birth = right.birth
    assert left.item() == right.item()


def _temperance(key: str) -> None:
    layout = Layout(consumables=[key], jokers=["j_joker", "j_blueprint"])
    assert use(layout).s.money == 4 + 1 + 5
    layout = Layout(consumables=[key], jokers=["j_joker"])
    layout.s.jokers[0].sell = 99
    assert use(layout).s.money == 54


def _judgement(key: str) -> None:
    (joker,) = use(Layout(consumables=[key])).owned()
    roll = rng.roll(Layout().r, int(RARITY_STREAM[create.SRC_JUD]), 1)
    rarity = Rarity.RARE if roll > 0.95 else Rarity.UNCOMMON if roll > 0.7 else Rarity.COMMON
    assert joker in {row.key for row in JOKERS if row.rarity == rarity}


TAROT_CHECKS = {
    "c_fool": _fool,
    "c_magician": _enhances(Enhancement.LUCKY),
    "c_high_priestess": _high_priestess,
    "c_empress": _enhances(Enhancement.MULT),
    "c_emperor": _emperor,
    "c_heirophant": _enhances(Enhancement.BONUS),
    "c_lovers": _enhances(Enhancement.WILD),
    "c_chariot": _enhances(Enhancement.STEEL),
    "c_justice": _enhances(Enhancement.GLASS),
    "c_hermit": _hermit,
    "c_wheel_of_fortune": _wheel_of_fortune,
    "c_strength": _strength,
    "c_hanged_man": _hanged_man,
    "c_death": _death,
    "c_temperance": _temperance,
    "c_devil": _enhances(Enhancement.GOLD),
    "c_tower": _enhances(Enhancement.STONE),
    "c_star": _suits(Suit.DIAMONDS),
    "c_moon": _suits(Suit.CLUBS),
    "c_sun": _suits(Suit.HEARTS),
    "c_judgement": _judgement,
    "c_world": _suits(Suit.SPADES),
}


@pytest.mark.parametrize("key", [row.key for row in TAROTS])
def test_tarot(key: str) -> None:
    TAROT_CHECKS[key](key)


@pytest.mark.parametrize("key", [row.key for row in TAROTS])
def test_a_used_tarot_is_counted_and_remembered(key: str) -> None:
    layout = Layout(consumables=[key], jokers=["j_joker", "j_constellation"])
    use(layout, 0b11 if key == "c_death" else 0b1)
    assert layout.s.tarots_used == 1
    assert layout.s.planets_used == 0
    assert (layout.s.last_consumable_kind, layout.s.last_consumable) == (Kind.TAROT, TAROT[key])
    assert layout.s.jokers[1].value == 1


# --- planets ---------------------------------------------------------------------------

PLANET_HANDS = {
    "c_mercury": "Pair",
    "c_venus": "Three of a Kind",
    "c_earth": "Full House",
    "c_mars": "Four of a Kind",
    "c_jupiter": "Flush",
    "c_saturn": "Straight",
    "c_uranus": "Two Pair",
    "c_neptune": "Straight Flush",
    "c_pluto": "High Card",
    "c_planet_x": "Five of a Kind",
    "c_ceres": "Flush House",
    "c_eris": "Flush Five",
}


@pytest.mark.parametrize("key", [row.key for row in PLANETS])
def test_planet(key: str) -> None:
    layout = Layout((), Phase.SHOP, ["j_constellation"], [key])
    use(layout)
    raised = HAND[PLANET_HANDS[key]]
    assert layout.s.level.tolist() == [1 + (n == raised) for n in range(len(HANDS))]
    assert layout.s.planets_used == 1 << PLANET[key]
    assert layout.s.tarots_used == 0
    assert (layout.s.last_consumable_kind, layout.s.last_consumable) == kind_and_id(key)
    assert layout.s.jokers[0].value == pytest.approx(1.1)
    assert layout.held() == []


# --- spectrals -------------------------------------------------------------------------


def _oldest_first(layout: Layout) -> list[int]:
    return sorted(int(card) for card in layout.s.hand[: layout.s.hand_count])


def _key_of(layout: Layout, index: int) -> str:
    place: int = layout.s.hand.tolist().index(index)
    return layout.hand()[place]


def _destroyed(layout: Layout) -> str:
    order = _oldest_first(layout)
    return _key_of(layout, order[Draws("random_destroy").pick(len(order))])


def _replaces(stream: str, ranks: str, count: int) -> Callable[[str], None]:
    def check(key: str) -> None:
        layout = Layout(consumables=[key], jokers=["j_hologram"])
        gone = _destroyed(layout)
        draws, enhancing = Draws(stream), Draws("spe_card")
        expected = []
        for _ in range(count):
            rank = ranks[draws.pick(len(ranks))] if len(ranks) > 1 else ranks
            expected.append(f"{SUITS[draws.pick(4)].name[0]}_{rank}")
        enhancements = [(1, 2, 3, 4, 5, 7, 8)[enhancing.pick(7)] for _ in range(count)]
        use(layout)
        kept = [card for card in EIGHT if card != gone]
        assert layout.hand() == kept + expected
        made = [layout.card(7 + n) for n in range(count)]
        assert [card.enhancement for card in made] == enhancements
        assert layout.s.card_count == 51 + count
        assert layout.s.jokers[0].value == pytest.approx(1 + 0.25 * count)

    return check


def _seals(seal: Seal) -> Callable[[str], None]:
    def check(key: str) -> None:
        layout = Layout(consumables=[key])
        layout.card(3).seal = Seal.RED if seal != Seal.RED else Seal.BLUE
        use(layout, 0b1000)
        assert [layout.card(n).seal for n in range(8)] == [0, 0, 0, seal, 0, 0, 0, 0]

    return check


def _aura(key: str) -> None:
    layout = use(Layout(consumables=[key]), 0b100)
    wanted = edition_of(Draws("aura").roll())
    assert [layout.card(n).edition for n in range(8)] == [0, 0, wanted, 0, 0, 0, 0, 0]


def _wraith(key: str) -> None:
    for money in (17, -5):
        layout = Layout(consumables=[key])
        layout.s.money = money
        use(layout)
        (joker,) = layout.owned()
        assert joker in {row.key for row in JOKERS if row.rarity == Rarity.RARE}
        assert layout.s.money == 0


def _sigil(key: str) -> None:
    suit = SUITS[Draws("sigil").pick(4)].name[0]
    assert use(Layout(consumables=[key])).hand() == [suit + card[1:] for card in EIGHT]


def _ouija(key: str) -> None:
    rank = "23456789TJQKA"[Draws("ouija").pick(13)]
    layout = use(Layout(consumables=[key]))
    assert layout.hand() == [card[:2] + rank for card in EIGHT]
    assert layout.s.hand_size == 7


def _ectoplasm(key: str) -> None:
    layout = Layout(consumables=[key], jokers=["j_joker", "j_jolly", "j_zany"])
    layout.s.jokers[1].edition = Edition.FOIL
    chosen = (0, 2)[Draws("ectoplasm").pick(2)]
    use(layout)
    assert layout.s.jokers[chosen].edition == Edition.NEGATIVE
    assert layout.s.jokers[1].edition == Edition.FOIL
    assert items.joker_room(layout.s) == 3
    assert layout.s.hand_size == 7
    layout.consumable(key)
    assert use(layout).s.hand_size == 5
    assert {int(joker.edition) for joker in layout.s.jokers[:3]} == {1, 4}


def _immolate(key: str) -> None:
    layout = Layout(consumables=[key], jokers=["j_glass", "j_caino"])
    for position in range(8):
        layout.card(position).enhancement = Enhancement.GLASS
    order = np.array(_oldest_first(layout), dtype=np.int16)
    rng.shuffle_seed(order, len(order), rng.use(Layout().r, STREAM["immolate"], 1, 0))
    gone = {_key_of(layout, int(index)) for index in order[:5]}
    use(layout)
    assert layout.hand() == [card for card in EIGHT if card not in gone]
    assert layout.s.money == 24
    faces = sum(card[2] in "JQK" for card in gone)
    assert [joker.value for joker in layout.s.jokers[:2]] == [1, 1 + faces]


def _ankh(key: str) -> None:
    layout = Layout(consumables=[key])
    for name in ("j_joker", "j_jolly", "j_zany"):
        layout.joker(name, Edition.NEGATIVE).value = 7
    layout.joker("j_mad", marks=Mark.ETERNAL)
    chosen = layout.owned()[Draws("ankh_choice").pick(4)]
    use(layout)
    kept = [chosen] if chosen == "j_mad" else [chosen, "j_mad"]
    assert layout.owned() == [*kept, chosen]
    copy = layout.s.jokers[len(kept)]
    assert copy.edition == Edition.NONE
    assert copy.value == layout.s.jokers[0].value
    assert copy.birth == layout.s.births


def _hex(key: str) -> None:
    layout = Layout(consumables=[key], jokers=["j_joker", "j_jolly", "j_zany"])
    layout.joker("j_mad", Edition.FOIL, Mark.ETERNAL)
    chosen = layout.owned()[Draws("hex").pick(3)]
    use(layout)
    assert layout.owned() == [chosen, "j_mad"]
    assert [joker.edition for joker in layout.s.jokers[:2]] == [Edition.POLYCHROME, Edition.FOIL]


def _cryptid(key: str) -> None:
    layout = Layout(consumables=[key], jokers=["j_hologram"])
    card = layout.card(2)
    card.enhancement, card.seal, card.edition, card.bonus = 4, 1, 2, 10
    card.marks = Mark.FORCED
    use(layout, 0b100)
    assert layout.hand() == [*EIGHT, EIGHT[2], EIGHT[2]]
    assert layout.s.card_count == 54
    for position in (8, 9):
        made = layout.card(position)
        told = (made.enhancement, made.seal, made.edition, made.bonus, made.marks)
        assert told == (4, 1, 2, 10, 0)
    assert layout.s.jokers[0].value == 1.5


def _soul(key: str) -> None:
    (joker,) = use(Layout(consumables=[key])).owned()
    assert joker in {row.key for row in JOKERS if row.rarity == Rarity.LEGENDARY}


def _black_hole(key: str) -> None:
    assert use(Layout((), Phase.SHOP, consumables=[key])).s.level.tolist() == [2] * 12


SPECTRAL_CHECKS = {
    "c_familiar": _replaces("familiar_create", "JQK", 3),
    "c_grim": _replaces("grim_create", "A", 2),
    "c_incantation": _replaces("incantation_create", "23456789T", 4),
    "c_talisman": _seals(Seal.GOLD),
    "c_aura": _aura,
    "c_wraith": _wraith,
    "c_sigil": _sigil,
    "c_ouija": _ouija,
    "c_ectoplasm": _ectoplasm,
    "c_immolate": _immolate,
    "c_ankh": _ankh,
    "c_deja_vu": _seals(Seal.RED),
    "c_hex": _hex,
    "c_trance": _seals(Seal.BLUE),
    "c_medium": _seals(Seal.PURPLE),
    "c_cryptid": _cryptid,
    "c_soul": _soul,
    "c_black_hole": _black_hole,
}


@pytest.mark.parametrize("key", [row.key for row in SPECTRALS])
def test_spectral(key: str) -> None:
    SPECTRAL_CHECKS[key](key)


@pytest.mark.parametrize("key", [row.key for row in SPECTRALS])
def test_a_spectral_is_nothing_that_the_fool_repeats(key: str) -> None:
    layout = use(Layout(consumables=[key], jokers=["j_joker"]), 0b1)
    assert (layout.s.tarots_used, layout.s.planets_used) == (0, 0)
    assert (layout.s.last_consumable_kind, layout.s.last_consumable) == (0, 0)
