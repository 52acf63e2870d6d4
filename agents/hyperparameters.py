"""Every hyperparameter of every kind of run, with its meaning and its value by profile."""

import ast
import inspect
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import Any

from jimbot_stream.agents.dqn.config import PROFILES as DQN_PROFILES
from jimbot_stream.agents.exploration.config import Combinations
from jimbot_stream.agents.gate.config import GateConfig
from jimbot_stream.agents.offline.config import (
    CloningConfig,
    ImplicitConfig,
    MarwilConfig,
    OfflineConfig,
)
from jimbot_stream.agents.population.membership import PopulationConfig
from jimbot_stream.agents.ppo.config import UpdateConfig
from jimbot_stream.agents.rollouts.profiles import GATES
from jimbot_stream.agents.rollouts.profiles import PROFILES as PPO_PROFILES

RUNS: Mapping[str, Mapping[str, Any]] = {
    "Games on the bus: PPO": {"up": UpdateConfig()},
    "In the simulator: PPO": PPO_PROFILES,
    "In the simulator: DQN": DQN_PROFILES,
    "In the simulator: what combinations of jokers earn": {"`--explore jokers`": Combinations()},
    "From recorded games: behaviour cloning": {"bc": OfflineConfig(CloningConfig())},
    "From recorded games: MARWIL": {"marwil": OfflineConfig(MarwilConfig())},
    "From recorded games: implicit Q-learning": {"iql": OfflineConfig(ImplicitConfig())},
    "The gate of new checkpoints": {"online": GateConfig(), **GATES},
    "Populations of PPO in the simulator": {"population": PopulationConfig()},
}
"""By heading: the configurations of the profiles."""
HEAD = """# Hyperparameters

What the learner is told, by profile of `jimbot-learn train --algo ppo|dqn --profile NAME`; games on
the bus have one profile, as has each method of `jimbot-learn offline --algo bc|marwil|iql`. With
`--profile ci` there is no gate; members of a population (`jimbot-learn population`) have none
either, but are compared with one another. A run keeps what it began with: it is recorded in
RunStarted or with each update, so that later releases repeat it with the numbers it had.

Games on the bus and recorded games are paid by `reward`, which adds 3 for winning; games in the
simulator by `rollout.reward`, blinds alone, less `rollout.step_cost` for every decision.
"""
_WITHOUT_EFFECT = {"ppo.reward"}
"""Fields of a part that have no say where it stands: ``rollout.reward`` pays in the simulator."""
Row = Sequence[str]


def sections() -> Iterator[tuple[str, Row, list[Row]]]:
    """Heading, columns and rows of each table.

    Raises:
        KeyError: a field says nowhere what it means.
    """
    for name, profiles in RUNS.items():
        yield name, ("name", *profiles, "meaning"), list(_rows(list(profiles.values())))


def _rows(configs: Sequence[Any], prefix: str = "") -> Iterator[Row]:
    """A row for every number; parts that are configurations themselves come with their name."""
    meanings = _meanings(type(configs[0]))
    for item in fields(configs[0]):
        if f"{prefix}{item.name}" in _WITHOUT_EFFECT:
            continue
        values = [getattr(config, item.name) for config in configs]
        if is_dataclass(values[0]):
            yield from _rows(values, f"{prefix}{item.name}.")
        else:
            name = f"`{prefix}{item.name}`"
            yield name, *map(_shown, values), meanings[item.name]


def _shown(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"`{name}` {low:g} to {high:g}" for name, (low, high) in value.items())
    return f"{value}"


def _meanings(kind: type[Any]) -> dict[str, str]:
    """The strings below the fields, by field; those of a base class come with it."""
    found = {}
    for base in filter(is_dataclass, reversed(kind.__mro__)):
        found.update(_own_meanings(base))
    return found


def _own_meanings(kind: type[Any]) -> dict[str, str]:
    (made,) = ast.parse(textwrap.dedent(inspect.getsource(kind))).body
    assert isinstance(made, ast.ClassDef)
    found = {}
    for field, below in zip(made.body, made.body[1:], strict=False):
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name):
            text = below.value if isinstance(below, ast.Expr) else None
            if isinstance(text, ast.Constant):
                found[field.target.id] = " ".join(str(text.value).replace("``", "`").split())
    return found
