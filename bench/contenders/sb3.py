"""sb3-contrib's MaskablePPO over a vector environment of its own kind and a custom policy."""

from typing import Any

import numpy as np
import torch
from bench.contenders import games
from bench.contenders.networks import network
from bench.contenders.task import Task
from numpy.typing import NDArray
from sb3_contrib import MaskablePPO
from sb3_contrib.common.maskable.distributions import MaskableCategoricalDistribution
from sb3_contrib.common.maskable.policies import MaskableActorCriticPolicy
from stable_baselines3.common.vec_env import VecEnv
from torch import Tensor


class Batched(VecEnv):  # type: ignore[misc]  # may not be installed
    """The games as stable-baselines3 steps them: one call for all, infos shared."""

    def __init__(self, env: Any) -> None:
        """Wrap the environment."""
        self.env = env
        self._infos: list[dict[str, Any]] = [{} for _ in range(env.num_envs)]
        self._mask: NDArray[Any] = np.empty(0)
        self._asked: NDArray[np.int64] = np.empty(0, dtype=np.int64)
        super().__init__(env.num_envs, env.single_observation_space, env.single_action_space)

    def reset(self) -> dict[str, NDArray[Any]]:
        """Observe where the games stand."""
        observed, _ = self.env.reset()
        return self._seen(observed)

    def step_async(self, actions: NDArray[np.int64]) -> None:
        """Take the actions."""
        self._asked = actions

    def step_wait(self) -> Any:
        """Carry them out."""
        observed, rewards, ended, cut, _ = self.env.step(self._asked)
        return self._seen(observed), rewards.astype(np.float32), ended | cut, self._infos

    def env_method(self, method_name: str, *_: Any, **__: Any) -> NDArray[Any]:
        """The masks, which are all that is asked for."""
        return self._mask

    def has_attr(self, attr_name: str) -> bool:
        """Whether there is such an attribute."""
        return attr_name == "action_masks"

    def get_attr(self, attr_name: str, indices: Any = None) -> list[Any]:
        """An attribute, the same of all games."""
        return [getattr(self.env, attr_name, None)] * self.num_envs

    def set_attr(self, attr_name: str, value: Any, indices: Any = None) -> None:
        """Nothing can be set."""

    def env_is_wrapped(self, wrapper_class: Any, indices: Any = None) -> list[bool]:
        """Nothing is."""
        return [False] * self.num_envs

    def close(self) -> None:
        """Nothing is to be closed."""

    def _seen(self, observed: dict[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
        self._mask = observed["mask"] if "mask" in observed else observed["action_mask"]
        return observed


class Policy(MaskableActorCriticPolicy):  # type: ignore[misc]  # may not be installed
    """The network of the task in place of an extractor and two perceptrons."""

    def __init__(self, *args: Any, network: Any, adam: dict[str, Any], **more: Any) -> None:
        """Take the network."""
        super().__init__(*args, **more)
        self.own = network
        for name in ("features_extractor", "pi_features_extractor", "vf_features_extractor"):
            setattr(self, name, torch.nn.Identity())
        self.mlp_extractor = self.action_net = self.value_net = torch.nn.Identity()
        self.optimizer = torch.optim.Adam(self.own.parameters(), **adam)

    def forward(
        self, obs: Any, deterministic: bool = False, action_masks: Any = None
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Draw actions; their values and log-probabilities."""
        logits, values = self.own(obs)
        distribution = self._masked(logits, action_masks)
        drawn = distribution.get_actions(deterministic=deterministic)
        return drawn, values[:, None], distribution.log_prob(drawn)

    def evaluate_actions(
        self, obs: Any, actions: Tensor, action_masks: Any = None
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Values, log-probabilities and entropy of recorded actions."""
        logits, values = self.own(obs)
        distribution = self._masked(logits, action_masks)
        return values[:, None], distribution.log_prob(actions), distribution.entropy()

    def predict_values(self, obs: Any) -> Tensor:
        """Values."""
        return torch.as_tensor(self.own.values(obs))[:, None]

    def _masked(self, logits: Tensor, masks: Any) -> Any:
        distribution = MaskableCategoricalDistribution(logits.shape[-1])
        distribution.proba_distribution(action_logits=logits)
        distribution.apply_masking(masks)
        return distribution


class MaskablePeer:
    """MaskablePPO, one rollout and its training at a time."""

    libraries = ("sb3-contrib", "stable-baselines3", "torch")

    def __init__(self, task: Task, mode: str) -> None:
        """Make the games and the algorithm."""
        self.task = task
        self.env = games.make(task, mode)
        self.model = MaskablePPO(
            Policy,
            Batched(self.env),
            n_steps=task.steps,
            batch_size=task.minibatch,
            n_epochs=task.epochs,
            learning_rate=task.learning_rate,
            gamma=task.gamma,
            gae_lambda=task.lambda_,
            clip_range=task.clip,
            ent_coef=task.entropy,
            vf_coef=task.value_weight,
            max_grad_norm=task.gradient_norm,
            policy_kwargs={
                "network": network(task, mode),
                "adam": {"lr": task.learning_rate, "eps": 1e-5, "fused": True},
                "net_arch": [],
            },
            seed=task.seed,
            device="cpu",
        )
        _, self.callback = self.model._setup_learn(2**62)

    def iterate(self) -> int:
        """Play and learn once; the decisions."""
        model = self.model
        model.collect_rollouts(model.env, self.callback, model.rollout_buffer, self.task.steps)
        model.train()
        return self.task.batch

    def ended(self) -> list[tuple[float, float]]:
        """Ante and blinds beaten of the games that ended since."""
        return games.ended(self.env)

    def close(self) -> None:
        """Nothing is held."""
