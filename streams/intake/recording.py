"""Recordings of real games, as events ready for the bus.

Three kinds of JSON lines are known: calls of a bot with the game's tables before (and after)
each, game states of BalatroBot, and calls to BalatroBot over JSON-RPC between its answers. Every
id derives from the file's content, so that ingesting a file twice changes nothing.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

import orjson

from jimbot_stream.contracts import Action, EventBatch, GameStarted, GameState, Phase
from jimbot_stream.streams.intake import balatrobot, lua_state, rpc_call
from jimbot_stream.streams.intake.foreign import LAST_MS
from jimbot_stream.streams.intake.loose import Given, word
from jimbot_stream.streams.intake.progress import check_forwards
from jimbot_stream.streams.intake.recorded_call import GO_TO_MENU, START_RUN, actions_of
from jimbot_stream.streams.intake.rejection import Reason, Rejected
from jimbot_stream.streams.intake.telling import Posted, Telling, batches
from jimbot_stream.streams.intake.vocabulary import DECKS

ORIGIN = "recording"
CUT_SHORT = "recording ends"
"""Reason of a GameEnded whose game was not over when the recording was."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A line, or a part of one, that could not be told."""

    line: int
    reason: Reason
    detail: str


@dataclass(slots=True)
class Recording:
    """What a file holds, told."""

    source: str
    """Name of the source; derives from the content as well."""
    games: list[Telling] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)

    @property
    def posted(self) -> Sequence[Posted]:
        """Every event with its topic, in the order of telling."""
        return [each for game in self.games for each in game.posted]

    @property
    def decisions(self) -> int:
        """Requests for a decision among the events."""
        return sum(game.decisions for game in self.games)

    def batches(self) -> Iterator[tuple[str, EventBatch]]:
        """The events as numbered batches, each with its topic."""
        return batches(self.source, self.posted)

    def game(self) -> Telling | None:
        """The game that is being told."""
        return self.games[-1] if self.games and not self.games[-1].ended else None

    def new_game(self) -> Telling:
        """Begin the next game of the file."""
        game = Telling(self.source, f"{self.source}-{len(self.games)}")
        self.games.append(game)
        return game


def read_recording(data: bytes) -> Recording:
    """Tell the games of a recording; lines that cannot be told are listed, not fatal.

    Raises:
        Rejected: no line of it is of a known kind.
    """
    recording = Recording(f"{ORIGIN}-{sha256(data).hexdigest()[:16]}")
    calls, states = _Calls(recording), _States(recording)
    dialogue = _Dialogue(states)
    for number, line in enumerate(data.splitlines(), 1):
        if not line.strip():
            continue
        try:
            _tell(_object(line, number), calls, dialogue)
        except Rejected as error:
            detail = f"{error.field}: {error.detail}" if error.field else error.detail
            recording.left_out.append(LeftOut(number, error.reason, detail))
    if dialogue.asked is not None:
        detail = f"the recording ends before the game answered {dialogue.asked.method}"
        recording.left_out.append(LeftOut(dialogue.asked.line, "bad_action", detail))
    if not recording.games:
        raise Rejected("unknown_shape", "", "no line is a recorded call or a game state, as JSON")
    if game := recording.game():
        game.end(CUT_SHORT)
    return recording


def _object(line: bytes, number: int) -> Given:
    try:
        return Given(orjson.loads(line), f"line {number}")
    except orjson.JSONDecodeError as error:
        raise Rejected("not_json", f"line {number}", str(error)) from None


def _tell(raw: Given, calls: "_Calls", dialogue: "_Dialogue") -> None:
    content = balatrobot.unwrap(raw.value)
    if balatrobot.is_state(content):
        dialogue.answer(Given(content, raw.path))
    elif "method" in raw:
        dialogue.ask(raw)
    elif "jsonrpc" in raw:
        dialogue.refuse(raw)
    elif "function" in raw:
        calls.tell(raw)
    else:
        raise Rejected("unknown_shape", raw.path, "neither a recorded call nor a game state")


class _Calls:
    """Lines of the kind: a call, the game's tables before it, and perhaps after it."""

    def __init__(self, recording: Recording) -> None:
        self._recording = recording
        self._begun = GameStarted()
        self._antes = _Antes()

    def tell(self, raw: Given) -> None:
        """Tell one line.

        Raises:
            Rejected: the call is not told; the states around it are.
        """
        call = raw.object("function")
        name = call.text("name")
        arguments = call.object("arguments" if "arguments" in call else "params")
        before_ns, after_ns = _times(raw)
        if name == START_RUN:
            self._start(arguments, before_ns)
        else:
            before = "game_state_before" if "game_state_before" in raw else "game_state"
            self._see(raw.object(before), before_ns)
        try:
            self._act(name, arguments, before_ns)
        finally:
            if "game_state_after" in raw:
                self._see(raw.object("game_state_after"), after_ns)

    def _start(self, arguments: Given, time_ns: int) -> None:
        if game := self._recording.game():
            game.end("quit", time_ns)
        self._antes = _Antes()
        self._begun = GameStarted(
            seed=arguments.text("seed"),
            deck=word(DECKS, arguments.text("deck")),
            stake=arguments.integer("stake"),
            win_ante=balatrobot.WIN_ANTE,
            origin=ORIGIN,
        )
        self._recording.new_game().begin(self._begun, time_ns)

    def _act(self, name: str, arguments: Given, time_ns: int) -> None:
        game = self._recording.game()
        if game is None or name == START_RUN:
            return
        if name == GO_TO_MENU:
            game.end("quit", time_ns)
            return
        for action in actions_of(name, arguments):
            game.act(action, time_ns)

    def _see(self, raw: Given, time_ns: int) -> None:
        if lua_state.phase(raw) == Phase.PHASE_MENU:
            return
        game = self._recording.game()
        if game is None and self._recording.games:
            return  # what the game still shows after its end
        state = lua_state.state_message(raw, self._begun.seed, self._antes.after(raw))
        state.deck = state.deck or self._begun.deck
        state.stake = state.stake or self._begun.stake
        if game is None:  # the recording began in the middle
            game = self._recording.new_game()
            game.begin(_started(state), time_ns)
        game.see(state, time_ns)
        _end_if_over(game, state, time_ns)


