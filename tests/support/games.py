"""Whole runs brought to where a test wants them, and small readings of them."""

from collections.abc import Iterable
from typing import Any

from jimbot_stream.balatro import actions
from jimbot_stream.balatro.actions import Verb
from jimbot_stream.balatro.engine import Run, new_run
from jimbot_stream.balatro.kernels import items
from jimbot_stream.balatro.state import ITEM, Kind, blank
from jimbot_stream.balatro.tables.blinds import NUMBER as BLIND
from jimbot_stream.balatro.tables.compiled_owned import START_COUNTER, START_VALUE
from jimbot_stream.balatro.tables.consumables import PLANET, SPECTRAL, TAROT
from jimbot_stream.balatro.tables.jokers import JOKERS
from jimbot_stream.balatro.tables.jokers import NUMBER as JOKER
from jimbot_stream.balatro.tables.modifiers import Mark
from jimbot_stream.balatro.tables.tags import NUMBER as TAG
from jimbot_stream.balatro.tables.tags import TAGS

SEED = "OOOO155"
BOSS = 2


def do(run: Run, verb: Verb, cards: Iterable[int] = (), slot: int = 0, target: int = 0) -> None:
    """Carry out an action."""
    run.step(actions.pack(verb, cards, slot, target))


def give(run: Run, key: str, **fields: Any) -> int:
    """Give the run a joker with its passive effects, or a consumable; its slot."""
    item = blank(ITEM)[0]
    if key in JOKER:
        item.kind, item.id = Kind.JOKER, JOKER[key]
        item.value, item.counter = START_VALUE[JOKER[key]], START_COUNTER[JOKER[key]]
    for kind, numbers in ((Kind.TAROT, TAROT), (Kind.PLANET, PLANET), (Kind.SPECTRAL, SPECTRAL)):
        if key in numbers:
            item.kind, item.id = kind, numbers[key]
    for name, value in fields.items():
        item[name] = value
    gain = items.gain_joker if key in JOKER else items.gain_consumable
    return int(gain(run.states[0], item))


def hold_tags(run: Run, *keys: str) -> None:
    """Give the run tags, without their effects."""
    for key in keys:
        run.state["tags"][run.state["tag_count"]]["id"] = TAG[key]
        run.state["tag_count"] += 1


def against(boss: str, *jokers: str, **numbers: Any) -> Run:
    """A run in the round of a boss, with jokers that were there before."""
    run = new_run(SEED)
    run.state["blind"] = BOSS
    run.state["boss"] = BLIND[boss]
    for name, value in numbers.items():
        run.state[name] = value
    for key in jokers:
        give(run, key)
    do(run, Verb.SELECT_BLIND)
    return run


def beat(run: Run, cards: Iterable[int] = (0,)) -> None:
    """Play cards with the score already reached."""
    run.state["chips"] = run.state["required"]
    do(run, Verb.PLAY, cards)


def cash_out(run: Run) -> int:
    """Take the reward; how much it was."""
    before = int(run.state["money"])
    do(run, Verb.CASH_OUT)
    return int(run.state["money"]) - before


def jokers(run: Run) -> list[str]:
    """Keys of the jokers, left to right."""
    return [JOKERS[item["id"] - 1].key for item in run.state["jokers"][: run.state["joker_count"]]]


def tags(run: Run) -> list[str]:
    """Keys of the tags held, oldest first."""
    return [TAGS[tag["id"] - 1].key for tag in run.state["tags"][: run.state["tag_count"]]]


def marked(run: Run, mark: Mark) -> list[int]:
    """Positions of the hand whose cards bear a mark."""
    hand = run.state["hand"][: run.state["hand_count"]]
    return [place for place, c in enumerate(hand) if run.state["cards"][c]["marks"] & mark]


def card(run: Run, position: int) -> Any:
    """The card at a position of the hand."""
    return run.state["cards"][run.state["hand"][position]]


def piles(run: Run) -> list[int]:
    """Every card that lies anywhere."""
    s = run.state
    return sorted(
        [
            *s["draw"][: s["draw_count"]].tolist(),
            *s["hand"][: s["hand_count"]].tolist(),
            *s["gone"][: s["gone_count"]].tolist(),
        ]
    )
