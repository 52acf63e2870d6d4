"""Plays many games at once with one network; a function of seed, weights and what went before."""

import hashlib
import json
from dataclasses import asdict
from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from jimbot_stream.agents.checkpoint import canonical_json
from jimbot_stream.agents.rollouts.chunk import EPISODE, Chunk
from jimbot_stream.agents.rollouts.config import RolloutConfig
from jimbot_stream.balatro import RULES_VERSION, wire
from jimbot_stream.balatro.envs.games import Games
from jimbot_stream.balatro.kernels import batch, rollouts
from jimbot_stream.balatro.refusals import REASONS
from jimbot_stream.balatro.state import plain

MAGIC = b"JIMBOTS\x01"
_WORD = (1 << 64) - 1
_ROWS_OF_A_STATE = 32
"""Candidates for which room is made at first, for each state."""


class Scoring(Protocol):
    """What the sampler asks of a network."""

    def logits(self, features: Tensor, rows: Tensor, owners: Tensor) -> Tensor:
        """Scores of packed candidates."""
        ...

    def state_value(self, features: Tensor) -> Tensor:
        """Estimates of the return."""
        ...


class RulesDisagreeError(RuntimeError):
    """The rules refused an action that they had listed; the run must not go on."""


class SnapshotError(ValueError):
    """The bytes are no snapshot of these games."""


def _unpacked(snapshot: bytes) -> tuple[dict[str, Any], bytes]:
    if snapshot[: len(MAGIC)] != MAGIC:
        raise SnapshotError("not the snapshot of a sampler, or of another format")
    start = len(MAGIC) + 8
    end = start + int.from_bytes(snapshot[len(MAGIC) : start], "little")
    try:
        head, body = json.loads(snapshot[start:end]), snapshot[end:]
    except ValueError as error:
        raise SnapshotError(f"damaged snapshot of a sampler: {error}") from None
    if not isinstance(head, dict):
        raise SnapshotError("damaged snapshot of a sampler: its head is no object")
    return head, body


def word_of(purpose: str, run_seed: int) -> int:
    """A 64-bit seed for one purpose of a run."""
    digest = hashlib.sha256(f"jimbot {purpose}|{run_seed}".encode()).digest()
    return int.from_bytes(digest[:8], "little")


class Sampler:
    """Games in lockstep; every one that ends makes way for the next of its own series."""

    def __init__(self, config: RolloutConfig, run_seed: int) -> None:
        """Begin all games.

        Raises:
            ValueError: an unknown deck, stake or ante.
        """
        self.config = config
        self.run_seed = run_seed
        self.step = 0
        """Decisions of every game so far; numbers the random draws."""
        self.games = Games(
            config.games,
            deck=config.deck,
            stake=config.stake,
            win_ante=config.win_ante,
            reward=config.reward,
            most_steps=config.most_steps,
        )
        base = word_of("games", run_seed)
        self.games.seed([(base + number) & _WORD for number in range(config.games)])
        self.games.begin(np.ones(config.games, dtype=np.bool_))
        self._draws = np.uint64(word_of("draws", run_seed))
        self._ended = np.zeros(config.games, dtype=np.bool_)

    def sample(self, network: Scoring) -> Chunk:
        """Play one round.

        Raises:
            RulesDisagreeError: a listed action was refused.
        """
        book = _Book(self.config.steps, len(self.games))
        for number in range(self.config.steps):
            self._decide(book, number, network)
        self._look(book, self.config.steps)
        book.evaluate_last(network)
        return book.chunk()

    def snapshot(self) -> bytes:
        """Where all games stand, so that ``restore`` can go on from here."""
        head = {"rules_version": RULES_VERSION, "run_seed": self.run_seed, "step": self.step}
        text = canonical_json(head | {"rollout": asdict(self.config)}).encode()
        parts = (self.games.states, self.games.rngs, self.games.carry)
        body = b"".join(part.tobytes() for part in parts)  # packed, it would depend on the packer
        return MAGIC + len(text).to_bytes(8, "little") + text + body

    def restore(self, snapshot: bytes) -> None:
        """Go on where a sampler of the same games stood.

        Raises:
            SnapshotError: it is damaged, of other games or of other rules.
        """
        head, body = _unpacked(snapshot)
        own = {"rules_version": RULES_VERSION, "run_seed": self.run_seed}
        for name, value in (own | {"rollout": asdict(self.config)}).items():
            if head.get(name) != value:
                raise SnapshotError(f"the games' {name} was {head.get(name)!r}, here {value!r}")
        parts = (self.games.states, self.games.rngs, self.games.carry)
        if len(body) != sum(part.nbytes for part in parts):
            raise SnapshotError(f"the games have {len(body)} bytes: they are not whole")
        at = 0
        for part in parts:
            raw = np.frombuffer(body, dtype=np.uint8, count=part.nbytes, offset=at)
            part.view(np.uint8)[:] = raw.reshape(part.view(np.uint8).shape)
            at += part.nbytes
        self.step = int(head["step"])

    def _look(self, book: "_Book", number: int) -> None:
        games = self.games
        book.room(len(games) * rollouts.CAPACITY)
        features, ends, at = book.features[number], book.ends[number], book.used
        upto = rollouts.look(
            games.states, games.works, 0, features, book.listed[at:], book.rows[at:], ends
        )
        book.looked(upto)

    def _decide(self, book: "_Book", number: int, network: Scoring) -> None:
        at = book.used
        self._look(book, number)
        logits = book.evaluate(number, at, network)
        chosen = np.empty(len(self.games), dtype=np.int64)
        ends = book.ends[number]
        refuse_idle(self.games, ends)
        counter = np.uint64(self.step)
        rollouts.draw(logits, ends, self._draws, counter, chosen, book.log_probs[number])
        book.actions[number] = chosen - np.concatenate(([0], ends[:-1]))
        self._advance(book, number, book.listed[at:][chosen])
        ends += at
        self.step += 1

    def _advance(self, book: "_Book", number: int, actions: NDArray[np.int64]) -> None:
        games = self.games
        steps = games.carry["steps"] + 1
        rollouts.advance(
            games.states,
            games.rngs,
            games.works,
            games.carry,
            games.settings,
            games.fresh,
            actions,
            games.before,
            games.after,
            self._ended,
        )
        refuse_refusals(games)
        before, after = plain(games.before, batch.FACTS), plain(games.after, batch.FACTS)
        book.rewards[number] = games.reward(before, after) - self.config.step_cost
        book.ended[number] = self._ended
        book.close(np.flatnonzero(self._ended), after, steps)


