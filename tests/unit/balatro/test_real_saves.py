"""Saved games of real players hold the same streams, offers, targets and shuffled decks.

Players have not discovered and unlocked everything, which makes holes in the game's pools:
where a save shows such a hole, the profile is taken to lack that item, and only that one.
"""

import itertools
import re
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from jimbot_stream.balatro import rng
from jimbot_stream.balatro.kernels import offers, shop, targets
from jimbot_stream.balatro.state import STATE, STREAMS, Kind, blank
from jimbot_stream.balatro.tables.blinds import NUMBER as BLIND
from jimbot_stream.balatro.tables.cards import RANKS, Suit
from jimbot_stream.balatro.tables.consumables import PLANET, SPECTRAL, TAROT
from jimbot_stream.balatro.tables.decks import NUMBER as DECK
from jimbot_stream.balatro.tables.hands import NUMBER as HAND
from jimbot_stream.balatro.tables.jokers import NUMBER as JOKER
from jimbot_stream.balatro.tables.modifiers import EDITIONS, ENHANCEMENTS
from jimbot_stream.balatro.tables.packs import NUMBER as PACK
from jimbot_stream.balatro.tables.packs import PACKS
from jimbot_stream.balatro.tables.streams import NUMBER
from jimbot_stream.balatro.tables.streams import STREAMS as ROWS
from jimbot_stream.balatro.tables.tags import NUMBER as TAG
from jimbot_stream.balatro.tables.tags import TAGS
from jimbot_stream.balatro.tables.vouchers import NUMBER as VOUCHER

Reference = Callable[[str], Any]

FOREIGN = re.compile(r"Planetblusl\d+|soul_c_\w+")
"""Streams of version 1.0.0 (random planets of blue seals) and of a mod."""

MODDED_BOSS = {"1.0.1o-FULL_2Q9V6IFR_a2"}
"""A mod adds bosses and tags to the pools."""

CARDS_THEN = {"1.0.1f-FULL_UR5YN2EH_a4": 53}
"""Where cards were added since the targets were drawn: how many there were."""

_RANK = {rank.letter: rank.number for rank in RANKS}
_SUIT = {suit.name[0]: int(suit) for suit in Suit}
_ENHANCEMENT = {row.key: number for number, row in enumerate(ENHANCEMENTS, start=1)}
_KINDS = (
    (Kind.JOKER, JOKER),
    (Kind.TAROT, TAROT),
    (Kind.PLANET, PLANET),
    (Kind.SPECTRAL, SPECTRAL),
)
_EDITION = {"": 0} | {row.key.removeprefix("e_"): n for n, row in enumerate(EDITIONS, start=1)}
_REQUIRING = [number for number, tag in enumerate(TAGS, start=1) if tag.requires]


def stream_of(key: str) -> tuple[int, int, int] | None:
    """Stream, ante and resample of a key of the game."""
    name, _, again = key.partition("_resample")
    for number, row in enumerate(ROWS):
        ante = name.removeprefix(row.prefix).removesuffix(row.suffix) if row.ante else ""
        if name == f"{row.prefix}{ante}{row.suffix}" and (ante.isdigit() or not row.ante):
            return number, int(ante or 0), int(again or 0)
    return None


def begun(seed: str) -> Any:
    streams = blank(STREAMS)[0]
    rng.begin(streams, np.frombuffer(seed.encode(), dtype=np.uint8))
    return streams


def item_of(key: str) -> tuple[int, int]:
    return next((int(kind), ids[key]) for kind, ids in _KINDS if key in ids)


def _cards(state: Any, cards: str) -> None:
    for number, text in enumerate(cards.split()):
        front, _, enhancement = text.partition("+")
        card = state.cards[number]
        card.suit, card.rank = _SUIT[front[0]], _RANK[front[2]]
        card.enhancement = _ENHANCEMENT.get(enhancement, 0)
        state.card_count = number + 1