class _Antes:
    """Counts antes, which these recordings do not tell: the ante rises as its boss falls."""

    def __init__(self) -> None:
        self._ante = 1
        self._on_boss = False
        self._counted = False

    def after(self, raw: Given) -> int:
        """The ante of this state, the next one told."""
        on_boss = raw.object("game").text("blind_on_deck") == lua_state.BOSS
        beaten = on_boss and lua_state.phase(raw) == Phase.PHASE_ROUND_EVAL
        left = self._on_boss and not on_boss
        if (beaten or left) and not self._counted:
            self._ante += 1
        self._counted = beaten or (self._counted and on_boss)
        self._on_boss = on_boss
        return self._ante


@dataclass(frozen=True, slots=True)
class _Asked:
    """A call that the game did not answer yet."""

    line: int
    method: str
    actions: Sequence[Action]


class _Dialogue:
    """Lines of JSON-RPC: calls to BalatroBot, each followed by the game's answer.

    A call is told as an action once the state after it is there: a refused one was none.
    """

    def __init__(self, states: "_States") -> None:
        self._states = states
        self.asked: _Asked | None = None

    def ask(self, raw: Given) -> None:
        """Keep a call until it is answered.

        Raises:
            Rejected: it is not known, or the call before it was not answered.
        """
        before, self.asked = self.asked, None
        method = raw.text("method")
        actions = rpc_call.actions_of(method, raw.object("params"))
        if actions:
            line = int(raw.path.removeprefix("line "))
            self.asked = _Asked(line, method, actions)
        if before is not None:
            detail = f"{before.method} on line {before.line} was never answered"
            raise Rejected("bad_action", "method", detail)

    def answer(self, state: Given) -> None:
        """Tell the call that was answered, and the state that it led to.

        Raises:
            Rejected: the call was not legal, or something in the state is not what it must be.
        """
        asked, self.asked = self.asked, None
        try:
            if asked is not None:
                self._states.act(asked.actions)
        finally:
            self._states.tell(state)

    def refuse(self, raw: Given) -> None:
        """Forget the call that the game refused, or answered without a state.

        Raises:
            Rejected: it is neither.
        """
        if "error" not in raw and "result" not in raw:
            raise Rejected("unknown_shape", raw.path, "neither a call nor an answer")
        self.asked = None


class _States:
    """Lines of the kind: a game state of BalatroBot."""

    def __init__(self, recording: Recording) -> None:
        self._recording = recording

    def tell(self, raw: Given) -> None:
        """Tell one line.

        Raises:
            Rejected: something in the state is not what it must be.
        """
        state = balatrobot.state_message(raw)
        game = self._recording.game()
        if game and (state.phase == Phase.PHASE_MENU or not _goes_on(game, state)):
            game.end("quit")
            game = None
        if state.phase == Phase.PHASE_MENU or self._is_left_over(state):
            return
        if game is None:
            game = self._recording.new_game()
            game.begin(_started(state))
        game.see(state)
        _end_if_over(game, state)

    def act(self, actions: Sequence[Action]) -> None:
        """Tell what was done in the last state.

        Raises:
            Rejected: no game is being told, or an action is not legal in it.
        """
        game = self._recording.game()
        if game is None:
            raise Rejected("illegal_action", "method", "no state was seen before it")
        for action in actions:
            game.act(action)

    def _is_left_over(self, state: GameState) -> bool:
        """Whether it is the end of the game that was told last, seen again."""
        if state.phase != Phase.PHASE_GAME_OVER or not self._recording.games:
            return False
        last = self._recording.games[-1]
        return last.ended and last.state is not None and last.state.seed == state.seed


def _goes_on(game: Telling, state: GameState) -> bool:
    if game.state is None:
        return True
    try:
        check_forwards(game.state, state)
    except Rejected:
        return False
    return True


def _started(state: GameState) -> GameStarted:
    return GameStarted(
        seed=state.seed,
        deck=state.deck,
        stake=state.stake,
        win_ante=balatrobot.WIN_ANTE,
        origin=ORIGIN,
    )


def _end_if_over(game: Telling, state: GameState, time_ns: int = 0) -> None:
    if state.phase == Phase.PHASE_GAME_OVER:
        game.end("won" if state.won else "lost", time_ns)


def _times(raw: Given) -> tuple[int, int]:
    """When the states before and after the call were seen, in nanoseconds; 0 for unknown."""
    both = raw.integer("timestamp_ms", most=LAST_MS)
    before = raw.integer("timestamp_ms_before", most=LAST_MS) or both
    after = raw.integer("timestamp_ms_after", most=LAST_MS) or both
    return max(before, 0) * 1_000_000, max(after, 0) * 1_000_000
