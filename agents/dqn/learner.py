"""RLlib's DQN learner with a memory of columns instead of one of episodes.

The stock learner wants Python episodes from a replay buffer, and target updates by a count that
it does not save. Module, optimizer, clipping, gradient application and the moving of target
weights stay RLlib's.
"""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import torch
from numpy.typing import NDArray
from ray.rllib.algorithms.dqn import DQNConfig
from ray.rllib.algorithms.dqn.torch.dqn_torch_learner import DQNTorchLearner
from ray.rllib.core import DEFAULT_MODULE_ID
from ray.rllib.core.learner.utils import update_target_network
from torch import Tensor

from jimbot_stream.agents.dqn.config import DqnConfig
from jimbot_stream.agents.dqn.loss import Estimates, Observed, Transitions, estimates, observed
from jimbot_stream.agents.dqn.module import QModule
from jimbot_stream.agents.module import module_spec
from jimbot_stream.agents.network import Architecture
from jimbot_stream.agents.ppo.memory import float32
from jimbot_stream.agents.replay_memory.memory import ReplayMemory, States
from jimbot_stream.agents.replay_memory.returns import Places
from jimbot_stream.agents.shards import Gradients, shard_threads, sharded


def build_learner(shape: Architecture, config: DqnConfig) -> "QLearner":
    """A learner in this process, without ``ray.init``, as that of PPO."""
    spec = module_spec(shape, QModule)
    spaces = (spec.observation_space, spec.action_space)
    algorithm = (
        DQNConfig()
        .framework("torch")
        .rl_module(rl_module_spec=spec)
        .training(
            lr=config.learning_rate,
            gamma=config.gamma,
            n_step=config.n_step,
            double_q=True,
            dueling=True,
            num_atoms=1,
            tau=config.tau,
            target_network_update_freq=config.target_every,
            td_error_loss_fn="huber",
            adam_epsilon=1e-8,
            grad_clip=config.gradient_norm,
            grad_clip_by="global_norm",
            train_batch_size=config.minibatch,
        )
        .learners(num_learners=0, num_gpus_per_learner=0, learner_class=QLearner)
    )
    learner: QLearner = algorithm.build_learner(
        spaces={"__env__": spaces, DEFAULT_MODULE_ID: spaces}
    )
    learner.settings = config
    return learner


class QLearner(DQNTorchLearner):  # type: ignore[misc]  # ray is untyped
    """DQN over a replay memory; the bits do not depend on the number of cores."""

    settings: DqnConfig
    gradient_steps = 0
    """Steps behind the weights; decides when the target network takes over."""

    @property
    def policy(self) -> QModule:
        """The module that learns."""
        module: QModule = self.module[DEFAULT_MODULE_ID]
        return module

    @property
    def adam(self) -> torch.optim.Optimizer:
        """Its optimizer, as RLlib configured it."""
        optimizer: torch.optim.Optimizer = self.get_optimizer(DEFAULT_MODULE_ID)
        return optimizer

    def learn(
        self, memory: ReplayMemory, beta: float, generator: np.random.Generator
    ) -> dict[str, float]:
        """Take the configured number of gradient steps; nothing before the memory is warm.

        Raises:
            DivergedError: a loss or gradient is not finite.
        """
        found: list[dict[str, float]] = []
        if memory.drawable >= self.settings.warm:
            with shard_threads(self.settings.shards) as threads:
                for _ in range(self.settings.minibatches):
                    found.append(self._step(memory, beta, generator, threads))
        return {name: float(np.mean([each[name] for each in found])) for name in (found or [{}])[0]}

    def _step(
        self,
        memory: ReplayMemory,
        beta: float,
        generator: np.random.Generator,
        threads: ThreadPoolExecutor,
    ) -> dict[str, float]:
        drawn = memory.draw(self.settings.minibatch, beta, generator)

        def compute(rows: NDArray[np.int64]) -> tuple[Gradients, Estimates]:
            return self._shard(memory, drawn.places[rows], drawn.weights[rows])

        gradients, parts = sharded(
            np.arange(len(drawn.places)), self.settings.shards, threads, compute
        )
        named = zip(map(self.get_param_ref, self.policy.parameters()), gradients, strict=True)
        self.apply_gradients(self.postprocess_gradients(dict(named)))
        self._follow()
        errors = torch.cat([part.errors for part in parts])
        memory.learned(drawn.places, errors.numpy())
        return {
            "loss": float(sum(float(part.loss.detach()) for part in parts)) / len(drawn.places),
            "q": float(torch.cat([part.q for part in parts]).mean()),
            "td_error": float(errors.mean()),
        }

    def _shard(
        self, memory: ReplayMemory, places: Places, weights: NDArray[np.float64]
    ) -> tuple[Gradients, Estimates]:
        told = self._told(memory, places, weights)
        found = estimates(self.policy, told)
        # grad, not backward: threads must not add into the shared .grad in a random order.
        loss = found.loss / self.settings.minibatch
        return torch.autograd.grad(loss, list(self.policy.parameters())), found

    def _told(
        self, memory: ReplayMemory, places: Places, weights: NDArray[np.float64]
    ) -> Transitions:
        returns = memory.course.returns(places, self.settings.n_step, self.settings.gamma)
        return Transitions(
            states=_observed(memory.states(places)),
            actions=torch.from_numpy(memory.segments.actions[places].astype(np.int64)),
            rewards=float32(returns.rewards),
            discounts=float32(returns.discounts),
            following=_observed(memory.states(returns.following)),
            weights=float32(weights),
        )

    def _follow(self) -> None:
        """Let the target network take over weights, where it is time."""
        self.gradient_steps += 1
        if self.gradient_steps % self.settings.target_every == 0:
            for main, target in self.policy.get_target_network_pairs():
                update_target_network(main_net=main, target_net=target, tau=self.settings.tau)


def _observed(states: States) -> Observed:
    tensors: list[Tensor] = [
        torch.from_numpy(part) for part in (states.features, states.rows, states.ends)
    ]
    return observed(*tensors)
