"""What jokers and seals do outside scoring, moment by moment."""

from typing import Any

import pytest

from jimbot_stream.balatro.actions import Verb
from jimbot_stream.balatro.engine import Run, new_run
from jimbot_stream.balatro.state import Kind, Phase
from jimbot_stream.balatro.tables.cards import Suit
from jimbot_stream.balatro.tables.consumables import PLANET
from jimbot_stream.balatro.tables.hands import NUMBER as HAND
from jimbot_stream.balatro.tables.jokers import JOKERS, Rarity
from jimbot_stream.balatro.tables.modifiers import Edition, Enhancement, Mark, Seal
from tests.support.games import SEED, against, beat, card, cash_out, do, give, jokers, tags


def begin(*keys: str, blind: int = 0, **numbers: Any) -> Run:
    """A run in a round, with jokers that were there before."""
    run = new_run(SEED)
    run.state["blind"] = blind
    for name, value in numbers.items():
        run.state[name] = value
    for key in keys:
        give(run, key)
    do(run, Verb.SELECT_BLIND)
    return run


def value(run: Run, slot: int = 0) -> float:
    return float(run.state["jokers"][slot]["value"])


# --- a blind is selected ---------------------------------------------------------------


def test_ceremonial_dagger_takes_twice_the_sell_value_of_its_neighbour() -> None:
    run = begin("j_ceremonial", "j_blueprint", "j_joker")
    assert jokers(run) == ["j_ceremonial", "j_joker"]
    assert value(run) == 2 * 5


def test_what_a_dagger_destroys_acts_no_more() -> None:
    assert begin("j_ceremonial", "j_burglar").state["hands_left"] == 4
    run = begin("j_ceremonial", "j_drunkard")
    assert (run.state["discards"], run.state["discards_left"]) == (4, 4)


def test_the_place_of_a_daggers_victim_counts_as_free() -> None:
    run = begin("j_ceremonial", "j_joker", "j_riff_raff", "j_egg", "j_half")
    assert run.state["joker_count"] == 5
    assert "j_joker" not in jokers(run)[:4]


@pytest.mark.parametrize(("blind", "grows"), [(0, True), (1, True), (2, False)])
def test_madness_spares_bosses(blind: int, grows: bool) -> None:
    run = begin("j_madness", "j_joker", "j_egg", blind=blind)
    assert value(run) == (1.5 if grows else 1.0)
    assert run.state["joker_count"] == (2 if grows else 3)


def test_marble_joker_and_its_copy_add_stones() -> None:
    run = begin("j_blueprint", "j_marble")
    s = run.state
    assert s["card_count"] == 54
    assert s["cards"]["enhancement"][52:54].tolist() == [Enhancement.STONE] * 2
    assert s["draw_count"] + s["hand_count"] == 54


def test_burglar_trades_discards_for_hands() -> None:
    run = begin("j_burglar", "j_brainstorm")
    assert (run.state["hands_left"], run.state["discards_left"]) == (10, 0)


def test_riff_raff_fills_empty_slots_with_common_jokers() -> None:
    run = begin("j_riff_raff", "j_joker", "j_egg", "j_half")
    assert run.state["joker_count"] == 5
    assert JOKERS[run.state["jokers"][4]["id"] - 1].rarity is Rarity.COMMON


def test_cartomancer_creates_a_tarot_where_there_is_room() -> None:
    run = begin("j_cartomancer", "j_blueprint", "j_cartomancer", "j_cartomancer")
    assert run.state["consumables"]["kind"][:2].tolist() == [Kind.TAROT] * 2
    assert run.state["consumable_count"] == 2


def test_certificate_adds_a_sealed_card_to_the_first_hand() -> None:
    run = begin("j_certificate", "j_hologram")
    assert (run.state["hand_count"], run.state["card_count"]) == (9, 53)
    assert run.state["cards"][52]["seal"] > 0
    assert value(run, 1) == 1.25
    do(run, Verb.DISCARD, [0])
    assert run.state["card_count"] == 53


# --- discards --------------------------------------------------------------------------


