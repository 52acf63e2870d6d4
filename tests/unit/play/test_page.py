"""The live page: the numbers as HTML and as JSON, on this machine only."""

import pytest
from aiohttp import ClientSession

from jimbot_stream.play import page
from jimbot_stream.play.plan import GamePlan
from jimbot_stream.play.ports import free_ports
from jimbot_stream.play.tally import GameResult, Tally


@pytest.fixture
def tally() -> Tally:
    tally = Tally(10, updates_planned=2, stage="playing <b>generation</b> 0")
    plan = GamePlan("run7-00000", "ABCD1234", 7, 0)
    tally.game(GameResult(plan, "c" * 64, False, 1, 2, 1234.0, 9))
    return tally


def test_the_page_shows_the_numbers(tally: Tally) -> None:
    text = page.page_html(tally.numbers())
    assert "1 of 10" in text
    assert "1,234.0" in text
    assert "cccccccccccc" in text


def test_means_have_the_same_decimals_in_every_row(tally: Tally) -> None:
    plan = GamePlan("run7-00001", "ABCD1235", 7, 1)
    tally.game(GameResult(plan, "d" * 64, False, 1, 3, 7.25, 9))
    text = page.numbers_html(tally.numbers())
    assert "<td>1,234.0</td><td>1.00</td><td>2.00</td>" in text
    assert "<td>7.2</td><td>1.00</td><td>3.00</td>" in text


def test_the_learning_curve_is_over_the_decisions_learned_from(tally: Tally) -> None:
    plan = GamePlan("run7-00001", "ABCD1235", 7, 1)
    tally.game(GameResult(plan, "d" * 64, False, 2, 3, 7.25, 12))
    ante, score = page.curves({"seed": 7, **tally.numbers()})
    assert (ante.lines[0].name, ante.lines[0].x, ante.lines[0].y) == ("run 7", (0, 9), (1, 2))
    assert score.lines[0].y == (1234.0, 7.2)
    assert "<polyline" in page.numbers_html(tally.numbers())


def test_before_any_game_has_ended_there_is_no_curve() -> None:
    assert "nothing to show yet" in page.numbers_html(Tally(10).numbers())


def test_a_seed_is_a_name_and_gets_no_commas(tally: Tally) -> None:
    assert "<td>12345</td>" in page.numbers_html({"seed": 12345, **tally.numbers()})


def test_whatever_is_shown_is_escaped(tally: Tally) -> None:
    text = page.page_html(tally.numbers())
    assert "<b>generation</b>" not in text
    assert "&lt;b&gt;generation&lt;/b&gt;" in text


def test_the_page_loads_nothing_from_elsewhere(tally: Tally) -> None:
    text = page.page_html(tally.numbers())
    assert "://" not in text
    assert "src=" not in text


async def test_page_and_json_follow_the_tally(tally: Tally) -> None:
    (port,) = free_ports(1)
    async with page.serve(tally.numbers, port) as address, ClientSession() as session:
        before = await (await session.get(f"{address}status.json")).json()
        tally.updates = 1
        after = await (await session.get(f"{address}status.json")).json()
        shown = await (await session.get(f"{address}numbers")).text()
    assert (before["updates"], after["updates"]) == (0, 1)
    assert after == tally.numbers()
    assert "1 of 2" in shown


async def test_another_name_for_this_machine_is_refused(tally: Tally) -> None:
    (port,) = free_ports(1)
    async with page.serve(tally.numbers, port) as address, ClientSession() as session:
        response = await session.get(address, headers={"Host": f"evil.example:{port}"})
        assert response.status == 403
