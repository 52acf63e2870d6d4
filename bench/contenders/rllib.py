"""Stock RLlib PPO on the new API stack, tuned: one process, all games in one vector call."""

import logging
import os
from typing import Any

os.environ.setdefault("RAY_DISABLE_IMPORT_WARNING", "1")

import ray
from bench.contenders import games
from bench.contenders.networks import network
from bench.contenders.task import Task
from gymnasium import VectorizeMode
from gymnasium.vector import AutoresetMode
from ray.rllib.algorithms.ppo import PPOConfig
from ray.rllib.core.columns import Columns
from ray.rllib.core.rl_module.apis import ValueFunctionAPI
from ray.rllib.core.rl_module.rl_module import RLModuleSpec
from ray.rllib.core.rl_module.torch import TorchRLModule
from ray.rllib.utils.metrics import ENV_RUNNER_RESULTS, NUM_ENV_STEPS_SAMPLED_LIFETIME
from ray.tune.registry import register_env
from torch import Tensor

GAMES = "balatro-games"
MINIBATCH = 2048
"""Its own, because every minibatch costs it dearly; larger ones were no faster."""

made: list[Any] = []
"""Environments that RLlib made in this process: it pickles what it is given to make them."""


def make(context: dict[str, Any]) -> Any:
    """The games, as RLlib asks for them."""
    task = Task.from_json(context["task"])
    made.append(games.make(task, context["mode"], AutoresetMode.NEXT_STEP))
    return made[-1]


class Module(TorchRLModule, ValueFunctionAPI):  # type: ignore[misc]  # ray is untyped
    """The network of the task as an RLModule."""

    def setup(self) -> None:
        """Take the network."""
        config = self.model_config
        self.own = network(Task.from_json(config["task"]), config["mode"])

    def _forward(self, batch: dict[str, Any], **_: Any) -> dict[str, Tensor]:
        """Logits, when games are played."""
        return {Columns.ACTION_DIST_INPUTS: self.own.policy(batch[Columns.OBS])}

    def compute_values(self, batch: dict[str, Any], embeddings: Any = None) -> Tensor:
        """Values, as RLlib's learner asks for them."""
        return self.own.values(batch[Columns.OBS])  # type: ignore[no-any-return]  # a module is untyped


class RLlib:
    """PPO as RLlib ships it, one training iteration at a time."""

    libraries = ("ray", "torch")

    def __init__(self, task: Task, mode: str) -> None:
        """Make games and algorithm, which starts Ray's daemons."""
        logging.getLogger("ray").setLevel(logging.ERROR)
        self.task = task
        self.algorithm = self._config(task, mode).build_algo()
        self._steps = 0

    def iterate(self) -> int:
        """Play and learn once; the decisions."""
        told = self.algorithm.train()[ENV_RUNNER_RESULTS][NUM_ENV_STEPS_SAMPLED_LIFETIME]
        steps, self._steps = int(told) - self._steps, int(told)
        return steps

    def ended(self) -> list[tuple[float, float]]:
        """Ante and blinds beaten of the games that ended since."""
        return [game for env in made for game in games.ended(env)]

    def close(self) -> None:
        """Stop the algorithm and Ray."""
        self.algorithm.stop()
        ray.shutdown()

    def _config(self, task: Task, mode: str) -> Any:
        register_env(GAMES, make)
        told = {"task": task.to_json(), "mode": mode}
        spec = RLModuleSpec(module_class=Module, model_config=told)
        return (
            PPOConfig()
            .environment(GAMES, env_config=told)
            .env_runners(
                num_env_runners=0,
                num_envs_per_env_runner=task.games,
                gym_env_vectorize_mode=VectorizeMode.VECTOR_ENTRY_POINT,
                rollout_fragment_length=task.steps,
                batch_mode="truncate_episodes",
            )
            .learners(num_learners=0, num_gpus_per_learner=0)
            .rl_module(rl_module_spec=spec)
            .training(
                lr=task.learning_rate,
                gamma=task.gamma,
                lambda_=task.lambda_,
                clip_param=task.clip,
                entropy_coeff=task.entropy,
                vf_loss_coeff=task.value_weight,
                vf_clip_param=float("inf"),
                use_kl_loss=False,
                grad_clip=task.gradient_norm,
                grad_clip_by="global_norm",
                num_epochs=task.epochs,
                minibatch_size=min(MINIBATCH, task.batch),
                train_batch_size_per_learner=task.batch,
            )
            .debugging(seed=task.seed, log_level="ERROR")
        )