def state_of(save: dict[str, Any]) -> Any:
    """The part of a run that decides about offers."""
    state = blank(STATE)[0]
    state.deck, state.stake, state.win_ante = DECK[save["deck"]], save["stake"], 8
    state.ante, state.first_shop = save["ante"], int(save["rounds"] > 1)
    state.vouchers = sum(1 << VOUCHER[key] for key in save["redeemed"])
    _cards(state, save["cards"])
    for hand in save["played"]:
        state.played[HAND[hand]] = 1
    for key in save["owned"]:
        kind, number = item_of(key)
        row, count = (
            ("jokers", "joker_count")
            if kind == Kind.JOKER
            else (
                "consumables",
                "consumable_count",
            )
        )
        item = getattr(state, row)[getattr(state, count)]
        item.kind, item.id = kind, number
        setattr(state, count, getattr(state, count) + 1)
    return state


def uses(save: dict[str, Any], name: str) -> int:
    return int(save["streams"].get(name, (0, 0))[1])


@pytest.fixture(scope="module")
def saves(reference: Reference) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = reference("real_saves.json")["saves"]
    assert len(told) == 28
    return told


def test_every_stream_stands_where_the_save_says(saves: list[dict[str, Any]]) -> None:
    known = 0
    for save in saves:
        streams = begun(save["seed"])
        for key, (value, times) in save["streams"].items():
            stream = stream_of(key)
            if stream is None:
                assert FOREIGN.fullmatch(key), key
                continue
            assert rng.first_value(streams, *stream) == hashed(key + save["seed"])
            for _ in range(times):
                seed = rng.use(streams, *stream)
            assert seed == (value + streams.hashed_seed) / 2, (save["save"], key)
            known += 1
    assert known == 2252


def hashed(text: str) -> float:
    return rng.pseudohash(np.frombuffer(text.encode(), dtype=np.uint8), len(text))


def stream_of_the_deck(save: dict[str, Any]) -> tuple[str, int] | None:
    """The shuffle that the draw pile was left by; none at the end of a round."""
    ante = save["ante"]
    if save["rounds"] == 0:
        return "shuffle", 0
    if save["state"] == 8:
        return None
    name = "nr" if save["state"] == 1 else "cashout"
    return name, ante


def test_every_deck_lies_as_the_save_says(saves: list[dict[str, Any]]) -> None:
    checked = 0
    for save in saves:
        shuffle = stream_of_the_deck(save)
        if shuffle is None:
            continue
        name, ante = shuffle
        streams = begun(save["seed"])
        count = uses(save, f"{name}{ante or ''}")
        seed = [rng.use(streams, NUMBER[name], ante, 0) for _ in range(count)][-1]
        order = np.arange(len(save["cards"].split()), dtype=np.int16)
        rng.shuffle_seed(order, len(order), seed)
        assert order[: len(save["draw"])].tolist() == save["draw"], save["save"]
        checked += 1
    assert checked == 25


def _boss_walks(draws: int, ante: int) -> Iterator[list[int]]:
    """Antes of successive draws: one each, and rerolls anywhere.

    While a boss has just fallen, that of the next ante is not drawn yet.
    """
    for last in range(ante - 1, min(draws, ante) + 1):
        for again in itertools.combinations_with_replacement(range(1, last + 1), draws - last):
            yield sorted([*range(1, last + 1), *again])


def _bosses(seed: str, antes: list[int]) -> tuple[int, list[int]]:
    streams, state = begun(seed), blank(STATE)[0]
    state.win_ante = 8
    boss = 0
    for state.ante in antes:
        boss = offers.boss(state, streams)
    return boss, state.bosses_used.tolist()


def test_bosses_are_those_of_the_saves(saves: list[dict[str, Any]]) -> None:
    for save in saves:
        if save["save"] in MODDED_BOSS:
            continue
        used = [0] * 32
        for key, times in save["bosses_used"].items():
            used[BLIND[key]] = times
        told = BLIND[save["boss"]], used
        walks = _boss_walks(uses(save, "boss"), save["ante"])
        assert any(_bosses(save["seed"], walk) == told for walk in walks), save["save"]


