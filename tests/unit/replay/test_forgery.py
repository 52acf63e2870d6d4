"""Edits whose traces were covered, chain and ids made anew, are found by doing it again."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pytest

from jimbot_stream.agents.checkpoint import untrained
from jimbot_stream.balatro import wire
from jimbot_stream.checkpoints import BlobStore
from jimbot_stream.contracts import DecisionMade, StateObserved
from jimbot_stream.contracts.json_codec import from_json, to_dict
from jimbot_stream.eventlog import RecordedEvent
from jimbot_stream.replay.bundle import Bundle
from jimbot_stream.replay.replayer import Replayer
from jimbot_stream.replay.verdict import Divergence

House = Any  # of conftest.py
Events = list[RecordedEvent]
Audit = Callable[[Sequence[RecordedEvent]], Awaitable[list[Divergence]]]
AuditWith = Callable[[Sequence[RecordedEvent], BlobStore], Awaitable[list[Divergence]]]
Forge = Callable[..., Events]
Rechain = Callable[[Events], Events]


def first_decision_on_a_hand(game: Events) -> int:
    for event in game:
        if event.type == "DecisionMade" and from_json(DecisionMade, event.data).action.cards:
            return event.revision
    raise AssertionError("the game never played a hand")


def another_action(game: Events, place: int) -> tuple[int, Any]:
    """Index and action of another candidate that was legal."""
    made = from_json(DecisionMade, game[place].data)
    state = from_json(StateObserved, game[made.state_revision].data).state
    _, _, mask, listed = wire.encode(state)
    index = next(int(at) for at in mask.nonzero()[0] if at != made.action_index)
    return index, to_dict(wire.action_message(int(listed[index])))


def found(divergences: list[Divergence]) -> list[tuple[str, int, str, str]]:
    return [(d.kind, d.revision, d.field, d.cause) for d in divergences]


async def test_another_action_with_a_new_chain_is_not_what_was_drawn(
    game: Events, forge: Forge, audit: Audit
) -> None:
    place = first_decision_on_a_hand(game)
    index, action = another_action(game, place)

    divergences = await audit(forge(place, action=action, action_index=index))

    assert found(divergences)[:2] == [
        ("action", place + 1, "action", "rules"),  # the player did the genuine action
        ("decision", place, "action_index", "seed"),
    ]


async def test_an_action_forged_in_decision_and_game_leaves_rules_and_draw(
    game: Events, forge: Forge, audit: Audit
) -> None:
    place = first_decision_on_a_hand(game)
    index, action = another_action(game, place)
    game[:] = forge(place, action=action, action_index=index)

    divergences = await audit(forge(place + 1, action=action))

    assert found(divergences)[0][0::3] == ("state", "rules")
    assert ("decision", place, "action_index", "seed") in found(divergences)


@pytest.mark.parametrize(
    ("field", "value", "cause"),
    [
        ("observation_digest", "0" * 64, "observation"),
        ("mask_digest", "0" * 64, "mask"),
        ("logits_digest", "0" * 64, "policy"),
        ("state_digest", "0" * 64, "tampering"),
        ("log_prob", -0.5, "policy"),
        ("value", 12.25, "policy"),
        ("run_seed", 8, "seed"),
        ("decision_number", 77, "seed"),
        ("rules_version", "another/1", "rules"),
        ("decided_by", "DECISION_SOURCE_HEURISTIC", "weights"),
        ("decided_by", "DECISION_SOURCE_ADVISOR", "policy"),
        ("request_id", "one/77", "tampering"),
    ],
)
async def test_each_recorded_field_of_a_decision_is_compared(
    game: Events, forge: Forge, audit: Audit, field: str, value: object, cause: str
) -> None:
    place = first_decision_on_a_hand(game)

    divergences = await audit(forge(place, **{field: value}))

    [decision] = [d for d in divergences if d.kind == "decision"]
    assert (decision.revision, decision.cause) == (place, cause)
    if cause != "weights":
        assert decision.field == field


async def test_a_family_taken_from_the_legal_actions_is_a_mask_divergence(
    game: Events, forge: Forge, audit: Audit
) -> None:
    place = first_decision_on_a_hand(game)
    legal = orjson.loads(game[place].data)["legal"][:1]

    [divergence] = await audit(forge(place, legal=legal))

    assert (divergence.revision, divergence.field, divergence.cause) == (place, "legal[1]", "mask")


async def test_a_state_revision_that_is_no_state_is_missing(
    game: Events, forge: Forge, audit: Audit
) -> None:
    place = first_decision_on_a_hand(game)

    [divergence] = await audit(forge(place, state_revision=place - 2))

    assert (divergence.revision, divergence.field) == (place, "state_revision")
    assert divergence.cause == "missing"


async def test_a_decision_cannot_be_about_a_later_state(
    game: Events, forge: Forge, audit: Audit
) -> None:
    place = first_decision_on_a_hand(game)
    later = next(e.revision for e in game[place:] if e.type == "StateObserved")

    [divergence] = await audit(forge(place, state_revision=later))

    assert divergence.field == "state_revision"


async def test_the_named_checkpoint_must_be_the_one_that_decided(
    game: Events, forge: Forge, audit: Audit, house: House
) -> None:
    other = house.blobs.put(untrained(99))
    place = first_decision_on_a_hand(game)

    [divergence] = await audit(forge(place, checkpoint=other))

    assert (divergence.revision, divergence.field) == (place, "checkpoint")
    assert divergence.cause == "weights"
    assert (divergence.expected, divergence.got) == (house.checkpoint, other)


async def test_a_checkpoint_without_blob_is_a_weights_divergence(
    game: Events, forge: Forge, audit: Audit
) -> None:
    place = first_decision_on_a_hand(game)

    [divergence] = await audit(forge(place, checkpoint="0" * 64))

    assert (divergence.revision, divergence.field) == (place, "checkpoint")
    assert divergence.cause == "weights"
    assert "no blob" in divergence.got


async def test_a_spoilt_blob_fails_every_decision_that_used_it(
    house: House, game: Events, tmp_path: Path, audit_with: AuditWith
) -> None:
    blobs = BlobStore(tmp_path)
    blobs.put(house.blobs.get(house.checkpoint))
    path = blobs.path(house.checkpoint)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)

    divergences = await audit_with(game, blobs)

    decisions = [e.revision for e in game if e.type == "DecisionMade"]
    assert [d.revision for d in divergences] == decisions
    assert {(d.field, d.cause) for d in divergences} == {("checkpoint", "weights")}
    assert "damaged" in divergences[0].got


async def test_a_state_that_does_not_follow_from_the_rules_is_named_by_its_field(
    game: Events, forge: Forge, audit: Audit
) -> None:
    place = next(e.revision for e in game if e.type == "StateObserved" and e.revision > 4)
    state = orjson.loads(game[place].data)["state"]

    divergences = await audit(forge(place, state={**state, "money": 1000}))

    assert found(divergences)[0] == ("state", place, "state.money", "rules")
    assert (divergences[0].expected, divergences[0].got) == (str(state["money"]), "1000")
    assert found(divergences)[1] == ("decision", place + 1, "state_digest", "tampering")
    assert len(divergences) == 2  # the states after it are not blamed as well


async def test_another_seed_of_the_game_is_a_seed_divergence(forge: Forge, audit: Audit) -> None:
    [divergence] = await audit(forge(0, seed="AUDIT9"))

    assert (divergence.kind, divergence.revision) == ("state", 1)
    assert (divergence.field, divergence.cause) == ("state.seed", "seed")


async def test_a_seed_that_no_game_has_is_a_seed_divergence(forge: Forge, audit: Audit) -> None:
    [divergence] = await audit(forge(0, seed="not a seed"))

    assert (divergence.kind, divergence.revision, divergence.field) == ("game", 0, "seed")


async def test_another_seed_of_the_run_is_a_seed_divergence_of_every_decision(
    game: Events, forge: Forge, audit: Audit
) -> None:
    divergences = await audit(forge(0, run_seed=8))

    decisions = [e.revision for e in game if e.type == "DecisionMade"]
    assert [d.revision for d in divergences] == decisions
    assert {(d.field, d.cause) for d in divergences} == {("run_seed", "seed")}


async def test_other_rules_than_these_are_said_so_and_not_tried(forge: Forge, audit: Audit) -> None:
    [divergence] = await audit(forge(0, rules_version="another/1"))

    assert (divergence.revision, divergence.field) == (0, "rules_version")
    assert divergence.cause == "rules"


async def test_an_action_that_the_rules_refuse_is_a_rules_divergence(
    game: Events, forge: Forge, audit: Audit
) -> None:
    place = next(e.revision for e in game if e.type == "ActionApplied")

    divergences = await audit(forge(place, action={"verb": "ACTION_VERB_NEXT_ROUND"}))

    assert found(divergences) == [("action", place, "action", "rules")]
    assert "The rules say" in divergences[0].why


async def test_an_action_taken_out_with_all_traces_is_a_gap_in_the_games_numbers(
    game: Events, rechain: Rechain, audit: Audit
) -> None:
    del game[3]

    divergences = await audit(rechain(game))

    assert found(divergences)[0] == ("state", 3, "metadata.sequence", "missing")


async def test_a_decision_taken_out_with_all_traces_leaves_an_action_without_one(
    game: Events, rechain: Rechain, audit: Audit
) -> None:
    del game[2]

    divergences = await audit(rechain(game))

    assert found(divergences)[0] == ("action", 2, "request_id", "missing")


async def test_a_request_decided_twice_in_one_game_is_found(
    game: Events, rechain: Rechain, audit: Audit
) -> None:
    divergences = await audit(rechain([*game[:3], game[2], *game[3:]]))

    assert ("game", 3, "request_id", "tampering") in found(divergences)
    assert not any(d.kind == "foreign game" for d in divergences)


async def test_a_request_decided_in_two_games_is_found(
    house: House, game: Events, rechain: Rechain, audit: Audit
) -> None:
    other = [e for e in house.events if e.stream == "game-two"]
    told = orjson.loads(other[2].metadata) | {"$correlationId": "one/0"}
    data = orjson.loads(other[2].data) | {"request_id": "one/0"}
    other[2] = replace(other[2], metadata=orjson.dumps(told), data=orjson.dumps(data))

    divergences = await audit([*game, *rechain(other)])

    assert ("log", 2, "request_id", "tampering") in found(divergences)
    assert "game-one" in divergences[0].why


@pytest.mark.parametrize(
    ("field", "value"),
    [("ante", 9), ("round", 9), ("won", True), ("best_score", 1e6), ("reason", "won")],
)
async def test_an_ending_that_contradicts_the_states_is_a_rules_divergence(
    game: Events, forge: Forge, audit: Audit, field: str, value: object
) -> None:
    last = game[-1].revision

    [divergence] = await audit(forge(last, **{field: value}))

    assert (divergence.revision, divergence.field, divergence.cause) == (last, field, "rules")


async def test_nothing_follows_the_end(game: Events, rechain: Rechain, audit: Audit) -> None:
    told = orjson.loads(game[3].metadata) | {"sequence": "999"}
    late = replace(game[3], metadata=orjson.dumps(told))

    divergences = await audit(rechain([*game, late]))

    assert found(divergences)[0][0] == "action"
    assert divergences[0].revision == len(game)


async def test_a_tail_cut_off_before_a_forged_end_is_a_game_that_was_not_over(
    game: Events, rechain: Rechain, audit: Audit
) -> None:
    end = orjson.loads(game[-1].data) | {"reason": "lost"}
    last = next(e for e in reversed(game[:-4]) if e.type == "StateObserved")
    state = from_json(StateObserved, last.data).state
    end |= {"ante": state.ante, "round": state.round, "best_score": 0.0}
    end["best_score"] = max(
        from_json(StateObserved, e.data).state.chips
        for e in game[: last.revision + 1]
        if e.type == "StateObserved"
    )
    number = int(orjson.loads(last.metadata)["sequence"]) + 1
    told = orjson.loads(game[-1].metadata) | {"sequence": str(number)}
    forged_end = replace(game[-1], data=orjson.dumps(end), metadata=orjson.dumps(told))

    [divergence] = await audit(rechain([*game[: last.revision + 1], forged_end]))

    assert (divergence.kind, divergence.revision) == ("game", last.revision + 1)
    assert (divergence.field, divergence.cause) == ("reason", "rules")


async def test_an_action_is_carried_out_in_the_newest_state(
    game: Events, forge: Forge, audit: Audit
) -> None:
    place = [e.revision for e in game if e.type == "ActionApplied"][2]

    divergences = await audit(forge(place, state_sequence=1))

    assert found(divergences) == [("action", place, "state_sequence", "rules")]


async def test_an_action_obeys_a_decision_on_the_state_that_it_is_carried_out_in(
    game: Events, rechain: Rechain, audit: Audit
) -> None:
    state, made, obeyed = game[4:7]
    number = int(orjson.loads(state.metadata)["sequence"])

    def moved(event: RecordedEvent, by: int) -> RecordedEvent:
        told = orjson.loads(event.metadata)
        return replace(
            event, metadata=orjson.dumps(told | {"sequence": str(int(told["sequence"]) + by)})
        )

    applied = orjson.loads(obeyed.data) | {"state_sequence": number + 1}
    late = replace(moved(obeyed, 1), data=orjson.dumps(applied))
    twice = [*game[:4], state, made, moved(state, 1), late, *(moved(e, 1) for e in game[7:])]

    divergences = await audit(rechain(twice))

    assert ("action", 7, "state_sequence", "rules") in found(divergences)


@pytest.mark.parametrize("field", ["deck", "stake"])
async def test_another_deck_or_stake_at_the_start_is_a_rules_divergence(
    forge: Forge, audit: Audit, field: str
) -> None:
    value = "b_blue" if field == "deck" else 8

    [divergence] = await audit(forge(0, **{field: value}))

    assert (divergence.kind, divergence.revision, divergence.cause) == ("state", 1, "rules")
    assert divergence.field == f"state.{field}"


@pytest.mark.parametrize(("field", "value"), [("deck", "b_paper"), ("stake", 9), ("win_ante", -1)])
async def test_what_no_game_begins_with_is_said_so(
    forge: Forge, audit: Audit, field: str, value: object
) -> None:
    [divergence] = await audit(forge(0, **{field: value}))

    assert (divergence.kind, divergence.revision, divergence.field) == ("game", 0, "seed")


async def test_a_game_declared_foreign_does_not_pass_for_one_of_ours(
    house: House, forge: Forge
) -> None:
    forged = forge(0, rules_version="")

    verdicts = [v async for v in Replayer(Bundle(forged), house.blobs).verify()]

    kinds = {v.kind for v in verdicts}
    assert "foreign game" in kinds
    assert not kinds & {"game", "state"}


async def test_an_event_of_another_kind_of_stream_is_a_schema_divergence(
    house: House, game: Events, rechain: Rechain, audit: Audit
) -> None:
    ended = next(e for e in house.events if e.type == "RunEnded")

    divergences = await audit(rechain([*game, replace(ended, stream="game-one")]))

    assert ("event", len(game), "type", "schema") in found(divergences)


async def test_a_future_schema_is_said_so(game: Events, rechain: Rechain, audit: Audit) -> None:
    told = orjson.loads(game[1].metadata) | {"schema": "99"}
    game[1] = replace(game[1], metadata=orjson.dumps(told))

    divergences = await audit(rechain(game))

    assert found(divergences)[0] == ("event", 1, "schema", "schema")
    assert "99" in divergences[0].got


async def test_an_unknown_type_is_said_so(game: Events, rechain: Rechain, audit: Audit) -> None:
    game[3] = replace(game[3], type="SomethingElse")

    divergences = await audit(rechain(game))

    assert found(divergences)[0] == ("event", 3, "type", "schema")


async def test_data_of_another_shape_are_said_so(
    game: Events, rechain: Rechain, audit: Audit
) -> None:
    game[1] = replace(game[1], data=b'{"state": 7}')

    divergences = await audit(rechain(game))

    assert found(divergences)[0] == ("event", 1, "data", "schema")


async def test_a_state_out_of_all_bounds_does_not_stop_the_audit(
    game: Events, rechain: Rechain, audit: Audit
) -> None:
    state = from_json(StateObserved, game[1].data)
    state.state.money = 2**62
    state.state.blind.chips_required = 1e308
    del state.state.hand[:]
    game[1] = replace(game[1], data=orjson.dumps(to_dict(state)))

    divergences = await audit(rechain(game))

    assert found(divergences)[0] == ("state", 1, "state.money", "rules")
