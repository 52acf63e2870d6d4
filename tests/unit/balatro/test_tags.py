"""What tags do, when they do it, and how they are doubled."""

import pytest

from jimbot_stream.balatro.actions import Verb
from jimbot_stream.balatro.engine import IllegalActionError, Run, new_run
from jimbot_stream.balatro.state import Kind, Phase
from jimbot_stream.balatro.tables.jokers import JOKERS, Rarity
from jimbot_stream.balatro.tables.modifiers import Edition, Mark
from jimbot_stream.balatro.tables.packs import PACKS
from jimbot_stream.balatro.tables.tags import NUMBER, TAGS, Tag
from tests.support.games import SEED, beat, cash_out, do, give, hold_tags, jokers, tags

PACK_TAGS = {
    "tag_standard": "p_standard_mega_1",
    "tag_charm": "p_arcana_mega_1",
    "tag_meteor": "p_celestial_mega_1",
    "tag_buffoon": "p_buffoon_mega_1",
    "tag_ethereal": "p_spectral_normal_1",
}
EDITION_TAGS = {
    "tag_negative": Edition.NEGATIVE,
    "tag_foil": Edition.FOIL,
    "tag_holo": Edition.HOLO,
    "tag_polychrome": Edition.POLYCHROME,
}


def skip(key: str, *held: str, **numbers: object) -> Run:
    """Skip the first blind for a tag while tags are held."""
    run = new_run(SEED)
    hold_tags(run, *held)
    for name, value in numbers.items():
        run.state[name] = value
    run.state["offers"][0]["id"] = NUMBER[key]
    do(run, Verb.SKIP_BLIND)
    return run


def shop(*held: str, **numbers: object) -> Run:
    """Enter the first shop while tags are held."""
    run = new_run(SEED)
    do(run, Verb.SELECT_BLIND)
    beat(run)
    hold_tags(run, *held)
    for name, value in numbers.items():
        run.state[name] = value
    cash_out(run)
    return run


@pytest.mark.parametrize("tag", TAGS, ids=lambda tag: tag.key)
def test_any_tag_can_be_gained_by_skipping(tag: Tag) -> None:
    run = skip(tag.key)
    assert (run.state["blind"], run.state["skips"], run.state["required"]) == (1, 1, 450)
    assert run.phase in (Phase.BLIND_SELECT, Phase.PACK)


def test_a_boss_cannot_be_skipped() -> None:
    run = new_run(SEED)
    run.state["blind"] = 2
    with pytest.raises(IllegalActionError, match="boss"):
        do(run, Verb.SKIP_BLIND)


@pytest.mark.parametrize(
    ("key", "numbers", "money"),
    [
        ("tag_skip", {"skips": 3}, 4 + 4 * 5),
        ("tag_handy", {"hands_total": 7}, 4 + 7),
        ("tag_garbage", {"discards_unused": 9}, 4 + 9),
        ("tag_economy", {"money": 17}, 34),
        ("tag_economy", {"money": 70}, 110),
        ("tag_economy", {"money": -5}, -5),
    ],
)
def test_tags_that_pay_at_once(key: str, numbers: dict[str, object], money: int) -> None:
    run = skip(key, **numbers)
    assert run.state["money"] == money
    assert tags(run) == []


def test_doubled_economy_tags_act_one_after_the_other() -> None:
    run = skip("tag_economy", "tag_double", money=10)
    assert run.state["money"] == 40


def test_every_double_tag_copies_the_next_tag() -> None:
    run = skip("tag_juggle", "tag_double", "tag_coupon", "tag_double")
    assert tags(run) == ["tag_coupon", "tag_juggle", "tag_juggle", "tag_juggle"]


def test_a_double_tag_does_not_double_its_like() -> None:
    assert tags(skip("tag_double", "tag_double")) == ["tag_double", "tag_double"]


def test_diet_cola_gives_a_double_tag() -> None:
    run = new_run(SEED)
    give(run, "j_diet_cola")
    do(run, Verb.SELL_JOKER)
    assert tags(run) == ["tag_double"]


def test_an_orbital_tag_levels_its_hand_up() -> None:
    run = new_run(SEED)
    hold_tags(run, "tag_double")
    run.state["offers"][0] = (NUMBER["tag_orbital"], 4)
    do(run, Verb.SKIP_BLIND)
    assert run.state["level"].tolist() == [1, 1, 1, 1, 7, 1, 1, 1, 1, 1, 1, 1]


@pytest.mark.parametrize("held", range(6))
def test_a_top_up_tag_creates_common_jokers_where_there_is_room(held: int) -> None:
    run = new_run(SEED)
    for _ in range(held):
        give(run, "j_baron")
    run.state["offers"][0]["id"] = NUMBER["tag_top_up"]
    do(run, Verb.SKIP_BLIND)
    made = run.state["jokers"][held : run.state["joker_count"]]
    assert len(made) == min(2, 5 - held)
    assert all(JOKERS[joker["id"] - 1].rarity is Rarity.COMMON for joker in made)


