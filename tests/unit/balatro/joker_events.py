"""One scene for every joker that does not act on a hand: its moment, and what comes of it."""

from collections.abc import Callable
from typing import Any

from jimbot_stream.balatro import rng
from jimbot_stream.balatro.actions import Verb
from jimbot_stream.balatro.engine import Run, new_run
from jimbot_stream.balatro.kernels import items, lifecycle, owned
from jimbot_stream.balatro.state import ITEM, Kind, Phase, blank
from jimbot_stream.balatro.tables.modifiers import Edition, Enhancement
from jimbot_stream.balatro.tables.schema import Then
from jimbot_stream.balatro.tables.streams import NUMBER as STREAM
from tests.support.games import SEED, against, beat, card, cash_out, do, give, jokers, tags


def begin(*keys: str, **numbers: Any) -> Run:
    """A run in its first round, with jokers that were there before."""
    run = new_run(SEED)
    for name, value in numbers.items():
        run.state[name] = value
    for key in keys:
        give(run, f"j_{key}")
    do(run, Verb.SELECT_BLIND)
    return run


def extra(key: str, **numbers: Any) -> int:
    """Dollars that a joker adds to the reward of the first round."""
    rewards = []
    for keys in ((), (key,)):
        run = begin(*keys, **numbers)
        beat(run)
        rewards.append(cash_out(run))
    return rewards[1] - rewards[0]


def lay(run: Run, *cards: tuple[int, int]) -> None:
    """Change the leftmost cards of the hand to ranks and suits."""
    for position, (rank, suit) in enumerate(cards):
        card(run, position)["rank"], card(run, position)["suit"] = rank, suit


def sell(run: Run, slot: int = 0) -> None:
    do(run, Verb.SELL_JOKER, slot=slot)


def credit_card() -> None:
    assert owned.debt(begin("credit_card").states[0]) == 20


def marble() -> None:
    run = begin("marble")
    assert run.state["card_count"] == 53
    assert run.state["cards"][52]["enhancement"] == Enhancement.STONE


def chaos() -> None:
    run = begin("chaos")
    beat(run)
    cash_out(run)
    assert run.phase is Phase.SHOP
    money = int(run.state["money"])
    do(run, Verb.REROLL)
    assert run.state["money"] == money


def delayed_grat() -> None:
    assert extra("delayed_grat") == 2 * 4


def egg() -> None:
    run = begin("egg")
    beat(run)
    assert items.sell_value(run.states[0], run.states[0].jokers[0]) == 2 + 3


def burglar() -> None:
    run = begin("burglar")
    assert (run.state["hands_left"], run.state["discards_left"]) == (7, 0)


def faceless() -> None:
    run = begin("faceless")
    lay(run, (11, 1), (12, 1), (13, 1))
    do(run, Verb.DISCARD, [0, 1, 2])
    assert run.state["money"] == 4 + 5


def riff_raff() -> None:
    assert begin("riff_raff").state["joker_count"] == 3


def cloud_9() -> None:
    assert extra("cloud_9") == 4


def rocket() -> None:
    assert extra("rocket") == 1


def luchador() -> None:
    run = against("bl_wall", "j_luchador")
    asked = run.state["required"]
    sell(run)
    assert run.state["boss_off"] == 1
    assert run.state["required"] == asked / 2


def gift() -> None:
    run = begin("gift", "joker")
    beat(run)
    assert run.state["jokers"]["sell"][:2].tolist() == [1, 1]


def turtle_bean() -> None:
    run = begin("turtle_bean")
    assert run.state["hand_count"] == 13
    beat(run)
    assert run.state["hand_size"] == 12


def mail() -> None:
    run = begin("mail")
    lay(run, (7, 1), (7, 2), (9, 3))
    run.state["mail_rank"] = 7
    do(run, Verb.DISCARD, [0, 1, 2])
    assert run.state["money"] == 4 + 10


def to_the_moon() -> None:
    assert extra("to_the_moon", money=20) == 4


def hallucination() -> None:
    run = begin("hallucination", "oops")
    lifecycle.pack_opened(run.states[0], run.rngs[0])
    assert run.state["consumable_count"] == 1


