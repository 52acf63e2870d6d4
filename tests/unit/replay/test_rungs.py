"""Decisions of every rung and mode, and games that are not ours, are repeated rightly."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Any

import orjson
import pytest

from jimbot_stream.agents.policy import load_policy
from jimbot_stream.contracts import (
    DecisionMade,
    DecisionMode,
    DecisionRequest,
    DecisionSource,
    StateObserved,
)
from jimbot_stream.contracts.json_codec import from_json, to_json
from jimbot_stream.decision.decide import Decision, decide
from jimbot_stream.decision.heuristic import decide_by_rule
from jimbot_stream.decision.record import decision_made, observe, seed_of
from jimbot_stream.eventlog import RecordedEvent
from jimbot_stream.replay.bundle import Bundle
from jimbot_stream.replay.replayer import Replayer
from jimbot_stream.replay.verdict import Divergence

House = Any  # of conftest.py
Events = list[RecordedEvent]
Audit = Callable[[Sequence[RecordedEvent]], Awaitable[list[Divergence]]]
Forge = Callable[..., Events]
Rechain = Callable[[Events], Events]
Remake = Callable[[str, DecisionMode], Events]


@pytest.fixture
def remade(house: House, game: Events, rechain: Rechain) -> Remake:
    """The game up to its second decision, that one made by another rung or mode."""
    policy = load_policy(house.blobs.get(house.checkpoint))
    place = [e.revision for e in game if e.type == "DecisionMade"][1]
    recorded = from_json(DecisionMade, game[place].data)
    state = from_json(StateObserved, game[recorded.state_revision].data).state

    def decided(rung: str, request: DecisionRequest) -> Decision:
        seed = seed_of(request, "one")
        if rung == "heuristic":
            return decide_by_rule(observe(state), seed, request.mode)
        decision = decide(observe(state), policy, seed, request.mode)
        if rung == "cached":
            return replace(decision, decided_by=DecisionSource.DECISION_SOURCE_CACHED)
        return decision

    def remake(rung: str, mode: DecisionMode) -> Events:
        request = DecisionRequest(
            request_id=recorded.request_id,
            state=state,
            mode=mode,
            decision_number=recorded.decision_number,
            run_seed=recorded.run_seed,
        )
        made = decision_made(
            request, "one", recorded.state_revision, recorded.state_digest, decided(rung, request)
        )
        return rechain([*game[:place], replace(game[place], data=to_json(made))])

    return remake


@pytest.mark.parametrize(
    "mode", [DecisionMode.DECISION_MODE_SAMPLE, DecisionMode.DECISION_MODE_GREEDY]
)
@pytest.mark.parametrize("rung", ["policy", "cached", "heuristic"])
async def test_every_rung_is_repeated_in_every_mode(
    remade: Remake, audit: Audit, rung: str, mode: DecisionMode
) -> None:
    assert await audit(remade(rung, mode)) == []


async def test_a_greedy_decision_that_is_not_the_best_is_a_policy_divergence(
    remade: Remake, audit: Audit, rechain: Rechain
) -> None:
    events = remade("policy", DecisionMode.DECISION_MODE_GREEDY)
    data = orjson.loads(events[-1].data)
    data["action_index"] = 7 if data["action_index"] != 7 else 8
    events[-1] = replace(events[-1], data=orjson.dumps(data))

    [divergence] = await audit(rechain(events))

    assert (divergence.field, divergence.cause) == ("action_index", "policy")


async def test_states_of_a_foreign_game_follow_from_nothing_and_get_no_verdict(
    house: House, forge: Forge
) -> None:
    foreign = forge(0, rules_version="", origin="balatrobot")

    verdicts = [v async for v in Replayer(Bundle(foreign), house.blobs).verify()]

    assert not any(isinstance(v, Divergence) for v in verdicts)
    kinds = {v.kind for v in verdicts}
    assert "state" not in kinds
    assert "decision" in kinds


def numbered(event: RecordedEvent, number: int) -> RecordedEvent:
    told = orjson.loads(event.metadata) | {"sequence": str(number)}
    return replace(event, metadata=orjson.dumps(told))


async def test_numbers_that_intake_refused_may_be_left_out_of_a_foreign_game(
    forge: Forge, rechain: Rechain, audit: Audit
) -> None:
    foreign = forge(0, rules_version="", origin="balatrobot")[:8]
    foreign[-1] = numbered(foreign[-1], 99)

    assert await audit(rechain(foreign)) == []


async def test_numbers_of_a_foreign_game_never_go_back(
    forge: Forge, rechain: Rechain, audit: Audit
) -> None:
    foreign = forge(0, rules_version="", origin="balatrobot")[:8]
    foreign[-1] = numbered(foreign[-1], 1)

    [divergence] = await audit(rechain(foreign))

    assert (divergence.revision, divergence.field) == (7, "metadata.sequence")
