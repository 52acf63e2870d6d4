from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest

from jimbot_stream.balatro import wire
from jimbot_stream.contracts import Action, ActionVerb, Event, Phase
from jimbot_stream.streams.intake.loose import Given
from jimbot_stream.streams.intake.recorded_call import actions_of, moves
from jimbot_stream.streams.intake.recording import Recording, read_recording
from jimbot_stream.streams.intake.rejection import Rejected
from jimbot_stream.streams.intake.validate import check_topic, validate

FILES = {"one_ante": (33, 16), "rearranged_jokers": (17, 4), "shop_reroll": (11, 5)}
"""File to events and requests in it."""

Snapshot = Callable[..., dict[str, Any]]


def _read(folder: Path, name: str) -> Recording:
    return read_recording((folder / f"{name}.jsonl").read_bytes())


def _events(recording: Recording) -> list[Event]:
    return [each.event for each in recording.posted]


@pytest.mark.parametrize("name", FILES)
def test_a_recorded_run_is_told_whole(recorded_runs: Path, name: str) -> None:
    recording = _read(recorded_runs, name)
    assert not recording.left_out
    assert (len(recording.posted), recording.decisions) == FILES[name]
    assert [event.sequence for event in _events(recording)] == list(range(len(recording.posted)))
    assert recording.posted[0].event.game_started.seed == "OOOO155"
    assert recording.posted[-1].event.game_ended.reason == "quit"
    assert recording.games[0].best_score >= 700


@pytest.mark.parametrize("name", FILES)
def test_every_event_of_it_is_valid_on_its_topic(recorded_runs: Path, name: str) -> None:
    recording = _read(recorded_runs, name)
    for topic, batch in recording.batches():
        for event in batch.events:
            check_topic(event, topic)
            validate(event)
    for event in _events(recording):
        if event.HasField("decision_request"):
            assert wire.decidable(event.decision_request.state, event.decision_request.legal)


@pytest.mark.parametrize("name", FILES)
def test_telling_it_twice_gives_the_same_events(recorded_runs: Path, name: str) -> None:
    first, second = _read(recorded_runs, name), _read(recorded_runs, name)
    assert first.posted == second.posted
    assert first.source == second.source


def test_batches_are_numbered_per_topic_without_gaps(recorded_runs: Path) -> None:
    expected: dict[str, int] = {}
    recording = _read(recorded_runs, "one_ante")
    for topic, batch in recording.batches():
        assert batch.first_sequence == expected.get(topic, 0)
        expected[topic] = batch.first_sequence + len(batch.events)
    assert sum(expected.values()) == len(recording.posted)


def test_the_oldest_shape_is_read(recorded_runs: Path) -> None:
    events = _events(_read(recorded_runs, "one_ante"))
    state = events[3].decision_request.state
    assert [card.rank for card in state.hand] == [11, 11, 11, 11, 10, 10, 9, 7]
    assert (state.deck, state.stake, state.hands_left) == ("b_red", 1, 1)
    assert events[4].action_applied.state_sequence == 3
    assert events[4].action_applied.action == Action(
        verb=ActionVerb.ACTION_VERB_PLAY, cards=[0, 1, 2, 3]
    )


def test_the_ante_rises_as_its_boss_falls(recorded_runs: Path) -> None:
    told = [
        (event.decision_request.state.phase, event.decision_request.state.ante)
        for event in _events(_read(recorded_runs, "one_ante"))
        if event.HasField("decision_request")
    ]
    assert told[2] == (Phase.PHASE_ROUND_EVAL, 1)  # after the small blind
    assert told[-3:] == [
        (Phase.PHASE_ROUND_EVAL, 2),
        (Phase.PHASE_SHOP, 2),
        (Phase.PHASE_BLIND_SELECT, 2),
    ]


def test_the_shop_and_its_reroll_are_read(recorded_runs: Path) -> None:
    events = _events(_read(recorded_runs, "shop_reroll"))
    before, reroll, after = events[7:10]
    assert before.decision_request.state.money == 10
    assert [i.key for i in before.decision_request.state.shop_cards] == ["j_burglar", "c_jupiter"]
    assert reroll.action_applied.action.verb == ActionVerb.ACTION_VERB_REROLL
    assert [i.key for i in after.decision_request.state.shop_cards] == [
        "j_juggler",
        "j_hanging_chad",
    ]
    assert after.decision_request.state.reroll_cost == 6


