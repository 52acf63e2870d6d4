"""Recorded dialogues with BalatroBot: one call or one answer a line."""

from collections.abc import Callable
from typing import Any

import orjson
import pytest

from jimbot_stream.contracts import Action, ActionVerb
from jimbot_stream.streams.intake.loose import Given
from jimbot_stream.streams.intake.recording import Recording, read_recording
from jimbot_stream.streams.intake.rejection import Rejected
from jimbot_stream.streams.intake.rpc_call import actions_of

Snapshot = Callable[..., dict[str, Any]]


def call(method: str, **params: object) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "method": method, "params": params, "id": 1}


def answer(state: dict[str, Any]) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "result": state, "id": 1}


def refusal() -> dict[str, Any]:
    return {"jsonrpc": "2.0", "error": {"code": -32003, "message": "no"}, "id": 1}


def read(*lines: dict[str, Any]) -> Recording:
    return read_recording(b"\n".join(map(orjson.dumps, lines)))


def told(recording: Recording) -> list[str]:
    return [str(each.event.WhichOneof("payload")) for each in recording.posted]


def done(recording: Recording) -> list[Action]:
    events = [each.event for each in recording.posted]
    return [event.action_applied.action for event in events if event.HasField("action_applied")]


def test_a_call_is_told_with_the_state_that_it_was_made_in(snapshot: Snapshot) -> None:
    recording = read(
        call("start", deck="RED", stake="WHITE", seed="ABC"),
        answer(snapshot(state="BLIND_SELECT", round_num=0)),
        call("select"),
        answer(snapshot()),
        call("gamestate"),
        answer(snapshot()),
        call("play", cards=[0]),
        answer(snapshot(round={"hands_left": 3, "discards_left": 3, "chips": 10})),
        call("menu"),
        answer(snapshot(state="MENU")),
    )
    assert not recording.left_out
    assert told(recording) == [
        "game_started",
        "decision_request",
        "action_applied",
        "decision_request",
        "action_applied",
        "decision_request",
        "game_ended",
    ]
    select, play = done(recording)
    assert select == Action(verb=ActionVerb.ACTION_VERB_SELECT_BLIND)
    assert play == Action(verb=ActionVerb.ACTION_VERB_PLAY, cards=[0])
    assert recording.posted[4].event.action_applied.state_sequence == 3


def test_answers_may_stand_bare(snapshot: Snapshot) -> None:
    lines = [snapshot(state="BLIND_SELECT", round_num=0), {"method": "skip"}, snapshot()]
    assert done(read(*lines)) == [Action(verb=ActionVerb.ACTION_VERB_SKIP_BLIND)]


def test_what_the_game_refused_was_not_done(snapshot: Snapshot) -> None:
    recording = read(
        answer(snapshot()), call("play", cards=[0]), refusal(), call("discard", cards=[0]),
        answer(snapshot(round={"hands_left": 4, "discards_left": 2, "chips": 0})),
    )  # fmt: skip
    assert [action.verb for action in done(recording)] == [ActionVerb.ACTION_VERB_DISCARD]
    assert not recording.left_out


def test_lines_that_cannot_be_told_are_listed_with_their_reason(snapshot: Snapshot) -> None:
    recording = read(
        call("select"),
        answer(snapshot()),
        call("load", path="x"),
        call("dance"),
        call("buy", card=0, pack=1),
        call("play", cards=[7]),
        answer(snapshot(money=5)),
        {"jsonrpc": "2.0", "id": 1},
        call("discard", cards=[0]),
        call("play", cards=[0]),
    )
    assert [(each.line, each.reason) for each in recording.left_out] == [
        (2, "illegal_action"),  # its call came before any state
        (3, "unknown_function"),
        (4, "unknown_function"),
        (5, "bad_action"),
        (7, "illegal_action"),
        (8, "unknown_shape"),
        (10, "bad_action"),  # the discard was never answered
        (10, "bad_action"),  # nor was the play, which is the last line
    ]
    assert not done(recording)
    assert recording.decisions == 2


@pytest.mark.parametrize(
    ("method", "params", "expected"),
    [
        ("select", {}, Action(verb=ActionVerb.ACTION_VERB_SELECT_BLIND)),
        ("discard", {"cards": [4, 1]}, Action(verb=ActionVerb.ACTION_VERB_DISCARD, cards=[1, 4])),
        ("cash_out", {}, Action(verb=ActionVerb.ACTION_VERB_CASH_OUT)),
        ("next_round", {}, Action(verb=ActionVerb.ACTION_VERB_NEXT_ROUND)),
        ("reroll", {}, Action(verb=ActionVerb.ACTION_VERB_REROLL)),
        ("reroll_boss", {}, Action(verb=ActionVerb.ACTION_VERB_REROLL_BOSS)),
        ("buy", {"card": 1}, Action(verb=ActionVerb.ACTION_VERB_BUY_CARD, slot=1)),
        ("buy", {"voucher": 0}, Action(verb=ActionVerb.ACTION_VERB_BUY_VOUCHER)),
        ("buy", {"pack": 1}, Action(verb=ActionVerb.ACTION_VERB_BUY_PACK, slot=1)),
        ("buy_and_use", {"card": 1}, Action(verb=ActionVerb.ACTION_VERB_BUY_AND_USE, slot=1)),
        ("sell", {"joker": 2}, Action(verb=ActionVerb.ACTION_VERB_SELL_JOKER, slot=2)),
        ("sell", {"consumable": 1}, Action(verb=ActionVerb.ACTION_VERB_SELL_CONSUMABLE, slot=1)),
        (
            "use",
            {"consumable": 1, "cards": [2, 0]},
            Action(verb=ActionVerb.ACTION_VERB_USE, slot=1, cards=[0, 2]),
        ),
        (
            "pack",
            {"card": 1, "targets": [3]},
            Action(verb=ActionVerb.ACTION_VERB_PICK_PACK, slot=1, cards=[3]),
        ),
        ("pack", {"skip": True}, Action(verb=ActionVerb.ACTION_VERB_SKIP_PACK)),
        (
            "rearrange",
            {"jokers": [1, 2, 0]},
            Action(verb=ActionVerb.ACTION_VERB_REARRANGE_JOKERS, slot=0, target=2),
        ),
    ],
)
def test_every_method_has_its_verb(method: str, params: dict[str, Any], expected: Action) -> None:
    assert list(actions_of(method, Given(params))) == [expected]


@pytest.mark.parametrize(
    ("method", "params"),
    [
        ("buy", {}),
        ("sell", {"joker": 0, "consumable": 0}),
        ("use", {"cards": [1]}),
        ("pack", {"skip": False}),
        ("rearrange", {"hand": [0, 0]}),
        ("play", {"cards": "all"}),
    ],
)
def test_parameters_that_make_no_sense_are_refused(method: str, params: dict[str, Any]) -> None:
    with pytest.raises(Rejected, match="here"):
        actions_of(method, Given(params, "here"))
