"""RLlib's EnvRunner over a share of a run's games: one call steps them all, columns come out.

The stock runner steps one Python environment after another and makes an episode of objects of
every game. This one asks its module for the logits of all games at once, carries out all actions
in one call of the rules, and hands over a round as columns. It runs in a thread of the learner's
process, or as an actor of a Ray cluster; RLlib's ``EnvRunnerGroup`` can make it too.
"""

from collections.abc import Collection, Mapping
from dataclasses import asdict
from typing import Any, Final

import torch
from ray.rllib.algorithms.algorithm_config import AlgorithmConfig
from ray.rllib.algorithms.ppo import PPOConfig
from ray.rllib.core import COMPONENT_RL_MODULE, DEFAULT_MODULE_ID
from ray.rllib.env import INPUT_ENV_SINGLE_SPACES, INPUT_ENV_SPACES
from ray.rllib.env.env_runner import EnvRunner
from ray.rllib.utils.checkpoints import Checkpointable
from ray.rllib.utils.metrics import (
    EPISODE_LEN_MEAN,
    NUM_ENV_STEPS_SAMPLED,
    NUM_EPISODES,
)
from ray.rllib.utils.metrics import NUM_ENV_STEPS_SAMPLED_LIFETIME as _STEPS

from jimbot_stream.agents.machine import environment, one_thread
from jimbot_stream.agents.module import CandidateModule, module_spec
from jimbot_stream.agents.network import Architecture
from jimbot_stream.agents.recording import as_record, from_record
from jimbot_stream.agents.rollouts.config import RolloutConfig
from jimbot_stream.agents.rollouts.sampler import Sampler
from jimbot_stream.agents.rollouts.shares import Played, Way
from jimbot_stream.balatro import wire

GAMES: Final = "games"
"""Component of a runner's state: the snapshot of its sampler."""
ARCHITECTURE: Final = "architecture"
"""Beside the weights in its state: the shapes they belong to."""

_SHAPE: Final = Architecture(wire.FEATURES, wire.CANDIDATE_FEATURES, wire.CAPACITY)


def runner_config(rollout: RolloutConfig, run_seed: int) -> AlgorithmConfig:
    """What RLlib makes the runners of a run from."""
    told = {"rollout": as_record(rollout), "run_seed": run_seed}
    return (
        PPOConfig()
        .framework("torch")
        .environment(env=None, env_config=told)
        .env_runners(env_runner_cls=LockstepRunner, num_env_runners=rollout.runners)
        .rl_module(rl_module_spec=module_spec(_SHAPE))
    )


def runner_state(shape: Architecture, weights: Mapping[str, Any]) -> dict[str, Any]:
    """Weights as ``LockstepRunner.set_state`` takes them."""
    return {COMPONENT_RL_MODULE: dict(weights), ARCHITECTURE: asdict(shape)}


class LockstepRunner(EnvRunner, Checkpointable):  # type: ignore[misc]  # ray is untyped
    """Plays one share of a run's games in lockstep.

    As RLlib numbers its runners, ``worker_index`` 1 has the first share; 0, a local one, too.
    """

    def __init__(self, *, config: AlgorithmConfig, **kwargs: Any) -> None:
        """Begin the games; the module has no say yet, its weights come by ``set_state``.

        Raises:
            ValueError: an unknown deck, stake or ante.
        """
        super().__init__(config=config, **kwargs)
        self.share = max((self.worker_index or 0) - 1, 0)
        self.make_env()
        self.make_module()

    def make_env(self) -> None:
        """Begin the games that the configuration tells."""
        told = self.config.env_config
        rollout = from_record(RolloutConfig, told["rollout"], "rollout")
        self.env: Sampler = Sampler(rollout, told["run_seed"], self.share)

    def make_module(self) -> None:
        """Build the module that the configuration tells."""
        self.module: CandidateModule = self.config.rl_module_spec.build().eval()

    def sample(self, *, way: Way | None = None, **kwargs: Any) -> Played:
        """Play one round; actions are drawn by softmax where no other way is told.

        Raises:
            RulesDisagreeError: the rules refused what they had listed.
        """
        choosing = way.choosing(self.env.run_seed, self.share) if way is not None else None
        with one_thread():
            chunk = self.env.sample(self.module, choosing)
        self._log(len(chunk), chunk.episodes["steps"].tolist())
        return Played(chunk, choosing.seen if choosing is not None else None)

    def get_spaces(self) -> dict[str, Any]:
        """Observations and actions of one game, and of all that are played here."""
        spec = self.config.rl_module_spec
        one = (spec.observation_space, spec.action_space)
        return {
            INPUT_ENV_SPACES: one,
            INPUT_ENV_SINGLE_SPACES: one,
            DEFAULT_MODULE_ID: one,
        }

    def get_state(
        self,
        components: str | Collection[str] | None = None,
        *,
        not_components: str | Collection[str] | None = None,
        **kwargs: Any,
    ) -> dict[str, Any]:
        """Weights, and where the games stand."""
        state: dict[str, Any] = {_STEPS: self.num_env_steps_sampled_lifetime}
        if self._check_component(COMPONENT_RL_MODULE, components, not_components):
            shape = Architecture(**self.module.model_config["architecture"])
            state |= runner_state(shape, self.module.get_state())
        if self._check_component(GAMES, components, not_components):
            state[GAMES] = self.env.snapshot()
        return state

    def set_state(self, state: dict[str, Any]) -> None:
        """Take over what is told of it.

        Raises:
            SnapshotError: the games' snapshot is damaged, of other games or of other rules.
        """
        if COMPONENT_RL_MODULE in state:
            self._take(Architecture(**state[ARCHITECTURE]), state[COMPONENT_RL_MODULE])
        if GAMES in state:
            self.env.restore(state[GAMES])
        if _STEPS in state:
            self.num_env_steps_sampled_lifetime = state[_STEPS]

    def get_ctor_args_and_kwargs(self) -> tuple[tuple[()], dict[str, Any]]:
        """What makes another one like it."""
        return (), {"config": self.config, "worker_index": self.worker_index}

    def get_metrics(self) -> Any:
        """What RLlib calls the numbers of the rounds since the last call."""
        return self.metrics.reduce()

    def environment(self) -> dict[str, str]:
        """Libraries and class of the machine that it plays on."""
        return environment()

    def assert_healthy(self) -> None:
        """Make sure that it can play."""
        assert self.env is not None
        assert self.module is not None

    def stop(self) -> None:
        """Let go of the games; it plays no more."""
        del self.env

    def _take(self, shape: Architecture, weights: Mapping[str, Any]) -> None:
        if self.module.model_config["architecture"] != asdict(shape):
            self.config.rl_module(rl_module_spec=module_spec(shape))
            self.make_module()
        with torch.no_grad():
            for name, parameter in self.module.named_parameters():
                parameter.copy_(torch.tensor(weights[name]))

    def _log(self, steps: int, lengths: list[int]) -> None:
        self.num_env_steps_sampled_lifetime += steps
        self.metrics.log_value(NUM_ENV_STEPS_SAMPLED, steps, reduce="sum")
        self.metrics.log_value(NUM_EPISODES, len(lengths), reduce="sum")
        for length in lengths:
            self.metrics.log_value(EPISODE_LEN_MEAN, length)
