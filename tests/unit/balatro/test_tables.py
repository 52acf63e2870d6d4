"""The rows say what the game says."""

import json
import re
from collections.abc import Callable, Iterator
from itertools import chain, pairwise
from pathlib import Path
from typing import Any

import pytest

from jimbot_stream.balatro.catalogue import find
from jimbot_stream.balatro.naming import CODE_NAMES, name_of
from jimbot_stream.balatro.tables.blinds import BLINDS
from jimbot_stream.balatro.tables.cards import RANKS, STANDARD_DECK
from jimbot_stream.balatro.tables.compiled_pools import JOKER_POOL, POOL_SIZE
from jimbot_stream.balatro.tables.consumables import PLANETS, SPECTRALS, TAROTS
from jimbot_stream.balatro.tables.decks import DECKS
from jimbot_stream.balatro.tables.hands import HANDS
from jimbot_stream.balatro.tables.jokers import JOKERS, Joker
from jimbot_stream.balatro.tables.modifiers import EDITIONS, ENHANCEMENTS
from jimbot_stream.balatro.tables.packs import PACKS
from jimbot_stream.balatro.tables.stakes import STAKES
from jimbot_stream.balatro.tables.streams import NUMBER, STREAMS
from jimbot_stream.balatro.tables.tags import TAGS
from jimbot_stream.balatro.tables.vouchers import VOUCHER_COST, VOUCHERS

Facts = dict[str, list[list[Any]]]

IN_WORDS = {
    "j_marble": 1,  # a Stone Card
    "j_loyalty_card": 5,  # every sixth hand: five in between
    "j_misprint": 23,  # Per.RANDOM_0_23
    "j_burnt": 4,  # not used by the game
    "j_bootstraps": 5,  # Per.FIVE_DOLLARS
}
"""Numbers of the game's configuration that a row says in words."""


@pytest.fixture(scope="module")
def facts(reference: Callable[[str], Any]) -> Facts:
    told: Facts = reference("facts.json")
    return told


def test_the_standard_deck_is_made_in_order_of_game_keys() -> None:
    keys = [card.key for card in STANDARD_DECK]
    assert len(set(keys)) == 52
    assert keys == sorted(keys)
    assert keys[:13] == [f"C_{letter}" for letter in "23456789AJKQT"]


def test_ranks_score_their_number_faces_ten_the_ace_eleven() -> None:
    chips = {rank.letter: rank.chips for rank in RANKS}
    assert [chips[letter] for letter in "23456789TJQKA"] == [*range(2, 11), 10, 10, 10, 11]


def _flags(joker: Joker) -> str:
    flags = {"b": joker.copyable, "e": joker.eternal, "p": joker.perishable}
    return "".join(letter for letter, on in flags.items() if on)


def test_jokers_are_the_games(facts: Facts) -> None:
    rows = [
        [
            joker.key,
            CODE_NAMES.get(joker.key, joker.name),
            int(joker.rarity),
            joker.cost,
            _flags(joker),
            ENHANCEMENTS[joker.gate - 1].key if joker.gate else "",
        ]
        for joker in JOKERS
    ]
    assert rows == [told[:6] for told in facts["jokers"]]


def _numbers(joker: Joker) -> Iterator[float]:
    yield joker.value
    yield joker.counter
    for rule in joker.rules:
        yield from (rule.effect.amount, rule.effect.base, rule.odds, rule.condition.arg)
        yield from map(float, re.findall(r"\d+(?:\.\d+)?", rule.text))


def test_rules_of_jokers_name_all_numbers_of_the_game(facts: Facts) -> None:
    for joker, told in zip(JOKERS, facts["jokers"], strict=True):
        said = {abs(number) for number in _numbers(joker)} | {IN_WORDS.get(joker.key)}
        assert {abs(number) for number in told[6]} <= said, joker.key


def test_consumables_are_the_games(facts: Facts) -> None:
    assert [[row.key, row.name, row.cost, ""] for row in TAROTS] == facts["tarots"]
    assert [[row.key, row.name, row.cost, row.hand] for row in PLANETS] == facts["planets"]
    assert [[row.key, row.name, row.cost, ""] for row in SPECTRALS] == facts["spectrals"]