def refuse_idle(games: Games, ends: NDArray[np.int64]) -> None:
    """Make sure that there is something to choose in every game.

    Raises:
        RulesDisagreeError: the rules list nothing in one.
    """
    idle = np.flatnonzero(np.diff(ends, prepend=0) == 0)
    if len(idle):
        raise RulesDisagreeError(f"{games.game_seed(int(idle[0]))}: no candidate is listed")


def refuse_refusals(games: Games) -> None:
    """Make sure that the rules carried out what they had listed.

    Raises:
        RulesDisagreeError: they did not.
    """
    refused = np.flatnonzero(games.carry["refusal"])
    if len(refused):
        reason = REASONS[int(games.carry["refusal"][refused[0]])]
        raise RulesDisagreeError(f"{games.game_seed(int(refused[0]))}: {reason}")


class _Book:
    """The columns of a round while it is played."""

    def __init__(self, steps: int, games: int) -> None:
        self.features = np.empty((steps + 1, games, wire.FEATURES), dtype=np.float32)
        self.ends = np.empty((steps + 1, games), dtype=np.int64)
        self.actions = np.empty((steps, games), dtype=np.int64)
        self.log_probs = np.empty((steps, games))
        self.values = np.empty((steps + 1, games))
        self.rewards = np.empty((steps, games))
        self.ended = np.empty((steps, games), dtype=np.bool_)
        self.used = 0
        self.listed = np.empty(0, dtype=np.int64)
        self.rows = np.empty((0, wire.CANDIDATE_FEATURES), dtype=np.float32)
        self._episodes: list[NDArray[Any]] = []
        self._grow(steps * games * _ROWS_OF_A_STATE + games * rollouts.CAPACITY)

    def room(self, rows: int) -> None:
        """Make sure that so many more candidates find a place."""
        if self.used + rows > len(self.listed):
            self._grow(self.used + rows + len(self.listed) // 2)

    def _grow(self, size: int) -> None:
        for name in ("listed", "rows"):
            old = getattr(self, name)
            new = np.empty((size, *old.shape[1:]), dtype=old.dtype)
            new[: self.used] = old[: self.used]
            setattr(self, name, new)

    def looked(self, rows: int) -> None:
        """So many candidates were written."""
        self.used += rows

    def evaluate(self, number: int, at: int, network: Scoring) -> NDArray[np.float32]:
        """Logits of the candidates that stand from at on; the values are kept."""
        counts = torch.from_numpy(np.diff(self.ends[number], prepend=0))
        owners = torch.repeat_interleave(torch.arange(len(counts)), counts)
        # Copies, because matrix kernels give other bits where memory begins elsewhere.
        features = torch.from_numpy(self.features[number]).clone()
        rows = torch.from_numpy(self.rows[at : self.used]).clone()
        with torch.inference_mode():
            logits = network.logits(features, rows, owners)
            self.values[number] = network.state_value(features).numpy()
        return np.asarray(logits.numpy())

    def evaluate_last(self, network: Scoring) -> None:
        """Values of the states after the last decision."""
        with torch.inference_mode():
            features = torch.from_numpy(self.features[-1]).clone()
            self.values[-1] = network.state_value(features).numpy()

    def close(self, ended: NDArray[np.int64], after: NDArray[Any], steps: NDArray[Any]) -> None:
        """Note what came of the games that ended."""
        rows = np.zeros(len(ended), dtype=EPISODE)
        rows["steps"] = steps[ended]
        for name in ("ante", "beaten", "won", "best_score", "over"):
            rows[name] = after[name][ended]
        self._episodes.append(rows)

    def chunk(self) -> Chunk:
        """The finished columns; those of the state after the last decision are left out."""
        steps = len(self.actions)
        ends = self.ends[:steps].reshape(-1)
        return Chunk(
            features=self.features[:steps].reshape(-1, wire.FEATURES),
            rows=self.rows[: int(ends[-1])],
            ends=ends,
            actions=self.actions.reshape(-1),
            log_probs=self.log_probs.reshape(-1),
            values=self.values,
            rewards=self.rewards,
            ended=self.ended,
            episodes=np.concatenate(self._episodes),
        )
