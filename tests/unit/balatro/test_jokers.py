"""Every joker once: what it makes of a hand, or what it does at its moment.

The expectations are worked out from the rules of the game by hand: ``PAIR`` of aces is 10 + 22
chips times 2 mult before any joker.
"""

from dataclasses import dataclass, field

import pytest

from jimbot_stream.balatro.tables.jokers import JOKERS
from jimbot_stream.balatro.tables.modifiers import Enhancement
from tests.support.plays import Table
from tests.unit.balatro.building import add_to_deck
from tests.unit.balatro.joker_events import EVENTS

PAIR = "AS,AH"
KINGS = "KS,KH"
THREE = "KH,KS,KC"
TWO_PAIR = "AS,AH,2S,2H"
STRAIGHT = "5S,6H,7S,8S,9S"
FLUSH = "2H,4H,6H,8H,TH"
PAIR_NUMBER, HIGH_CARD_NUMBER = 10, 11


@dataclass(frozen=True)
class Plays:
    """A hand of which the first cards are played, with the joker leftmost, and what it scores."""

    cards: str
    count: int
    chips: float
    mult: float
    others: str = ""
    value: float | None = None
    after: float | None = None
    """The joker's value afterwards."""
    money: int = 0
    """Dollars earned."""
    made: int = 0
    """Consumables created."""
    counter: int | None = None
    deck: str = ""
    boss: str = ""
    fields: dict[str, int] = field(default_factory=dict)
    played: dict[int, int] = field(default_factory=dict)
    """Times that poker hands were played in the run, and in the round."""


def pair(chips: float = 32, mult: float = 2, **more: object) -> Plays:
    return Plays(PAIR, 2, chips, mult, **more)  # type: ignore[arg-type]