def test_vouchers_are_the_games_and_every_second_requires_the_one_before(facts: Facts) -> None:
    rows = [
        [row.key, row.name, VOUCHER_COST, VOUCHERS[place - 1].key if place % 2 else ""]
        for place, row in enumerate(VOUCHERS)
    ]
    assert rows == facts["vouchers"]


def test_packs_are_the_games(facts: Facts) -> None:
    rows = [
        [row.key, row.name, row.cost, row.cards, row.picks, row.weight, row.kind.name.title()]
        for row in PACKS
    ]
    assert rows == facts["packs"]


def test_blinds_are_the_games(facts: Facts) -> None:
    rows = [[row.key, row.name, row.factor, row.reward, row.showdown] for row in BLINDS]
    assert rows == [[*told[:4], told[5]] for told in facts["blinds"]]
    bosses = [row.from_ante for row in BLINDS[2:]]
    assert bosses == [told[4] for told in facts["blinds"][2:]]


def test_tags_are_the_games(facts: Facts) -> None:
    rows = [
        [row.key, CODE_NAMES.get(row.key, row.name), row.min_ante, row.requires] for row in TAGS
    ]
    assert rows == facts["tags"]


@pytest.mark.parametrize(
    ("key", "shown"),
    [
        ("j_caino", "Canio"),
        ("j_riff_raff", "Riff-Raff"),
        ("j_seance", "Séance"),
        ("tag_skip", "Speed Tag"),
    ],
)
def test_names_are_those_on_the_screen_and_the_codes_are_understood(key: str, shown: str) -> None:
    assert name_of(key) == shown
    for word in (shown, CODE_NAMES[key], key):
        assert [entry.key for entry in find(word)] == [key]


def test_decks_enhancements_and_editions_are_the_games(facts: Facts) -> None:
    assert [[row.key, row.name] for row in DECKS] == facts["decks"]
    assert [row.key for row in ENHANCEMENTS] == [key for key, _ in facts["enhancements"]]
    assert [row.key for row in EDITIONS] == [key for key, _ in facts["editions"][1:]]


def test_stakes_hold_what_those_below_hold() -> None:
    for below, above in pairwise(STAKES):
        assert above.scaling >= below.scaling
        assert above.discards <= below.discards
        assert above.small_blind_pays <= below.small_blind_pays
        stickers = (above.eternals, above.perishables, above.rentals)
        assert stickers >= (below.eternals, below.perishables, below.rentals)


def test_pools_hold_every_joker_once() -> None:
    pools = [JOKER_POOL[rarity, : POOL_SIZE[1, rarity]].tolist() for rarity in range(1, 5)]
    assert [len(pool) for pool in pools] == [61, 64, 20, 5]
    assert sorted(chain.from_iterable(pools)) == list(range(1, len(JOKERS) + 1))


def test_streams_are_named_once_and_rules_roll_on_them() -> None:
    assert len(NUMBER) == len(STREAMS)
    rolled = {rule.stream for joker in JOKERS for rule in joker.rules if rule.stream}
    assert rolled <= set(NUMBER)


def test_hands_are_worth_what_saved_games_say(shared: Path) -> None:
    """Version 1.0.1 raised what a level of some hands brings: older saves say less."""
    files = sorted((shared / "real_saves").glob("1.0.1*.json"))
    assert files
    for file in files:
        told = json.loads(file.read_text())["hands"]
        for hand in HANDS:
            row = told[hand.name]
            assert hand.worth(row["level"]) == (row["chips"], row["mult"]), (file.name, hand.name)


def test_the_copied_facts_are_those_beside_the_repository(shared: Path, facts: Facts) -> None:
    centers = json.loads((shared / "facts" / "centers.json").read_text())
    groups = ("jokers", "tarots", "planets", "spectrals", "vouchers", "packs", "decks")
    for told in (row for group in groups for row in facts[group]):
        assert centers[told[0]]["name"] == told[1]
    for group in ("blinds", "tags"):
        rows = json.loads((shared / "facts" / f"{group}.json").read_text())
        assert {key: row["name"] for key, row in rows.items()} == {r[0]: r[1] for r in facts[group]}
