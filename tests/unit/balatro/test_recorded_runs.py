"""Runs recorded from the real game come out the same: hands, scores, money, wares."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from jimbot_stream.balatro import actions
from jimbot_stream.balatro.actions import Verb
from jimbot_stream.balatro.engine import Run, new_run
from jimbot_stream.balatro.kernels import prices
from jimbot_stream.balatro.state import Kind
from jimbot_stream.balatro.tables.consumables import PLANETS, SPECTRALS, TAROTS
from jimbot_stream.balatro.tables.jokers import JOKERS
from jimbot_stream.balatro.tables.packs import PACKS
from jimbot_stream.balatro.tables.vouchers import VOUCHERS

HandKeys = Callable[[Run], list[str]]
ROWS: dict[int, tuple[Any, ...]] = {
    Kind.JOKER: JOKERS,
    Kind.TAROT: TAROTS,
    Kind.PLANET: PLANETS,
    Kind.SPECTRAL: SPECTRALS,
    Kind.VOUCHER: VOUCHERS,
    Kind.PACK: PACKS,
}
NUMBERS = {
    "round": "rounds",
    "money": "money",
    "chips": "chips",
    "hands": "hands_left",
    "discards": "discards_left",
    "skips": "skips",
}
WARES = {
    "shop": ("shop", "shop_count", prices.SHOP),
    "packs": ("packs", "packs_count", prices.PACKS),
    "vouchers": ("shop_vouchers", "vouchers_count", prices.VOUCHERS),
}


def wares(run: Run, field: str, count: str, row: int) -> list[str]:
    """Wares as key:price; the picture of a pack is not told."""
    cost = np.zeros(prices.SHAPE, dtype=np.int64)
    prices.fill(run.states, cost)
    shown = []
    for slot, item in enumerate(run.state[field][: run.state[count]]):
        key = ROWS[int(item["kind"])][int(item["id"]) - 1].key
        shown.append(f"{plain_key(key)}:{cost[row, slot]}")
    return shown


def plain_key(key: str) -> str:
    return key.rstrip("0123456789_") if key.startswith("p_") else key


def plain_ware(told: str) -> str:
    key, price = told.split(":")
    return f"{plain_key(key)}:{price}"


def expect(run: Run, step: dict[str, Any], hand: list[str]) -> int:
    """Compare everything that is told; how many things that was."""
    assert run.phase.name == step["phase"]
    told = {name: step[name] for name in NUMBERS if name in step}
    assert {name: run.state[NUMBERS[name]] for name in told} == told
    if "hand" in step:
        assert hand == step["hand"].split()
    for name, (field, count, row) in WARES.items():
        if name in step:
            assert wares(run, field, count, row) == list(map(plain_ware, step[name].split()))
    return 1 + len(told) + ("hand" in step) + sum(name in step for name in WARES)


def move(run: Run, order: list[int]) -> None:
    """Bring the hand into an order of its positions, card by card."""
    lies = list(range(len(order)))
    for target, wanted in enumerate(order):
        source = lies.index(wanted)
        if source != target:
            run.step(actions.pack(Verb.REARRANGE_HAND, source=source, target=target))
            lies.insert(target, lies.pop(source))


def do(run: Run, told: str) -> None:
    word, *places = told.split()
    if word == "MOVE":
        move(run, list(map(int, places)))
    elif word not in ("END", "STAY"):
        run.step(actions.pack(Verb[word], list(map(int, places))))


def test_every_recorded_state_is_reproduced(
    reference: Callable[[str], Any], hand_keys: HandKeys
) -> None:
    recorded = reference("recorded_runs.json")
    compared = 0
    for each in recorded["runs"]:
        run = new_run(recorded["seed"])
        for step in each["steps"]:
            compared += expect(run, step, hand_keys(run))
            do(run, step["do"])
    assert len(recorded["runs"]) == 14
    assert compared > 1500


@pytest.mark.parametrize("seed", ["OOOO155", "A", "7LB2WVPK"])
def test_same_seed_same_deal(seed: str, hand_keys: HandKeys) -> None:
    one, two = new_run(seed), new_run(seed)
    for run in (one, two):
        run.step(actions.pack(actions.Verb.SELECT_BLIND))
    assert hand_keys(one) == hand_keys(two)
    assert one.digest() == two.digest()