def juggler() -> None:
    assert begin("juggler").state["hand_count"] == 9


def drunkard() -> None:
    assert begin("drunkard").state["discards_left"] == 5


def golden() -> None:
    assert extra("golden") == 4


def diet_cola() -> None:
    run = begin("diet_cola")
    sell(run)
    assert tags(run) == ["tag_double"]


def trading() -> None:
    run = begin("trading")
    do(run, Verb.DISCARD, [0])
    assert (run.state["card_count"], run.state["money"]) == (51, 4 + 3)


def mr_bones() -> None:
    run = begin("mr_bones")
    run.state["hands_left"], run.state["chips"] = 1, run.state["required"] / 4
    do(run, Verb.PLAY, [7])
    assert run.phase is Phase.ROUND_EVAL
    assert run.state["joker_count"] == 0


def troubadour() -> None:
    run = begin("troubadour")
    assert (run.state["hand_count"], run.state["hands_left"]) == (10, 3)


def certificate() -> None:
    run = begin("certificate")
    assert (run.state["hand_count"], run.state["card_count"]) == (9, 53)
    assert run.state["cards"][52]["seal"] > 0


def ring_master() -> None:
    assert owned.has(begin("ring_master").states[0], int(Then.SHOWMAN)) == 1


def merry_andy() -> None:
    run = begin("merry_andy")
    assert (run.state["hand_count"], run.state["discards_left"]) == (7, 7)


def oops() -> None:
    assert owned.odds(begin("oops", "oops").states[0]) == 4


def invisible() -> None:
    run = begin("invisible", "joker")
    run.state["jokers"][0]["counter"] = 2
    sell(run)
    assert jokers(run) == ["j_joker", "j_joker"]
    run = begin("invisible", "todo_list")
    run.state["jokers"][0]["counter"] = 2
    listed = int(run.state["jokers"][1]["counter"])
    streams = run.rngs.copy()
    _, second = (rng.roll(streams[0], STREAM["to_do"], 0) for _ in range(2))
    sell(run)
    assert run.state["jokers"][:2]["counter"].tolist() == [listed, listed]
    assert rng.roll(run.rngs[0], STREAM["to_do"], 0) == second


def brainstorm() -> None:
    run = begin("burglar", "brainstorm")
    assert run.state["hands_left"] == 10


def satellite() -> None:
    assert extra("satellite", planets_used=0b1010) == 2


def cartomancer() -> None:
    run = begin("cartomancer")
    assert run.state["consumables"]["kind"][:1].tolist() == [Kind.TAROT]


def astronomer() -> None:
    planet = blank(ITEM)[0]
    planet.kind, planet.id = Kind.PLANET, 1
    assert items.price(begin().states[0], planet) == 3
    assert items.price(begin("astronomer").states[0], planet) == 0


def burnt() -> None:
    run = begin("burnt")
    lay(run, (9, 1), (9, 2))
    do(run, Verb.DISCARD, [0, 1])
    assert run.state["level"].tolist() == [1] * 10 + [2, 1]


def chicot() -> None:
    assert against("bl_wall", "j_chicot").state["boss_off"] == 1


def perkeo() -> None:
    run = begin("perkeo")
    give(run, "c_pluto")
    lifecycle.shop_left(run.states[0], run.rngs[0])
    held = run.state["consumables"][:2]
    assert held["id"].tolist() == [9, 9]
    assert held["edition"].tolist() == [Edition.NONE, Edition.NEGATIVE]


SCENES: tuple[Callable[[], None], ...] = (
    *(credit_card, marble, chaos, delayed_grat, egg, burglar, faceless, riff_raff, cloud_9),
    *(rocket, luchador, gift, turtle_bean, mail, to_the_moon, hallucination, juggler, drunkard),
    *(golden, diet_cola, trading, mr_bones, troubadour, certificate, ring_master, merry_andy),
    *(oops, invisible, brainstorm, satellite, cartomancer, astronomer, burnt, chicot, perkeo),
)
EVENTS = {scene.__name__: scene for scene in SCENES}
"""Scenes by the joker's key without prefix."""