def _line(name: str, state: int, **arguments: object) -> bytes:
    game = {"dollars": 4, "round": 1, "current_round": {"hands_left": 4, "discards_left": 4}}
    hand = [{"base": {"suit": "Hearts", "value": str(rank)}, "sort_id": rank} for rank in (7, 8)]
    tables = {"state": state, "game": game, "hand": {"cards": hand}, "jokers": []}
    return orjson.dumps({"function": {"name": name, "arguments": arguments}, "game_state": tables})


def _lines(*lines: bytes) -> Recording:
    return read_recording(b"\n".join(lines))


def test_several_runs_in_one_file_are_several_games() -> None:
    recording = _lines(
        _line("start_run", 11, seed="A"),
        _line("skip_or_select_blind", 7, action="select"),
        _line("start_run", 1, seed="B"),
        _line("skip_or_select_blind", 7, action="select"),
    )
    assert [game.posted[0].event.game_started.seed for game in recording.games] == ["A", "B"]
    assert [game.posted[-1].event.game_ended.reason for game in recording.games] == [
        "quit",
        "recording ends",
    ]
    assert len({game.game_id for game in recording.games}) == 2


def test_a_game_over_ends_the_game_and_its_left_over_hand_is_not_told() -> None:
    recording = _lines(_line("start_run", 11), _line("cash_out", 4), _line("cash_out", 4))
    events = _events(recording)
    assert events[1].state_observed.state.phase == Phase.PHASE_GAME_OVER
    assert not events[1].state_observed.state.hand
    assert events[2].game_ended.reason == "lost"
    assert len(events) == 3


def test_calls_that_nobody_knows_are_listed_and_their_states_kept() -> None:
    recording = _lines(_line("start_run", 11), _line("dance", 1), b"{", b"[]", b'{"x":1}')
    assert recording.decisions == 1
    assert [(each.line, each.reason) for each in recording.left_out] == [
        (2, "unknown_function"),
        (3, "not_json"),
        (4, "unknown_shape"),
        (5, "unknown_shape"),
    ]


def test_an_action_that_its_state_did_not_allow_is_listed() -> None:
    recording = _lines(
        _line("start_run", 11),
        _line("play_hand_or_discard", 1, action="play_hand", cards=[0, 5]),
    )
    assert [each.reason for each in recording.left_out] == ["illegal_action"]


@pytest.mark.parametrize("time", [10**15, "soon", 1.5], ids=str)
def test_a_line_with_an_impossible_time_is_listed(time: object) -> None:
    line = {**orjson.loads(_line("cash_out", 8)), "timestamp_ms": time}
    recording = _lines(_line("start_run", 11), orjson.dumps(line))
    assert [each.line for each in recording.left_out] == [2]


def test_a_file_of_another_kind_is_refused() -> None:
    for data in (b"", b"hello\n", b'{"x":1}\n'):
        with pytest.raises(Rejected, match="unknown_shape"):
            read_recording(data)


def test_game_states_of_balatrobot_line_by_line_are_told(snapshot: Snapshot) -> None:
    states = [
        snapshot(state="MENU"),
        snapshot(state="BLIND_SELECT", round_num=0),
        snapshot(),
        snapshot(),  # polled twice
        snapshot(state="GAME_OVER"),
        snapshot(state="GAME_OVER"),
        snapshot(seed="NEXT"),
        snapshot(state="MENU"),
    ]
    recording = _lines(*map(orjson.dumps, states))
    assert [len(game.posted) for game in recording.games] == [5, 3]
    reasons = [game.posted[-1].event.game_ended.reason for game in recording.games]
    assert reasons == ["lost", "quit"]
    assert recording.decisions == 3


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ([0, 1, 2], []),
        ([1, 0, 2], [(0, 1)]),
        ([1, 2, 0], [(0, 2)]),
        ([2, 0, 1], [(2, 0)]),
        ([2, 1, 0], [(2, 0), (2, 1)]),
    ],
    ids=str,
)
def test_a_new_order_becomes_moves(order: list[int], expected: list[tuple[int, int]]) -> None:
    assert moves(order) == expected
    row = list(range(len(order)))
    for slot, to in moves(order):
        row.insert(to, row.pop(slot))
    assert row == order


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("rearrange_hand", {"cards": [0, 0]}),
        ("shop", {"action": "rob"}),
        ("play_hand_or_discard", {"action": "play_hand", "cards": ["a"]}),
        ("play_hand_or_discard", {"action": "discard", "cards": [2**31]}),
        ("sing", {}),
    ],
    ids=range(5),
)
def test_calls_that_make_no_sense_are_refused(name: str, arguments: dict[str, Any]) -> None:
    with pytest.raises(Rejected):
        actions_of(name, Given(arguments, "here"))
