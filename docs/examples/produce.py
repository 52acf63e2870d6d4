"""Play one game with the clients of ``jimbot_stream.bus``: publish what happens, obey replies.

Start a worker first (``faust -A jimbot_stream worker``), then:

    python docs/examples/produce.py
"""

import asyncio
import os

from jimbot_stream.balatro import engine, wire
from jimbot_stream.bus.consumer import ReplyConsumer
from jimbot_stream.bus.kafka import KafkaBus
from jimbot_stream.bus.producer import GameProducer
from jimbot_stream.clock import SystemClock
from jimbot_stream.contracts import (
    ActionApplied,
    DecisionReply,
    DecisionRequest,
    Event,
    EventType,
    GameEnded,
    GameStarted,
    StateObserved,
)

BROKER = os.environ.get("JIMBOT_BROKER", "kafka://127.0.0.1:19092")
SOURCE, SEED = "example-player", "ABCD1234"


async def play(producer: GameProducer, replies: ReplyConsumer, game_id: str) -> GameEnded:
    """One game: every event takes the next number of the game."""
    run = engine.new_run(SEED, win_ante=3)
    started = GameStarted(seed=SEED, deck="b_red", stake=1, win_ante=3, origin="simulator")
    await producer.send("game.lifecycle", [_event(game_id, 0, game_started=started)])
    number, decisions, best = 1, 0, 0.0
    while not run.over:
        asked = DecisionRequest(
            request_id=f"{game_id}:{decisions}",
            state=wire.state_message(run),
            decision_number=decisions,
        )
        event = _event(game_id, number, decision_request=asked)
        await producer.send("learning.decision.request", [event])
        reply = await _reply(replies, asked.request_id)
        wire.step_message(run, reply.action)
        seen = wire.state_message(run)
        best = max(best, seen.chips, seen.best_score)
        done = ActionApplied(
            state_sequence=number, action=reply.action, request_id=reply.request_id
        )
        await producer.send("game.state", [_event(game_id, number + 1, action_applied=done)])
        number, decisions = number + 2, decisions + 1
    state = wire.state_message(run)
    seen = StateObserved(state=state)
    await producer.send("game.state", [_event(game_id, number, state_observed=seen)])
    ended = GameEnded(
        won=state.won,
        ante=state.ante,
        round=state.round,
        best_score=best,
        reason="won" if state.won else "lost",
    )
    await producer.send("game.lifecycle", [_event(game_id, number + 1, game_ended=ended)])
    return ended


async def _reply(replies: ReplyConsumer, request_id: str) -> DecisionReply:
    async for received in replies:
        reply = received.event.decision_reply
        if reply.request_id == request_id:
            if reply.error:
                raise RuntimeError(reply.error)
            return reply
    raise EOFError("the replies ended")


KINDS = {
    "game_started": EventType.EVENT_TYPE_GAME_STARTED,
    "decision_request": EventType.EVENT_TYPE_DECISION_REQUEST,
    "action_applied": EventType.EVENT_TYPE_ACTION_APPLIED,
    "state_observed": EventType.EVENT_TYPE_STATE_OBSERVED,
    "game_ended": EventType.EVENT_TYPE_GAME_ENDED,
}


def _event(game_id: str, number: int, **payload: object) -> Event:
    (kind,) = payload
    return Event(type=KINDS[kind], game_id=game_id, sequence=number, **payload)  # type: ignore[arg-type]  # one field of the oneof


async def main() -> None:
    """Connect, play, say how it went."""
    clock = SystemClock()
    epoch = clock.now_ns() // 1_000_000  # this source starts counting afresh every time
    bus = KafkaBus(BROKER)
    try:
        replies = await ReplyConsumer.of(bus, "learning.decision.response", SOURCE)
        async with GameProducer(bus, SOURCE, epoch=epoch) as producer:
            print(await play(producer, replies, f"example-{epoch}"))
        await replies.close()
    finally:
        await bus.close()


if __name__ == "__main__":
    asyncio.run(main())
