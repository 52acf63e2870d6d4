"""How well weights tell what was done, in games that nothing was learned from."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from jimbot_stream.agents.checkpoint import from_bytes
from jimbot_stream.agents.machine import one_thread
from jimbot_stream.agents.network import CandidateNetwork, owners_of
from jimbot_stream.agents.offline.config import ImplicitConfig, Learning, MarwilConfig
from jimbot_stream.agents.offline.episode import Episode
from jimbot_stream.agents.offline.returns import discounted


@dataclass(frozen=True, slots=True)
class Measured:
    """Means over the actions that would be learned from."""

    games: int
    actions: int
    log_likelihood: float
    """Natural logarithm of the probability of what was done."""
    uniform: float
    """The same for whoever takes every candidate with equal probability."""
    agreement: float
    """Share of actions that are the most probable candidate."""
    value_error: float
    """Root of the mean squared distance between value and discounted return; NaN where the
    method learns no value."""


def measure(
    checkpoint: bytes, episodes: Sequence[Episode], config: Learning, deciders: Collection[str]
) -> Measured:
    """Let the weights of a checkpoint judge games.

    Raises:
        CheckpointError: the checkpoint is damaged or of another format.
        ValueError: there is no game, or none with an action to judge.
    """
    read = from_bytes(checkpoint)
    with one_thread(), torch.inference_mode():
        network = CandidateNetwork(read.shape, read.module).eval()
        judged = [_judged(network, episode, deciders) for episode in episodes]
        errors = [_errors(network, episode, config) for episode in episodes]
    rows = np.concatenate(judged) if judged else np.empty((0, 3))
    if not len(rows):
        raise ValueError("there is no action to measure with: hold out more games")
    log_likelihood, uniform, agreement = rows.mean(axis=0).tolist()
    squared = np.concatenate(errors)
    return Measured(
        games=len(episodes),
        actions=len(rows),
        log_likelihood=log_likelihood,
        uniform=uniform,
        agreement=agreement,
        value_error=float(np.sqrt(squared.mean())) if len(squared) else float("nan"),
    )


def _judged(
    network: CandidateNetwork, episode: Episode, deciders: Collection[str]
) -> NDArray[np.float64]:
    """Log-likelihood, the same of equal chances, and agreement [n, 3] of n actions."""
    ends = torch.from_numpy(episode.ends)
    features, rows = torch.from_numpy(episode.features), torch.from_numpy(episode.rows)
    logits = network.logits(features, rows, owners_of(ends)).numpy().astype(np.float64)
    found: list[tuple[float, float, float]] = []
    starts = np.concatenate(([0], episode.ends[:-1]))
    for step in np.flatnonzero(episode.learned(deciders)).tolist():
        own = logits[starts[step] : episode.ends[step]]
        best = own.max()
        total = best + np.log(np.exp(own - best).sum())
        taken = int(episode.actions[step])
        found.append((own[taken] - total, -np.log(len(own)), float(own.argmax() == taken)))
    return np.array(found).reshape(-1, 3)


def _errors(network: CandidateNetwork, episode: Episode, config: Learning) -> NDArray[np.float64]:
    """Squared distances between values and returns; none where no value is learned."""
    learns_value = isinstance(config, ImplicitConfig) or (
        isinstance(config, MarwilConfig) and config.beta > 0
    )
    if not learns_value:
        return np.empty(0)
    assert isinstance(config, ImplicitConfig | MarwilConfig)
    values = network.state_value(torch.from_numpy(episode.features)).numpy().astype(np.float64)
    returns = discounted(episode.rewards, [len(episode.rewards)], config.gamma)
    squared: NDArray[np.float64] = (values - returns) ** 2
    return squared