def lay(run: Run, *cards: tuple[int, int]) -> None:
    """Change the leftmost cards of the hand to ranks and suits."""
    for position, (rank, suit) in enumerate(cards):
        card(run, position)["rank"], card(run, position)["suit"] = rank, suit


def test_burnt_joker_levels_up_the_first_discard() -> None:
    run = begin("j_burnt", "j_blueprint", "j_burnt")
    lay(run, (9, 1), (9, 2), (3, 3))
    do(run, Verb.DISCARD, [0, 1, 2])
    assert run.state["level"][HAND["Pair"]] == 4
    do(run, Verb.DISCARD, [0])
    assert run.state["level"].sum() == 12 + 3


def test_faceless_joker_pays_for_three_faces() -> None:
    run = begin("j_faceless")
    lay(run, (11, 1), (12, 2), (13, 3), (4, 1))
    do(run, Verb.DISCARD, [0, 1, 3])
    assert run.state["money"] == 4
    lay(run, (11, 1), (12, 2), (13, 3), (4, 1))
    do(run, Verb.DISCARD, [0, 1, 2])
    assert run.state["money"] == 9


def test_green_joker_never_falls_below_nothing() -> None:
    run = begin("j_green_joker")
    run.state["jokers"][0]["value"] = 1
    for left in (0, 0):
        do(run, Verb.DISCARD, [0, 1])
        assert value(run) == left


def test_mail_in_rebate_and_its_copy_pay_for_their_rank() -> None:
    run = begin("j_blueprint", "j_mail", mail_rank=5)
    run.state["mail_rank"] = 5
    lay(run, (5, 1), (5, 2), (6, 3))
    do(run, Verb.DISCARD, [0, 1, 2])
    assert run.state["money"] == 4 + 2 * 2 * 5


def test_castle_grows_by_its_suit() -> None:
    run = begin("j_castle")
    run.state["castle_suit"] = Suit.CLUBS
    lay(run, (5, Suit.CLUBS), (6, Suit.CLUBS), (6, Suit.HEARTS))
    do(run, Verb.DISCARD, [0, 1, 2])
    assert value(run) == 6


def test_hit_the_road_grows_by_jacks_for_one_round() -> None:
    run = begin("j_hit_the_road")
    lay(run, (11, 1), (11, 2), (10, 3))
    do(run, Verb.DISCARD, [0, 1, 2])
    assert value(run) == 2
    beat(run)
    assert value(run) == 1


def test_ramen_loses_a_hundredth_for_every_card_and_is_eaten() -> None:
    run = begin("j_ramen")
    do(run, Verb.DISCARD, [0, 1, 2, 3, 4])
    assert value(run) == pytest.approx(1.95)
    run.state["jokers"][0]["value"] = 1.02
    do(run, Verb.DISCARD, [0, 1])
    assert jokers(run) == []


def test_trading_card_destroys_a_single_first_discard() -> None:
    run = begin("j_trading")
    do(run, Verb.DISCARD, [0])
    assert (run.state["money"], run.state["card_count"]) == (7, 51)
    do(run, Verb.DISCARD, [0])
    assert (run.state["money"], run.state["card_count"]) == (7, 51)
    assert begin("j_trading").state["card_count"] == 52


def test_yorick_counts_twenty_three_cards() -> None:
    run = begin("j_yorick", discards=6)
    for _ in range(4):
        do(run, Verb.DISCARD, range(5))
    assert (value(run), run.state["jokers"][0]["counter"]) == (1, 3)
    do(run, Verb.DISCARD, range(5))
    assert (value(run), run.state["jokers"][0]["counter"]) == (2, 21)


def test_a_purple_seal_creates_a_tarot() -> None:
    run = begin()
    for position in range(3):
        card(run, position)["seal"] = Seal.PURPLE
    do(run, Verb.DISCARD, [0, 1, 2])
    assert run.state["consumable_count"] == 2


