"""A run of Balatro: begin it, step it, ask what is legal, save and restore it.

The facade over the kernels; it knows no bus, no model and no contract.
"""

import hashlib
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from jimbot_stream.balatro import actions
from jimbot_stream.balatro.kernels import legality, transition
from jimbot_stream.balatro.state import MAX_SEED, STATE, STREAMS, Phase, blank, plain
from jimbot_stream.balatro.tables.blinds import ANTE_BASE
from jimbot_stream.balatro.version import RULES_VERSION

SEED_LETTERS: Final = "123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
"""What a seed may consist of; the game itself reads a typed 0 as the letter O."""
_GENERATED_LETTERS: Final = SEED_LETTERS.replace("O", "")

_REASONS: Final = {
    legality.UNKNOWN_VERB: "these rules do not know the verb",
    legality.WRONG_PHASE: "not in this phase",
    legality.STRAY_ARGUMENT: "it names cards, a slot or a target that the verb does not take",
    legality.NO_CARDS: "it names no card",
    legality.TOO_MANY_CARDS: f"it names more than {actions.MOST_CARDS} cards",
    legality.CARD_NOT_IN_HAND: "it names a card that is not in the hand",
    legality.NO_HANDS_LEFT: "no hands are left",
    legality.NO_DISCARDS_LEFT: "no discards are left",
}


class IllegalActionError(ValueError):
    """An action that the rules refuse; the run is untouched."""

    def __init__(self, action: int, phase: Phase, reason: str) -> None:
        """Name the action, where the run stands, and why not."""
        verb, cards, source, target = actions.unpack(action) if action >= 0 else (action, (), 0, 0)
        known = verb in set(actions.Verb)
        name = actions.Verb(verb).name if known else f"verb {verb}"
        slots = f", slot {source}, target {target}" if source or target else ""
        super().__init__(f"{name}, cards {list(cards)}{slots} in {phase.name}: {reason}")
        self.action = action
        self.reason = reason


class SnapshotError(ValueError):
    """Bytes that are no snapshot of these rules."""


def checked_seed(seed: str) -> str:
    """The seed, if it is one.

    Raises:
        ValueError: it is empty, too long, or has a letter that no seed has.
    """
    if not 1 <= len(seed) <= MAX_SEED:
        raise ValueError(f"seed {seed!r} must have 1 to {MAX_SEED} characters")
    for letter in seed:
        if letter not in SEED_LETTERS:
            raise ValueError(f"seed {seed!r}: {letter!r} is not one of {SEED_LETTERS}")
    return seed


def seed_of(run_seed: int, number: int) -> str:
    """The seed of game number of a run of many games: eight letters, a function of both."""
    digest = hashlib.blake2b(f"jimbot seed|{run_seed}|{number}".encode(), digest_size=16)
    value = int.from_bytes(digest.digest())
    letters = []
    for _ in range(MAX_SEED):
        value, rest = divmod(value, len(_GENERATED_LETTERS))
        letters.append(_GENERATED_LETTERS[rest])
    return "".join(letters)


class Run:
    """One run; every change goes through ``step``."""

    __slots__ = ("_record", "_rngs", "_states", "seed")

    def __init__(self, seed: str, states: NDArray[Any], rngs: NDArray[Any]) -> None:
        """Wrap records; use ``new_run`` or ``Run.restore``."""
        self.seed = seed
        self._states = states
        self._rngs = rngs
        self._record = plain(states, STATE)[0]

    @property
    def state(self) -> Any:
        """The record of the run (``state.STATE``), hidden cards included; do not write to it."""
        return self._record

    @property
    def streams(self) -> Any:
        """The record of its random streams (``state.STREAMS``)."""
        return plain(self._rngs, STREAMS)[0]

    @property
    def phase(self) -> Phase:
        """Where the run stands."""
        return Phase(int(self._record["phase"]))

    @property
    def over(self) -> bool:
        """True when nothing more can be done."""
        return self.phase is Phase.GAME_OVER

    @property
    def won(self) -> bool:
        """True when the boss of the last ante was beaten."""
        return bool(self._record["won"])

    def step(self, action: int) -> None:
        """Carry out a canonical action.

        Raises:
            IllegalActionError: the rules refuse it; the run is untouched.
        """
        fits = 0 <= action < 1 << 48
        code = (
            transition.step(self._states, self._rngs, 0, action) if fits else legality.UNKNOWN_VERB
        )
        if code != legality.LEGAL:
            raise IllegalActionError(action, self.phase, _REASONS[code])

    def step_index(self, index: int) -> None:
        """Carry out an action of the flat codec."""
        self.step(actions.canonical(index))

    def legal(self) -> NDArray[np.bool_]:
        """Mask over the flat codec: True where ``step_index`` would accept."""
        mask = np.zeros(actions.A, dtype=np.bool_)
        legality.flat_mask(self._states, 0, mask)
        return mask

    def snapshot(self) -> bytes:
        """The whole run as bytes."""
        head = f"{RULES_VERSION}\n{self.seed}\n".encode()
        return head + self._states.tobytes() + self._rngs.tobytes()

    def digest(self) -> str:
        """sha256 of the snapshot, in hex."""
        return hashlib.sha256(self.snapshot()).hexdigest()

    @classmethod
    def restore(cls, snapshot: bytes) -> Self:
        """The run that a snapshot was taken of.

        Raises:
            SnapshotError: it is of other rules, or not whole.
        """
        version, _, rest = snapshot.partition(b"\n")
        seed, _, body = rest.partition(b"\n")
        if version != RULES_VERSION.encode():
            shown = version[:40].decode(errors="replace")
            raise SnapshotError(f"snapshot of rules {shown!r}; these are {RULES_VERSION!r}")
        if len(body) != STATE.itemsize + STREAMS.itemsize:
            raise SnapshotError(f"snapshot has {len(body)} bytes of state: it is not whole")
        states = blank(STATE)
        rngs = blank(STREAMS)
        states.view(np.uint8)[:] = np.frombuffer(body[: STATE.itemsize], dtype=np.uint8)
        rngs.view(np.uint8)[:] = np.frombuffer(body[STATE.itemsize :], dtype=np.uint8)
        return cls(seed.decode(), states, rngs)


def new_run(seed: str, win_ante: int = 3) -> Run:
    """Begin a run: red deck, white stake, won by beating the boss of win_ante.

    Raises:
        ValueError: the seed is none, or win_ante is not in 1..8.
    """
    if not 1 <= win_ante <= len(ANTE_BASE):
        raise ValueError(f"win_ante {win_ante} is not in 1..{len(ANTE_BASE)}")
    letters = np.frombuffer(checked_seed(seed).encode("ascii"), dtype=np.uint8).copy()
    states = blank(STATE)
    rngs = blank(STREAMS)
    transition.new_run(states, rngs, 0, letters, win_ante)
    return Run(seed, states, rngs)
