"""What hands score: the game's order, its jokers, its bosses; and what previews foretell."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from jimbot_stream.balatro.kernels import items
from jimbot_stream.balatro.state import Kind
from jimbot_stream.balatro.tables.blinds import BLINDS
from jimbot_stream.balatro.tables.consumables import PLANETS
from jimbot_stream.balatro.tables.decks import NUMBER as DECK
from jimbot_stream.balatro.tables.hands import HANDS
from jimbot_stream.balatro.tables.hands import NUMBER as HAND
from jimbot_stream.balatro.tables.jokers import JOKERS, NUMBER
from jimbot_stream.balatro.tables.modifiers import Enhancement, Mark
from jimbot_stream.balatro.tables.vouchers import NUMBER as VOUCHER
from tests.support.plays import Table

SUITS = {"C": 1, "D": 2, "H": 3, "S": 4}
LUCK = (0.0, None, 1000.0)
"""Probabilities are multiplied by it: no luck, average luck, all luck."""


def debuffed(cards: list[str], blind: str) -> list[str]:
    """Cards of the reference, whose boss debuffs a suit, or all."""
    row = next((row for row in BLINDS if row.name == blind), BLINDS[0])
    suit = {number: letter for letter, number in SUITS.items()}.get(int(row.debuffs), "-")
    every = row.name == "Verdant Leaf"
    return [
        f"{card} debuffed" if every or card[1] == suit or (suit != "-" and "wild" in card) else card
        for card in cards
    ]


def reference_table(case: dict[str, Any]) -> Table:
    blind = case.get("blind", "")
    cards = case["played"] + case.get("held", [])
    if not case.get("disabled"):
        cards = debuffed(cards, blind)
    jokers = [
        (told[0].removeprefix("j_"), told[1])
        if isinstance(told, list)
        else str(told).removeprefix("j_")
        for told in case.get("jokers", [])
    ]
    boss = next((row.key for row in BLINDS[2:] if row.name == blind), "").removeprefix("bl_")
    deck = DECK["b_plasma"] if case.get("deck") == "Plasma Deck" else 1
    table = Table(cards, jokers, boss, deck=deck, money=case.get("money", 0))
    table.s.hands_left = case.get("hands", 4) - 1
    table.s.boss_off = int(case.get("disabled", False))
    for name, (level, plays) in case.get("levels", {}).items():
        table.s.level[HAND[name]], table.s.played[HAND[name]] = level, plays
    if "target" in case:
        rank, suit = case["target"]
        table.s.idol_rank = {"A": 14, "K": 13}.get(rank, 0)
        table.s.idol_suit = table.s.ancient_suit = SUITS[suit]
    for name, count in case.get("observatory", {}).items():
        hold_planets(table, name, count)
    tell_values(table)
    return table


def hold_planets(table: Table, hand: str, count: int) -> None:
    table.s.vouchers |= 1 << VOUCHER["v_observatory"]
    planet = next(number for number, row in enumerate(PLANETS, start=1) if row.hand == hand)
    for _ in range(count):
        item = table.s.consumables[table.s.consumable_count]
        item["kind"], item["id"] = Kind.PLANET, planet
        table.s.consumable_count += 1


def tell_values(table: Table) -> None:
    """Some values of the reference are counted elsewhere, or grow first when the hand is played."""
    for slot in range(table.s.joker_count):
        item = table.s.jokers[slot]
        item["value"] -= {NUMBER["j_trousers"]: 2, NUMBER["j_square"]: 4}.get(int(item["id"]), 0)
        if item["id"] == NUMBER["j_fortune_teller"]:
            table.s.tarots_used = int(item["value"])
        if item["id"] == NUMBER["j_swashbuckler"] and item["value"] > 0:
            others = [n for n in range(table.s.joker_count) if n != slot]
            sells = sum(items.sell_value(table.s, table.s.jokers[n]) for n in others)
            table.s.jokers[others[0]]["sell"] += int(item["value"]) - sells


def test_scores_equal_the_reference(reference: Callable[[str], Any]) -> None:
    for case in reference("scores.json")["cases"]:
        table = reference_table(case)
        results = case["results"]
        for luck, result in zip(LUCK if len(results) == 3 else (None,), results, strict=True):
            out = table.preview(len(case["played"]), luck)
            assert HANDS[int(out[4])].name == case["hand"], case["id"]
            assert out[5] == sum(1 << place for place in case["scoring"]), case["id"]
            assert out[0] == float(result[0]), case["id"]
            assert out[1] == pytest.approx(float(result[1]), rel=1e-12), case["id"]
            assert out[2] == np.floor(out[0] * out[1]), case["id"]
            assert out[2] == pytest.approx(float(result[2]), rel=1e-12, abs=1), case["id"]


PAIR = ["AS", "AH"]
KINGS = ["KH", "KS", "KC"]


@pytest.mark.parametrize(
    ("cards", "count", "jokers", "chips", "mult"),
    [
        (PAIR, 2, [], 32, 2),
        (["KH", "KS foil", "KC"], 3, [], 110, 3),
        (["2H", "4H", "6H glass", "8H", "TH"], 5, [], 65, 8),
        (["AS", "AH red seal"], 2, [], 43, 2),
        (PAIR, 2, ["joker"], 32, 6),
        (PAIR, 2, ["joker", "blackboard"], 32, 18),
        (PAIR, 2, ["blackboard", "joker"], 32, 10),
        (PAIR, 2, ["joker foil"], 82, 6),
        (PAIR, 2, ["joker polychrome"], 32, 9),
        (PAIR, 2, ["joker holo", "joker polychrome"], 32, 30),
        (PAIR, 2, ["duo debuffed foil"], 32, 2),
        (KINGS, 3, ["scary_face"], 150, 3),
        (KINGS, 3, ["sock_and_buskin"], 90, 3),
        (KINGS, 3, ["photograph", "smiley"], 60, (3 * 2) + 15),
        (KINGS, 3, ["smiley", "photograph"], 60, 8 * 2 + 10),
        (KINGS, 3, ["hanging_chad", "smiley"], 80, 3 + 25),
        (["AS", "AH", "KD steel", "QD"], 2, ["baron", "shoot_the_moon"], 32, 2 * 1.5 * 1.5 + 13),
        (["AS", "AH", "KD steel red seal"], 2, [], 32, 2 * 1.5 * 1.5),
        (["AS", "AH", "KD steel", "KH"], 2, ["mime", "baron"], 32, 2 * 1.5**6),
        (["AS", "AH", "KD", "3H", "3S"], 2, ["raised_fist"], 32, 8),
        (["AS", "AH", "KD", "3H stone"], 2, ["raised_fist"], 32, 22),
        (["AS", "AH", "KD", "3H debuffed"], 2, ["raised_fist"], 32, 2),
        (["AS", "AH", "KD"], 2, ["mime", "raised_fist"], 32, 42),
        (PAIR, 2, ["stencil"], 32, 10),
        (PAIR, 2, ["stencil", "stencil negative", "joker"], 32, 2 * 5 * 5 + 4),
        (PAIR, 2, ["baseball", "stencil", "joker"], 32, 2 * 3 * 1.5 + 4),
        (PAIR, 2, ["blueprint", "joker", "brainstorm"], 32, 10 + 4),
        (PAIR, 2, ["abstract", "half"], 32, 2 + 6 + 20),
        (["2S"], 1, ["even_steven", "odd_todd", "fibonacci"], 7, 13),
        (["8H", "8D"], 2, ["hiker"], 26, 2),
        (["8H red seal", "8D"], 2, ["hiker"], 39, 2),
        (["8H", "9H", "TH", "JH", "QS debuffed"], 5, ["crazy"], 67, 16),
        (["KH stone", "2S stone"], 2, ["splash"], 105, 1),
        (["AS wild", "AH wild", "AC wild", "AD wild"], 4, ["flower_pot"], 104, 21),
        (["AS", "AH", "AC", "AD"], 4, ["flower_pot", "seeing_double"], 104, 42),
        (["AS", "AH"], 2, ["seeing_double", "smeared"], 32, 4),
        (["AD", "AH"], 2, ["seeing_double", "smeared"], 32, 2),
    ],
)
def test_plays_and_previews_score_the_same(
    cards: list[str], count: int, jokers: list[str], chips: float, mult: float
) -> None:
    table = Table(cards, jokers)
    foreseen = table.preview(count)
    assert (foreseen[0], foreseen[1]) == (chips, mult)
    assert table.preview(count).tolist() == foreseen.tolist()
    assert table.play(count) == (chips, mult, np.floor(chips * mult))
    assert table.s.chips == foreseen[2]


def test_played_hands_are_counted_before_they_score() -> None:
    table = Table(PAIR, ["supernova", "card_sharp"])
    assert table.play(2)[1] == 3
    assert table.play(2)[1] == (2 + 2) * 3
    assert table.s.played[HAND["Pair"]] == table.s.played_now[HAND["Pair"]] == 2
    assert table.s.last_hand == HAND["Pair"] + 1


@pytest.mark.parametrize(
    ("joker", "cards", "count", "value"),
    [
        ("green_joker", PAIR, 2, 1),
        ("ride_the_bus", PAIR, 2, 1),
        ("ride_the_bus", ["KH", "KD"], 2, 0),
        ("ride_the_bus", ["AH", "AD", "KS"], 3, 1),
        ("trousers", ["KH", "KD", "2S", "2D"], 4, 2),
        ("square", ["KH", "KD", "2S", "2D"], 4, 4),
        ("runner", ["2H", "3D", "4S", "5D", "6C"], 5, 15),
        ("wee", ["2H", "2D red seal"], 2, 24),
        ("ice_cream", PAIR, 2, 95),
        ("vampire", ["AH gold", "AD"], 2, 1.1),
        ("vampire", ["AH gold", "AD lucky", "2S steel"], 3, 1.2),
        ("obelisk", PAIR, 2, 1),
    ],
)
def test_jokers_grow_by_playing_and_copies_do_not(
    joker: str, cards: list[str], count: int, value: float
) -> None:
    table = Table(cards, ["blueprint", joker])
    before = table.value(1)
    table.preview(count)
    assert table.value(1) == before
    table.play(count)
    assert table.value(1) == pytest.approx(value)
    assert table.value(0) == 0


def test_obelisk_grows_while_another_hand_was_played_as_often() -> None:
    table = Table(PAIR, ["obelisk"])
    table.s.played[HAND["Flush"]] = 2
    assert [table.play(2)[1] for _ in range(3)] == pytest.approx([2.4, 2.8, 2.0])


def test_vampire_and_midas_mask_act_on_scoring_cards_left_to_right() -> None:
    table = Table(["KH glass", "KD", "2S mult"], ["midas_mask", "vampire", "ticket", "vampire"])
    foreseen = table.preview(3)
    chips, mult, _ = table.play(3)
    assert (chips, mult) == (foreseen[0], foreseen[1]) == (30, pytest.approx(2 * 1.2))
    assert [int(table.s.cards[c]["enhancement"]) for c in range(3)] == [0, 0, Enhancement.MULT]
    assert table.value(3) == 1
    table = Table(["KH glass", "KD"], ["vampire", "midas_mask", "ticket"])
    assert table.play(2)[1] == pytest.approx(2 * 1.1)
    assert table.s.money == 8
    assert table.s.cards[0]["enhancement"] == Enhancement.GOLD


def test_dna_copies_the_single_card_of_the_first_hand_and_holds_it_at_once() -> None:
    table = Table(["KH steel polychrome red seal"], ["dna", "hologram", "baron"])
    foreseen = table.preview(1)
    assert table.play(1)[1] == pytest.approx(1.5 * 1.5 * 1.25 * 1.5**4)
    assert foreseen[1] == pytest.approx(1.5 * 1.5 * 1.5**4)
    assert table.s.hand_count == table.s.card_count == 2
    assert table.s.cards[1]["enhancement"] == Enhancement.STEEL
    table.s.hands_played = 1
    table.play(1)
    assert table.s.card_count == 2


def test_money_of_the_hand_is_seen_by_bull() -> None:
    table = Table(["AD gold seal", "AH"], ["rough_gem", "bull", "bootstraps"], money=6)
    chips, mult, _ = table.play(2)
    assert table.s.money == 10
    assert (chips, mult) == (32 + 20, 2 + 4)
    table = Table(PAIR, ["todo_list", "bull"], money=-4)
    table.s.jokers[0]["counter"] = HAND["Pair"]
    assert table.play(2)[0] == 32


@pytest.mark.parametrize(
    ("boss", "cards", "count", "fields", "score"),
    [
        ("psychic", PAIR, 2, {}, 0),
        ("psychic", ["AS", "AH", "2S", "3S", "4S"], 5, {}, 64),
        ("eye", PAIR, 2, {"boss_hands": 1 << HAND["Pair"]}, 0),
        ("eye", PAIR, 2, {"boss_hands": 1 << HAND["Flush"]}, 64),
        ("mouth", PAIR, 2, {"boss_hand": 1 + HAND["Flush"]}, 0),
        ("mouth", PAIR, 2, {"boss_hand": 1 + HAND["Pair"]}, 64),
        ("mouth", PAIR, 2, {"boss_hand": 1 + HAND["Flush"], "boss_off": 1}, 64),
        ("flint", PAIR, 2, {}, 27),
        ("flint", ["7S"], 1, {}, 10),
    ],
)
def test_bosses_refuse_or_halve_hands(
    boss: str, cards: list[str], count: int, fields: dict[str, int], score: float
) -> None:
    table = Table(cards, ["matador"], boss)
    for name, value in fields.items():
        table.s[name] = value
    assert table.preview(count)[2] == score
    assert table.play(count)[2] == score
    triggered = score == 0 or boss == "flint"
    assert table.s.boss_triggered == int(triggered)
    assert table.s.money == 8 * int(triggered)
    assert table.s.played[int(table.w.hand)] == 1


def test_the_eye_and_the_mouth_remember() -> None:
    table = Table(PAIR, [], "eye")
    assert [table.play(2)[2] for _ in range(2)] == [64, 0]
    table = Table(["AS", "AH", "KD"], [], "mouth")
    assert [table.play(2)[2], table.play(1)[2], table.play(2)[2]] == [64, 0, 64]


def test_the_arm_and_the_ox() -> None:
    table = Table(PAIR, [], "arm")
    table.s.level[HAND["Pair"]] = 2
    assert table.preview(2)[:2].tolist() == [32, 2]
    assert table.play(2)[:2] == (32, 2)
    assert (table.s.level[HAND["Pair"]], table.s.boss_triggered) == (1, 1)
    table.play(2)
    assert (table.s.level[HAND["Pair"]], table.s.boss_triggered) == (1, 0)
    table = Table(PAIR, ["vagabond"], "ox", money=9, boss_most=HAND["Pair"])
    assert table.preview(2)[3] == -9
    table.play(2)
    assert (table.s.money, table.s.consumable_count) == (0, 1)


def test_a_refused_hand_still_melts_ice_cream() -> None:
    table = Table(PAIR, [("ice_cream", 5), "joker"], "psychic")
    table.play(2)
    assert table.s.joker_count == 1
    assert table.s.jokers[0]["id"] == NUMBER["j_joker"]


def test_seltzer_is_drunk_up() -> None:
    table = Table(PAIR, ["selzer", "blueprint", "ice_cream"])
    table.s.jokers[0]["counter"] = 1
    assert table.play(2)[0] == 10 + 44 + 200
    assert (table.s.joker_count, table.value(1)) == (2, 95)


def test_consumables_are_created_while_there_is_room() -> None:
    straight = ["AH", "2D", "3H", "4H", "5H"]
    table = Table(straight, ["superposition", "blueprint", "vagabond"], money=4)
    table.play(5)
    assert [int(table.s.consumables[n]["kind"]) for n in range(2)] == [Kind.TAROT, Kind.TAROT]
    assert table.s.consumable_count == 2
    table = Table(["AH", "2H", "3H", "4H", "5H"], ["seance"])
    table.play(5)
    assert table.s.consumables[0]["kind"] == Kind.SPECTRAL


def test_sixth_sense_takes_a_single_six_even_without_room() -> None:
    for room, cards, destroyed in ((2, ["6H"], 1), (0, ["6H"], 1), (2, ["6H", "6D"], 0)):
        table = Table(cards, ["blueprint", "sixth_sense"], consumable_slots=room)
        table.play(len(cards))
        assert int(table.w.destroyed) == destroyed
        assert table.s.consumable_count == (destroyed if room else 0)


def test_chance_decides_plays_and_weighs_previews() -> None:
    cards = ["AH lucky", "AD glass"]
    table = Table(cards, ["bloodstone", "misprint"])
    out = table.preview(2)
    assert out[1] == pytest.approx(((2 + 4) * 1.25) * 2 + 11.5)
    assert out[3] == pytest.approx(20 / 15)
    seen, broken, paid = set(), 0, 0
    for number in range(60):
        table = Table(cards, ["bloodstone"], seed=f"SEED{number}")
        seen.add(table.play(2)[1])
        broken += int(table.w.destroyed) >> 1
        paid += int(table.s.money) // 20
    assert seen == {4, 6, 44, 66}
    assert 5 < broken < 30
    assert 0 < paid < 15


def test_oops_doubles_chances() -> None:
    table = Table(["AH lucky", "AD"], ["oops", "oops", "oops", "lucky_cat"])
    assert table.play(2)[1] == pytest.approx(22 * 1.25)
    assert table.value(3) == 1.25


def test_debuffed_cards_score_nothing_and_trigger_the_boss() -> None:
    table = Table(["AS debuffed foil", "AH"], ["scholar", "matador"], "goad")
    assert table.play(2)[:2] == (10 + 11 + 20, 2 + 4)
    assert (table.s.boss_triggered, table.s.money) == (1, 8)


def test_observatory_and_plasma() -> None:
    table = Table(PAIR, deck=DECK["b_plasma"])
    hold_planets(table, "Pair", 2)
    assert table.play(2) == (18, 18, 324)


def test_previews_take_hidden_cards_as_blank_and_hidden_jokers_as_absent() -> None:
    open_table = Table(["AS", "AH"], [])
    hidden = Table(["AS", "AH", "AD hidden", "KS hidden"], ["joker hidden", "blueprint"])
    assert hidden.preview(3)[:2].tolist() == open_table.preview(2)[:2].tolist()
    assert hidden.preview(2)[5] == 3
    assert hidden.play(3)[1] == 3 + 4
    fist = Table(["AS", "AH", "2D hidden", "KS"], ["raised_fist"])
    assert fist.preview(2)[1] == 22
    assert fist.play(2)[1] == 6


def test_a_trace_tells_every_step() -> None:
    table = Table(["AS foil", "AH"], ["joker polychrome"])
    table.w.tracing = 1
    chips, mult, _ = table.play(2)
    steps = table.w.traced[: int(table.w.traced_count)]
    assert [float(step["chips"]) for step in steps] == [10, 21, 71, 82, 82, 82]
    assert (float(steps[-1]["chips"]), float(steps[-1]["mult"])) == (chips, mult)


def test_every_joker_scores_something_finite() -> None:
    cards = ["AH lucky", "KD glass", "8C", "6S red seal", "2H wild", "QD", "JH steel", "3C gold"]
    for joker in JOKERS:
        key = joker.key.removeprefix("j_")
        table = Table(cards, ["blueprint", key, "brainstorm"], money=7)
        for count in (1, 5):
            out = table.preview(count)
            assert np.isfinite(out).all(), key
            assert np.isfinite(table.play(count)).all(), key
        assert not int(table.s.cards[0]["marks"]) & Mark.DEBUFFED


@pytest.mark.parametrize(
    ("boss", "card", "score"),
    [("goad", "9C stone", 15), ("club", "9C stone", 5), ("plant", "KS stone", 5)],
)
def test_the_boss_looks_anew_at_what_vampire_drained(boss: str, card: str, score: float) -> None:
    table = Table([card], ["vampire"], boss)
    before = table.states.tobytes()
    assert table.preview(1)[2] == score
    assert table.states.tobytes() == before
    assert table.play(1)[2] == score
    assert bool(table.s.cards[0]["marks"] & Mark.DEBUFFED) == (boss != "goad")


def test_matador_goes_on_to_be_paid_for_a_boss_that_was_disabled_after_it_acted() -> None:
    table = Table(PAIR, ["matador"], "flint")
    table.play(2)
    table.s.boss_off = 1
    assert table.preview(2)[3] == 8
    table.play(2)
    assert table.s.money == 16