CASES = {
    "joker": pair(mult=6),
    "greedy_joker": Plays("AD,AH", 2, 32, 5),
    "lusty_joker": Plays("AD,AH", 2, 32, 5),
    "wrathful_joker": pair(mult=5),
    "gluttenous_joker": Plays("AC,AH", 2, 32, 5),
    "jolly": pair(mult=10),
    "zany": Plays(THREE, 3, 60, 15),
    "mad": Plays(TWO_PAIR, 4, 46, 12),
    "crazy": Plays(STRAIGHT, 5, 65, 16),
    "droll": Plays(FLUSH, 5, 65, 14),
    "sly": pair(chips=82),
    "wily": Plays(THREE, 3, 160, 3),
    "clever": Plays(TWO_PAIR, 4, 126, 2),
    "devious": Plays(STRAIGHT, 5, 165, 4),
    "crafty": Plays(FLUSH, 5, 145, 4),
    "half": pair(mult=22),
    "stencil": pair(mult=10),
    "four_fingers": Plays("2H,4H,6H,8H,KS", 5, 55, 4),
    "mime": Plays("AS,AH,KD steel", 2, 32, 4.5),
    "ceremonial": pair(mult=9, value=7, after=7),
    "banner": pair(chips=122),
    "mystic_summit": pair(mult=17, fields={"discards_left": 0}),
    "loyalty_card": pair(mult=8, fields={"hands_total": 5}),
    "8_ball": Plays("8S,8H", 2, 26, 2, "oops,oops", made=2),
    "misprint": pair(mult=2 + 23, fields={"ante": 1}),
    "dusk": pair(chips=54, fields={"hands_left": 0}),
    "raised_fist": Plays("AS,AH,3D,KD", 2, 32, 8),
    "fibonacci": pair(mult=18),
    "steel_joker": Plays("AS,AH,KD steel", 2, 32, 2 * 1.5 * 1.2),
    "scary_face": Plays(KINGS, 2, 90, 2),
    "abstract": pair(mult=2 + 6, others="egg"),
    "hack": Plays("5S,5H", 2, 30, 2),
    "pareidolia": pair(chips=92, others="scary_face"),
    "gros_michel": pair(mult=17),
    "even_steven": Plays("8S,8H", 2, 26, 10),
    "odd_todd": Plays("9S,9H", 2, 90, 2),
    "scholar": pair(chips=72, mult=10),
    "business": Plays(KINGS, 2, 30, 2, "oops", money=4),
    "supernova": pair(mult=2 + 4, played={PAIR_NUMBER: 3}),
    "ride_the_bus": pair(mult=5, value=2, after=3),
    "space": pair(chips=47, mult=3, others="oops,oops"),
    "blackboard": Plays("AS,AH,KS", 2, 32, 6),
    "runner": Plays(STRAIGHT, 5, 80, 4, after=15),
    "ice_cream": pair(chips=132, after=95),
    "dna": Plays("AS", 1, 16, 1),
    "splash": Plays("AS,AH,5D", 3, 37, 2),
    "blue_joker": pair(chips=36, deck="2S,3S"),
    "sixth_sense": Plays("6S", 1, 11, 1, made=1),
    "constellation": pair(mult=3, value=1.5, after=1.5),
    "hiker": Plays("8S red seal,8H", 2, 39, 2),
    "green_joker": pair(mult=5, value=2, after=3),
    "superposition": Plays("AS,2H,3S,4S,5S", 5, 55, 4, made=1),
    "todo_list": pair(counter=PAIR_NUMBER, money=4),
    "cavendish": pair(mult=6),
    "card_sharp": pair(mult=6, played={PAIR_NUMBER: 1}),
    "red_card": pair(mult=5, value=3, after=3),
    "madness": pair(mult=4, value=2, after=2),
    "square": Plays("AS,AH,2S,3D", 4, 36, 2, after=4),
    "seance": Plays("5S,6S,7S,8S,9S", 5, 135, 8, made=1),
    "vampire": Plays("AS bonus,AH mult", 2, 32, 2.4, after=1.2),
    "shortcut": Plays("2S,4H,6S,8S,TS", 5, 60, 4),
    "hologram": pair(mult=3, value=1.5, after=1.5),
    "vagabond": pair(made=1, fields={"money": 4}),
    "baron": Plays("AS,AH,KD", 2, 32, 3),
    "obelisk": pair(mult=2.4, after=1.2, played={HIGH_CARD_NUMBER: 5}),
    "midas_mask": Plays(KINGS, 2, 30, 2, "ticket", money=8),
    "photograph": Plays(KINGS, 2, 30, 4),
    "erosion": pair(mult=2 + 4 * 50),
    "reserved_parking": Plays("AS,AH,KD", 2, 32, 2, "oops", money=1),
    "fortune_teller": pair(mult=5, fields={"tarots_used": 3}),
    "stone": Plays("AS,AH,2D stone", 2, 57, 2),
    "lucky_cat": Plays("AS lucky,AH", 2, 32, 27.5, "oops,oops,oops,oops", after=1.25, money=20),
    "baseball": pair(mult=3, others="mime"),
    "bull": pair(chips=52, fields={"money": 10}),
    "flash": pair(mult=6, value=4, after=4),
    "popcorn": pair(mult=22, after=20),
    "trousers": Plays(TWO_PAIR, 4, 46, 4, after=2),
    "ancient": pair(mult=3, fields={"ancient_suit": 4}),
    "ramen": pair(mult=4, after=2),
    "walkie_talkie": Plays("4S,4H", 2, 38, 10),
    "selzer": pair(chips=54),
    "castle": pair(chips=38, value=6, after=6),
    "smiley": Plays(KINGS, 2, 30, 12),
    "campfire": pair(mult=3, value=1.5, after=1.5),
    "ticket": Plays("AS gold,AH", 2, 32, 2, money=4),
    "acrobat": pair(mult=6, fields={"hands_left": 0}),
    "sock_and_buskin": Plays(KINGS, 2, 50, 2),
    "swashbuckler": pair(mult=7, others="joker"),
    "smeared": Plays("2H,4D,6H,8D,TH", 5, 65, 4),
    "throwback": pair(mult=3, fields={"skips": 2}),
    "hanging_chad": pair(chips=54),
    "rough_gem": Plays("AD,AH", 2, 32, 2, money=1),
    "bloodstone": pair(mult=3, others="oops"),
    "arrowhead": pair(chips=82),
    "onyx_agate": Plays("AC,AH", 2, 32, 9),
    "glass": pair(mult=3.5, value=1.75, after=1.75),
    "flower_pot": Plays("5S,6H,7C,8D,9S", 5, 65, 12),
    "blueprint": pair(mult=10, others="joker"),
    "wee": Plays("2S,2H", 2, 30, 2, after=16),
    "idol": pair(mult=4, fields={"idol_rank": 14, "idol_suit": 4}),
    "seeing_double": Plays("AC,AH", 2, 32, 4),
    "matador": Plays("AS debuffed,AH", 2, 21, 2, boss="goad", money=8),
    "hit_the_road": pair(mult=3, value=1.5, after=1.5),
    "duo": pair(mult=4),
    "trio": Plays(THREE, 3, 60, 9),
    "family": Plays("KS,KH,KC,KD", 4, 100, 28),
    "order": Plays(STRAIGHT, 5, 65, 12),
    "tribe": Plays(FLUSH, 5, 65, 8),
    "stuntman": pair(chips=282),
    "shoot_the_moon": Plays("AS,AH,QD", 2, 32, 15),
    "drivers_license": pair(mult=6, deck=",".join(["2S bonus"] * 16)),
    "bootstraps": pair(mult=6, fields={"money": 11}),
    "caino": pair(mult=4, value=2, after=2),
    "triboulet": Plays(KINGS, 2, 30, 8),
    "yorick": pair(mult=4, value=2, after=2),
}
IDLE = {
    "loyalty_card": pair(fields={"hands_total": 4}),
    "mystic_summit": pair(),
    "half": Plays("AS,AH,2S,3S", 4, 32, 2),
    "acrobat": pair(),
    "dusk": pair(),
    "blackboard": Plays("AS,AH,KD", 2, 32, 2),
    "card_sharp": pair(),
    "flower_pot": pair(),
    "drivers_license": pair(deck=",".join(["2S bonus"] * 15)),
    "ride_the_bus": Plays(KINGS, 2, 30, 2, value=4, after=0),
    "obelisk": pair(value=2, after=1),
    "vagabond": pair(fields={"money": 5}),
    "sixth_sense": Plays("6S", 1, 11, 1, fields={"hands_played": 1}),
    "todo_list": pair(counter=HIGH_CARD_NUMBER),
    "matador": pair(boss="hook"),
    "baron": Plays("AS,AH,KD debuffed", 2, 32, 2),
    "blueprint": Plays(PAIR, 2, 32, 2, "splash"),
}
"""The same jokers where their condition does not hold."""


