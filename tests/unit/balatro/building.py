"""Builders of runs for tests: tables with any cards and jokers, and readings of them."""

from typing import Any

import numpy as np
from hypothesis import strategies as st

from jimbot_stream.balatro.kernels import scoring
from jimbot_stream.balatro.state import Kind
from jimbot_stream.balatro.tables.blinds import BLINDS
from jimbot_stream.balatro.tables.blinds import NUMBER as BLIND
from jimbot_stream.balatro.tables.consumables import PLANETS
from jimbot_stream.balatro.tables.decks import NUMBER as DECK
from jimbot_stream.balatro.tables.jokers import JOKERS
from jimbot_stream.balatro.tables.modifiers import Mark
from jimbot_stream.balatro.tables.vouchers import NUMBER as VOUCHER
from tests.support.plays import Table
from tests.unit.balatro.oracle.model import read

ENHANCEMENTS = ("", "bonus", "mult", "wild", "glass", "steel", "stone", "gold", "lucky")
EDITIONS = ("", "foil", "holo", "polychrome")
SEALS = ("", "red-seal", "gold-seal", "blue-seal", "purple-seal")
BOSSES = tuple(row.key.removeprefix("bl_") for row in BLINDS[2:])
WILD = tuple(joker.key.removeprefix("j_") for joker in JOKERS)
RARE = 4
"""One in so many cards bears an enhancement, an edition, a seal or a debuff."""


def add_to_deck(table: Table, texts: list[str]) -> None:
    """Put further cards into the draw pile."""
    s = table.s
    hand = int(s.hand_count)
    other = Table(texts, seed="OTHER")
    for number in range(len(texts)):
        card = s.cards[hand + number]
        for name in ("rank", "suit", "enhancement", "edition", "seal", "marks"):
            card[name] = other.s.cards[number][name]
        s.births += 1
        card["birth"] = s.births
        s.draw[number] = hand + number
    s.card_count, s.draw_count = hand + len(texts), len(texts)


def hold_planet(table: Table, number: int) -> None:
    """Add a planet to the consumables."""
    item = table.s.consumables[table.s.consumable_count]
    item["kind"], item["id"] = Kind.PLANET, number
    table.s.consumable_count += 1


def redeem(table: Table, voucher: str) -> None:
    """Redeem a voucher, without what it changes at once."""
    table.s.vouchers |= 1 << VOUCHER[voucher]


@st.composite
def cards(draw: st.DrawFn, fewest: int, most: int) -> list[str]:
    """Cards as tables read them; ranks and suits cluster so that poker hands come about."""
    ranks = draw(st.sampled_from(["23456789TJQKA", "KQ", "A2345", "TJQKA", "6789T", "8J", "2468"]))
    suits = draw(st.sampled_from(["CDHS", "CDHS", "HS", "D", "CD"]))
    rare = st.integers(0, RARE)
    texts = []
    for _ in range(draw(st.integers(fewest, most))):
        words = [draw(st.sampled_from(ranks)) + draw(st.sampled_from(suits))]
        words.extend(
            draw(st.sampled_from(kinds)) if draw(rare) == 0 else ""
            for kinds in (ENHANCEMENTS, EDITIONS, SEALS, ("", "debuffed"))
        )
        texts.append(" ".join(word for word in words if word))
    return texts


@st.composite
def jokers(draw: st.DrawFn, most: int) -> list[str]:
    """Jokers with editions; some debuffed."""
    texts = []
    for _ in range(draw(st.integers(0, most))):
        words = [
            draw(st.one_of(st.sampled_from(WILD), st.sampled_from(["blueprint", "brainstorm"])))
        ]
        words.append(draw(st.sampled_from(("", "", "", *EDITIONS, "negative"))))
        words.append("debuffed" if draw(st.integers(0, 11)) == 0 else "")
        texts.append(" ".join(word for word in words if word))
    return texts


