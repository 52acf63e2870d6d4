import time
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jimbot_stream.contracts import Event
from jimbot_stream.streams import waiting as waiting_rules
from jimbot_stream.streams.applying import Applier, Outcome
from jimbot_stream.streams.game import Arrival, Game
from jimbot_stream.streams.waiting import Waiting, WaitingRows


def apply(
    items: list[Arrival | int], decider: Any, waiting: Waiting | None = None, now: float = 0.0
) -> tuple[Game, Outcome]:
    game = Game("g1")
    return game, Applier(game, waiting or Waiting(), decider.decide).apply(items, now)


def stored(waiting: Waiting, table: dict[bytes, bytes] | None = None) -> Waiting:
    """What a restarted worker reads from the table."""
    table = {} if table is None else table
    WaitingRows().save(table, "g1", waiting)
    return WaitingRows().load(table, "g1", 0.0)


def types_of(game: Game) -> list[str]:
    return [entry.type for group in game.unsaved for entry in group]


def test_a_request_logs_its_state_and_the_decision_together(script: Any, decider: Any) -> None:
    game, outcome = apply(script.arrivals([0, 1]), decider)
    assert types_of(game) == ["GameStarted", "StateObserved", "DecisionMade"]
    assert len(game.unsaved[1]) == 2
    (_, reply), *_ = outcome.replies
    assert (reply.request_id, reply.decision) == ("g1:0", "2@game-g1")


def test_a_request_asked_again_gets_the_recorded_answer(script: Any, decider: Any) -> None:
    game, outcome = apply(script.arrivals([0, 1, 1]), decider)
    (_, first), (_, second) = outcome.replies
    assert first == second
    assert (decider.asked, outcome.repeated) == (1, 1)
    assert len(types_of(game)) == 3


def test_another_request_for_a_logged_state_does_not_log_the_state_again(
    script: Any, decider: Any
) -> None:
    again = Event()
    again.CopyFrom(script.events[1])
    again.decision_request.request_id = "another"
    items = script.arrivals([0, 1])
    game, outcome = apply([*items, Arrival(again, items[0].place, 5, "p", 0.0)], decider)
    assert types_of(game) == ["GameStarted", "StateObserved", "DecisionMade", "DecisionMade"]
    assert len(outcome.replies) == 2


def test_an_event_that_is_ahead_waits_for_its_predecessors(script: Any, decider: Any) -> None:
    waiting = Waiting()
    game, outcome = apply(script.arrivals([0, 2, 3]), decider, waiting)
    assert (types_of(game), outcome.kept, game.next) == (["GameStarted"], 2, 1)
    Applier(game, waiting, decider.decide).apply(script.arrivals([1]), 0.0)
    assert game.next == 4
    assert waiting.events == {}


def test_what_waits_survives_as_a_row(script: Any, decider: Any) -> None:
    waiting = Waiting()
    game, _ = apply(script.arrivals([0, 2]), decider, waiting)
    again = stored(waiting)
    Applier(game, again, decider.decide).apply(script.arrivals([1]), 0.0)
    assert game.next == 3


def test_a_number_taken_by_another_event_is_rejected(script: Any, decider: Any) -> None:
    other = Event()
    other.CopyFrom(script.events[0])
    other.game_started.seed = "OTHER"
    items = script.arrivals([0])
    _, outcome = apply([*items, Arrival(other, items[0].place, 1, "p", 0.0)], decider)
    assert [reason.reason for _, reason in outcome.rejected] == ["sequence_conflict"]


def test_a_state_that_goes_backwards_is_rejected_and_the_game_goes_on(
    script: Any, decider: Any
) -> None:
    script.events[3].decision_request.state.round = -1
    game, outcome = apply(script.arrivals(), decider)
    assert [reason.reason for _, reason in outcome.rejected] == ["state_backwards"]
    assert game.episode.ended


def test_a_number_rejected_before_is_skipped_even_after_a_restart(
    script: Any, decider: Any
) -> None:
    waiting = Waiting()
    game, _ = apply([*script.arrivals([0, 1]), 2], decider, waiting)
    reread = Game("g1")
    reread.tip = reread.next = 2  # as the log alone would tell
    reread.episode = game.episode
    again = stored(waiting)
    Applier(reread, again, decider.decide).apply(script.arrivals([3]), 0.0)
    assert reread.next == 4


def test_an_event_after_the_end_is_rejected(script: Any, decider: Any) -> None:
    late = Event()
    late.CopyFrom(script.events[-2])
    late.sequence = len(script.events)
    items = script.arrivals()
    _, outcome = apply([*items, Arrival(late, items[0].place, 1, "p", 0.0)], decider)
    assert [reason.reason for _, reason in outcome.rejected] == ["after_end"]


