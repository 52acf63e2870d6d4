"""What redeeming each voucher changes."""

import pytest

from jimbot_stream.balatro.actions import Verb
from jimbot_stream.balatro.engine import IllegalActionError, Run, new_run
from jimbot_stream.balatro.state import Kind
from jimbot_stream.balatro.tables.vouchers import NUMBER, VOUCHERS, Voucher
from tests.support.games import SEED, beat, cash_out, do

CHANGES: dict[str, dict[str, int]] = {
    "v_reroll_surplus": {"reroll_base": -2},
    "v_reroll_glut": {"reroll_base": -2},
    "v_crystal_ball": {"consumable_slots": 1},
    "v_grabber": {"hands": 1, "hands_left": 1},
    "v_nacho_tong": {"hands": 1, "hands_left": 1},
    "v_wasteful": {"discards": 1, "discards_left": 1},
    "v_recyclomancy": {"discards": 1, "discards_left": 1},
    "v_antimatter": {"joker_slots": 1},
    "v_hieroglyph": {"ante": -1, "hands": -1, "hands_left": -1},
    "v_petroglyph": {"ante": -1, "discards": -1, "discards_left": -1},
    "v_paint_brush": {"hand_size": 1},
    "v_palette": {"hand_size": 1},
}
NUMBERS = sorted({name for change in CHANGES.values() for name in change})


def shop(voucher: str = "", money: int = 50, redeemed: int = 0) -> Run:
    """A run in its first shop, with a voucher on sale."""
    run = new_run(SEED)
    run.state["vouchers"] = redeemed
    if voucher:
        run.state["voucher_next"] = NUMBER[voucher]
    do(run, Verb.SELECT_BLIND)
    beat(run)
    cash_out(run)
    run.state["money"] = money
    return run


def price(run: Run, verb: Verb) -> int:
    """What the first of such wares costs."""
    before = int(run.state["money"])
    do(run, verb)
    return before - int(run.state["money"])


@pytest.mark.parametrize("voucher", VOUCHERS, ids=lambda voucher: voucher.key)
def test_redeeming_changes_what_it_says_and_nothing_else(voucher: Voucher) -> None:
    run = shop(voucher.key)
    s = run.state
    before = {name: int(s[name]) for name in NUMBERS}
    do(run, Verb.BUY_VOUCHER)
    changed = {n: int(s[n]) - before[n] for n in NUMBERS if int(s[n]) != before[n]}
    assert changed == CHANGES.get(voucher.key, {})
    assert int(s["vouchers"]) == 1 << NUMBER[voucher.key]
    assert (s["money"], s["vouchers_count"], s["voucher_next"]) == (40, 0, 0)


def test_a_redeemed_voucher_is_gone_until_the_next_ante() -> None:
    run = shop("v_blank")
    do(run, Verb.BUY_VOUCHER)
    for _ in range(2):
        do(run, Verb.NEXT_ROUND)
        do(run, Verb.SELECT_BLIND)
        assert run.state["voucher_next"] == 0
        beat(run)
        cash_out(run)
    assert run.state["vouchers_count"] == 1
    assert run.state["voucher_next"] != NUMBER["v_blank"]


def test_a_voucher_that_is_left_is_offered_again_in_its_ante() -> None:
    run = shop("v_blank")
    do(run, Verb.NEXT_ROUND)
    do(run, Verb.SELECT_BLIND)
    beat(run)
    cash_out(run)
    assert run.state["shop_vouchers"][0]["id"] == NUMBER["v_blank"]


def test_overstock_fills_the_shop_at_once() -> None:
    run = shop("v_overstock_norm")
    run.step(7 << 40)
    assert run.state["shop_count"] == 1
    do(run, Verb.BUY_VOUCHER)
    assert run.state["shop_count"] == 3


@pytest.mark.parametrize(("voucher", "percent"), [("v_clearance_sale", 25), ("v_liquidation", 50)])
def test_sales_make_everything_cheaper(voucher: str, percent: int) -> None:
    full, cheap = shop(), shop(voucher)
    do(cheap, Verb.BUY_VOUCHER)
    cost = price(full, Verb.BUY_PACK)
    assert price(cheap, Verb.BUY_PACK) == max(1, int((cost + 0.5) * (100 - percent) / 100))


@pytest.mark.parametrize(
    ("voucher", "cap"), [("v_blank", 5), ("v_seed_money", 10), ("v_money_tree", 20)]
)
def test_interest_is_capped(voucher: str, cap: int) -> None:
    run = shop(voucher)
    do(run, Verb.BUY_VOUCHER)
    do(run, Verb.NEXT_ROUND)
    do(run, Verb.SELECT_BLIND)
    run.state["money"], run.state["hands_left"] = 500, 1
    beat(run)
    assert cash_out(run) == 4 + cap


def test_hieroglyph_lowers_what_the_next_blind_asks() -> None:
    run = shop("v_hieroglyph")
    do(run, Verb.BUY_VOUCHER)
    assert (run.state["ante"], run.state["required"]) == (0, 150)


def test_magic_trick_puts_playing_cards_on_sale() -> None:
    run = shop(redeemed=1 << NUMBER["v_magic_trick"], money=1000)
    kinds = set()
    for _ in range(15):
        kinds |= set(run.state["shop"]["kind"][: run.state["shop_count"]].tolist())
        do(run, Verb.REROLL)
    assert Kind.CARD in kinds


def test_a_bought_playing_card_joins_the_deck() -> None:
    run = shop(redeemed=1 << NUMBER["v_magic_trick"], money=1000)
    while run.state["shop"][0]["kind"] != Kind.CARD:
        do(run, Verb.REROLL)
    ware = run.state["shop"][0].copy()
    do(run, Verb.BUY_CARD)
    last = run.state["cards"][52]
    assert run.state["card_count"] == run.state["draw_count"] == 53
    assert run.state["draw"][0] == 52
    assert [last[name] for name in ("rank", "suit")] == [ware[name] for name in ("rank", "suit")]


@pytest.mark.parametrize(("voucher", "times"), [("v_directors_cut", 1), ("v_retcon", 3)])
def test_the_boss_can_be_rerolled(voucher: str, times: int) -> None:
    run = new_run(SEED)
    run.state["vouchers"] = 1 << NUMBER[voucher]
    run.state["money"] = 100
    for _ in range(times):
        boss = int(run.state["boss"])
        do(run, Verb.REROLL_BOSS)
        assert run.state["boss"] != boss
    assert run.state["money"] == 100 - 10 * times
    if voucher == "v_directors_cut":
        with pytest.raises(IllegalActionError, match="rerolled already"):
            do(run, Verb.REROLL_BOSS)


def test_the_boss_cannot_be_rerolled_without_a_voucher() -> None:
    with pytest.raises(IllegalActionError, match="no voucher"):
        do(new_run(SEED), Verb.REROLL_BOSS)