@st.composite
def tables(draw: st.DrawFn) -> tuple[Table, int]:
    """A table where a hand can be played, and the mask of the cards played."""
    hand = draw(cards(1, 8))
    boss = draw(st.sampled_from(("", "", *BOSSES)))
    seed = draw(st.sampled_from(["TESTSEED", "A", "7LB2WVPK", "U4CVJVIE", "11111111", "ZZ"]))
    table = Table(hand, draw(jokers(6)), boss, seed=seed)
    add_to_deck(table, draw(cards(0, 20)))
    _numbers(draw, table)
    _values(draw, table)
    played = draw(st.lists(st.integers(0, len(hand) - 1), min_size=1, max_size=5, unique=True))
    mask = sum(1 << place for place in played)
    debuff(table, mask)
    return table, mask


def _numbers(draw: st.DrawFn, table: Table) -> None:
    s = table.s
    small = st.integers(0, 3)
    s.hands_left, s.discards_left, s.hands_played = (
        draw(small),
        draw(small),
        draw(st.integers(0, 1)),
    )
    s.money = draw(st.integers(-20, 60))
    s.hands_total, s.skips, s.tarots_used = draw(st.integers(0, 12)), draw(small), draw(small)
    s.deck = DECK["b_plasma"] if draw(small) == 3 else 1
    for hand in range(12):
        s.level[hand], s.played[hand] = draw(st.integers(1, 4)), draw(small)
        s.played_now[hand] = min(int(s.played[hand]), draw(st.integers(0, 1)))
    s.idol_rank, s.idol_suit = draw(st.integers(2, 14)), draw(st.integers(1, 4))
    s.ancient_suit = draw(st.integers(1, 4))
    s.boss_most = draw(st.integers(0, 11))
    s.boss_hands, s.boss_hand = draw(st.integers(0, 4095)), draw(st.integers(0, 12))
    s.boss_off = int(draw(st.integers(0, 9)) == 0)
    if draw(small) == 3:
        redeem(table, "v_observatory")
        for _ in range(draw(st.integers(0, 2))):
            hold_planet(table, draw(st.integers(1, len(PLANETS))))


def _values(draw: st.DrawFn, table: Table) -> None:
    for slot in range(int(table.s.joker_count)):
        item = table.s.jokers[slot]
        key = JOKERS[int(item["id"]) - 1].key
        item["value"] += draw(st.integers(0, 4))
        item["sell"] = draw(st.integers(0, 3))
        if key == "j_todo_list":
            item["counter"] = draw(st.integers(0, 11))
        elif key == "j_loyalty_card":
            item["counter"] = draw(st.integers(0, int(table.s.hands_total)))
        elif key == "j_ice_cream":
            item["value"] = 5.0 * draw(st.integers(1, 3))
        elif key == "j_selzer":
            item["counter"] = draw(st.integers(1, 3))


def debuff(table: Table, mask: int) -> None:
    """Debuff the cards that the boss debuffs; other bosses leave them as they are."""
    game = read(table.s, table.rngs[0], mask)
    if game.boss not in ("bl_club", "bl_goad", "bl_window", "bl_head", "bl_plant", "bl_final_leaf"):
        return
    for number, card in enumerate(game.deck):
        marks = int(table.s.cards[number]["marks"]) & ~int(Mark.DEBUFFED)
        table.s.cards[number]["marks"] = marks | int(game.boss_debuffs(card))


def boss_number(key: str) -> int:
    """Id of a boss by key without prefix."""
    return BLIND[f"bl_{key}"]


def snapshot(table: Table) -> bytes:
    """Everything of a table but the scratch record."""
    return table.states.tobytes() + table.rngs.tobytes()


def streams(table: Table) -> Any:
    """A copy of the random streams, to push on elsewhere."""
    return table.rngs.copy()[0]


def preview(table: Table, mask: int) -> Any:
    """The preview of a play, seen from one hand earlier."""
    out = np.zeros(6)
    scoring.prepare(table.s, table.w)
    scoring.preview(table.s, table.w, mask, out)
    return out


def told(table: Table) -> str:
    """A table in words, for the message of a failing test."""
    s = table.s
    hand = [str(s.cards[int(number)]) for number in s.hand[: int(s.hand_count)]]
    owned = [
        f"{JOKERS[int(item['id']) - 1].key} {item['value']} ed{item['edition']} m{item['marks']}"
        for item in s.jokers[: int(s.joker_count)]
    ]
    numbers = [f"{name}={s[name]}" for name in ("money", "hands_left", "hands_played", "boss")]
    return "\n".join([*hand, *owned, *numbers])