@pytest.mark.parametrize(("key", "pack"), PACK_TAGS.items())
def test_tags_that_open_packs(key: str, pack: str) -> None:
    row = next(row for row in PACKS if row.key == pack)
    run = skip(key, money=0)
    assert run.phase.name == "PACK"
    assert (run.state["pack_count"], run.state["pack_picks"]) == (row.cards, row.picks)
    assert run.state["pack_kind"] == row.kind
    assert run.state["hand_count"] == (8 if key in ("tag_charm", "tag_ethereal") else 0)
    do(run, Verb.SKIP_PACK)
    assert run.phase.name == "BLIND_SELECT"
    assert (run.state["draw_count"], run.state["hand_count"]) == (52, 0)
    assert (run.state["blind"], run.state["money"]) == (1, 0)


def test_packs_of_several_tags_open_one_after_the_other() -> None:
    run = skip("tag_buffoon", "tag_double")
    do(run, Verb.SKIP_PACK)
    assert run.phase.name == "PACK"
    do(run, Verb.SKIP_PACK)
    assert run.phase.name == "BLIND_SELECT"
    assert tags(run) == []


def test_a_boss_tag_chooses_another_boss_and_uses_up_the_directors_cut() -> None:
    before = int(new_run(SEED).state["boss"])
    run = skip("tag_boss")
    assert run.state["boss"] != before
    assert (run.state["money"], run.state["rerolls"]) == (4, 1)


def test_a_juggle_tag_lasts_one_round() -> None:
    run = skip("tag_juggle")
    do(run, Verb.SELECT_BLIND)
    assert (run.state["hand_count"], tags(run)) == (11, [])
    beat(run)
    assert run.state["hand_size"] == 8


def test_an_investment_tag_waits_for_a_boss() -> None:
    run = skip("tag_investment", money=0)
    for blind in (1, 2):
        do(run, Verb.SELECT_BLIND)
        run.state["money"], run.state["hands_left"] = 0, 1
        beat(run)
        assert cash_out(run) == (4 if blind == 1 else 5 + 25)
        assert tags(run) == (["tag_investment"] if blind == 1 else [])
        do(run, Verb.NEXT_ROUND)


@pytest.mark.parametrize(
    ("key", "rarity"), [("tag_uncommon", Rarity.UNCOMMON), ("tag_rare", Rarity.RARE)]
)
def test_tags_that_bring_a_free_joker(key: str, rarity: Rarity) -> None:
    run = shop(key, money=0)
    ware = run.state["shop"][0]
    assert JOKERS[ware["id"] - 1].rarity is rarity
    money = int(run.state["money"])
    do(run, Verb.BUY_CARD)
    assert run.state["money"] == money
    assert tags(run) == []


@pytest.mark.parametrize(("key", "edition"), EDITION_TAGS.items())
def test_tags_that_give_an_edition(key: str, edition: Edition) -> None:
    run = shop(key)
    found = [item for item in run.state["shop"][:2] if item["kind"] == Kind.JOKER]
    assert found[0]["edition"] == edition
    assert found[0]["marks"] & Mark.COUPON
    assert tags(run) == []


def test_a_coupon_tag_makes_cards_and_packs_free() -> None:
    run = shop("tag_coupon", money=0)
    money = int(run.state["money"])
    do(run, Verb.BUY_CARD)
    do(run, Verb.BUY_PACK)
    assert run.state["money"] == money
    assert tags(run) == []


def test_a_voucher_tag_adds_a_voucher() -> None:
    run = shop("tag_voucher")
    assert run.state["vouchers_count"] == 2
    assert tags(run) == []


def test_a_d6_tag_makes_rerolls_start_at_nothing() -> None:
    run = shop("tag_d_six", money=0)
    money = int(run.state["money"])
    for cost in (0, 1, 2):
        do(run, Verb.REROLL)
        money -= cost
        assert run.state["money"] == money


def test_a_reroll_costs_five_dollars_and_one_more_each_time() -> None:
    run = shop(money=50)
    money = int(run.state["money"])
    for cost in (5, 6, 7):
        do(run, Verb.REROLL)
        money -= cost
        assert run.state["money"] == money


def test_hallucination_acts_on_the_pack_of_a_tag() -> None:
    run = new_run(SEED)
    give(run, "j_hallucination")
    give(run, "j_oops")
    run.state["offers"][0]["id"] = NUMBER["tag_buffoon"]
    do(run, Verb.SKIP_BLIND)
    assert run.state["consumable_count"] == 1
    assert jokers(run) == ["j_hallucination", "j_oops"]
