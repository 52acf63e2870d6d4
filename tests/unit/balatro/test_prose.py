"""Every row of the tables reads as a sentence, and the sentence says what the row says."""

import re

import pytest

from jimbot_stream.balatro import catalogue, prose
from jimbot_stream.balatro.catalogue import Entry
from jimbot_stream.balatro.prose_jokers import value_text
from jimbot_stream.balatro.tables.hands import HANDS, PokerHand
from jimbot_stream.balatro.tables.jokers import JOKERS, NUMBER, Joker
from jimbot_stream.balatro.tables.schema import Then
from jimbot_stream.balatro.wording import number_text

SENTENCE = re.compile(r"[A-Z0-9+\-$].*[^ .]\.")


def rule_of(key: str) -> str:
    return prose.sentence(JOKERS[NUMBER[key] - 1])


@pytest.mark.parametrize("entry", catalogue.entries(), ids=lambda entry: entry.key)
def test_every_row_has_a_sentence(entry: Entry) -> None:
    assert SENTENCE.fullmatch(entry.rule)
    assert "  " not in entry.rule
    assert ".." not in entry.rule


def test_there_are_all_of_them() -> None:
    counts: dict[str, int] = {}
    for entry in catalogue.entries():
        counts[entry.group] = counts.get(entry.group, 0) + 1
    assert counts == {
        "Jokers": 150,
        "Tarot cards": 22,
        "Planet cards": 12,
        "Spectral cards": 18,
        "Vouchers": 32,
        "Tags": 24,
        "Blinds": 30,
        "Booster packs": 15,
        "Enhancements": 8,
        "Editions": 4,
        "Seals": 4,
        "Poker hands": 12,
        "Decks": 15,
        "Stakes": 8,
    }


@pytest.mark.parametrize(
    ("key", "sentence"),
    [
        ("j_joker", "+4 Mult."),
        ("j_greedy_joker", "Every Diamond that scores gives +3 Mult."),
        ("j_zany", "+12 Mult if the hand contains Three of a Kind."),
        ("j_walkie_talkie", "Every 4 or 10 that scores gives +10 Chips and +4 Mult."),
        ("j_hanging_chad", "The first card that scores does so 2 times more."),
        ("j_baron", "Every King held in hand gives X1.5 Mult."),
        (
            "j_runner",
            "+0 Chips at first; gains 15 Chips for every hand that contains a Straight.",
        ),
        ("j_bloodstone", "Every Heart that scores has a chance of 1 in 2 to give X1.5 Mult."),
        ("j_troubadour", "+2 hand size; -1 hand per round."),
        ("j_steel_joker", "X1 Mult and X0.2 more for every Steel Card in the full deck."),
        ("j_gros_michel", "+15 Mult; at the end of the round, 1 in 6: is destroyed."),
        ("j_blueprint", "Acts as the joker to its right."),
        ("j_cloud_9", "$1 for every 9 in the full deck at the cash-out."),
        ("j_lucky_cat", "X1 Mult at first; gains X0.25 Mult for every Lucky Card that pays."),
    ],
)
def test_jokers_read_like_their_cards(key: str, sentence: str) -> None:
    assert rule_of(key) == sentence


@pytest.mark.parametrize("joker", JOKERS, ids=lambda joker: joker.key)
def test_every_number_of_a_joker_is_told(joker: Joker) -> None:
    told = prose.sentence(joker)
    for rule in joker.rules:
        if rule.effect.then in (Then.CHIPS, Then.MULT, Then.DOLLARS, Then.SELL_VALUE):
            if rule.effect.per.name in ("VALUE", "RANDOM_0_23"):
                continue
            assert number_text(abs(rule.effect.amount)) in told
        if rule.odds:
            assert f"1 in {rule.odds}" in told


@pytest.mark.parametrize("hand", HANDS, ids=lambda hand: hand.name)
def test_a_poker_hand_is_told_with_its_worth(hand: PokerHand) -> None:
    assert f"{hand.chips} Chips X {hand.mult} Mult" in prose.sentence(hand)


def test_consumables_and_the_rest() -> None:
    told = {entry.key: entry for entry in catalogue.entries()}
    assert told["c_lovers"].rule == "Turns 1 chosen card into a Wild Card."
    assert told["c_star"].rule == "Turns up to 3 chosen cards into Diamonds."
    assert told["c_pluto"].rule == "Raises High Card by 1 level: +10 Chips and +1 Mult."
    assert told["c_trance"].rule == "Gives 1 chosen card a Blue Seal."
    assert told["bl_goad"].rule == "Debuffs all Spades."
    assert told["bl_goad"].notes == "asks X2, pays $5, from ante 1"
    assert told["p_arcana_mega_1"].rule == "Choose 2 of 5 Tarot cards."
    assert told["m_glass"].rule.startswith("X2 Mult; is destroyed after scoring")
    assert told["v_retcon"].notes == "$10, requires Director's Cut"


def test_what_a_joker_has_grown_to() -> None:
    assert value_text(JOKERS[NUMBER["j_runner"] - 1], 45) == "+45 Chips"
    assert value_text(JOKERS[NUMBER["j_constellation"] - 1], 1.3) == "X1.3 Mult"
    assert value_text(JOKERS[NUMBER["j_rocket"] - 1], 5) == "$5 a round"
    assert value_text(JOKERS[NUMBER["j_joker"] - 1], 0) == ""


def test_what_is_no_row_is_refused() -> None:
    with pytest.raises(TypeError, match="int is no row"):
        prose.sentence(3)


@pytest.mark.parametrize(
    ("words", "keys"),
    [
        ("blueprint", ["j_blueprint"]),
        ("j_blueprint", ["j_blueprint"]),
        ("The Fool", ["c_fool"]),
        ("fool", ["c_fool"]),
        ("needle", ["bl_needle"]),
        ("full house", ["Full House"]),
        ("no such card", []),
    ],
)
def test_cards_are_found_by_name_or_key(words: str, keys: list[str]) -> None:
    assert [entry.key for entry in catalogue.find(words)] == keys
