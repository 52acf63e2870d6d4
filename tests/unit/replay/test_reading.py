"""A game reads as a game, not as JSON."""

from uuid import UUID

from google.protobuf.message import Message

from jimbot_stream.balatro import actions, wire
from jimbot_stream.balatro.actions import Verb
from jimbot_stream.balatro.engine import new_run
from jimbot_stream.contracts import (
    Action,
    ActionApplied,
    ActionVerb,
    DecisionMade,
    DecisionSource,
    GameStarted,
    StateObserved,
)
from jimbot_stream.contracts.json_codec import to_json
from jimbot_stream.eventlog import RecordedEvent
from jimbot_stream.replay.reading import summary
from jimbot_stream.replay.showing import one_line

PLAY = Action(verb=ActionVerb.ACTION_VERB_PLAY, cards=[0, 2, 4])


def logged(fact: Message, data: bytes | None = None) -> RecordedEvent:
    text = to_json(fact) if data is None else data
    return RecordedEvent("game-1", 3, 9, UUID(int=1), type(fact).__name__, text, b"{}", 0)


def test_a_state_is_told_as_the_player_sees_it() -> None:
    run = new_run("OOOO155")
    run.step(actions.pack(Verb.SELECT_BLIND))
    told = summary(logged(StateObserved(state=wire.state_message(run)))) or ""
    assert told.startswith("ante 1  round 1  $4  selecting hand | Small Blind  0 / 300")
    assert told.endswith("| hand  J♠ J♥ J♣ J♦ T♥ T♣ 9♣ 7♦")


def test_a_decision_is_told_with_who_decided_and_how_surely() -> None:
    made = DecisionMade(
        action=PLAY,
        decided_by=DecisionSource.DECISION_SOURCE_POLICY,
        checkpoint="0123456789abcdef",
        value=0.5,
    )
    told = summary(logged(made))
    assert told == "play 0 2 4  (policy 0123456789ab, probability 1.000, value +0.50)"


def test_an_action_is_told_by_its_verb_and_cards() -> None:
    assert summary(logged(ActionApplied(action=PLAY))) == "play 0 2 4"
    use = Action(verb=ActionVerb.ACTION_VERB_USE, slot=1, cards=[0, 3])
    assert summary(logged(ActionApplied(action=use))) == "use slot 1 on 0 3"
    move = Action(verb=ActionVerb.ACTION_VERB_REARRANGE_JOKERS, slot=2)
    assert summary(logged(ActionApplied(action=move))) == "rearrange jokers slot 2 to 0"


def test_what_has_no_telling_is_shown_as_it_stands() -> None:
    assert summary(logged(GameStarted())) is None
    broken = logged(StateObserved(), b'{"state": 7}')
    assert summary(broken) is None
    assert one_line(broken).endswith('StateObserved    {"state": 7}')
