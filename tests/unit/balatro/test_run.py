"""A run from blind to blind: phases, money, winning, losing."""

from collections.abc import Callable

import pytest

from jimbot_stream.balatro import actions
from jimbot_stream.balatro.actions import Verb
from jimbot_stream.balatro.engine import (
    IllegalActionError,
    Run,
    SnapshotError,
    checked_seed,
    new_run,
    seed_of,
)
from jimbot_stream.balatro.profile import Profile
from jimbot_stream.balatro.tables.blinds import ANTE_BASE, BLINDS
from jimbot_stream.balatro.tables.jokers import NUMBER as JOKER
from jimbot_stream.balatro.version import RULES_VERSION
from tests.support.games import beat, cash_out, do, piles

SELECT = actions.pack(Verb.SELECT_BLIND)
CASH_OUT = actions.pack(Verb.CASH_OUT)
NEXT_ROUND = actions.pack(Verb.NEXT_ROUND)
PLAY_ONE = actions.pack(Verb.PLAY, [0])


def test_a_run_begins_before_the_small_blind() -> None:
    run = new_run("OOOO155")
    assert run.phase.name == "BLIND_SELECT"
    s = run.state
    assert (s["ante"], s["rounds"], s["money"], s["required"]) == (1, 0, 4, 300)
    assert (s["hands_left"], s["discards_left"], s["hand_size"]) == (4, 4, 8)


def play_an_ante(run: Run) -> list[float]:
    """Beat the three blinds of an ante; what they asked."""
    asked = []
    for blind in range(3):
        assert run.state["blind"] == blind
        asked.append(float(run.state["required"]))
        do(run, Verb.SELECT_BLIND)
        beat(run)
        if not run.over:
            assert run.phase.name == "ROUND_EVAL"
            cash_out(run)
            assert run.phase.name == "SHOP"
            do(run, Verb.NEXT_ROUND)
    return asked


def test_the_way_through_a_run() -> None:
    run = new_run("OOOO155", win_ante=3)
    for base in ANTE_BASE[0][:3]:
        boss = BLINDS[run.state["boss"] - 1]
        assert play_an_ante(run) == [base, 1.5 * base, boss.factor * base]
    assert run.over
    assert run.won
    assert run.state["ante"] == 3


def test_an_endless_run_goes_on_after_winning() -> None:
    run = new_run("OOOO155", win_ante=2, endless=True)
    for _ in range(4):
        play_an_ante(run)
    assert run.won
    assert not run.over
    assert run.state["ante"] == 5


@pytest.mark.parametrize("win_ante", [2, 8])
def test_a_finisher_comes_in_the_last_ante(win_ante: int) -> None:
    run = new_run("OOOO155", win_ante=win_ante)
    for ante in range(1, win_ante + 1):
        assert BLINDS[run.state["boss"] - 1].showdown == (ante == win_ante)
        play_an_ante(run)


def test_bosses_come_again_once_all_have_come() -> None:
    run = new_run("OOOO155", win_ante=8, endless=True)
    bosses = []
    for _ in range(16):
        bosses.append(int(run.state["boss"]))
        play_an_ante(run)
    assert len(set(bosses)) == 16


def test_the_ante_rises_before_the_boss_is_cashed_out() -> None:
    run = new_run("OOOO155")
    run.state["blind"] = 2
    run.step(SELECT)
    beat(run)
    assert run.state["ante"] == 2
    assert run.state["blind"] == 2
    run.step(CASH_OUT)
    assert run.state["blind"] == 0
    assert run.state["required"] == ANTE_BASE[0][1]


@pytest.mark.parametrize(
    ("money", "blind", "hands_left", "paid"),
    [
        (4, 0, 3, 3 + 3),
        (5, 0, 0, 3 + 1),
        (24, 1, 2, 4 + 2 + 4),
        (99, 2, 1, 5 + 1 + 5),
        (-3, 0, 0, 3),
    ],
)
def test_cashing_out_pays_reward_hands_and_interest(
    money: int, blind: int, hands_left: int, paid: int
) -> None:
    run = new_run("OOOO155")
    run.state["blind"] = blind
    run.step(SELECT)
    run.state["money"] = money
    run.state["hands_left"] = hands_left + 1
    beat(run)
    assert run.state["money"] == money
    run.step(CASH_OUT)
    assert run.state["money"] == money + paid


