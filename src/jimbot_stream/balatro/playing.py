"""A person plays a seed in a terminal; what was done is kept and can be done again.

A record is the seed, what the run began with, the rules' version and the canonical actions:
nothing else is needed to come to the same run, digest and all.
"""

import json
import os
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, Final

from jimbot_stream.balatro import RULES_VERSION, commands, engine, explaining, view, wire
from jimbot_stream.balatro.actions import Verb
from jimbot_stream.balatro.catalogue import Entry, find
from jimbot_stream.balatro.commands import CommandError
from jimbot_stream.balatro.engine import IllegalActionError, Run
from jimbot_stream.balatro.lookahead.advising import advise
from jimbot_stream.balatro.lookahead.compiling import compiled
from jimbot_stream.balatro.lookahead.search import Lookahead
from jimbot_stream.contracts.v1.game_pb2 import GameState

HELP: Final = """\
Type a command of the list; cards and slots count from 1, left to right.
  play 1 2 5         or by name: play KH KS
  hint               what a search of one step would do
  auto               do that
  why                how the last hand came to its score
  cards NAME         what a card does
  state              show the state again
  quit               stop; what was done is kept and can be gone on with"""


class RecordError(ValueError):
    """A file that is no record, or one of other rules."""


@dataclass(slots=True)
class Record:
    """All that it takes to play a run again."""

    seed: str
    deck: str = "b_red"
    stake: int = 1
    rules_version: str = RULES_VERSION
    actions: list[int] = field(default_factory=list)
    digest: str = ""
    """Of the run after the last action; empty for nothing to compare."""
    win_ante: int = 8
    endless: bool = False

    @property
    def game(self) -> tuple[str, str, int, int, bool]:
        """What the run begins with: records of one game agree in it."""
        return self.seed, self.deck, self.stake, self.win_ante, self.endless

    def begin(self) -> Run:
        """The run at its beginning.

        Raises:
            ValueError: seed, deck, stake or win_ante is none.
        """
        return engine.new_run(
            self.seed,
            deck=self.deck,
            stake=self.stake,
            win_ante=self.win_ante,
            endless=self.endless,
        )

    def again(self) -> Run:
        """The run after all actions; it has the digest of the record, if there is one.

        Raises:
            RecordError: the rules are others, or refuse an action, or come to another digest.
            ValueError: seed, deck, stake or win_ante is none.
        """
        if self.rules_version != RULES_VERSION:
            raise RecordError(f"played by rules {self.rules_version}; these are {RULES_VERSION}")
        run = self.begin()
        for number, action in enumerate(self.actions):
            try:
                run.step(action)
            except IllegalActionError as error:
                raise RecordError(f"action {number} is refused: {error}") from error
        if self.digest and self.digest != run.digest():
            told = f"{len(self.actions)} actions come to digest {run.digest()}"
            raise RecordError(f"{told}, the record says {self.digest}: it came out otherwise")
        return run

    def save(self, path: Path) -> None:
        """Write it as JSON, whole or not at all.

        Raises:
            RecordError: the file cannot be written.
        """
        beside = path.with_name(f".{path.name}.{os.getpid()}")
        try:
            beside.write_text(json.dumps(asdict(self)) + "\n", encoding="utf-8")
            beside.replace(path)
        except OSError as error:
            with suppress(OSError):
                beside.unlink()
            raise RecordError(f"{path} cannot be written: {error.strerror}") from error


def load(path: Path) -> Record:
    """The record in a file.

    Raises:
        RecordError: it is none.
    """
    try:
        told: Any = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise RecordError(f"{path}: {error}") from error
    names = {item.name for item in fields(Record)}
    if not isinstance(told, dict) or set(told) | _MAY_LACK != names:
        raise RecordError(f"{path}: a record has the fields {', '.join(sorted(names))}")
    for name, value in told.items():
        if not _typed(value, _TYPES[name]):
            raise RecordError(f"{path}: field {name} must be {_TYPES[name].__name__}")
    return Record(**told)


