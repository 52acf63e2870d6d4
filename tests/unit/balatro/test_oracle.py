"""Random plays score as the slow oracle says, and previews foretell what plays do."""

from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, note, settings

from jimbot_stream.balatro.kernels import cards, scoring
from jimbot_stream.balatro.state import Kind
from jimbot_stream.balatro.tables.jokers import JOKERS
from tests.support.plays import Table
from tests.unit.balatro import building
from tests.unit.balatro.oracle.model import HAND_NAMES, Game, read
from tests.unit.balatro.oracle.scoring import play

KINDS = {Kind.TAROT: "Tarot", Kind.SPECTRAL: "Spectral"}
RANDOM = frozenset(
    [
        "j_8_ball",
        "j_misprint",
        "j_business",
        "j_space",
        "j_bloodstone",
        "j_reserved_parking",
        "j_lucky_cat",
    ]
)
CREATING = frozenset(["j_dna", "j_vagabond", "j_superposition", "j_seance", "j_sixth_sense"])


def owned(table: Table) -> list[tuple[str, float, int]]:
    items = table.s.jokers[: int(table.s.joker_count)]
    return [(JOKERS[int(i["id"]) - 1].key, float(i["value"]), int(i["counter"])) for i in items]


def assert_same_cards(table: Table, game: Game) -> None:
    names = ("", "Bonus", "Mult", "Wild", "Glass", "Steel", "Stone", "Gold", "Lucky")
    rows = table.s.cards[: int(table.s.card_count)]
    told = [(names[int(row["enhancement"])], int(row["bonus"])) for row in rows]
    assert told == [(card.enhancement, card.bonus) for card in game.deck]


def assert_same(table: Table, game: Game, hand: list[Any]) -> None:
    w = table.w
    assert HAND_NAMES[int(w.hand)] == game.hand
    places = [place for place, card in enumerate(hand) if card in game.scoring]
    assert int(w.scoring) == sum(1 << place for place in places)
    assert float(w.chips) == pytest.approx(game.chips, rel=1e-12)
    assert float(w.mult) == pytest.approx(game.mult, rel=1e-12)
    assert float(w.score) == pytest.approx(game.score, rel=1e-12, abs=1)
    assert int(table.s.money) == game.money + game.buffer
    assert [int(level) for level in table.s.level] == game.levels
    told, expected = owned(table), [(j.key, j.value, j.counter) for j in game.jokers]
    assert [row[0] for row in told] == [row[0] for row in expected]
    for row, other in zip(told, expected, strict=True):
        assert row[2] == other[2]
        assert row[1] == pytest.approx(other[1], rel=1e-12)
    lost = [place for place, card in enumerate(hand) if card in game.destroyed]
    assert int(w.destroyed) == sum(1 << place for place in lost)
    assert_same_cards(table, game)


@settings(max_examples=600, deadline=None, suppress_health_check=list(HealthCheck))
@given(building.tables())
def test_plays_score_as_the_oracle_says(case: tuple[Table, int]) -> None:
    table, mask = case
    note(f"{mask:b}\n{building.told(table)}")
    before = int(table.s.consumable_count)
    game = read(table.s.copy(), building.streams(table), mask)
    hand = list(game.deck[: int(table.s.hand_count)])
    scoring.play(table.s, table.rngs[0], table.w, mask)
    play(game)
    assert_same(table, game, hand)
    made = table.s.consumables[before : int(table.s.consumable_count)]
    assert [KINDS[Kind(int(item["kind"]))] for item in made] == game.created


def is_certain(table: Table) -> bool:
    """Nothing about a play is random or creates anything."""
    keys = {key for key, _, _ in owned(table)}
    lucky = any(int(card["enhancement"]) == 8 for card in table.s.cards[: int(table.s.card_count)])
    return not keys & (RANDOM | CREATING) and not lucky


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(building.tables())
def test_previews_equal_plays_where_nothing_is_random(case: tuple[Table, int]) -> None:
    table, mask = case
    note(f"{mask:b}\n{building.told(table)}")
    assume(is_certain(table))
    table.s.hands_left += 1
    before = building.snapshot(table)
    out = building.preview(table, mask)
    assert building.snapshot(table) == before
    table.s.hands_left -= 1
    money = int(table.s.money)
    if cards.live_boss(table.s) == building.boss_number("tooth"):
        table.s.money -= mask.bit_count()  # taken before the hand scores
    scoring.play(table.s, table.rngs[0], table.w, mask)
    assert out[4] == float(table.w.hand)
    assert out[5] == float(table.w.scoring)
    assert out[0] == pytest.approx(float(table.w.chips), rel=1e-12)
    assert out[1] == pytest.approx(float(table.w.mult), rel=1e-12)
    assert out[2] == pytest.approx(float(table.w.score), rel=1e-12, abs=1)
    assert out[3] == int(table.s.money) - money
    assert out[3] == int(out[3])


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(building.tables())
def test_previews_leave_the_run_as_it_is(case: tuple[Table, int]) -> None:
    table, mask = case
    note(f"{mask:b}\n{building.told(table)}")
    before = building.snapshot(table)
    first = building.preview(table, mask)
    assert building.snapshot(table) == before
    assert (building.preview(table, mask) == first).all()
