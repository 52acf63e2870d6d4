"""A player: plays one game, publishes what it sees and does, and obeys the replies."""

from dataclasses import dataclass
from uuid import NAMESPACE_URL, uuid5

from jimbot_stream.balatro import RULES_VERSION, engine, wire
from jimbot_stream.contracts import (
    Action,
    ActionApplied,
    DecisionMode,
    DecisionReply,
    DecisionRequest,
    Event,
    EventType,
    GameEnded,
    GameStarted,
    GameState,
    Phase,
    StateObserved,
)
from jimbot_stream.play.desk import Answer, Desk, DeskError
from jimbot_stream.play.plan import GamePlan
from jimbot_stream.play.tally import GameResult, Tally

EVENT_IDS = uuid5(NAMESPACE_URL, "jimbot_stream/play/event")


class RefusedError(DeskError):
    """The worker answered with an error."""


class IllegalReplyError(DeskError):
    """The worker decided what the rules do not allow."""


@dataclass(frozen=True, slots=True)
class House:
    """What all games of a run have in common."""

    mode: DecisionMode = DecisionMode.DECISION_MODE_SAMPLE
    deck: str = "b_red"
    stake: int = 1
    win_ante: int = 3
    time_limit_ms: int = 0


class Player:
    """Plays one game; its events depend on plan, checkpoint and replies alone."""

    def __init__(
        self, plan: GamePlan, checkpoint: str, desk: Desk, tally: Tally, house: House
    ) -> None:
        """Seat the player at a desk; checkpoint is the policy that must decide."""
        self._plan = plan
        self._checkpoint = checkpoint
        self._desk = desk
        self._tally = tally
        self._house = house
        self._sequence = 0
        self._decisions = 0
        self._best_score = 0.0

    async def play(self) -> GameResult:
        """Play the game to its end.

        Raises:
            DeskError: a decision did not come about, or was not legal.
        """
        house = self._house
        run = engine.new_run(
            self._plan.seed, deck=house.deck, stake=house.stake, win_ante=house.win_ante
        )
        self._start(run_state := wire.state_message(run))
        while run_state.phase != Phase.PHASE_GAME_OVER:
            state_sequence = self._sequence
            reply = await self._decision(run_state)
            self._obey(run, reply, state_sequence)
            run_state = wire.state_message(run)
            self._best_score = max(self._best_score, run_state.chips, run_state.best_score)
        return self._end(run_state)

    def _start(self, state: GameState) -> None:
        started = GameStarted(
            seed=self._plan.seed,
            deck=state.deck,
            stake=state.stake,
            rules_version=RULES_VERSION,
            win_ante=self._house.win_ante,
            origin="simulator",
            run_seed=self._plan.run_seed,
        )
        self._hand_in(
            Event(type=EventType.EVENT_TYPE_GAME_STARTED, game_started=started),
        )

    async def _decision(self, state: GameState) -> DecisionReply:
        request = DecisionRequest(
            request_id=f"{self._plan.game_id}:{self._decisions}",
            state=state,
            time_limit_ms=self._house.time_limit_ms,
            checkpoint=self._checkpoint,
            mode=self._house.mode,
            decision_number=self._decisions,
            run_seed=self._plan.run_seed,
        )
        event = self._numbered(
            Event(type=EventType.EVENT_TYPE_DECISION_REQUEST, decision_request=request)
        )
        answer = await self._desk.ask(event)
        self._check(request, answer)
        self._tally.decision(self._plan, self._decisions, answer)
        self._decisions += 1
        return answer.reply

    def _check(self, request: DecisionRequest, answer: Answer) -> None:
        reply = answer.reply
        if reply.error:
            raise RefusedError(f"{request.request_id}: {reply.error}")
        if self._checkpoint and reply.checkpoint != self._checkpoint:
            raise IllegalReplyError(
                f"{request.request_id}: decided by checkpoint {reply.checkpoint},"
                f" though {self._checkpoint} was asked"
            )
        if not _legal(request.state, reply.action):
            raise IllegalReplyError(f"{request.request_id}: illegal action {reply.action}")

    def _obey(self, run: engine.Run, reply: DecisionReply, state_sequence: int) -> None:
        wire.step_message(run, reply.action)
        applied = ActionApplied(
            state_sequence=state_sequence, action=reply.action, request_id=reply.request_id
        )
        self._hand_in(Event(type=EventType.EVENT_TYPE_ACTION_APPLIED, action_applied=applied))

    def _end(self, state: GameState) -> GameResult:
        self._hand_in(
            Event(
                type=EventType.EVENT_TYPE_STATE_OBSERVED, state_observed=StateObserved(state=state)
            )
        )
        ended = GameEnded(
            won=state.won,
            ante=state.ante,
            round=state.round,
            best_score=self._best_score,
            reason="won" if state.won else "lost",
        )
        self._hand_in(Event(type=EventType.EVENT_TYPE_GAME_ENDED, game_ended=ended))
        result = GameResult(
            self._plan,
            self._checkpoint,
            ended.won,
            ended.ante,
            ended.round,
            ended.best_score,
            self._decisions,
        )
        self._tally.game(result)
        return result

    def _hand_in(self, event: Event) -> None:
        self._desk.hand_in(self._numbered(event))

    def _numbered(self, event: Event) -> Event:
        """Give the event its number within the game, and an id that follows from it."""
        event.game_id = event.correlation_id = self._plan.game_id
        event.sequence = self._sequence
        event.event_id = str(uuid5(EVENT_IDS, f"{self._plan.game_id}/{self._sequence}"))
        self._sequence += 1
        return event


def _legal(state: GameState, action: Action) -> bool:
    return wire.allows(wire.legal_messages(state), action)
