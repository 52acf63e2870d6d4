"""What must hold on any way through the game: random legal play over decks and stakes."""

import os
import subprocess
import sys
from pathlib import Path

import numba
import numpy as np
import pytest

from jimbot_stream.balatro import actions, codecs, wire
from jimbot_stream.balatro.actions import Verb
from jimbot_stream.balatro.engine import IllegalActionError, Run
from jimbot_stream.balatro.kernels import items
from tests.support.games import piles
from tests.unit.balatro import walking

PLAIN = bool(numba.config.DISABLE_JIT)
WALKS = 6 if PLAIN else 30
STEPS = 60 if PLAIN else 200
ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("number", range(WALKS))
def test_every_card_lies_in_one_pile(number: int) -> None:
    for run, _, _ in walking.walk(number, STEPS):
        assert piles(run) == list(range(run.state["card_count"]))


def money_after(run: Run, action: int) -> int | None:
    """The money that an action with a price leaves; None for any other."""
    verb, _, source, _ = actions.unpack(action)
    s = run.states[0]
    money = int(s.money)
    if verb == Verb.CASH_OUT:
        return money + int(s.earned)
    if verb == Verb.SELL_JOKER:
        return money + int(items.sell_value(s, s.jokers[source]))
    if verb == Verb.SELL_CONSUMABLE:
        return money + int(items.sell_value(s, s.consumables[source]))
    wares = {Verb.BUY_CARD: s.shop, Verb.BUY_VOUCHER: s.shop_vouchers, Verb.BUY_PACK: s.packs}
    if verb in wares:
        return money - int(items.price(s, wares[Verb(verb)][source]))
    free = (Verb.NEXT_ROUND, Verb.SKIP_PACK, Verb.REARRANGE_JOKERS, Verb.REARRANGE_HAND)
    return money if verb in free else None


@pytest.mark.parametrize("number", range(WALKS))
def test_money_changes_by_prices(number: int) -> None:
    expected = None
    for run, action, _ in walking.walk(number, STEPS):
        if expected is not None:
            assert run.state["money"] == expected + walking.alms(run.phase, expected)
        expected = money_after(run, action)


@pytest.mark.parametrize("number", range(WALKS // 3))
def test_the_mask_says_what_a_step_accepts(number: int) -> None:
    random = np.random.default_rng(1000 + number)
    for count, (run, _, mask) in enumerate(walking.walk(number, STEPS)):
        if count % 5:
            continue
        before = run.snapshot()
        for index in random.choice(np.flatnonzero(~mask), 6):
            with pytest.raises(IllegalActionError):
                run.step(int(codecs.canonical(int(index))))
            assert run.snapshot() == before
        for index in random.choice(np.flatnonzero(mask), 4):
            Run.restore(before).step(int(codecs.canonical(int(index))))
        assert run.snapshot() == before


def any_action(random: np.random.Generator) -> int:
    """An action as nobody would choose it, with more of those that name few things."""
    verb = int(random.integers(1, max(Verb) + 1))
    cards = random.choice(10, random.integers(0, 7), replace=False) if random.random() < 0.5 else ()
    slot = int(random.integers(0, 4)) if random.random() < 0.7 else 0
    target = int(random.integers(0, 4)) if random.random() < 0.5 else 0
    return actions.pack(verb, map(int, cards), slot, target)


@pytest.mark.parametrize("number", range(WALKS))
def test_the_families_of_a_visible_state_allow_what_a_step_accepts(number: int) -> None:
    random = np.random.default_rng(2000 + number)
    for count, (run, _, _) in enumerate(walking.walk(number, STEPS)):
        if count % 3:
            continue
        legal = wire.legal_messages(wire.state_message(run))
        moved = [family for family in legal if family.targets]
        onto = [actions.pack(family.verb, (), n, n) for family in moved for n in family.slots]
        for action in [*onto, *(any_action(random) for _ in range(60))]:
            twin = Run.restore(run.snapshot())
            try:
                twin.step(action)
                accepted = True
            except IllegalActionError:
                accepted = False
            told = wire.allows(legal, wire.action_message(action))
            assert told is accepted, (run.phase.name, actions.unpack(action))


@pytest.mark.parametrize("number", range(WALKS // 3))
def test_restored_and_replayed_runs_go_the_same_way(number: int) -> None:
    done: list[int] = []
    half = restored = None
    for run, action, _ in walking.walk(number, STEPS):
        if len(done) == STEPS // 4:
            restored, half = Run.restore(run.snapshot()), len(done)
        done.append(action)
    assert walking.replayed(number, done)[-1] == run.digest()
    if restored is not None and half is not None:
        for action in done[half:]:
            walking.help_along(restored)
            restored.step(action)
        assert restored.digest() == run.digest()


@pytest.mark.skipif(PLAIN, reason="kernels are plain already")
def test_plain_kernels_go_the_same_way() -> None:
    lines, digests = [], []
    for number in range(10):
        done = [action for _, action, _ in walking.walk(number, STEPS)]
        lines.append(" ".join(map(str, [number, *done])))
        digests.append(" ".join(walking.replayed(number, done)))
    told = subprocess.run(
        [sys.executable, "-m", "tests.unit.balatro.walking"],
        input="\n".join(lines),
        env={**os.environ, "NUMBA_DISABLE_JIT": "1"},
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    assert told.stdout.split("\n")[:-1] == digests
