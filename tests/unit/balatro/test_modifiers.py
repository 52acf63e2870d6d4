"""Enhancements, editions, seals and stickers, one by one."""

import pytest

from jimbot_stream.balatro.actions import Verb
from jimbot_stream.balatro.engine import IllegalActionError, Run, new_run
from jimbot_stream.balatro.kernels import items
from jimbot_stream.balatro.state import Kind
from jimbot_stream.balatro.tables.modifiers import Edition, Enhancement, Mark, Seal
from tests.support.games import SEED, beat, card, cash_out, do, give
from tests.support.plays import Table

OOPS = ["oops", "oops", "oops", "oops"]


def in_round() -> Run:
    run = new_run(SEED)
    do(run, Verb.SELECT_BLIND)
    return run


@pytest.mark.parametrize(
    ("cards", "count", "chips", "mult"),
    [
        (["AS bonus", "AH"], 2, 62, 2),
        (["AS mult", "AH"], 2, 32, 6),
        (["AS glass", "AH"], 2, 32, 4),
        (["AS stone"], 1, 55, 1),
        (["AS", "2H stone"], 2, 5 + 11 + 50, 1),
        (["AS gold", "AH"], 2, 32, 2),
        (["2H", "4H", "6S wild", "8H", "TH"], 5, 65, 4),
        (["2H", "4H", "6S wild debuffed", "8H", "TH"], 5, 15, 1),
        (["AS", "AH", "2D steel"], 2, 32, 3),
        (["AS steel", "AH"], 2, 32, 2),
        (["AS", "AH", "2D steel debuffed"], 2, 32, 2),
        (["AS foil", "AH"], 2, 82, 2),
        (["AS holo", "AH"], 2, 32, 12),
        (["AS polychrome", "AH"], 2, 32, 3),
        (["AS mult polychrome", "AH"], 2, 32, 9),
        (["AS foil debuffed", "AH"], 2, 21, 2),
        (["AS red seal", "AH"], 2, 43, 2),
        (["AS red seal glass foil", "AH"], 2, 143, 8),
        (["AS red seal debuffed", "AH"], 2, 21, 2),
        (["AS", "AH", "2D steel red seal"], 2, 32, 4.5),
    ],
)
def test_what_a_card_bears_scores(cards: list[str], count: int, chips: float, mult: float) -> None:
    assert Table(cards).play(count)[:2] == (chips, mult)


def test_lucky_cards_pay_and_give_mult_where_luck_is_certain() -> None:
    table = Table(["AS lucky", "AH"], OOPS)
    assert table.play(2)[:2] == (32, 22)
    assert table.s.money == 20


def test_glass_breaks_after_it_has_scored() -> None:
    table = Table(["AS glass", "AH glass debuffed", "2D glass"], OOPS)
    table.play(3)
    assert table.w.destroyed == 0b001


def test_gold_seals_pay_for_every_turn() -> None:
    table = Table(["AS gold seal", "AH gold seal debuffed"], ["hanging_chad"])
    table.play(2)
    assert table.s.money == 9


def test_gold_cards_pay_when_held_at_the_end_of_a_round() -> None:
    run = in_round()
    card(run, 3)["enhancement"] = Enhancement.GOLD
    beat(run)
    assert run.state["money"] == 4 + 3


def test_blue_seals_create_the_planet_of_the_last_hand() -> None:
    run = in_round()
    card(run, 3)["seal"] = Seal.BLUE
    beat(run)
    held = run.state["consumables"][0]
    assert (run.state["consumable_count"], held["kind"], held["id"]) == (1, Kind.PLANET, 9)


def test_purple_seals_create_a_tarot_when_discarded() -> None:
    run = in_round()
    card(run, 0)["seal"] = Seal.PURPLE
    do(run, Verb.DISCARD, [0])
    assert run.state["consumables"]["kind"][:1].tolist() == [Kind.TAROT]


@pytest.mark.parametrize(
    ("edition", "chips", "mult"),
    [("", 32, 6), ("foil", 82, 6), ("holo", 32, 16), ("polychrome", 32, 9), ("negative", 32, 6)],
)
def test_editions_of_jokers(edition: str, chips: float, mult: float) -> None:
    assert Table(["AS", "AH"], [f"joker {edition}".strip()]).play(2)[:2] == (chips, mult)


def test_negative_jokers_bring_their_slot() -> None:
    run = in_round()
    give(run, "j_joker", edition=Edition.NEGATIVE)
    assert items.joker_room(run.states[0]) == 5


def test_eternal_jokers_cannot_be_sold() -> None:
    run = in_round()
    give(run, "j_joker", marks=Mark.ETERNAL)
    before = run.snapshot()
    with pytest.raises(IllegalActionError, match="eternal"):
        do(run, Verb.SELL_JOKER)
    assert run.snapshot() == before


def test_perishable_jokers_perish_after_five_rounds() -> None:
    run = in_round()
    give(run, "j_joker", marks=Mark.PERISHABLE, perish=5)
    for left in (4, 3, 2, 1, 0):
        beat(run)
        joker = run.state["jokers"][0]
        assert joker["perish"] == left
        assert bool(joker["marks"] & Mark.DEBUFFED) is (left == 0)
        cash_out(run)
        do(run, Verb.NEXT_ROUND)
        do(run, Verb.SELECT_BLIND)


def test_rental_jokers_cost_three_dollars_a_round() -> None:
    run = in_round()
    give(run, "j_joker", marks=Mark.RENTAL)
    beat(run)
    assert run.state["money"] == 4 - 3
    assert items.sell_value(run.states[0], run.states[0].jokers[0]) == 1
