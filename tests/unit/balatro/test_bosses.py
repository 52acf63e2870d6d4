"""What boss blinds do from the selection to the end of their round, and what undoes it."""

import numpy as np
import pytest

from jimbot_stream.balatro.actions import Verb
from jimbot_stream.balatro.engine import IllegalActionError
from jimbot_stream.balatro.tables.blinds import BLINDS
from jimbot_stream.balatro.tables.cards import Suit
from jimbot_stream.balatro.tables.jokers import NUMBER as JOKER
from jimbot_stream.balatro.tables.modifiers import Mark
from tests.support.games import against, beat, card, cash_out, do, give, jokers, marked, piles

FACES = (11, 12, 13)
BOSSES = [blind.key for blind in BLINDS[2:]]


@pytest.mark.parametrize("boss", BOSSES)
def test_every_boss_can_be_played_and_leaves_nothing_behind(boss: str) -> None:
    run = against(boss, "j_joker", "j_banner", "j_juggler")
    assert run.phase.name == "SELECTING_HAND"
    s = run.state
    do(run, Verb.DISCARD if s["discards_left"] else Verb.PLAY, marked(run, Mark.FORCED) or [0])
    assert piles(run) == list(range(52))
    beat(run, marked(run, Mark.FORCED) or [0])
    assert run.phase.name == "ROUND_EVAL"
    assert s["hand_size"] == 9
    assert not (s["cards"]["marks"] & ~Mark.PLAYED_THIS_ANTE).any()
    assert not s["jokers"]["marks"].any()
    cash_out(run)
    assert (s["hands_left"], s["discards_left"], s["blind"]) == (4, 4, 0)


@pytest.mark.parametrize(
    ("boss", "suit"),
    [
        ("bl_club", Suit.CLUBS),
        ("bl_goad", Suit.SPADES),
        ("bl_window", Suit.DIAMONDS),
        ("bl_head", Suit.HEARTS),
    ],
)
def test_suits_are_debuffed(boss: str, suit: Suit) -> None:
    s = against(boss).state
    assert ((s["cards"]["marks"] & Mark.DEBUFFED > 0) == (s["cards"]["suit"] == suit))[:52].all()


def test_the_plant_debuffs_faces() -> None:
    s = against("bl_plant").state
    assert ((s["cards"]["marks"] & Mark.DEBUFFED > 0) == np.isin(s["cards"]["rank"], FACES)).all()


def test_the_pillar_debuffs_what_was_played_in_this_ante() -> None:
    run = against("bl_hook")
    run.state["blind"] = 0
    do(run, Verb.PLAY, [0, 1])
    played = {int(c) for c in run.state["gone"][: run.state["gone_count"]]}
    beat(run)
    cash_out(run)
    do(run, Verb.NEXT_ROUND)
    run.state["blind"], run.state["boss"] = 2, BOSSES.index("bl_pillar") + 3
    do(run, Verb.SELECT_BLIND)
    debuffed = {c for c in range(52) if run.state["cards"][c]["marks"] & Mark.DEBUFFED}
    assert played <= debuffed
    assert len(debuffed) == 3
    beat(run)
    assert not run.state["cards"]["marks"].any()


def test_the_hook_discards_two_cards_that_are_held() -> None:
    run = against("bl_hook")
    shown = run.state["hand"][:8].tolist()
    do(run, Verb.PLAY, [0])
    gone = run.state["gone"][: run.state["gone_count"]].tolist()
    assert len(gone) == 3
    assert set(gone) <= set(shown)
    assert gone[-1] == shown[0]
    assert run.state["hand_count"] == 8
    assert (run.state["discards_used"], run.state["discards_left"]) == (0, 4)


def test_the_tooth_takes_a_dollar_for_every_card() -> None:
    run = against("bl_tooth", money=3)
    do(run, Verb.PLAY, [0, 1, 2, 3])
    assert run.state["money"] == -1


def test_the_water_and_the_needle_take_discards_and_hands() -> None:
    water, needle = against("bl_water"), against("bl_needle")
    assert water.state["discards_left"] == 0
    assert needle.state["hands_left"] == 1
    do(needle, Verb.PLAY, [0])
    assert needle.over


def test_the_manacle_takes_one_from_the_hand_size() -> None:
    run = against("bl_manacle")
    assert run.state["hand_count"] == 7
    beat(run)
    assert run.state["hand_size"] == 8


def test_the_manacle_disabled_in_the_midst_of_its_round_brings_two_cards() -> None:
    run = against("bl_manacle", "j_luchador")
    do(run, Verb.SELL_JOKER, slot=0)
    assert (run.state["hand_count"], run.state["hand_size"]) == (9, 8)


def test_a_joker_that_was_copied_face_down_lies_face_up() -> None:
    run = against("bl_final_acorn", "j_joker", "j_invisible")
    kinds = run.state["jokers"]["id"].tolist()
    slot = kinds.index(JOKER["j_invisible"])
    run.state["jokers"][slot]["counter"] = 2
    do(run, Verb.SELL_JOKER, slot=slot)
    assert [bool(m & Mark.FACE_DOWN) for m in run.state["jokers"]["marks"][:2]] == [True, False]


@pytest.mark.parametrize(("boss", "factor"), [("bl_wall", 4), ("bl_needle", 1), ("bl_hook", 2)])
def test_bosses_ask_their_share(boss: str, factor: int) -> None:
    assert against(boss).state["required"] == 300 * factor