_MAY_LACK: Final = {"win_ante", "endless"}
"""A record of an ordinary run may leave them out."""
_TYPES: Final[dict[str, type]] = {
    "seed": str,
    "deck": str,
    "stake": int,
    "rules_version": str,
    "actions": list,
    "digest": str,
    "win_ante": int,
    "endless": bool,
}


def _typed(value: Any, wanted: type) -> bool:
    whole = not isinstance(value, list) or all(type(item) is int for item in value)
    return whole and type(value) is wanted


class Session:
    """One person at one run."""

    def __init__(
        self, record: Record, say: Callable[[str], None], keep: Path | None = None
    ) -> None:
        """Sit down where the record ends; keep is the file that is written after every action.

        Raises:
            RecordError: the record does not lead to its digest (see ``Record.again``), or the
                file cannot be written.
            ValueError: seed, deck, stake or win_ante of the record is none.
        """
        self.record = record
        self.run = record.again()
        self._say = say
        self._keep = keep
        self._why: Sequence[str] = ("no hand was played yet",)
        self._search = Lookahead()
        self._save()

    def play(self, typed: Iterable[str]) -> None:
        """Obey lines until the run is over, the lines end, or one of them is quit.

        Raises:
            RecordError: the file cannot be written.
        """
        self._show()
        for line in typed:
            words = line.strip()
            if words in ("quit", "q", "exit"):
                break
            if words and self._obey(words):
                self._show()
            if self.run.over:
                break
        self._save()

    def _obey(self, words: str) -> bool:
        """Carry out a line; whether the state is to be shown."""
        first, _, rest = words.partition(" ")
        if first in ("help", "?"):
            self._say(HELP)
        elif first == "hint":
            self._say(self._hint())
        elif words == "auto":
            return self._act(self._hint())
        elif first == "why":
            self._say("\n".join(self._why))
        elif first == "cards":
            self._say(rules_text(find(rest.strip())))
        else:
            return first == "state" or self._act(words)
        return False

    def _act(self, words: str) -> bool:
        state = wire.state_message(self.run)
        try:
            action = commands.parse(words, state, wire.legal_messages(state))
            why = self._account(action)
            self.run.step(action)
        except (CommandError, IllegalActionError) as error:
            self._say(getattr(error, "reason", str(error)))
            return False
        self._why = why or self._why
        self.record.actions.append(action)
        self._save()
        return True

    def _hint(self) -> str:
        """What the search would do, as it would be typed; it sees no more than the player."""
        if not compiled():
            self._say("the search is being compiled: once, and for a minute or two")
        state = wire.state_message(self.run)
        advice = advise(self._search, state, len(self.record.actions))
        return commands.action_text(advice.action)

    def _account(self, action: int) -> Sequence[str]:
        """How the hand that is about to be played scores; empty for other verbs."""
        if action >> 40 != Verb.PLAY:
            return ()
        try:
            return list(explaining.lines(explaining.explain(self.run, action & 0xFFFFFF)))
        except explaining.ExplainError:
            return ()

    def _save(self) -> None:
        self.record.digest = self.run.digest()
        if self._keep is not None:
            self.record.save(self._keep)

    def _show(self) -> None:
        state = wire.state_message(self.run)
        self._say("\n" + shown(self.run))
        if not self.run.over:
            self._say("\n".join(f"  {line}" for line in _offered(state)))


def shown(run: Run) -> str:
    """Where a run stands, as text."""
    text = view.state_text(wire.state_message(run))
    return f"{text}\n{'won' if run.won else 'lost'}" if run.over else text


def _offered(state: GameState) -> Iterable[str]:
    return commands.listing(state, wire.legal_messages(state))


def rules_text(found: Sequence[Entry]) -> str:
    """What cards do, one to a line."""
    if not found:
        return "no card is called so"
    return "\n".join(
        f"{entry.name} ({entry.key}): {entry.rule}" + (f" [{entry.notes}]" if entry.notes else "")
        for entry in found
    )
