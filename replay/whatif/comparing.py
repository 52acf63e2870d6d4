"""A recorded decision beside what another player, or two of them, would have done."""

import math
from dataclasses import dataclass

from jimbot_stream.balatro import wire
from jimbot_stream.contracts import Action, ActionVerb
from jimbot_stream.replay.policies import WeightsError
from jimbot_stream.replay.reading import action_text
from jimbot_stream.replay.whatif.distances import Chances, kullback_leibler, total_variation
from jimbot_stream.replay.whatif.players import Answer, Other
from jimbot_stream.replay.whatif.reading import Played


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two that are compared."""

    action: str
    """What it does, as verb and cards."""
    own: float | None
    """Its probability of that; None where unknown."""
    others: float | None
    """Its probability of what the other one does."""
    value: float | None
    """What it expects from here."""


@dataclass(frozen=True, slots=True)
class Compared:
    """One decision."""

    address: str
    ante: int
    verb: str
    """Of what the one that is compared with does."""
    agree: bool
    ours: Side
    theirs: Side
    divergence: float | None
    """Kullback-Leibler, ours from theirs; None where theirs is unknown."""
    variation: float | None
    """Total variation; None likewise."""

    @property
    def significance(self) -> float:
        """How sure both are, together, of doing what the other would not: 0 to 2."""
        if self.agree:
            return 0.0
        return sum((side.own or 0.0) - (side.others or 0.0) for side in (self.ours, self.theirs))


@dataclass(frozen=True, slots=True)
class Weighed:
    """What the estimators need of one decision."""

    reward: float
    log_ratio: float | None
    """None where the record does not support a weight."""
    value: float
    """The control."""


def compare(played: Played, ours: Answer, theirs: Answer | None) -> Compared:
    """Two answers to one state; theirs None: what was recorded, of unknown distribution."""
    observation, made = played.asked.observation, played.asked.made
    index = made.action_index if theirs is None else theirs.index
    known = None if theirs is None else theirs.chances
    taken = made.action if theirs is None else _action(observation.actions[index])
    mine = _action(observation.actions[ours.index])
    told = math.exp(made.log_prob) if theirs is None and played.by_policy else None
    return Compared(
        address=played.address,
        ante=played.asked.state.ante,
        verb=ActionVerb.Name(taken.verb).removeprefix("ACTION_VERB_").lower(),
        agree=ours.index == index,
        ours=Side(
            action_text(mine), _at(ours.chances, ours.index), _at(ours.chances, index), ours.value
        ),
        theirs=Side(
            action_text(taken),
            told if known is None else _at(known, index),
            None if known is None else _at(known, ours.index),
            _expected(played, theirs),
        ),
        divergence=None if known is None else kullback_leibler(ours.chances, known),
        variation=None if known is None else total_variation(ours.chances, known),
    )


def _expected(played: Played, theirs: Answer | None) -> float | None:
    if theirs is not None:
        return theirs.value
    return played.asked.made.value if played.by_policy else None


def recorded_answer(played: Played, recorded: Other) -> Answer | None:
    """What was recorded, with the distribution that it was drawn from where its weights are here.

    The action is the recorded one in any case: whether it comes out again is what `verify` asks.
    """
    made = played.asked.made
    try:
        answer = recorded.answer(played.asked)
    except (ValueError, WeightsError):
        return None
    return answer and Answer(made.action_index, answer.chances, made.value)


def weigh(played: Played, answer: Answer) -> Weighed:
    """What a decision tells of a policy that did not make it.

    A choice that was certain has no weight for who might have done otherwise: nothing shows what
    would have come of that.
    """
    made = played.asked.made
    chance = _at(answer.chances, made.action_index)
    told = played.log_chance
    if told == 0.0 and chance < 1.0:
        told = None
    with_log = -math.inf if chance <= 0 else math.log(chance)
    value = made.value if answer.value is None else answer.value
    return Weighed(played.reward, None if told is None else with_log - told, value)


def _action(canonical: int) -> Action:
    return wire.action_message(int(canonical))


def _at(chances: Chances, index: int) -> float:
    return float(chances[index])
