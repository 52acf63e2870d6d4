"""A message holds all that its player sees: the record rebuilt from it is the same."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from jimbot_stream.balatro import wire
from jimbot_stream.balatro.engine import Run, new_run, seed_of
from jimbot_stream.balatro.kernels import candidates
from jimbot_stream.balatro.kernels.working import works
from jimbot_stream.balatro.state import STATE, Kind, blank, plain
from jimbot_stream.balatro.tables.jokers import NUMBER as JOKER
from jimbot_stream.balatro.tables.modifiers import Mark
from jimbot_stream.balatro.tables.tags import NUMBER as TAG
from jimbot_stream.contracts.json_codec import from_json, to_json
from jimbot_stream.contracts.v1.game_pb2 import Card, GameState, Item

WITHHELD = {
    "steps",
    "births",
    "bosses_used",
    "voucher_next",
    "locked_vouchers",
    "locked_jokers",
    "locked_tags",
    "draw",
}
"""Fields of the record that no player sees."""
REBUILT = {
    "cards",
    "hand",
    "gone",
    "jokers",
    "consumables",
    "shop",
    "packs",
    "shop_vouchers",
    "pack",
    "tags",
    "offers",
    "joker_slots",
    "consumable_slots",
}
"""Fields that are compared through the messages: parts of them may be hidden or left over."""

Pick = Callable[[int, int], int]


def _item(pick: Pick, kind: int, number: int, marks: int = 0) -> tuple[Any, ...]:
    joker = kind == Kind.JOKER
    perish = pick(0, 6) if marks & Mark.PERISHABLE else 0
    grown = (pick(1, 20), pick(0, 4), 0, float(pick(1, 30))) if joker else (0, 0, 0, 0.0)
    return (kind, pick(0, 5), marks, perish, number, 0, 0, 0, 0, *grown)


def _mark(pick: Pick, *marks: Mark) -> int:
    return sum(int(mark) for mark in marks if pick(0, 5) == 0)


def _deal(s: Any, pick: Pick, generator: np.random.Generator) -> None:
    count, hand, gone = pick(30, 70), pick(0, 9), pick(0, 10)
    births = np.sort(generator.choice(np.arange(1, 300), count, replace=False))
    order = generator.permutation(count)
    s["card_count"], s["hand_count"], s["gone_count"] = count, hand, gone
    s["draw_count"] = count - hand - gone
    piles = np.split(order, (hand, hand + gone))
    for name, pile in zip(("hand", "gone", "draw"), piles, strict=True):
        s[name][: len(pile)] = pile
    hidden = set(order[: hand + gone].tolist())
    for c in range(count):
        marks = _mark(pick, Mark.DEBUFFED, Mark.PLAYED_THIS_ANTE)
        marks |= _mark(pick, Mark.FACE_DOWN) if c in hidden else 0
        marks |= _mark(pick, Mark.FORCED) if c in piles[0] else 0
        traits = (pick(2, 15), pick(1, 5), pick(0, 9), pick(0, 5), pick(0, 5))
        s["cards"][c] = (*traits, marks, pick(0, 3), births[c])


def _stock(s: Any, pick: Pick) -> None:
    for slot in range(pick(0, 7)):
        marks = _mark(pick, Mark.DEBUFFED, Mark.ETERNAL, Mark.RENTAL, Mark.FACE_DOWN)
        s["jokers"][slot] = _item(pick, Kind.JOKER, pick(1, 151), marks)
        if s["jokers"][slot]["id"] == JOKER["j_astronomer"]:
            s["jokers"][slot]["marks"] &= ~Mark.FACE_DOWN  # in a shop it would tell by the prices
        s["joker_count"] = slot + 1
    for slot in range(pick(0, 3)):
        s["consumables"][slot] = _item(pick, pick(2, 5), pick(1, 12))
        s["consumable_count"] = slot + 1
    for slot in range(pick(0, 4)):
        s["shop"][slot] = _item(pick, Kind.JOKER, pick(1, 151), _mark(pick, Mark.COUPON))
        s["shop"][slot]["sell"] = 0
        s["shop_count"] = slot + 1
    s["packs"][0] = _item(pick, Kind.PACK, pick(1, 33))
    s["packs_count"] = 1
    s["shop_vouchers"][0] = _item(pick, Kind.VOUCHER, pick(1, 33))
    s["vouchers_count"] = 1
    for slot in range(3):
        tag = pick(1, 25)
        s["tags"][slot] = (tag, pick(0, 12) if tag == TAG["tag_orbital"] else 0)
    s["tag_count"] = 3
    s["offers"][0] = (TAG["tag_orbital"], 4)
    s["offers"][1] = (TAG["tag_skip"], 0)


def _numbers(s: Any, pick: Pick) -> None:
    for name in STATE.names or ():
        kind = STATE[name]
        if kind.kind in "if" and not kind.shape and not name.endswith("_count"):
            s[name] = pick(1, 9)
    for name in ("won", "endless", "boss_off", "boss_ready", "boss_triggered", "extinct"):
        s[name] = pick(0, 2)
    s["first_shop"], s["reroll_free_base"] = pick(0, 2), pick(0, 2)
    s["blind"], s["boss"], s["money"] = pick(0, 3), pick(3, 31), pick(-20, 200)
    for name in ("idol_suit", "ancient_suit", "castle_suit"):
        s[name] = pick(1, 5)
    s["boss_hands"], s["vouchers"] = pick(0, 4096), pick(0, 1 << 32) << 1
    s["planets_used"] = pick(0, 1 << 12) << 1
    s["last_consumable_kind"], s["last_consumable"] = pick(2, 5), pick(1, 12)
    s["level"] = [pick(1, 5) for _ in range(12)]
    s["played"] = [pick(0, 5) for _ in range(12)]
    s["played_now"] = [pick(0, 2) for _ in range(12)]
    s["pack_kind"], s["pack_picks"], s["pack_return"] = pick(1, 6), 1, 5


@pytest.fixture
def states(request: pytest.FixtureRequest) -> NDArray[Any]:
    """A record with everything in it, drawn with the test's seed."""
    generator = np.random.Generator(np.random.Philox(key=request.param))
    pick: Pick = lambda low, high: int(generator.integers(low, high))  # noqa: E731
    drawn = blank(STATE)
    s: Any = plain(drawn, STATE)[0]
    _numbers(s, pick)
    _deal(s, pick, generator)
    _stock(s, pick)
    return drawn


