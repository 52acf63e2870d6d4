"""PufferLib 3's trainer over a native environment: observations lie in its own flat buffer."""

import tempfile
from typing import Any

import numpy as np
import pufferlib
import pufferlib.pufferl as trainer
import torch
from bench.contenders import games
from bench.contenders.networks import network
from bench.contenders.task import Task
from gymnasium import spaces
from torch import Tensor, nn


def parts_of(space: spaces.Dict) -> dict[str, tuple[int, ...]]:
    """Names and shapes of an observation's parts, in the order in which they lie flat."""
    return {name: part.shape for name, part in space.items()}


class Native(pufferlib.PufferEnv):  # type: ignore[misc]  # may not be installed
    """All games as one environment of many agents."""

    def __init__(self, env: Any) -> None:
        """Wrap the environment."""
        self.env = env
        self.parts = parts_of(env.single_observation_space)
        size = sum(int(np.prod(shape)) for shape in self.parts.values())
        self.single_observation_space = spaces.Box(-np.inf, np.inf, (size,), np.float32)
        self.single_action_space = env.single_action_space
        self.num_agents = env.num_envs
        super().__init__()

    def reset(self, seed: int | None = None) -> tuple[Any, list[Any]]:
        """Observe where the games stand."""
        self._show(self.env.reset()[0])
        return self.observations, []

    def step(self, actions: Any) -> Any:
        """Carry out an action in every game."""
        observed, rewards, ended, cut, _ = self.env.step(actions.astype(np.int64))
        self._show(observed)
        self.rewards[:], self.terminals[:], self.truncations[:] = rewards, ended, cut
        return self.observations, self.rewards, self.terminals, self.truncations, []

    def close(self) -> None:
        """Nothing is to be closed."""

    def _show(self, observed: dict[str, Any]) -> None:
        at = 0
        for name, shape in self.parts.items():
            upto = at + int(np.prod(shape))
            self.observations[:, at:upto] = observed[name].reshape(self.num_agents, -1)
            at = upto


class Policy(nn.Module):
    """The network of the task, which unfolds the flat observation."""

    def __init__(self, own: Any, parts: dict[str, tuple[int, ...]]) -> None:
        """Take the network, and where the parts of an observation lie."""
        super().__init__()
        self.own = own
        self.parts = parts

    def forward(self, flat: Tensor, state: Any = None) -> tuple[Tensor, Tensor]:
        """Logits and values."""
        sizes = [int(np.prod(shape)) for shape in self.parts.values()]
        pieces = zip(self.parts.items(), torch.split(flat, sizes, -1), strict=True)
        logits, values = self.own({name: piece.view(-1, *shape) for (name, shape), piece in pieces})
        return logits, values

    forward_eval = forward


def settings(task: Task, folder: str) -> dict[str, Any]:
    """The trainer's configuration; what the task leaves open is as PufferLib ships it."""
    return {
        "env": "balatro",
        "seed": task.seed,
        "torch_deterministic": True,
        "cpu_offload": False,
        "device": "cpu",
        "precision": "float32",
        "optimizer": "adam",  # its own muon is slower, and none of the others' either
        "learning_rate": task.learning_rate,
        "adam_beta1": 0.9,
        "adam_beta2": 0.999,
        "adam_eps": 1e-5,
        "anneal_lr": False,
        "total_timesteps": 2**62,
        "batch_size": task.batch,
        "bptt_horizon": task.steps,
        "minibatch_size": task.minibatch,
        "max_minibatch_size": task.minibatch,
        "update_epochs": task.epochs,
        "gamma": task.gamma,
        "gae_lambda": task.lambda_,
        "clip_coef": task.clip,
        "vf_coef": 2 * task.value_weight,  # it halves the squares
        "vf_clip_coef": 1e9,  # the others do not clip values
        "ent_coef": task.entropy,
        "max_grad_norm": task.gradient_norm,
        "vtrace_rho_clip": 1.0,
        "vtrace_c_clip": 1.0,
        "prio_alpha": 0.8,
        "prio_beta0": 0.2,
        "use_rnn": False,
        "compile": False,
        "compile_mode": "default",
        "compile_fullgraph": False,
        "data_dir": folder,
        "checkpoint_interval": 2**62,
    }


class Puffer:
    """PuffeRL, one evaluation and training at a time."""

    libraries = ("pufferlib", "torch")

    def __init__(self, task: Task, mode: str) -> None:
        """Make the games and the trainer."""
        self.task = task
        self.env = games.make(task, mode)
        native = Native(self.env)
        policy = Policy(network(task, mode), native.parts)
        trainer.PuffeRL.print_dashboard = lambda *_, **__: None  # nobody looks
        self._folder = tempfile.TemporaryDirectory()
        self.trainer = trainer.PuffeRL(settings(task, self._folder.name), native, policy)

    def iterate(self) -> int:
        """Play and learn once; the decisions."""
        self.trainer.evaluate()
        self.trainer.train()
        return self.task.batch

    def ended(self) -> list[tuple[float, float]]:
        """Ante and blinds beaten of the games that ended since."""
        return games.ended(self.env)

    def close(self) -> None:
        """End its watching thread."""
        self.trainer.utilization.stop()
        self._folder.cleanup()
