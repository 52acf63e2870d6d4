"""Recorded games as a Minari data set, which is a folder.

Observations are a Dict: ``features`` [K], ``candidates`` [W, F], padded with zeros to the most
candidates of any state, and ``legal`` [W], 1 where there is a candidate. Actions are the place of
a candidate, or -1 where what was done is none of them. A game has one observation more than it has
actions; nobody acted in the last one, which is told as zeros without candidates. A game that was
left before its end is truncated, any other one terminated. Infos: ``log_prob`` (natural
logarithm; NaN: nobody told) and ``decided_by`` (place in policy, cached, heuristic, advisor,
player). The options of an episode tell game, its last event used, source and run seed.
"""

from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import gymnasium as gym
import numpy as np
from numpy.typing import NDArray

from jimbot_stream.agents.offline.episode import UNLISTED, Episode
from jimbot_stream.agents.offline.selection import Header
from jimbot_stream.balatro import RULES_VERSION, wire

try:
    from minari.data_collector.episode_buffer import EpisodeBuffer
    from minari.dataset.minari_storage import MinariStorage
except ImportError as missing:
    raise ValueError(
        f"--format minari needs more packages ({missing}):"
        " pip install 'jimbot-stream[minari]'; --format parquet needs nothing else"
    ) from None


class MinariWriter:
    """Writes games to a folder, one at a time."""

    def __init__(self, path: Path, reward: str, width: int) -> None:
        """Begin a data set of states with so many candidates at most."""
        self._width = width
        path.mkdir()
        space = gym.spaces.Dict(
            {
                "features": _box(wire.FEATURES),
                "candidates": _box(width, wire.CANDIDATE_FEATURES),
                "legal": gym.spaces.MultiBinary(width),
            }
        )
        actions = gym.spaces.Discrete(width + 1, start=UNLISTED)
        # Parquet, because padding takes no room there; HDF5 is written without compression.
        self._storage = MinariStorage.new(path, space, actions, data_format="parquet")
        told = {
            "dataset_id": "jimbot/games-v0",
            "minari_version": version("minari"),
            "reward": reward,
            "rules_version": RULES_VERSION,
        }
        self._storage.update_metadata(told)

    def write(self, header: Header, episode: Episode) -> None:
        """Add a game."""
        count = len(episode.actions)
        ended = np.zeros(count, dtype=np.bool_)
        ended[-1] = True
        options = {
            "game_id": header.game_id,
            "last_revision": header.last_revision,
            "source": header.source,
            "run_seed": header.run_seed,
        }
        buffer = EpisodeBuffer(
            options=options,
            observations=_observations(episode, self._width),
            actions=episode.actions,
            rewards=list(episode.rewards),
            terminations=list(ended & header.over),
            truncations=list(ended & (not header.over)),
            infos={
                "log_prob": [*episode.log_probs.tolist(), np.nan],
                "decided_by": [*episode.deciders.tolist(), -1],
            },
        )
        self._storage.update_episodes([buffer])

    def close(self) -> None:
        """Nothing is left: every game is written at once."""


def read_games(path: Path) -> Iterator[Episode]:
    """The games of a folder, one at a time."""
    storage = MinariStorage.read(path)
    for number in range(storage.total_episodes):
        (told,) = storage.get_episode_metadata([number])
        (found,) = storage.get_episodes([number])
        yield _episode(told["options"]["game_id"], found)


def _observations(episode: Episode, width: int) -> dict[str, NDArray[Any]]:
    counts = np.diff(episode.ends, prepend=0)
    legal = np.zeros((len(counts) + 1, width), dtype=np.int8)
    legal[:-1] = np.arange(width) < counts[:, None]
    candidates = np.zeros((*legal.shape, wire.CANDIDATE_FEATURES), dtype=np.float32)
    candidates[legal == 1] = episode.rows
    last = np.zeros((1, wire.FEATURES), dtype=np.float32)
    features = np.concatenate((episode.features, last))
    return {"features": features, "candidates": candidates, "legal": legal}


def _episode(game_id: str, found: dict[str, Any]) -> Episode:
    seen = found["observations"]
    legal = seen["legal"] == 1
    return Episode(
        game_id=game_id,
        features=np.asarray(seen["features"][:-1], dtype=np.float32),
        rows=np.asarray(seen["candidates"][legal], dtype=np.float32),
        ends=np.cumsum(legal[:-1].sum(axis=1), dtype=np.int64),
        actions=np.asarray(found["actions"], dtype=np.int64),
        log_probs=np.asarray(found["infos"]["log_prob"][:-1], dtype=np.float64),
        rewards=np.asarray(found["rewards"], dtype=np.float64),
        deciders=np.asarray(found["infos"]["decided_by"][:-1], dtype=np.int64),
        left_out={},
    )


def _box(*shape: int) -> gym.spaces.Box:
    return gym.spaces.Box(-np.inf, np.inf, shape, np.float32)
