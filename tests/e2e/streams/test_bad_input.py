"""Bad input of every kind: a reason in the dead-letter topic, and everybody else unaffected."""

from typing import Any

import orjson

from jimbot_stream.contracts import Action, ActionVerb, Event
from jimbot_stream.contracts.json_codec import to_dict
from jimbot_stream.streams import topics


def copy_of(event: Event, **changes: Any) -> Event:
    made = Event()
    made.CopyFrom(event)
    for name, value in changes.items():
        setattr(made, name, value)
    return made


async def test_each_kind_has_its_reason_and_the_other_game_goes_on(
    world: Any, make_player: Any, play_game: Any
) -> None:
    async with world.worker():
        good, bad = make_player("good"), make_player("bad", 1)
        await world.send(topics.GAME_LIFECYCLE, bad.started())
        reply = await world.ask(bad.request())
        state, applied = bad.observed(), bad.applied(reply)
        state.sequence, applied.sequence = 2, 2

        await world.send_bytes(topics.GAME_STATE, b"\xff\xfe not protobuf")
        await world.send_bytes(topics.GAME_STATE, b'{"what": 1}')
        await world.send_bytes(topics.GAME_STATE, b'{"events": [{"sequence": NaN}]}')
        await world.send_bytes(topics.GAME_STATE, b'{"events": [{"sequence": []}]}')
        huge = b'{"chips": 1' + b"0" * 400 + b"}"
        await world.send_bytes(topics.GAME_STATE, huge)
        await world.send_bytes(topics.GAME_STATE, b"\x0a\x02p1" + b"\0" * (600 * 1024))

        await world.send(topics.GAME_STATE, copy_of(state, type=99, sequence=-1))
        await world.send(topics.GAME_STATE, copy_of(state, schema_version=77, sequence=-1))
        await world.send(topics.GAME_STATE, copy_of(state, game_id="", sequence=-1))
        nan = copy_of(state, sequence=-1)
        nan.state_observed.state.chips = float("nan")
        await world.send(topics.GAME_STATE, nan)
        backwards = copy_of(state, sequence=-1)
        backwards.state_observed.state.seed = "ANOTHER"
        await world.send(topics.GAME_STATE, backwards)
        unmasked = copy_of(applied, sequence=-1)
        unmasked.action_applied.state_sequence = 1
        unmasked.action_applied.action.CopyFrom(Action(verb=ActionVerb.ACTION_VERB_REROLL))
        await world.send(topics.GAME_STATE, unmasked)

        await play_game(good, source="p2")
        await world.until(lambda: world.closed and len(world.rejected) >= 12)
        events = await world.stream("good")
    reasons = {rejected.reason for rejected in world.rejected}
    assert reasons >= {
        "not_protobuf",
        "unknown_shape",
        "not_json",
        "wrong_type",
        "oversize",
        "unknown_type",
        "unknown_schema",
        "missing_field",
        "bad_score",
        "illegal_action",
        "state_backwards",
    }
    assert "internal_error" not in reasons
    assert events[-1].type == "GameEnded"
    assert all(rejected.detail for rejected in world.rejected)


async def test_a_dead_letter_can_be_sent_again_as_it_is(world: Any, make_player: Any) -> None:
    async with world.worker():
        value = orjson.dumps({"what": 1})
        await world.send_bytes(topics.GAME_STATE, value, key="somebody")
        await world.until(lambda: world.rejected)
    letter = world.rejected[0]
    assert (letter.value, letter.key, letter.event_index) == (value, b"somebody", -1)
    assert (letter.topic, letter.offset) == (topics.GAME_STATE.name, 0)


async def test_a_json_batch_is_taken_like_protobuf(world: Any, make_player: Any) -> None:
    async with world.worker():
        event = make_player("g1").started()
        event.source, event.schema_version = "p1", 1
        value = orjson.dumps({"source": "p1", "events": [to_dict(event)]})
        await world.send_bytes(topics.GAME_LIFECYCLE, value)
        await world.send_bytes(topics.GAME_LIFECYCLE, b"{")
        await world.until(lambda: world.rejected)
    assert [event.type for event in await world.stream("g1")] == ["GameStarted"]