def further(save: dict[str, Any], name: str) -> int:
    """How many further streams a pool with holes took."""
    return sum(key.startswith(f"{name}_resample") for key in save["streams"])


def test_vouchers_are_those_of_the_saves(saves: list[dict[str, Any]]) -> None:
    checked = 0
    for save in saves:
        if save["voucher"] is None:  # redeemed in this ante
            continue
        streams, state = begun(save["seed"]), state_of(save)
        assert offers.voucher(state, streams, False) == VOUCHER[save["voucher"]], save["save"]
        assert streams.used == 1 + further(save, f"Voucher{save['ante']}")
        checked += 1
    assert checked == 25


def _tags(save: dict[str, Any], ante: int, locked: int) -> tuple[list[int], int]:
    streams, state = begun(save["seed"]), blank(STATE)[0]
    state.ante, state.locked_tags = ante, locked
    return [offers.tag(state, streams) for _ in range(2)], int(streams.used) - 1


def test_tags_are_those_of_the_saves(saves: list[dict[str, Any]]) -> None:
    profiles = [
        sum(1 << number for number in some)
        for count in range(len(_REQUIRING) + 1)
        for some in itertools.combinations(_REQUIRING, count)
    ]
    for save in saves:
        if save["save"] in MODDED_BOSS:
            continue
        ante = save["ante"] - (uses(save, f"Tag{save['ante']}") == 0)
        told = [TAG[key] for key in save["tags"]], further(save, f"Tag{ante}")
        found = [_tags(save, ante, profile) for profile in profiles]
        assert told in found, save["save"]


def test_targets_are_those_of_the_saves(saves: list[dict[str, Any]]) -> None:
    for save in saves:
        streams, state = begun(save["seed"]), state_of(save)
        state.card_count = CARDS_THEN.get(save["save"], state.card_count)
        for _ in range(uses(save, f"idol{save['ante']}")):
            targets.new_round(state, streams)
        told = save["targets"]
        idol = [state.idol_rank, Suit(int(state.idol_suit)).name.title()]
        assert idol == told["idol"], save["save"]
        assert state.mail_rank == told["mail"], save["save"]
        assert Suit(int(state.castle_suit)).name.title() == told["castle"], save["save"]


def test_ancient_suits_are_those_of_the_saves(saves: list[dict[str, Any]]) -> None:
    """Each differs from the one before, and so all of a run hang together."""
    for save in saves:
        if save["save"].startswith("1.0.0"):
            continue
        streams, state = begun(save["seed"]), blank(STATE)[0]
        for ante in range(1, save["ante"] + 1):
            state.ante = ante
            for _ in range(uses(save, f"anc{ante}")):
                targets.ancient(state, streams)
        told = save["targets"]["ancient"]
        assert Suit(int(state.ancient_suit)).name.title() == told, save["save"]


def test_shops_are_those_of_the_saves(saves: list[dict[str, Any]]) -> None:
    """The first shop of an ante, not rerolled: cards, voucher, packs, and all streams behind."""
    checked = []
    for save in saves:
        ante = save["ante"]
        streams, state = begun(save["seed"]), state_of(save)
        rerolled = uses(save, f"cdt{ante}") != shop.slots(state)
        if "shop_jokers" not in save or rerolled or save["save"].startswith("1.0.0"):
            continue
        state.voucher_next = VOUCHER[save["voucher"]]
        shop.enter(state, streams)
        wares = [(item.kind, item.id, item.edition) for item in state.shop[: state.shop_count]]
        assert wares == [(*item_of(key), _EDITION[ed]) for key, ed in save["shop_jokers"]]
        packs = [PACKS[item.id - 1].name for item in state.packs]
        assert packs == [PACKS[PACK[key] - 1].name for key, _ in save["shop_booster"]]
        checked.append(save["save"])
    assert checked == ["1.0.1f-FULL_LTDBPYR6_a9", "1.0.1o-FULL_OOOO155_a1"]