def test_the_house_hides_the_first_hand_alone() -> None:
    run = against("bl_house")
    assert marked(run, Mark.FACE_DOWN) == list(range(8))
    do(run, Verb.DISCARD, [0, 1])
    assert len(marked(run, Mark.FACE_DOWN)) == 6


def test_the_mark_hides_faces() -> None:
    run = against("bl_mark")
    assert marked(run, Mark.FACE_DOWN) == [p for p in range(8) if card(run, p)["rank"] in FACES]


def test_the_fish_hides_what_is_drawn_after_a_play() -> None:
    run = against("bl_fish")
    do(run, Verb.DISCARD, [0, 1])
    assert marked(run, Mark.FACE_DOWN) == []
    do(run, Verb.PLAY, [0, 1, 2])
    assert len(marked(run, Mark.FACE_DOWN)) == 3


def test_the_wheel_hides_some_cards() -> None:
    run = against("bl_wheel")
    hidden = [len(marked(run, Mark.FACE_DOWN))]
    for _ in range(4):
        do(run, Verb.DISCARD, [0, 1, 2, 3, 4])
        hidden.append(len(marked(run, Mark.FACE_DOWN)))
    assert 0 < sum(hidden) < 20


def test_the_serpent_draws_three() -> None:
    run = against("bl_serpent")
    do(run, Verb.DISCARD, [0])
    assert run.state["hand_count"] == 10
    do(run, Verb.PLAY, [0, 1, 2, 3, 4])
    assert run.state["hand_count"] == 8


def test_amber_acorn_hides_and_shuffles_the_jokers() -> None:
    keys = ["j_joker", "j_banner", "j_egg", "j_half", "j_mime"]
    run = against("bl_final_acorn", *keys)
    assert sorted(jokers(run)) == sorted(keys)
    assert (run.state["jokers"]["marks"][:5] == Mark.FACE_DOWN).all()
    beat(run)
    assert not run.state["jokers"]["marks"].any()


def test_verdant_leaf_holds_until_a_joker_is_sold() -> None:
    run = against("bl_final_leaf", "j_joker", "j_banner")
    assert marked(run, Mark.DEBUFFED) == list(range(8))
    do(run, Verb.SELL_JOKER)
    assert marked(run, Mark.DEBUFFED) == []
    assert run.state["boss_off"] == 1


def test_crimson_heart_debuffs_another_joker_every_hand() -> None:
    run = against("bl_final_heart", "j_juggler", "j_juggler")
    off = []
    for _ in range(3):
        marks = run.state["jokers"]["marks"][:2] & Mark.DEBUFFED
        assert np.count_nonzero(marks) == 1
        assert run.state["hand_size"] == 9
        off.append(int(np.argmax(marks)))
        do(run, Verb.PLAY, [0])
    assert off in ([0, 1, 0], [1, 0, 1])
    beat(run)
    assert run.state["hand_size"] == 10


def test_cerulean_bell_forces_a_card() -> None:
    run = against("bl_final_bell")
    (forced,) = marked(run, Mark.FORCED)
    with pytest.raises(IllegalActionError, match="forces"):
        do(run, Verb.PLAY, [(forced + 1) % 8])
    do(run, Verb.DISCARD, [forced])
    assert len(marked(run, Mark.FORCED)) == 1


@pytest.mark.parametrize("boss", BOSSES)
def test_luchador_disables_any_boss(boss: str) -> None:
    run = against(boss, "j_luchador", "j_joker")
    s = run.state
    slot = jokers(run).index("j_luchador")
    do(run, Verb.SELL_JOKER, slot=slot)
    assert s["boss_off"] == 1
    assert (s["hands_left"], s["discards_left"], s["hand_size"]) == (4, 4, 8)
    assert s["hand_count"] == (9 if boss == "bl_manacle" else 8)
    assert s["required"] == (300 if boss == "bl_needle" else 600)
    assert not (s["cards"]["marks"]).any()
    assert not s["jokers"]["marks"].any()
    beat(run)
    assert s["hand_size"] == 8


@pytest.mark.parametrize("boss", BOSSES)
def test_chicot_disables_any_boss_at_once(boss: str) -> None:
    run = against(boss, "j_chicot")
    s = run.state
    assert s["boss_off"] == 1
    assert (s["hands_left"], s["discards_left"], s["hand_count"]) == (4, 4, 8)
    assert s["required"] == (300 if boss == "bl_needle" else 600)
    assert not s["cards"]["marks"].any()
    assert not s["jokers"]["marks"].any()


def test_a_score_reached_by_disabling_the_boss_ends_the_round() -> None:
    run = against("bl_wall", "j_luchador")
    run.state["chips"] = 700
    do(run, Verb.SELL_JOKER)
    assert run.phase.name == "ROUND_EVAL"


def test_the_ox_watches_the_hand_played_most_when_the_last_boss_fell() -> None:
    run = against("bl_hook")
    run.state["played"][10] = 9
    beat(run)
    assert run.state["boss_most"] == 10


def test_a_disabled_boss_stays_so_for_one_round() -> None:
    run = against("bl_club", "j_luchador")
    do(run, Verb.SELL_JOKER)
    beat(run)
    assert run.state["boss_off"] == 0


def test_needle_and_burglar() -> None:
    run = against("bl_needle", "j_burglar")
    assert (run.state["hands_left"], run.state["discards_left"]) == (4, 0)
    give(run, "j_luchador")
    do(run, Verb.SELL_JOKER, slot=1)
    assert run.state["hands_left"] == 7
