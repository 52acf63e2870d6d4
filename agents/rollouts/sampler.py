"""Plays many games at once with one network; a function of seed, weights and what went before."""

import json
from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from jimbot_stream.agents.checkpoint import canonical_json
from jimbot_stream.agents.exploration.builds import Plan, builds_named
from jimbot_stream.agents.network import owners_of
from jimbot_stream.agents.recording import as_record
from jimbot_stream.agents.rollouts.chunk import Chunk
from jimbot_stream.agents.rollouts.config import RolloutConfig
from jimbot_stream.agents.rollouts.lockstep import Lockstep, word_of
from jimbot_stream.balatro import RULES_VERSION, wire
from jimbot_stream.balatro.envs.games import Games
from jimbot_stream.balatro.kernels import rollouts

MAGIC = b"JIMBOTS\x01"
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


class Choosing(Protocol):
    """How the sampler comes from scores to actions."""

    def choose(
        self,
        scores: NDArray[np.float32],
        ends: NDArray[np.int64],
        counter: int,
        chosen: NDArray[np.int64],
        log_probs: NDArray[np.float64],
    ) -> None:
        """Write which packed row every game takes, and how probable that was.

        scores[R], ends[n] where the rows of a game end; counter numbers the steps of the run.
        """
        ...

    @property
    def seen(self) -> NDArray[np.uint8] | None:
        """What was rare in the round, [T * N]; None where nobody watches."""
        ...

    def before(self, games: Games) -> None:
        """See the games where the actions are chosen and not yet carried out."""
        ...

    def after(self, games: Games) -> None:
        """See the games after that."""
        ...


class Softmax:
    """Draws by the softmax of the scores, as a policy does."""

    seen = None

    def __init__(self, seed: int) -> None:
        """Draw with the seed."""
        self._seed = np.uint64(seed)

    def choose(
        self,
        scores: NDArray[np.float32],
        ends: NDArray[np.int64],
        counter: int,
        chosen: NDArray[np.int64],
        log_probs: NDArray[np.float64],
    ) -> None:
        """Draw."""
        rollouts.draw(scores, ends, self._seed, np.uint64(counter), chosen, log_probs)

    def before(self, games: Games) -> None:
        """Need no more."""

    def after(self, games: Games) -> None:
        """Need no more."""


def of_share(share: int) -> str:
    """What the name of a seed says of a share; the first is called as if there were no other."""
    return f" of share {share}" if share else ""


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


class Sampler:
    """Games in lockstep; every one that ends makes way for the next of its own series."""

    def __init__(self, config: RolloutConfig, run_seed: int, share: int = 0) -> None:
        """Begin all games, or one of the equal shares into which the configuration cuts them.

        Raises:
            ValueError: an unknown deck, stake or ante.
        """
        self.config = config
        self.run_seed = run_seed
        self.share = share
        self.step = 0
        """Decisions of every game so far; numbers the random draws."""
        games = Games(
            config.games // config.runners,
            deck=config.deck,
            stake=config.stake,
            win_ante=config.win_ante,
            reward=config.reward,
            most_steps=config.most_steps,
        )
        # A stage begins with other games and other draws than those before it, or the run would
        # learn what it has learned; the first one is called as it was before there were stages.
        of = f" of stage {config.stage}" if config.stage else ""
        base = word_of(f"games{of}", run_seed) + share * len(games)
        self._lockstep = Lockstep(games, base, config.money)
        of += of_share(share)
        self._softmax = Softmax(word_of(f"draws{of}", run_seed))
        builds = len(builds_named(config.builds))
        self._plan = Plan(builds, config.build_share, word_of("builds", run_seed))

    @property
    def games(self) -> Games:
        """The games, where they stand now."""
        return self._lockstep.games

    def sample(self, network: Scoring, choosing: Choosing | None = None) -> Chunk:
        """Play one round, its actions drawn by softmax where nothing else is said.

        Raises:
            RulesDisagreeError: a listed action was refused.
        """
        book = _Book(self.config.steps, self._lockstep, self._plan)
        for number in range(self.config.steps):
            self._decide(book, number, network, choosing or self._softmax)
        book.look(self.config.steps)
        book.evaluate_last(network)
        return book.chunk()

    def snapshot(self) -> bytes:
        """Where all games stand, so that ``restore`` can go on from here."""
        text = canonical_json(self._identity() | {"step": self.step}).encode()
        parts = (self.games.states, self.games.rngs, self.games.carry)
        body = b"".join(part.tobytes() for part in parts)  # packed, it would depend on the packer
        return MAGIC + len(text).to_bytes(8, "little") + text + body

    def restore(self, snapshot: bytes) -> None:
        """Go on where a sampler of the same games stood.

        Raises:
            SnapshotError: it is damaged, of other games or of other rules.
        """
        head, body = _unpacked(snapshot)
        for name, value in self._identity().items():
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

    def _identity(self) -> dict[str, Any]:
        """Whose games these are."""
        own = {"rules_version": RULES_VERSION, "run_seed": self.run_seed}
        share = {"share": self.share} if self.config.runners > 1 else {}
        return own | share | {"rollout": as_record(self.config)}

    def _decide(self, book: "_Book", number: int, network: Scoring, choosing: Choosing) -> None:
        at = book.look(number)
        logits = book.evaluate(number, at, network)
        chosen = np.empty(len(self._lockstep), dtype=np.int64)
        ends = book.ends[number]
        self._lockstep.refuse_idle(ends)
        choosing.choose(logits, ends, self.step, chosen, book.log_probs[number])
        book.actions[number] = chosen - np.concatenate(([0], ends[:-1]))
        choosing.before(self.games)
        book.rewards[number] = self._lockstep.advance(book.listed[at:][chosen])
        choosing.after(self.games)
        book.rewards[number] -= self.config.step_cost
        book.close(number)
        ends += at
        self.step += 1