def test_what_the_hook_discards_counts_for_jokers_but_not_as_a_discard() -> None:
    run = against("bl_hook", "j_yorick", "j_burnt")
    do(run, Verb.PLAY, [0])
    assert run.state["jokers"][0]["counter"] == 21
    assert run.state["level"].sum() == 12


# --- a round ends ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mimes", "red", "dollars"), [(0, False, 3), (1, False, 6), (2, False, 9), (0, True, 6)]
)
def test_gold_cards_held_pay(mimes: int, red: bool, dollars: int) -> None:
    run = begin(*["j_mime"] * mimes)
    card(run, 7)["enhancement"] = Enhancement.GOLD
    card(run, 7)["seal"] = Seal.RED if red else 0
    beat(run)
    assert run.state["money"] == 4 + dollars


def test_a_debuffed_gold_card_pays_nothing() -> None:
    run = begin()
    card(run, 7)["enhancement"], card(run, 7)["marks"] = Enhancement.GOLD, Mark.DEBUFFED
    beat(run)
    assert run.state["money"] == 4


def test_a_blue_seal_creates_the_planet_of_the_hand_played_last() -> None:
    run = begin("j_mime")
    card(run, 7)["seal"] = Seal.BLUE
    lay(run, (9, 1), (9, 2))
    beat(run, [0, 1])
    made = run.state["consumables"][: run.state["consumable_count"]]
    assert made["id"].tolist() == [PLANET["c_mercury"]] * 2


def test_jokers_that_change_when_a_round_ends() -> None:
    run = begin("j_popcorn", "j_egg", "j_gift", "j_rocket", "j_invisible")
    beat(run)
    s = run.state
    assert value(run) == 16
    assert s["jokers"]["sell"][:5].tolist() == [1, 4, 1, 1, 1]
    assert value(run, 3) == 1
    assert s["jokers"][4]["counter"] == 1


def test_popcorn_and_turtle_bean_are_eaten_at_last() -> None:
    run = new_run(SEED)
    give(run, "j_popcorn", value=4)
    give(run, "j_turtle_bean", value=2)
    do(run, Verb.SELECT_BLIND)
    assert run.state["hand_count"] == 10
    beat(run)
    assert jokers(run) == ["j_turtle_bean"]
    assert run.state["hand_size"] == 9
    cash_out(run)
    do(run, Verb.NEXT_ROUND)
    do(run, Verb.SELECT_BLIND)
    beat(run)
    assert jokers(run) == []
    assert run.state["hand_size"] == 8


def test_rocket_and_campfire_mark_a_boss() -> None:
    run = begin("j_rocket", "j_campfire", "j_egg", blind=2)
    do(run, Verb.SELL_JOKER, slot=2)
    assert value(run, 1) == 1.25
    run.state["hands_left"], run.state["money"] = 1, 0
    beat(run)
    assert (value(run), value(run, 1)) == (3, 1)
    assert cash_out(run) == 5 + 3


@pytest.mark.parametrize("oops", [0, 3])
def test_gros_michel_spoils_and_cavendish_hardly_does(oops: int) -> None:
    gone = 0
    for number in range(8):
        run = new_run("ABCDEFGH"[number])
        for key in ["j_gros_michel", "j_cavendish", *["j_oops"] * oops]:
            give(run, key)
        do(run, Verb.SELECT_BLIND)
        beat(run)
        assert "j_cavendish" in jokers(run)
        assert run.state["extinct"] == ("j_gros_michel" not in jokers(run))
        gone += int(run.state["extinct"])
    assert gone == 8 if oops == 3 else gone < 6


def test_to_do_list_lists_another_hand() -> None:
    run = begin("j_todo_list")
    before = int(run.state["jokers"][0]["counter"])
    beat(run)
    assert run.state["jokers"][0]["counter"] != before


@pytest.mark.parametrize(("share", "saved"), [(0.25, True), (0.24, False)])
def test_mr_bones_saves_at_a_quarter(share: float, saved: bool) -> None:
    run = begin("j_mr_bones", "j_mr_bones")
    run.state["hands_left"], run.state["required"] = 1, 1_000_000
    run.state["chips"] = 1_000_000 * share
    do(run, Verb.PLAY, [0])
    assert run.over != saved
    if saved:
        assert jokers(run) == ["j_mr_bones"]
        assert cash_out(run) == 0


