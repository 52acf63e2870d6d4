"""How a score came about: every step of a play, by what it was caused, and what stood after it.

The steps are those that the scoring kernels themselves note; nothing is computed twice here.
Random effects roll on the run's own streams, as they would if the hand were played.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from jimbot_stream.balatro import naming
from jimbot_stream.balatro.actions import Verb
from jimbot_stream.balatro.engine import Run
from jimbot_stream.balatro.kernels import transition, working
from jimbot_stream.balatro.kernels.working import MAX_TRACE, Source
from jimbot_stream.balatro.refusals import REASONS, Refusal
from jimbot_stream.balatro.state import STATE, Kind, plain
from jimbot_stream.balatro.tables.blinds import BLINDS
from jimbot_stream.balatro.tables.consumables import PLANETS
from jimbot_stream.balatro.tables.decks import DECKS
from jimbot_stream.balatro.tables.hands import HANDS
from jimbot_stream.balatro.tables.jokers import JOKERS
from jimbot_stream.balatro.tables.modifiers import (
    EDITIONS,
    ENHANCEMENTS,
    SEALS,
    Enhancement,
    Mark,
)
from jimbot_stream.balatro.tables.schema import Then
from jimbot_stream.balatro.wording import amount_text, number_text

_STONE: Final = int(Enhancement.STONE)


@dataclass(frozen=True, slots=True)
class Step:
    """One step: what caused it, what it did, and what chips and mult were after it."""

    cause: str
    effect: str
    chips: float
    mult: float


@dataclass(frozen=True, slots=True)
class Account:
    """A play and all its steps."""

    hand: str
    level: int
    steps: tuple[Step, ...]
    score: float
    dollars: int
    refused_by: str = ""
    """The boss that does not let the hand score; empty for none."""
    lost_steps: int = 0
    """Steps at the beginning that the trace had no room for."""


class ExplainError(ValueError):
    """There is no play to explain."""


def explain(run: Run, mask: int) -> Account:
    """The account of playing the cards at the positions of a bit mask; the run is untouched.

    Raises:
        ExplainError: the rules refuse the play.
    """
    states, rngs, works = run.states.copy(), run.rngs.copy(), working.works()
    works["tracing"] = 1
    code = transition.step(states, rngs, works, 0, Verb.PLAY << 40 | mask)
    if code != Refusal.LEGAL:
        raise ExplainError(f"no such hand can be played: {REASONS[code]}")
    before = plain(run.states, STATE)[0]
    return _account(before, plain(states, STATE)[0], plain(works, working.WORK)[0])


def _account(before: Any, after: Any, w: Any) -> Account:
    number = int(w["hand"])
    count = int(w["traced_count"])
    first = max(0, count - MAX_TRACE)
    steps = tuple(_step(before, w, w["traced"][n % MAX_TRACE]) for n in range(first, count))
    # Only a hand that scores has a base, and one that is refused too few steps to lose any.
    refused = first == 0 and Source.HAND not in map(int, w["traced"]["kind"][:count])
    return Account(
        hand=HANDS[number].name,
        level=int(after["level"][number]),
        steps=steps,
        score=float(w["score"]),
        dollars=int(w["money"]) - int(before["money"]),
        refused_by=BLINDS[int(before["boss"]) - 1].name if refused else "",
        lost_steps=first,
    )


def _step(s: Any, w: Any, step: Any) -> Step:
    slot, place = int(step["slot"]), int(step["card"])
    source = Source(int(step["kind"]))
    # A boss may have taken cards out of the hand since: the scoring knows what lay where.
    card = int(w["card"][place]) if place >= 0 else -1
    cause = _cause(s, source, slot, card)
    effect = _effect(Then(int(step["then"])), float(step["amount"]))
    if source is Source.DECK:
        effect = "balanced"
    return Step(cause, effect, float(step["chips"]), float(step["mult"]))


def _cause(s: Any, source: Source, slot: int, card: int) -> str:
    match source:
        case Source.HAND:
            return "poker hand"
        case Source.BLIND:
            return BLINDS[int(s["boss"]) - 1].name if s["boss"] else "blind"
        case Source.DECK:
            return DECKS[int(s["deck"]) - 1].name
        case Source.CARD:
            return card_name(s, card)
        case Source.CARD_EDITION:
            return f"{card_name(s, card)}, its edition"
        case Source.HELD:
            return f"{card_name(s, card)} held"
        case Source.JOKER | Source.JOKER_EDITION:
            return _joker(s, source, slot, card)
    return _consumable(s, slot)


def _joker(s: Any, source: Source, slot: int, card: int) -> str:
    item = s["jokers"][slot]
    name = JOKERS[int(item["id"]) - 1].name
    if source is Source.JOKER_EDITION:
        return f"{name}, {EDITIONS[int(item['edition']) - 1].name}"
    return f"{name}, for {card_name(s, card)}" if card >= 0 else name


def _consumable(s: Any, slot: int) -> str:
    item = s["consumables"][slot]
    if int(item["kind"]) != Kind.PLANET:
        return "consumable"
    return PLANETS[int(item["id"]) - 1].name


def card_name(s: Any, number: int) -> str:
    """The card of a record with an index, for example ``K♥ Glass Card, Red Seal``."""
    if not 0 <= number < int(s["card_count"]):
        return "new card"  # made by the play itself
    card = s["cards"][number]
    enhancement, seal = int(card["enhancement"]), int(card["seal"])
    parts = [] if enhancement == _STONE else [naming.face(int(card["rank"]), int(card["suit"]))]
    if enhancement:
        parts.append(ENHANCEMENTS[enhancement - 1].name)
    tail = f", {SEALS[seal - 1]} Seal" if seal else ""
    debuffed = " (debuffed)" if int(card["marks"]) & Mark.DEBUFFED else ""
    return " ".join(parts) + tail + debuffed


def _effect(then: Then, amount: float) -> str:
    match then:
        case Then.CHIPS | Then.MULT | Then.XMULT | Then.DOLLARS:
            return amount_text(then, amount)
        case Then.REPEAT:
            return "again"
        case Then.GROW:
            return f"grows by {number_text(amount)}"
        case Then.SET:
            return f"back to {number_text(amount)}"
        case Then.CARD_BONUS:
            return f"+{number_text(amount)} Chips for good"
        case Then.LEVEL_UP:
            return f"{number_text(amount)} level"
    return ""


def lines(account: Account) -> Iterator[str]:
    """The account as lines of text, in columns."""
    head = f"{account.hand}, level {account.level}"
    yield head
    if account.refused_by:
        yield f"{account.refused_by} does not let it score"
    if account.lost_steps:
        yield f"… {account.lost_steps} steps before these"
    width = max([len(step.cause) for step in account.steps], default=0)
    for step in account.steps:
        stand = f"{_shown(step.chips)} X {_shown(step.mult)}"
        yield f"  {step.cause:{width}}  {step.effect:>14}  {stand}"
    money = f", ${account.dollars} earned" if account.dollars else ""
    yield f"score {account.score:,.0f}{money}"


def _shown(number: float) -> str:
    return number_text(number) if np.isfinite(number) else str(number)