class _Book:
    """The columns of a round while it is played."""

    def __init__(self, steps: int, lockstep: Lockstep, plan: Plan) -> None:
        games = len(lockstep)
        self._lockstep = lockstep
        self._plan = plan
        self.builds = np.empty((steps + 1, games, plan.builds), dtype=np.float32)
        self.features = np.empty((steps + 1, games, wire.FEATURES), dtype=np.float32)
        self.ends = np.empty((steps + 1, games), dtype=np.int64)
        self.actions = np.empty((steps, games), dtype=np.int64)
        self.log_probs = np.empty((steps, games))
        self.values = np.empty((steps + 1, games))
        self.rewards = np.empty((steps, games))
        self.ended = np.empty((steps, games), dtype=np.bool_)
        self._used = 0
        self.listed = np.empty(0, dtype=np.int64)
        self.rows = np.empty((0, wire.CANDIDATE_FEATURES), dtype=np.float32)
        self._episodes: list[NDArray[Any]] = []
        self._grow(steps * games * _ROWS_OF_A_STATE + games * rollouts.CAPACITY)

    def look(self, number: int) -> int:
        """Take down what all games offer now; where their candidates begin."""
        at, most = self._used, len(self._lockstep) * rollouts.CAPACITY
        if at + most > len(self.listed):
            self._grow(at + most + len(self.listed) // 2)
        columns = self.features[number], self.listed[at:], self.rows[at:], self.ends[number]
        self._used += self._lockstep.look(*columns)
        if self._plan.builds:
            self.builds[number] = self._plan.columns(self._lockstep.games.carry)
        return at

    def _grow(self, size: int) -> None:
        for name in ("listed", "rows"):
            old = getattr(self, name)
            new = np.empty((size, *old.shape[1:]), dtype=old.dtype)
            new[: self._used] = old[: self._used]
            setattr(self, name, new)

    def evaluate(self, number: int, at: int, network: Scoring) -> NDArray[np.float32]:
        """Logits of the candidates that stand from at on; the values are kept."""
        owners = owners_of(torch.from_numpy(self.ends[number]))
        # Copies, because matrix kernels give other bits where memory begins elsewhere.
        features = torch.from_numpy(self._seen(number)).clone()
        rows = torch.from_numpy(self.rows[at : self._used]).clone()
        with torch.inference_mode():
            logits = network.logits(features, rows, owners)
            self.values[number] = network.state_value(features).numpy()
        return np.asarray(logits.numpy())

    def evaluate_last(self, network: Scoring) -> None:
        """Values of the states after the last decision."""
        with torch.inference_mode():
            features = torch.from_numpy(self._seen(-1)).clone()
            self.values[-1] = network.state_value(features).numpy()

    def _seen(self, which: int | slice) -> NDArray[np.float32]:
        """Features of some steps, and behind them which builds the games follow."""
        if not self._plan.builds:
            return self.features[which]
        return np.concatenate((self.features[which], self.builds[which]), axis=-1)

    def close(self, number: int) -> None:
        """Note which games ended, and what came of them."""
        self.ended[number] = self._lockstep.ended
        self._episodes.append(self._lockstep.outcomes(self._lockstep.ended))

    def chunk(self) -> Chunk:
        """The finished columns."""
        steps = len(self.actions)
        ends = self.ends[:steps].reshape(-1)
        return Chunk(
            features=self._seen(slice(steps)).reshape(-1, wire.FEATURES + self._plan.builds),
            rows=self.rows[: int(ends[-1])],
            ends=ends,
            actions=self.actions.reshape(-1),
            log_probs=self.log_probs.reshape(-1),
            values=self.values,
            rewards=self.rewards,
            ended=self.ended,
            last_features=self._seen(steps),
            episodes=np.concatenate(self._episodes),
        )