def same(one: NDArray[Any], two: NDArray[Any]) -> None:
    before, after = plain(one, STATE)[0], plain(two, STATE)[0]
    for name in STATE.names or ():
        if name not in WITHHELD | REBUILT:
            assert np.array_equal(before[name], after[name]), name


@pytest.mark.parametrize("states", range(40), indirect=True)
def test_a_message_leads_back_to_all_that_is_seen(states: NDArray[Any]) -> None:
    message = wire.message_of(states, "SEED")
    rebuilt = wire.record(message)
    assert wire.message_of(rebuilt, "SEED") == message
    assert from_json(GameState, to_json(message)) == message
    same(states, rebuilt)


@pytest.mark.parametrize("states", range(10), indirect=True)
def test_nothing_of_what_lies_face_down_is_told(states: NDArray[Any]) -> None:
    message = wire.message_of(states)
    aura = any(item.key == "c_aura" for item in message.consumables)
    for card in (*message.hand, *message.discard_pile):
        assert not card.face_down or card == Card(
            face_down=True, forced=card.forced, has_edition=card.has_edition and aura
        )
    for item in message.jokers:
        assert not item.face_down or item == Item(face_down=True, eternal=item.eternal)
    cards = (*message.hand, *message.discard_pile, *message.draw_pile)
    assert sum(not card.face_down for card in cards) == states[0].card_count


def observed(states: NDArray[Any]) -> list[bytes]:
    """What the kernels make of a record."""
    features = np.zeros(wire.FEATURES, dtype=np.float32)
    rows = np.zeros((wire.CAPACITY, wire.CANDIDATE_FEATURES), dtype=np.float32)
    listed = np.zeros(wire.CAPACITY, dtype=np.int64)
    candidates.encode(states, works(), 0, features, listed, rows)
    return [array.tobytes() for array in (features, rows, listed)]


def walk(run: Run, number: int, steps: int) -> None:
    """Go on at random, comparing what the run is with what its messages say."""
    generator = np.random.Generator(np.random.Philox(key=number))
    for _ in range(steps):
        message = wire.state_message(run)
        rebuilt = wire.record(message)
        assert wire.message_of(rebuilt, run.seed) == message
        same(run.states, rebuilt)
        features, rows, mask, listed = wire.encode(message)
        if not any(item.face_down for item in message.jokers):
            seen = [array.tobytes() for array in (features, rows, listed)]
            assert seen == observed(run.states)
        if run.over:
            assert not mask.any()
            return
        assert wire.allowed(listed[mask], wire.legal_messages(message)).all()
        run.step(int(generator.choice(listed[mask])))


@pytest.mark.parametrize("number", range(6))
def test_a_game_can_be_played_by_its_messages_alone(number: int) -> None:
    walk(new_run(seed_of(5, number)), number, 150)