@pytest.mark.parametrize(
    ("money", "interest"),
    [(-7, 0), (0, 0), (4, 0), (5, 1), (9, 1), (10, 2), (24, 4), (25, 5), (30, 5), (1000, 5)],
)
def test_interest_is_a_dollar_for_five_up_to_five(money: int, interest: int) -> None:
    run = new_run("OOOO155")
    run.step(SELECT)
    run.state["money"], run.state["hands_left"] = money, 1
    beat(run)
    assert cash_out(run) == 3 + interest


def test_what_is_sold_before_the_cash_out_earns_no_interest() -> None:
    run = new_run("OOOO155")
    run.step(SELECT)
    run.state["money"], run.state["hands_left"] = 4, 1
    beat(run)
    run.state["money"] = 50
    assert cash_out(run) == 3


def test_the_last_hand_below_the_mark_loses() -> None:
    run = new_run("OOOO155")
    run.step(SELECT)
    for _ in range(4):
        assert not run.over
        run.step(PLAY_ONE)
    assert run.over
    assert not run.won
    assert not run.legal().any()


def test_reaching_the_mark_exactly_wins_the_round() -> None:
    run = new_run("OOOO155")
    run.step(SELECT)
    run.state["required"] = 5 + 10  # the jack of spades alone
    run.step(PLAY_ONE)
    assert run.phase.name == "ROUND_EVAL"


def test_discards_run_out() -> None:
    run = new_run("OOOO155")
    run.step(SELECT)
    for _ in range(4):
        run.step(actions.pack(Verb.DISCARD, [0, 1, 2, 3, 4]))
        assert run.state["hand_count"] == 8
    with pytest.raises(IllegalActionError, match="no discards are left"):
        run.step(actions.pack(Verb.DISCARD, [0]))


@pytest.mark.parametrize("number", range(6))
def test_every_card_is_always_somewhere(number: int) -> None:
    run = new_run(seed_of(11, number), stake=1 + number)
    for step in range(120):
        run.state["chips"] = run.state["required"] * (step % 3 == 0)
        legal = run.legal().nonzero()[0]
        if run.over:
            break
        run.step_index(int(legal[(step * 7919 + number) % len(legal)]))
        assert piles(run) == list(range(run.state["card_count"]))


@pytest.mark.parametrize("number", range(4))
def test_the_same_actions_lead_to_the_same_state(number: int) -> None:
    one, two = new_run(seed_of(12, number)), new_run(seed_of(12, number))
    for step in range(80):
        legal = one.legal().nonzero()[0]
        if one.over:
            break
        for run in (one, two):
            run.step_index(int(legal[(step * 7919 + number) % len(legal)]))
    assert one.digest() == two.digest()


def test_a_refused_action_changes_nothing() -> None:
    run = new_run("OOOO155")
    before = run.digest()
    for action in (PLAY_ONE, CASH_OUT, NEXT_ROUND, 1 << 50, -1, 21 << 40):
        with pytest.raises(IllegalActionError):
            run.step(action)
    assert run.digest() == before


def test_a_profile_keeps_what_is_locked_from_being_offered() -> None:
    keys = [key for key in JOKER if key != "j_egg"]
    run = new_run("OOOO155", profile=Profile.without(keys))
    run.step(SELECT)
    beat(run)
    run.state["money"] = 1000
    cash_out(run)
    for _ in range(10):
        for ware in run.state["shop"][: run.state["shop_count"]]:
            assert ware["kind"] != 1 or ware["id"] in (JOKER["j_joker"], JOKER["j_egg"])
        do(run, Verb.REROLL)
    with pytest.raises(ValueError, match="'j_none' is no joker"):
        Profile.without(["j_none"])


