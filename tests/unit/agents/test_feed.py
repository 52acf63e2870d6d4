"""The log alone tells a learner what was seen, done and gained."""

from collections.abc import AsyncIterator
from typing import Any

import numpy as np
import pytest

from jimbot_stream.agents.feed import left_out, read_batch, read_game
from jimbot_stream.agents.ppo.config import UpdateConfig
from jimbot_stream.agents.rewards import progress_1
from jimbot_stream.agents.trajectory import CutShortError, FeedError, batch_of, trajectory
from jimbot_stream.contracts import (
    DecisionMode,
    DecisionSource,
    EpisodeClosed,
    EpisodeReference,
    Phase,
)
from jimbot_stream.decision import Policy
from jimbot_stream.decision.decide import observation_digest
from jimbot_stream.decision.record import observe
from jimbot_stream.eventlog import EventLog, RecordedEvent, StreamNotFoundError
from tests.support.schemas import change_schema

CONFIG = UpdateConfig()


def reference(closed: EpisodeClosed) -> EpisodeReference:
    return EpisodeReference(game_id=closed.game_id, last_revision=closed.last_revision)


async def test_a_trajectory_is_what_was_decided(log: EventLog, record: Any, policy: Policy) -> None:
    closed = await record(0)
    game = await read_game(log, reference(closed))
    steps = trajectory(game, progress_1)
    batch = batch_of([steps])
    assert batch.lengths == (closed.decisions,)
    assert batch.actions.tolist() == [made.action_index for made in game.made]
    assert batch.log_probs.tolist() == [made.log_prob for made in game.made]
    assert batch.weights.tolist() == [1.0] * closed.decisions
    last = game.states[max(game.states)]
    reached = last.round - 1 + last.chips / last.blind.chips_required
    assert batch.rewards.sum() == pytest.approx(reached)


async def test_a_game_of_an_older_schema_is_lifted_as_it_is_read(
    log: EventLog, record: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = await record(0)
    change_schema(monkeypatch, "GameEnded", lambda data: {**data, "reason": "lifted"})
    game = await read_game(log, reference(closed))
    assert game.ended is not None
    assert game.ended.reason == "lifted"


async def test_observations_are_made_anew_from_the_states(log: EventLog, record: Any) -> None:
    game = await read_game(log, reference(await record(0)))
    batch = batch_of([trajectory(game, progress_1)])
    for row, made in enumerate(game.made):
        observation = observe(game.states[made.state_revision])
        assert np.array_equal(batch.features[row], observation.features)
        rows = batch.rows[batch.ends[row - 1] if row else 0 : batch.ends[row]]
        assert np.array_equal(rows, observation.candidates[observation.mask])
        legal = np.flatnonzero(observation.mask)
        assert legal[batch.actions[row]] == made.action_index
        assert observation_digest(observation) == made.observation_digest


async def test_episodes_stand_in_the_order_given(log: EventLog, record: Any) -> None:
    one, other = reference(await record(0)), reference(await record(1))
    forth = await read_batch(log, [one, other], CONFIG)
    back = await read_batch(log, [other, one], CONFIG)
    assert forth.lengths == back.lengths[::-1]
    cut = forth.lengths[0]
    assert np.array_equal(forth.actions[:cut], back.actions[-cut:])


async def test_greedy_decisions_are_not_learned_from(log: EventLog, record: Any) -> None:
    closed = await record(0, mode=DecisionMode.DECISION_MODE_GREEDY)
    batch = await read_batch(log, [reference(closed)], CONFIG)
    assert not batch.weights.any()


async def test_decisions_of_the_rule_are_not_learned_from(log: EventLog, record: Any) -> None:
    game = await read_game(log, reference(await record(0)))
    game.made[0].decided_by = DecisionSource.DECISION_SOURCE_HEURISTIC
    assert [step.weight for step in trajectory(game, progress_1)][:2] == [0.0, 1.0]


async def test_a_decision_that_was_not_obeyed_is_not_learned_from(
    log: EventLog, record: Any
) -> None:
    game = await read_game(log, reference(await record(0)))
    game.applied[game.made[1].request_id].action.target = 9
    del game.applied[game.made[2].request_id]
    assert [step.weight for step in trajectory(game, progress_1)][:4] == [1.0, 0.0, 0.0, 1.0]


async def test_a_game_that_was_given_up_is_left_out_and_said_so(log: EventLog, record: Any) -> None:
    """Its value would be learned as 0, though it might have been won."""
    told = reference(await record(0))
    game = await read_game(log, told)
    assert game.ended is not None
    game.ended.won, game.ended.reason = False, "quit"
    last = game.states[max(game.states)]
    trajectory(game, progress_1)  # its last state says that it was over
    last.phase = Phase.PHASE_SELECTING_HAND
    with pytest.raises(CutShortError, match=r"was cut short \(quit\)"):
        trajectory(game, progress_1)
    (left,) = await left_out(log, [told], lambda _: trajectory(game, progress_1))
    assert left.cause == "cut-short"


async def test_a_state_that_leads_elsewhere_is_refused(log: EventLog, record: Any) -> None:
    game = await read_game(log, reference(await record(0)))
    game.states[game.made[1].state_revision].money += 1
    with pytest.raises(FeedError, match="decision 1"):
        batch_of([trajectory(game, progress_1)])


async def test_a_game_that_is_not_over_is_refused(log: EventLog, record: Any) -> None:
    closed = await record(0)
    closed.last_revision -= 1
    with pytest.raises(FeedError, match="not over"):
        await read_batch(log, [reference(closed)], CONFIG)


async def test_a_game_that_ends_too_early_is_refused(log: EventLog, record: Any) -> None:
    closed = await record(0)
    closed.last_revision += 1
    with pytest.raises(FeedError, match="is missing"):
        await read_batch(log, [reference(closed)], CONFIG)


async def test_a_hole_is_refused(log: EventLog, record: Any) -> None:
    closed = await record(0)

    class Holed:
        def read_stream(self, stream: str, **options: Any) -> AsyncIterator[RecordedEvent]:
            return self._without(log.read_stream(stream, **options))

        async def _without(
            self, events: AsyncIterator[RecordedEvent]
        ) -> AsyncIterator[RecordedEvent]:
            async for event in events:
                if event.revision != 5:
                    yield event

    holed: Any = Holed()
    with pytest.raises(FeedError, match="event 5 is missing"):
        await read_batch(holed, [reference(closed)], CONFIG)


async def test_a_game_that_nobody_logged_is_refused(log: EventLog) -> None:
    with pytest.raises(StreamNotFoundError):
        await read_batch(log, [EpisodeReference(game_id="none", last_revision=3)], CONFIG)


async def test_no_decision_at_all_is_refused(log: EventLog) -> None:
    with pytest.raises(FeedError, match="no decision"):
        await read_batch(log, [], CONFIG)
