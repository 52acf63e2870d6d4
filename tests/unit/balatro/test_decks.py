"""What each deck starts with and changes."""

from collections import Counter

import pytest

from jimbot_stream.balatro.actions import Verb
from jimbot_stream.balatro.engine import Run, new_run
from jimbot_stream.balatro.state import Phase
from jimbot_stream.balatro.tables.cards import Suit
from jimbot_stream.balatro.tables.consumables import SPECTRAL, TAROT
from jimbot_stream.balatro.tables.decks import DECKS, NUMBER, Deck
from jimbot_stream.balatro.tables.vouchers import NUMBER as VOUCHER
from tests.support.games import SEED, beat, cash_out, do, hold_tags, tags


def begin(deck: str, stake: int = 1) -> Run:
    return new_run(SEED, deck=deck, stake=stake)


def vouchers(run: Run) -> set[int]:
    return {number for number in VOUCHER.values() if int(run.state["vouchers"]) >> number & 1}


@pytest.mark.parametrize("deck", DECKS, ids=lambda deck: deck.key)
def test_a_deck_starts_as_its_row_says(deck: Deck) -> None:
    s = begin(deck.key).state
    slots = deck.consumable_slots + ("v_crystal_ball" in deck.vouchers)
    assert s["deck"] == NUMBER[deck.key]
    assert (s["money"], s["hands"], s["discards"]) == (deck.money, deck.hands, deck.discards)
    assert (s["hands_left"], s["discards_left"]) == (deck.hands, deck.discards)
    assert (s["hand_size"], s["joker_slots"]) == (deck.hand_size, deck.joker_slots)
    assert s["consumable_slots"] == slots
    assert s["consumable_count"] == len(deck.consumables)
    assert s["starting_cards"] == s["card_count"] == (52 if deck.faces else 40)
    assert s["required"] == 300 * deck.scaling


@pytest.mark.parametrize("deck", DECKS, ids=lambda deck: deck.key)
def test_vouchers_of_a_deck_are_redeemed(deck: Deck) -> None:
    run = begin(deck.key)
    assert vouchers(run) == {VOUCHER[key] for key in deck.vouchers}
    assert int(run.state["voucher_next"]) not in vouchers(run)


def test_the_abandoned_deck_has_no_faces() -> None:
    s = begin("b_abandoned").state
    assert not set(s["cards"]["rank"][:40].tolist()) & {11, 12, 13}


def test_the_checkered_deck_has_two_suits() -> None:
    s = begin("b_checkered").state
    suits = Counter(s["cards"]["suit"][:52].tolist())
    assert suits == {Suit.SPADES: 26, Suit.HEARTS: 26}


def test_the_erratic_deck_is_drawn_at_random() -> None:
    s = begin("b_erratic").state
    cards = list(
        zip(s["cards"]["rank"][:52].tolist(), s["cards"]["suit"][:52].tolist(), strict=True)
    )
    assert 20 < len(set(cards)) < 50
    assert begin("b_erratic").digest() == begin("b_erratic").digest()


def test_magic_and_ghost_deck_hold_consumables() -> None:
    magic, ghost = begin("b_magic").state, begin("b_ghost").state
    assert magic["consumables"]["id"][:2].tolist() == [TAROT["c_fool"]] * 2
    assert ghost["consumables"]["id"][0] == SPECTRAL["c_hex"]


def test_the_zodiac_shop_has_three_cards() -> None:
    run = begin("b_zodiac")
    do(run, Verb.SELECT_BLIND)
    beat(run)
    cash_out(run)
    assert run.state["shop_count"] == 3


@pytest.mark.parametrize(("money", "hands", "discards"), [(50, 3, 3), (0, 0, 2), (7, 2, 0)])
def test_the_green_deck_pays_for_hands_and_discards(money: int, hands: int, discards: int) -> None:
    run = begin("b_green")
    do(run, Verb.SELECT_BLIND)
    run.state["money"] = money
    run.state["hands_left"], run.state["discards_left"] = hands + 1, discards
    beat(run)
    assert cash_out(run) == 3 + 2 * hands + discards


def test_the_anaglyph_deck_gives_a_double_tag_for_every_boss() -> None:
    run = begin("b_anaglyph")
    for blind in range(3):
        do(run, Verb.SELECT_BLIND)
        beat(run)
        assert tags(run) == (["tag_double"] if blind == 2 else [])
        cash_out(run)
        do(run, Verb.NEXT_ROUND)


def test_plasma_asks_twice_as_much() -> None:
    run = begin("b_plasma")
    do(run, Verb.SELECT_BLIND)
    beat(run)
    cash_out(run)
    assert run.state["required"] == 2 * 450


def test_the_painted_deck_deals_ten_cards() -> None:
    run = begin("b_painted")
    do(run, Verb.SELECT_BLIND)
    assert run.state["hand_count"] == 10
    assert run.phase is Phase.SELECTING_HAND


def test_an_unknown_deck_is_named() -> None:
    with pytest.raises(ValueError, match=r"deck 'b_challenge' is not one of b_red, b_blue"):
        new_run(SEED, deck="b_challenge")


def test_tags_of_an_anaglyph_deck_double_the_next_tag() -> None:
    run = begin("b_anaglyph")
    hold_tags(run, "tag_double", "tag_double")
    run.state["offers"][0]["id"] = 19  # Juggle Tag
    do(run, Verb.SKIP_BLIND)
    assert tags(run) == ["tag_juggle"] * 3
