"""PPO in one loop, in the manner of CleanRL's single files: tensors allocated once, plain torch."""

from typing import Any

import numpy as np
import torch
from bench.contenders import games
from bench.contenders.networks import network
from bench.contenders.task import Task
from torch import Tensor, nn


class CleanRL:
    """One batch of play, then the epochs over it."""

    libraries = ("torch",)

    def __init__(self, task: Task, mode: str) -> None:
        """Make the games, the network and room for a batch."""
        self.task = task
        self.env: Any = games.make(task, mode)
        self.network = network(task, mode)
        self.optimizer = torch.optim.Adam(
            self.network.parameters(), lr=task.learning_rate, eps=1e-5, fused=True
        )
        observed, _ = self.env.reset(seed=task.seed)
        self.now = tensors(observed)
        self.done = torch.zeros(task.games)
        shape = (task.steps, task.games)
        self.observed = {
            name: torch.zeros((*shape, *value.shape[1:]), dtype=value.dtype)
            for name, value in self.now.items()
        }
        self.actions = torch.zeros(shape, dtype=torch.int64)
        names = ("log_probs", "rewards", "dones", "values")
        self.columns = {name: torch.zeros(shape) for name in names}

    def iterate(self) -> int:
        """Play and learn once; the decisions."""
        self._play()
        with torch.inference_mode():
            advantages = self._advantages(self.network.values(self.now))
        self._learn(advantages.clone())
        return self.task.batch

    def ended(self) -> list[tuple[float, float]]:
        """Ante and blinds beaten of the games that ended since."""
        return games.ended(self.env)

    def close(self) -> None:
        """Nothing is held."""

    @torch.inference_mode()
    def _play(self) -> None:
        columns = self.columns
        for step in range(self.task.steps):
            for name, value in self.now.items():
                self.observed[name][step] = value
            columns["dones"][step] = self.done
            logits, columns["values"][step] = self.network(self.now)
            log_all = torch.log_softmax(logits, -1)
            # An exponential race draws from the same distribution as multinomial, and faster.
            race = log_all.exp() / torch.empty_like(log_all).exponential_()
            action = race.argmax(-1)
            self.actions[step] = action
            columns["log_probs"][step] = log_all.gather(1, action[:, None])[:, 0]
            seen, rewards, ended, cut, _ = self.env.step(action.numpy())
            columns["rewards"][step] = torch.as_tensor(rewards)
            self.done = torch.as_tensor(ended | cut, dtype=torch.float32)
            self.now = tensors(seen)

    def _advantages(self, last: Tensor) -> Tensor:
        columns, task = self.columns, self.task
        result, running = torch.zeros_like(columns["rewards"]), torch.zeros(task.games)
        following, goes_on = last, 1.0 - self.done
        for step in reversed(range(task.steps)):
            values = columns["values"][step]
            surprise = columns["rewards"][step] + task.gamma * following * goes_on - values
            running = surprise + task.gamma * task.lambda_ * goes_on * running
            result[step] = running
            following, goes_on = values, 1.0 - columns["dones"][step]
        return result

    def _learn(self, advantages: Tensor) -> None:
        flat = {name: value.flatten(0, 1) for name, value in self.observed.items()}
        returns = (advantages + self.columns["values"]).flatten()
        columns = (
            self.actions.flatten(),
            self.columns["log_probs"].flatten(),
            advantages.flatten(),
            returns,
        )
        for _ in range(self.task.epochs):
            order = torch.randperm(self.task.batch)
            for rows in torch.split(order, self.task.minibatch):
                part = {name: value[rows] for name, value in flat.items()}
                self._step(part, *(column[rows] for column in columns))

    def _step(
        self, observed: Any, actions: Tensor, before: Tensor, advantages: Tensor, returns: Tensor
    ) -> None:
        task = self.task
        logits, values = self.network(observed)
        log_all = torch.log_softmax(logits, -1)
        ratio = (log_all.gather(1, actions[:, None])[:, 0] - before).exp()
        advantages = (advantages - advantages.mean()) / (advantages.std() + 1e-8)
        clipped = ratio.clamp(1 - task.clip, 1 + task.clip)
        policy = -torch.minimum(advantages * ratio, advantages * clipped).mean()
        entropy = -(log_all.exp() * log_all).sum(-1).mean()
        value = (values - returns).square().mean()
        loss = policy + task.value_weight * value - task.entropy * entropy
        self.optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(self.network.parameters(), task.gradient_norm)
        self.optimizer.step()


def tensors(observed: dict[str, Any]) -> dict[str, Tensor]:
    """Arrays as tensors, without a copy."""
    return {name: torch.from_numpy(np.ascontiguousarray(value)) for name, value in observed.items()}
