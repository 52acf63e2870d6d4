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

from jimbot_stream.agents.devices import CPU, gpus
from jimbot_stream.agents.dqn.config import DqnConfig
from jimbot_stream.agents.dqn.loss import Observed, Transitions, estimates, observed
from jimbot_stream.agents.dqn.module import QModule
from jimbot_stream.agents.module import module_spec
from jimbot_stream.agents.network import Architecture
from jimbot_stream.agents.ppo.memory import float32
from jimbot_stream.agents.replay_memory.memory import ReplayMemory, States
from jimbot_stream.agents.replay_memory.returns import Places
from jimbot_stream.agents.rollouts.update import mean_of
from jimbot_stream.agents.sharding import Index, Numbers, ShardedSteps, added, shard_threads


def build_learner(shape: Architecture, config: DqnConfig, device: torch.device = CPU) -> "QLearner":
    """A learner in this process, without ``ray.init``, as that of PPO."""
    spec = module_spec(shape, QModule)
    spaces = (spec.observation_space, spec.action_space)
    algorithm = (
        DQNConfig()
        .framework("torch", torch_skip_nan_gradients=True)  # they are refused before
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
        .learners(num_learners=0, num_gpus_per_learner=gpus(device), learner_class=QLearner)
    )
    learner: QLearner = algorithm.build_learner(
        spaces={"__env__": spaces, DEFAULT_MODULE_ID: spaces}
    )
    learner.settings = config
    return learner


class QLearner(ShardedSteps, DQNTorchLearner):  # type: ignore[misc]  # ray is untyped
    """DQN over a replay memory; the bits do not depend on the number of cores."""

    settings: DqnConfig
    gradient_steps = 0
    """Steps behind the weights; decides when the target network takes over."""

    @property
    def policy(self) -> QModule:
        """The module that learns."""
        module: QModule = self.module[DEFAULT_MODULE_ID]
        return module

    def learn(self, memory: ReplayMemory, beta: float, generator: np.random.Generator) -> Numbers:
        """Take the configured number of gradient steps; nothing before the memory is warm.

        Raises:
            DivergedError: a loss or gradient is not finite.
        """
        if memory.drawable < self.settings.warm:
            return {}
        with shard_threads(self.settings.shards) as threads:
            return mean_of(
                [
                    self._learn_once(memory, beta, generator, threads)
                    for _ in range(self.settings.minibatches)
                ]
            )

    def _learn_once(
        self,
        memory: ReplayMemory,
        beta: float,
        generator: np.random.Generator,
        threads: ThreadPoolExecutor,
    ) -> Numbers:
        drawn = memory.draw(self.settings.minibatch, beta, generator)
        errors = np.empty(len(drawn.places), dtype=np.float32)

        def terms(shard: Index) -> tuple[Tensor, Numbers]:
            told = self._told(memory, drawn.places[shard], drawn.weights[shard])
            found = estimates(self.policy, told)
            errors[shard] = found.errors.cpu().numpy()
            return found.loss / len(drawn.places), found.numbers()

        every = np.arange(len(drawn.places))
        totals = added({}, self.step(every, self.settings.shards, threads, terms))
        self._follow()
        memory.learned(drawn.places, errors)
        return {name: value / len(drawn.places) for name, value in totals.items()}

    def _told(
        self, memory: ReplayMemory, places: Places, weights: NDArray[np.float64]
    ) -> Transitions:
        returns = memory.course.returns(places, self.settings.n_step, self.settings.gamma)
        told = Transitions(
            states=_observed(memory.states(places)),
            actions=torch.from_numpy(memory.segments.actions[places].astype(np.int64)),
            rewards=float32(returns.rewards),
            discounts=float32(returns.discounts),
            following=_observed(memory.states(returns.following)),
            weights=float32(weights),
        )
        return told.to(self.device)

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