def test_the_rules_are_of_the_whole_game() -> None:
    assert RULES_VERSION.startswith("1.0.1o/")


def test_the_hand_is_shown_by_rank_then_spades_hearts_clubs_diamonds(
    hand_keys: Callable[[Run], list[str]],
) -> None:
    for number in range(20):
        run = new_run(seed_of(5, number))
        run.step(SELECT)
        shown = [("23456789TJQKA".index(key[2]), "DCHS".index(key[0])) for key in hand_keys(run)]
        assert shown == sorted(shown, reverse=True)


def test_a_snapshot_goes_on_as_the_run_does() -> None:
    run = new_run("KK1XD111")
    run.step(SELECT)
    twin = Run.restore(run.snapshot())
    assert twin.snapshot() == run.snapshot()
    for each in (run, twin):
        each.step(actions.pack(Verb.DISCARD, [0, 3, 5]))
        beat(each)
        each.step(CASH_OUT)
        each.step(NEXT_ROUND)
        each.step(SELECT)
    assert twin.digest() == run.digest()


def test_a_restored_run_is_its_own() -> None:
    run = new_run("A")
    before = run.digest()
    Run.restore(run.snapshot()).step(SELECT)
    assert run.digest() == before


def test_foreign_snapshots_are_refused() -> None:
    snapshot = new_run("A").snapshot()
    with pytest.raises(SnapshotError, match="of rules 'other'"):
        Run.restore(b"other" + snapshot[snapshot.index(b"\n") :])
    with pytest.raises(SnapshotError, match="not whole"):
        Run.restore(snapshot[:-1])
    with pytest.raises(SnapshotError):
        Run.restore(b"")


def test_a_snapshot_that_was_changed_is_refused() -> None:
    snapshot = new_run("A").snapshot()
    version, _, digest, body = snapshot.split(b"\n", 3)
    for place in (0, 1000, len(body) - 1):
        changed = bytearray(body)
        changed[place] ^= 1
        with pytest.raises(SnapshotError, match="it was changed"):
            Run.restore(b"\n".join([version, b"A", digest, bytes(changed)]))
    for seed in (b"\xff", b"", b"a", "Ä".encode()):
        with pytest.raises(SnapshotError, match="which is no seed"):
            Run.restore(b"\n".join([version, seed, digest, body]))
    with pytest.raises(SnapshotError, match="it was changed"):
        Run.restore(b"\n".join([version, b"B", digest, body]))


def test_a_snapshot_names_the_seed_that_its_streams_roll_on() -> None:
    run = new_run("A")
    run.seed = "B"
    with pytest.raises(SnapshotError, match="names seed 'B', but its streams roll on b'A'"):
        Run.restore(run.snapshot())


@pytest.mark.parametrize("kind", ["jokers", "vouchers", "tags"])
def test_a_profile_names_only_what_there_is(kind: str) -> None:
    with pytest.raises(ValueError, match=f"{kind} of a profile: there is no c_fool, j_none"):
        Profile(**{kind: frozenset({"j_none", "c_fool"})})


@pytest.mark.parametrize("seed", ["", "ABCDEFGHI", "AB0", "abc", "Ä", "A\n"])
def test_what_is_no_seed_is_refused(seed: str) -> None:
    with pytest.raises(ValueError, match="seed"):
        new_run(seed)


@pytest.mark.parametrize("ante", [0, -1, 9])
def test_a_last_ante_without_a_table_row_is_refused(ante: int) -> None:
    with pytest.raises(ValueError, match="win_ante"):
        new_run("A", win_ante=ante)


def test_seeds_of_games_are_valid_distinct_and_repeatable() -> None:
    seeds = [seed_of(7, number) for number in range(500)]
    assert len(set(seeds)) == 500
    assert [checked_seed(seed) for seed in seeds] == [seed_of(7, number) for number in range(500)]
    assert seed_of(8, 0) != seeds[0]