def test_events_without_numbers_take_the_next_one_and_are_taken_once(
    script: Any, decider: Any
) -> None:
    for number, event in enumerate(script.events):
        event.sequence = -1
        event.event_id = f"e{number}"
    order = [n for n in range(len(script.events)) for _ in range(2)]
    game, outcome = apply(script.arrivals(order), decider)
    assert (game.next, outcome.rejected) == (len(script.events), [])
    assert len(game.unsaved) == len(script.events)


def test_too_many_that_wait_are_rejected(
    script: Any, decider: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting_rules, "MAX_WAITING", 2)
    _, outcome = apply(script.arrivals([2, 3, 4]), decider)
    assert [reason.reason for _, reason in outcome.rejected] == ["sequence_gap"]


def test_what_waited_too_long_is_rejected(script: Any, decider: Any) -> None:
    late = time.monotonic() + waiting_rules.PATIENCE_S + 1
    _, outcome = apply(script.arrivals([2]), decider, now=late)
    assert [reason.reason for _, reason in outcome.rejected] == ["sequence_gap"]


def test_what_waits_for_a_game_that_goes_on_is_not_given_up(script: Any, decider: Any) -> None:
    last = len(script.events) - 1
    game, waiting = Game("g1"), Waiting()
    Applier(game, waiting, decider.decide).apply(script.arrivals([0, last]), 0.0)
    late = time.monotonic() + waiting_rules.PATIENCE_S + 1
    for number in range(1, last):  # a long backlog of states, read after the game's end
        late += 1
        outcome = Applier(game, waiting, decider.decide).apply(script.arrivals([number]), late)
        assert outcome.rejected == []
    assert game.episode.ended


def test_no_row_of_what_waits_is_larger_than_one_event(script: Any, decider: Any) -> None:
    waiting, table = Waiting(), dict[bytes, bytes]()
    apply(script.arrivals(range(1, len(script.events))), decider, waiting)
    WaitingRows().save(table, "g1", waiting)
    assert sorted(table) == [f"g1/{number}".encode() for number in range(1, len(script.events))]


def test_an_old_owner_cannot_take_away_what_waits_with_the_new_one(
    script: Any, decider: Any
) -> None:
    changelog: dict[bytes, bytes] = {}
    old, new = Waiting(), Waiting()
    apply(script.arrivals([2]), decider, old)
    apply(script.arrivals([2, 4]), decider, new)
    WaitingRows().save(changelog, "g1", new)
    WaitingRows().save(changelog, "g1", old)  # wakes up, and goes on with what it had in hand
    assert set(WaitingRows().load(changelog, "g1", 0.0).events) == {2, 4}


def test_a_fault_in_deciding_rejects_the_request_alone(script: Any, decider: Any) -> None:
    def fail(*_: object) -> Any:
        raise ZeroDivisionError

    game = Game("g1")
    outcome = Applier(game, Waiting(), fail).apply(script.arrivals(), 0.0)
    assert {reason.reason for _, reason in outcome.rejected} == {"internal_error"}
    assert game.episode.ended


EVENTS = 9  # of a Script of 3 rounds


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.permutations(range(EVENTS)),
    st.lists(st.integers(0, EVENTS - 1), max_size=8),
    st.lists(st.integers(1, 4), max_size=6),
)
def test_any_order_and_repetition_gives_the_same_episode(
    make_script: Callable[[], Any],
    decider: Any,
    order: list[int],
    repeated: list[int],
    cuts: list[int],
) -> None:
    script = make_script()
    straight, _ = apply(script.arrivals(), decider)
    game, waiting, table = Game("g1"), Waiting(), dict[bytes, bytes]()
    items, replies = script.arrivals([*order, *repeated]), []
    for size in [*cuts, len(items)]:  # records of any size, what waits being stored in between
        record, items = items[:size], items[size:]
        outcome = Applier(game, waiting, decider.decide).apply(record, 0.0)
        replies += outcome.replies
        assert outcome.rejected == []
        waiting = stored(waiting, table)
    told = [entry.data for group in game.unsaved for entry in group if entry.type != "DecisionMade"]
    assert told == [
        entry.data for group in straight.unsaved for entry in group if entry.type != "DecisionMade"
    ]
    assert (game.next, game.episode.ended, waiting.events, table) == (EVENTS, True, {}, {})
    assert game.episode.states == straight.episode.states
    assert game.episode.decisions == len({reply.request_id for _, reply in replies}) == 3