# --- what a round pays -----------------------------------------------------------------


def pays(*keys: str, **numbers: Any) -> int:
    """What a Small Blind pays beside its reward, with no hand left and no money."""
    run = begin(*keys)
    run.state["money"], run.state["hands_left"] = 0, 1
    for name, number in numbers.items():
        run.state[name] = number
    beat(run)
    return cash_out(run) - 3


def test_jokers_that_pay_at_the_end_of_a_round() -> None:
    assert pays("j_golden") == 4
    assert pays("j_rocket") == 1
    assert pays("j_cloud_9") == 4
    assert pays("j_satellite") == 0
    assert pays("j_satellite", planets_used=0b1010110) == 4
    assert pays("j_delayed_grat") == 8
    assert pays("j_delayed_grat", discards_used=1) == 0
    assert pays("j_blueprint", "j_golden") == 4


@pytest.mark.parametrize(("moons", "money", "interest"), [(1, 12, 4), (2, 12, 6), (1, 90, 10)])
def test_to_the_moon_multiplies_interest(moons: int, money: int, interest: int) -> None:
    assert pays(*["j_to_the_moon"] * moons, money=money) == interest


def test_a_joker_debuffed_by_crimson_heart_does_not_pay() -> None:
    run = against("bl_final_heart", "j_golden")
    run.state["money"], run.state["hands_left"] = 0, 1
    beat(run)
    assert cash_out(run) == 8


# --- selling and leaving the shop ------------------------------------------------------


@pytest.mark.parametrize(("rounds", "copies"), [(1, 0), (2, 1), (5, 1)])
def test_invisible_joker_duplicates_another_joker(rounds: int, copies: int) -> None:
    run = new_run(SEED)
    give(run, "j_invisible", counter=rounds)
    give(run, "j_juggler", edition=int(Edition.NEGATIVE))
    do(run, Verb.SELL_JOKER)
    assert jokers(run) == ["j_juggler"] * (1 + copies)
    assert run.state["hand_size"] == 9 + copies
    if copies:
        assert run.state["jokers"]["edition"][:2].tolist() == [Edition.NEGATIVE, 0]


def test_a_copied_luchador_and_diet_cola_act_too() -> None:
    run = against("bl_club", "j_blueprint", "j_luchador")
    do(run, Verb.SELL_JOKER)
    assert run.state["boss_off"] == 1
    run = new_run(SEED)
    give(run, "j_blueprint")
    give(run, "j_diet_cola")
    do(run, Verb.SELL_JOKER)
    assert tags(run) == ["tag_double"]


def test_a_larger_hand_draws_at_once() -> None:
    run = begin("j_stuntman")
    assert run.state["hand_count"] == 6
    do(run, Verb.SELL_JOKER)
    assert run.state["hand_count"] == 8


def test_perkeo_and_its_copy_leave_negative_copies() -> None:
    run = begin("j_blueprint", "j_perkeo")
    give(run, "c_fool")
    beat(run)
    cash_out(run)
    do(run, Verb.NEXT_ROUND)
    made = run.state["consumables"][: run.state["consumable_count"]]
    assert made["edition"].tolist() == [0, Edition.NEGATIVE, Edition.NEGATIVE]
    assert run.phase is Phase.BLIND_SELECT


def test_credit_card_lets_money_fall_below_nothing() -> None:
    run = begin("j_credit_card")
    beat(run)
    cash_out(run)
    run.state["money"] = -14
    do(run, Verb.BUY_CARD)
    assert run.state["money"] == -20


def test_the_throwback_counter_and_red_card_count_skips() -> None:
    run = new_run(SEED)
    give(run, "j_red_card")
    run.state["offers"][0]["id"] = 13  # a Buffoon Pack
    do(run, Verb.SKIP_BLIND)
    do(run, Verb.SKIP_PACK)
    assert value(run) == 3
    assert run.state["skips"] == 1
