"""The rows say what the game says."""

import json
from pathlib import Path

from jimbot_stream.balatro.tables.blinds import BLINDS
from jimbot_stream.balatro.tables.cards import RANKS, STANDARD_DECK
from jimbot_stream.balatro.tables.hands import HANDS


def test_the_standard_deck_is_made_in_order_of_game_keys() -> None:
    keys = [card.key for card in STANDARD_DECK]
    assert len(set(keys)) == 52
    assert keys == sorted(keys)
    assert keys[:13] == [f"C_{letter}" for letter in "23456789AJKQT"]


def test_ranks_score_their_number_faces_ten_the_ace_eleven() -> None:
    chips = {rank.letter: rank.chips for rank in RANKS}
    assert [chips[letter] for letter in "23456789TJQKA"] == [*range(2, 11), 10, 10, 10, 11]


def test_hands_are_worth_what_saved_games_say(shared: Path) -> None:
    """Version 1.0.1 raised what a level of some hands brings: older saves say less."""
    files = sorted((shared / "real_saves").glob("1.0.1*.json"))
    assert files
    for file in files:
        told = json.loads(file.read_text())["hands"]
        for hand in HANDS:
            row = told[hand.name]
            assert hand.worth(row["level"]) == (row["chips"], row["mult"]), (file.name, hand.name)


def test_small_and_big_blind_are_the_games(shared: Path) -> None:
    facts = json.loads((shared / "facts" / "blinds.json").read_text())
    for blind in BLINDS:
        if not blind.boss:
            told = facts[blind.key]
            assert (blind.factor, blind.reward) == (told["mult"], told["dollars"])
    usual = [f for f in facts.values() if f["boss"] and not f["boss"].get("showdown")]
    assert {(f["mult"], f["dollars"]) for f in usual} >= {(BLINDS[2].factor, BLINDS[2].reward)}