def table_of(key: str, case: Plays) -> Table:
    names = [key, *(name for name in case.others.split(",") if name)]
    table = Table(case.cards.split(","), names, case.boss)
    table.s.money = 10
    if case.deck:
        add_to_deck(table, case.deck.split(","))
    for name, number in case.fields.items():
        table.s[name] = number
    for hand, times in case.played.items():
        table.s.played[hand] = times
        table.s.played_now[hand] = times
    if case.value is not None:
        table.s.jokers[0]["value"] = case.value
    if case.counter is not None:
        table.s.jokers[0]["counter"] = case.counter
    return table


def check(key: str, case: Plays) -> None:
    table = table_of(key, case)
    money = int(table.s.money)
    chips, mult, _ = table.play(case.count)
    if key == "misprint":
        assert mult in range(2, 2 + 24)
    else:
        assert (chips, mult) == pytest.approx((case.chips, case.mult))
    assert int(table.s.money) - money == case.money
    assert int(table.s.consumable_count) == case.made
    if case.after is not None:
        assert table.value() == pytest.approx(case.after)


@pytest.mark.parametrize("key", CASES)
def test_a_joker_at_work(key: str) -> None:
    check(key, CASES[key])


@pytest.mark.parametrize("key", IDLE)
def test_a_joker_whose_condition_does_not_hold(key: str) -> None:
    check(key, IDLE[key])


@pytest.mark.parametrize("key", EVENTS)
def test_a_joker_at_its_moment(key: str) -> None:
    EVENTS[key]()


def test_every_joker_has_a_case() -> None:
    assert {*CASES, *EVENTS} == {joker.key.removeprefix("j_") for joker in JOKERS}


def test_dna_adds_the_copy_to_the_hand() -> None:
    table = table_of("dna", CASES["dna"])
    table.play(1)
    assert (int(table.s.card_count), int(table.s.hand_count)) == (2, 2)


def test_midas_mask_turns_faces_to_gold_before_they_score() -> None:
    table = table_of("midas_mask", Plays("KS,KH glass,2S", 3, 0, 0))
    table.play(3)
    kinds = [int(table.s.cards[number]["enhancement"]) for number in range(3)]
    assert kinds == [Enhancement.GOLD, Enhancement.GOLD, Enhancement.NONE]
