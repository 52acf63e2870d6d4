"""How a game's value is counted: by the reward and the discount of the run that played it."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import orjson

from jimbot_stream.agents.rewards import REWARDS
from jimbot_stream.contracts import RunStarted, UpdateApplied
from jimbot_stream.contracts.upcast import read_event
from jimbot_stream.eventlog import LogReader

REWARD: Final = "progress-1"
"""Where the run's own reward is not one of recorded states, as that of the simulator."""
GAMMA: Final = 1.0
"""Where no run is known: what a game brings, as it is."""


@dataclass(frozen=True, slots=True)
class Terms:
    """How rewards add up."""

    reward: str
    """Name of a function in ``agents.rewards.REWARDS``."""
    gamma: float
    """Discount per decision."""
    source: str
    """Who says so, in words."""


_UNKNOWN: Final = Terms(REWARD, GAMMA, "no run is known")


@dataclass(slots=True)
class Configurations:
    """What the runs of a log were told, by the checkpoints that they made or began with."""

    _told: dict[str, list[Terms]] = field(default_factory=dict)

    @classmethod
    async def read(cls, log: LogReader) -> "Configurations":
        """Read runs and updates once."""
        found = cls()
        async for event in log.read_all(types=["RunStarted", "UpdateApplied"]):
            if event.type == "RunStarted":
                begun = read_event(RunStarted, event)
                found._note(begun.checkpoint, begun.run_id, begun.config_json)
            else:
                update = read_event(UpdateApplied, event)
                found._note(update.checkpoint_out, update.run_id, update.config_json)
        return found

    def of(
        self, checkpoints: Collection[str], gamma: float | None = None, reward: str | None = None
    ) -> Terms:
        """The terms of the runs that these checkpoints are of, but for those that are given.

        Raises:
            ValueError: they differ.
        """
        told = [terms for name in sorted(checkpoints) for terms in self._told.get(name, ())]
        given = [_given(terms, gamma, reward) for terms in told or [_UNKNOWN]]
        refuse_different(given)
        return given[0]

    def _note(self, checkpoint: str, run: str, config_json: str) -> None:
        terms = _terms(run, config_json)
        told = self._told.setdefault(checkpoint, [])
        if terms not in told:
            told.append(terms)


def refuse_different(told: Iterable[Terms]) -> None:
    """Make sure that values can be added up.

    Raises:
        ValueError: rewards or discounts differ; the message says whose they are.
    """
    kinds = {(terms.reward, terms.gamma): terms for terms in told}
    if len(kinds) > 1:
        each = "; ".join(f"{one.reward}, {one.gamma:g} {one.source}" for one in kinds.values())
        raise ValueError(
            f"the games were played for other rewards or discounts ({each}): choose games with"
            " --run or --game, or say --gamma and --reward"
        )


def _given(terms: Terms, gamma: float | None, reward: str | None) -> Terms:
    """The terms with what is given in their place."""
    if gamma is None and reward is None:
        return terms
    both = gamma is not None and reward is not None
    return Terms(
        reward or terms.reward,
        terms.gamma if gamma is None else gamma,
        "as given" if both else f"as given, the rest {terms.source}",
    )


def _terms(run: str, config_json: str) -> Terms:
    try:
        config: Any = orjson.loads(config_json)
    except ValueError:
        config = {}
    gamma = next((value for value in _named(config, "gamma") if _is_number(value)), GAMMA)
    reward = next((name for name in REWARDS if name in list(_named(config, "reward"))), REWARD)
    return Terms(reward, float(gamma), f"of run {run}")


def _named(config: Any, name: str) -> Iterator[Any]:
    """Values of that name, in the configuration and its parts."""
    if not isinstance(config, dict):
        return
    if name in config:
        yield config[name]
    for key in sorted(config):
        yield from _named(config[key], name)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
