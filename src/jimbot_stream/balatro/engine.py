"""A run of Balatro: begin it, step it, ask what is legal, save and restore it.

The facade over the kernels; it knows no bus, no model and no contract.
"""

import hashlib
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from jimbot_stream.balatro import actions, codecs
from jimbot_stream.balatro.kernels import legality, masks, transition, working
from jimbot_stream.balatro.profile import EVERYTHING, Profile
from jimbot_stream.balatro.refusals import REASONS, Refusal
from jimbot_stream.balatro.state import MAX_SEED, STATE, STREAMS, Phase, blank, plain
from jimbot_stream.balatro.tables.blinds import ANTE_BASE
from jimbot_stream.balatro.tables.decks import NUMBER as DECK
from jimbot_stream.balatro.tables.stakes import STAKES
from jimbot_stream.balatro.version import RULES_VERSION

SEED_LETTERS: Final = "123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
"""What a seed may consist of; the game itself reads a typed 0 as the letter O."""
_GENERATED_LETTERS: Final = SEED_LETTERS.replace("O", "")


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

    __slots__ = ("_record", "_rngs", "_states", "_works", "seed")

    def __init__(self, seed: str, states: NDArray[Any], rngs: NDArray[Any]) -> None:
        """Wrap records; use ``new_run`` or ``Run.restore``."""
        self.seed = seed
        self._states = states
        self._rngs = rngs
        self._works = working.works()
        self._record = plain(states, STATE)[0]

    @property
    def state(self) -> Any:
        """The record of the run (``state.STATE``), hidden cards included; do not write to it."""
        return self._record

    @property
    def states(self) -> NDArray[Any]:
        """The record as kernels take it: an array of one; do not write to it."""
        return self._states

    @property
    def rngs(self) -> NDArray[Any]:
        """The random streams as kernels take them; do not write to them."""
        return self._rngs

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
        code = int(Refusal.UNKNOWN_VERB)
        if 0 <= action < 1 << 48:
            code = transition.step(self._states, self._rngs, self._works, 0, action)
        if code != Refusal.LEGAL:
            raise IllegalActionError(action, self.phase, REASONS[code])

    def step_index(self, index: int) -> None:
        """Carry out an action of the flat codec."""
        self.step(codecs.canonical(index))

    def legal(self) -> NDArray[np.bool_]:
        """Mask over the flat codec: True where ``step_index`` would accept."""
        mask = np.zeros(codecs.A, dtype=np.bool_)
        masks.flat_mask(self._states, 0, mask)
        return mask

    def families(self) -> NDArray[np.int64]:
        """All legal actions in factored form, as ``kernels.legality.families`` writes them."""
        shape = (legality.MAX_FAMILIES, legality.FAMILY_COLUMNS)
        rows = np.zeros(shape, dtype=np.int64)
        return rows[: legality.families(self._states[0], rows)]

    def snapshot(self) -> bytes:
        """The whole run as bytes, with a digest by which ``restore`` knows that they are whole."""
        body = self._states.tobytes() + self._rngs.tobytes()
        return _head(self.seed) + f"{_digest(self.seed, body)}\n".encode() + body

    def digest(self) -> str:
        """sha256 of the rules' version, the seed and the whole run, in hex."""
        return _digest(self.seed, self._states.tobytes() + self._rngs.tobytes())

    @classmethod
    def restore(cls, snapshot: bytes) -> Self:
        """The run that a snapshot was taken of.

        Raises:
            SnapshotError: it is of other rules, not whole, or not as it was written.
        """
        version, _, rest = snapshot.partition(b"\n")
        if version != RULES_VERSION.encode():
            shown = version[:40].decode(errors="replace")
            raise SnapshotError(f"snapshot of rules {shown!r}; these are {RULES_VERSION!r}")
        head, _, rest = rest.partition(b"\n")
        digest, _, body = rest.partition(b"\n")
        seed = _told_seed(head)
        if len(body) != STATE.itemsize + STREAMS.itemsize:
            raise SnapshotError(f"snapshot has {len(body)} bytes of state: it is not whole")
        if digest != _digest(seed, body).encode():
            raise SnapshotError("snapshot does not have the digest that it names: it was changed")
        states = blank(STATE)
        rngs = blank(STREAMS)
        states.view(np.uint8)[:] = np.frombuffer(body[: STATE.itemsize], dtype=np.uint8)
        rngs.view(np.uint8)[:] = np.frombuffer(body[STATE.itemsize :], dtype=np.uint8)
        streams = plain(rngs, STREAMS)[0]
        rolled = streams["seed"][: max(int(streams["seed_length"]), 0)].tobytes()
        if rolled != seed.encode():
            raise SnapshotError(f"snapshot names seed {seed!r}, but its streams roll on {rolled!r}")
        return cls(seed, states, rngs)


def _head(seed: str) -> bytes:
    return f"{RULES_VERSION}\n{seed}\n".encode()


def _digest(seed: str, body: bytes) -> str:
    return hashlib.sha256(_head(seed) + body).hexdigest()


def _told_seed(line: bytes) -> str:
    try:
        return checked_seed(line.decode("ascii"))
    except ValueError as error:  # a UnicodeDecodeError is one
        shown = line[:40].decode(errors="replace")
        raise SnapshotError(f"snapshot names {shown!r}, which is no seed") from error


def deck_number(deck: str) -> int:
    """Number of a deck by its game key.

    Raises:
        ValueError: there is no such deck.
    """
    if deck not in DECK:
        raise ValueError(f"deck {deck!r} is not one of {', '.join(DECK)}")
    return DECK[deck]


def checked_stake(stake: int) -> int:
    """The stake, if it is one.

    Raises:
        ValueError: there is no such stake.
    """
    if not 1 <= stake <= len(STAKES):
        raise ValueError(f"stake {stake} is not in 1..{len(STAKES)} (1 white … 8 gold)")
    return stake


def checked_win_ante(win_ante: int) -> int:
    """The ante whose boss must be beaten, if there is one.

    Raises:
        ValueError: there is no such ante.
    """
    if not 1 <= win_ante <= len(ANTE_BASE[0]):
        raise ValueError(f"win_ante {win_ante} is not in 1..{len(ANTE_BASE[0])}")
    return win_ante


def new_run(
    seed: str,
    deck: str = "b_red",
    stake: int = 1,
    win_ante: int = 8,
    endless: bool = False,
    profile: Profile | None = None,
) -> Run:
    """Begin a run; it is won by beating the boss of win_ante, and endless ones go on.

    Without a profile everything is unlocked and discovered.

    Raises:
        ValueError: seed, deck, stake or win_ante is none.
    """
    checked_win_ante(win_ante)
    letters = np.frombuffer(checked_seed(seed).encode("ascii"), dtype=np.uint8).copy()
    number = deck_number(deck)
    states = blank(STATE)
    rngs = blank(STREAMS)
    (profile or EVERYTHING).lock(plain(states, STATE)[0])
    transition.new_run(
        states, rngs, 0, letters, number, checked_stake(stake), win_ante, bool(endless)
    )
    return Run(seed, states, rngs)
