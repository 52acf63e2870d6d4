"""Games of the engine come out as the project's events, numbered and repeatable."""

from collections.abc import Sequence

import numpy as np
import pytest

from jimbot_stream.balatro import producer, wire
from jimbot_stream.balatro.actions import Verb, pack
from jimbot_stream.balatro.engine import IllegalActionError, new_run
from jimbot_stream.balatro.producer import Game, Ledger
from jimbot_stream.contracts import Action, ActionVerb, Event, GameState, LegalAction, Phase

GAME = Game("game-1", "ALEEB", win_ante=1, run_seed=7)


def first_legal(state: GameState, legal: Sequence[LegalAction]) -> Action:
    """Plays or does whatever comes first."""
    family = legal[0]
    cards = list(family.selectable_cards)[: max(family.min_cards, 1)] if family.max_cards else []
    return Action(verb=family.verb, cards=cards, slot=next(iter(family.slots), 0))


@pytest.fixture(scope="module")
def events() -> list[Event]:
    return list(producer.play(GAME, first_legal))


def kinds(events: list[Event]) -> list[str]:
    return [str(event.WhichOneof("payload")) for event in events]


def done(events: list[Event]) -> list[int]:
    return [
        wire.canonical(event.action_applied.action)
        for event in events
        if event.HasField("action_applied")
    ]


def test_a_game_is_told_from_its_beginning_to_its_end(events: list[Event]) -> None:
    names = kinds(events)
    turns = (len(names) - 3) // 2
    assert names == [
        "game_started",
        *["state_observed", "action_applied"] * turns,
        "state_observed",
        "game_ended",
    ]
    started = events[0].game_started
    assert (started.seed, started.deck, started.stake) == ("ALEEB", "b_red", 1)
    assert (started.origin, started.run_seed, started.win_ante) == ("simulator", 7, 1)
    assert events[-2].state_observed.state.phase == Phase.PHASE_GAME_OVER
    assert events[-1].game_ended.reason == "lost"
    assert events[-1].game_ended.best_score > 0


def test_events_are_numbered_and_bear_ids_of_their_own(events: list[Event]) -> None:
    assert [event.sequence for event in events] == list(range(len(events)))
    assert len({event.event_id for event in events}) == len(events)
    assert {event.game_id for event in events} == {"game-1"}


def test_an_action_names_the_state_in_which_it_was_done(events: list[Event]) -> None:
    for event in events:
        if event.HasField("action_applied"):
            assert event.action_applied.state_sequence == event.sequence - 1


def test_the_same_actions_tell_the_same_events(events: list[Event]) -> None:
    assert list(producer.tell(GAME, done(events))) == events


def test_a_game_that_stops_before_its_end_was_quit() -> None:
    told = list(producer.tell(GAME, [pack(Verb.SELECT_BLIND)]))
    assert told[-1].game_ended.reason == "quit"
    assert told[2].action_applied.action.verb == ActionVerb.ACTION_VERB_SELECT_BLIND


def test_what_the_rules_refuse_is_not_told() -> None:
    with pytest.raises(IllegalActionError):
        list(producer.tell(GAME, [pack(Verb.CASH_OUT)]))


def test_what_is_done_after_the_end_is_refused(events: list[Event]) -> None:
    with pytest.raises(IllegalActionError, match="GAME_OVER: not in this phase"):
        list(producer.tell(GAME, [*done(events), pack(Verb.SELECT_BLIND)]))


def test_a_ledger_tells_a_batch_game_by_game() -> None:
    games = [Game(f"game-{number}", seed) for number, seed in enumerate(("ALEEB", "OOOO155"))]
    ledger = Ledger(2)
    for slot, game in enumerate(games):
        ledger.begin(slot, game)
    ledger.add(np.full(2, pack(Verb.SELECT_BLIND)))
    ledger.add(np.array([pack(Verb.PLAY, (0,)), pack(Verb.DISCARD, (1,))]))
    ledger.add(np.array([pack(Verb.PLAY, (2,))]), slots=np.array([1]))
    assert ledger.actions(1) == [
        pack(Verb.SELECT_BLIND),
        pack(Verb.DISCARD, (1,)),
        pack(Verb.PLAY, (2,)),
    ]
    run = new_run("OOOO155")
    for action in ledger.actions(1):
        run.step(action)
    last = list(ledger.events(1))[-2].state_observed.state
    assert last == wire.state_message(run)
    assert [len(column) for column in ledger.columns()] == [5, 5]


def test_a_slot_takes_one_game_after_another() -> None:
    ledger = Ledger(1)
    first = ledger.begin(0, GAME)
    ledger.add(np.array([pack(Verb.SELECT_BLIND)]))
    second = ledger.begin(0, Game("game-2", "OOOO155"))
    ledger.add(np.array([pack(Verb.SKIP_BLIND)]))
    assert ledger.actions(first) == [pack(Verb.SELECT_BLIND)]
    assert ledger.actions(second) == [pack(Verb.SKIP_BLIND)]


def test_a_ledger_refuses_what_has_no_game_or_does_not_fit() -> None:
    ledger = Ledger(2)
    assert [len(column) for column in ledger.columns()] == [0, 0]
    with pytest.raises(ValueError, match="no game was begun"):
        ledger.add(np.array([1, 2]))
    with pytest.raises(ValueError, match="3 actions for 2 slots"):
        ledger.add(np.array([1, 2, 3]))
