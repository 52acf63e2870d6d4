"""One game through the bus: numbering, obedience, repetition, refusal."""

import asyncio
from typing import Any

import pytest

from jimbot_stream.balatro import engine, wire
from jimbot_stream.bus import Start
from jimbot_stream.bus.consumer import EventConsumer
from jimbot_stream.bus.memory import MemoryBus
from jimbot_stream.contracts import Action, ActionVerb, DecisionReply, Event
from jimbot_stream.play import plan
from jimbot_stream.play.desk import ContradictionError, NoReplyError
from jimbot_stream.play.player import House, IllegalReplyError, Player, RefusedError
from jimbot_stream.play.tally import GameResult, Tally
from jimbot_stream.streams import topics

PLAYED = [topics.GAME_LIFECYCLE, topics.GAME_STATE, topics.DECISION_REQUEST]


@pytest.fixture
def game() -> plan.GamePlan:
    return plan.generations(7, 1, 1)[0][0]


async def play(desk: Any, game: plan.GamePlan, tally: Tally) -> GameResult:
    async with asyncio.timeout(20):
        return await Player(game, "c" * 64, desk, tally, House()).play()


async def published(bus: MemoryBus) -> list[Event]:
    consumer = await EventConsumer.open(bus, [topic.name for topic in PLAYED], Start.BEGINNING)
    events = [received.event for received in await consumer.take(timeout_s=0.1)]
    return sorted(events, key=lambda event: event.sequence)


async def test_a_game_is_numbered_without_gaps_over_all_topics(
    bus: MemoryBus, worker: Any, open_desk: Any, game: plan.GamePlan, tally: Tally
) -> None:
    desk, _ = await open_desk()
    result = await play(desk, game, tally)
    await desk.flush()

    events = await published(bus)
    kinds = [event.WhichOneof("payload") for event in events]

    assert [event.sequence for event in events] == list(range(len(events)))
    assert kinds[0] == "game_started"
    assert kinds[1:-2] == ["decision_request", "action_applied"] * result.decisions
    assert kinds[-2:] == ["state_observed", "game_ended"]
    assert {event.game_id for event in events} == {game.game_id}
    assert len({event.event_id for event in events}) == len(events)


async def test_the_replies_are_obeyed_and_the_events_tell_so(
    bus: MemoryBus, worker: Any, open_desk: Any, game: plan.GamePlan, tally: Tally
) -> None:
    desk, _ = await open_desk()
    await play(desk, game, tally)
    await desk.flush()

    run = engine.new_run(game.seed, win_ante=3)
    for event in await published(bus):
        if event.HasField("decision_request"):
            request = event.decision_request
            asked = event.sequence
            assert request.state == wire.state_message(run)
        elif event.HasField("action_applied"):
            applied = event.action_applied
            assert (applied.state_sequence, applied.request_id) == (asked, request.request_id)
            assert wire.canonical(applied.action) == worker.choose(request)
            wire.step_message(run, applied.action)
        elif event.HasField("state_observed"):
            assert event.state_observed.state == wire.state_message(run)
    assert run.over


async def test_the_same_plan_and_replies_make_the_same_events(
    worker: Any, open_desk: Any, game: plan.GamePlan
) -> None:
    digests = set()
    for source in ("one", "two"):
        desk, _ = await open_desk(source)
        tally = Tally(1)
        await play(desk, game, tally)
        digests.add((tally.digest(), tally.decisions))
    assert len(digests) == 1


async def test_a_lost_reply_is_asked_for_again_with_the_same_request(
    worker: Any, open_desk: Any, game: plan.GamePlan, tally: Tally
) -> None:
    lost = {f"{game.game_id}:0", f"{game.game_id}:2"}

    def swallow(reply: DecisionReply) -> list[DecisionReply]:
        if reply.request_id in lost:
            lost.discard(reply.request_id)
            return []
        return [reply]

    worker.spoil = swallow
    desk, _ = await open_desk(resend_s=0.1)

    result = await play(desk, game, tally)

    assert desk.resent >= 2
    assert len(set(worker.requests)) == result.decisions
    assert tally.decisions == result.decisions


async def test_equal_replies_to_one_request_are_no_trouble(
    worker: Any, open_desk: Any, game: plan.GamePlan, tally: Tally
) -> None:
    worker.spoil = lambda reply: [reply, reply]
    desk, serving = await open_desk()
    result = await play(desk, game, tally)
    assert tally.decisions == result.decisions
    assert not serving.done()


async def test_different_replies_to_one_request_are_a_contradiction(
    worker: Any, open_desk: Any, game: plan.GamePlan, tally: Tally
) -> None:
    def contradict(reply: DecisionReply) -> list[DecisionReply]:
        other = DecisionReply()
        other.CopyFrom(reply)
        other.decision = "99@game-other"
        return [reply, other]

    worker.spoil = contradict
    desk, serving = await open_desk()
    with pytest.raises(ContradictionError):
        await asyncio.gather(play(desk, game, tally), serving)


async def test_silence_is_reported_after_the_patience(
    open_desk: Any, game: plan.GamePlan, tally: Tally
) -> None:
    desk, _ = await open_desk(resend_s=0.02, patience_s=0.1)
    with pytest.raises(NoReplyError, match=f"{game.game_id}:0"):
        await play(desk, game, tally)


async def test_an_error_instead_of_an_action_ends_the_game(
    worker: Any, open_desk: Any, game: plan.GamePlan, tally: Tally
) -> None:
    worker.spoil = lambda reply: [DecisionReply(request_id=reply.request_id, error="no weights")]
    desk, _ = await open_desk()
    with pytest.raises(RefusedError, match="no weights"):
        await play(desk, game, tally)


@pytest.mark.parametrize(
    "action",
    [
        Action(verb=ActionVerb.ACTION_VERB_CASH_OUT),
        Action(verb=ActionVerb.ACTION_VERB_PLAY, cards=[7, 7]),
        Action(verb=ActionVerb.ACTION_VERB_REROLL),
        Action(),
    ],
    ids=["another phase", "card twice", "unknown to the codec", "no verb"],
)
async def test_an_illegal_action_is_not_obeyed(
    worker: Any, open_desk: Any, game: plan.GamePlan, tally: Tally, action: Action
) -> None:
    worker.spoil = lambda reply: [
        DecisionReply(request_id=reply.request_id, action=action, checkpoint=reply.checkpoint)
    ]
    desk, _ = await open_desk()
    with pytest.raises(IllegalReplyError, match="illegal action"):
        await play(desk, game, tally)


async def test_a_decision_by_another_checkpoint_is_refused(
    worker: Any, open_desk: Any, game: plan.GamePlan, tally: Tally
) -> None:
    def other(reply: DecisionReply) -> list[DecisionReply]:
        reply.checkpoint = "d" * 64
        return [reply]

    worker.spoil = other
    desk, _ = await open_desk()
    with pytest.raises(IllegalReplyError, match="checkpoint"):
        await play(desk, game, tally)
