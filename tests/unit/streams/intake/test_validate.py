from collections.abc import Callable

import pytest

from jimbot_stream.contracts import (
    Action,
    ActionApplied,
    ActionVerb,
    Card,
    DecisionReply,
    Event,
    EventType,
    GameEnded,
    GameStarted,
    LegalAction,
    Phase,
    Suit,
)
from jimbot_stream.streams.intake.rejection import REASONS, Rejected, reasons
from jimbot_stream.streams.intake.validate import check_topic, validate

PLAY = ActionVerb.ACTION_VERB_PLAY
Change = Callable[[Event], object]


def _set(path: str, value: object) -> Change:
    """A change of one field, by its path in the request."""

    def change(event: Event) -> None:
        *steps, name = path.split(".")
        target: object = event
        for step in steps:
            target = target[int(step)] if step.isdigit() else getattr(target, step)  # type: ignore[index]  # a list of messages
        setattr(target, name, value)

    return change


def _legal(**fields: object) -> Change:
    def change(event: Event) -> None:
        del event.decision_request.legal[:]
        event.decision_request.legal.append(LegalAction(**fields))  # type: ignore[arg-type]  # per case

    return change


STATE = "decision_request.state"
BAD: list[tuple[Change, str, str]] = [
    (_set("type", EventType.EVENT_TYPE_UNSPECIFIED), "unknown_type", "type"),
    (_set("type", EventType.EVENT_TYPE_DECISION_MADE), "unknown_type", "type"),
    (_set("type", 4711), "unknown_type", "type"),
    (_set("type", EventType.EVENT_TYPE_GAME_ENDED), "payload_mismatch", "decision_request"),
    (lambda e: e.ClearField("decision_request"), "missing_field", "decision_request"),
    (_set("schema_version", 2), "unknown_schema", "schema_version"),
    (_set("schema_version", 0), "unknown_schema", "schema_version"),
    (_set("game_id", ""), "missing_field", "game_id"),
    (_set("game_id", "a b"), "bad_name", "game_id"),
    (_set("game_id", "../up"), "bad_name", "game_id"),
    (_set("game_id", "g" * 129), "bad_name", "game_id"),
    (_set("game_id", "spiel-ü"), "bad_name", "game_id"),
    (_set("game_id", "g\n"), "bad_name", "game_id"),
    (_set("source", ""), "missing_field", "source"),
    (_set("event_id", "e" * 129), "bad_name", "event_id"),
    (_set("sequence", 0), "bad_sequence", "sequence"),
    (_set("sequence", -2), "bad_sequence", "sequence"),
    (_set("timestamp.nanos", -1), "bad_timestamp", "timestamp"),
    (_set("timestamp.seconds", 2**60), "bad_timestamp", "timestamp"),
    (_set("decision_request.request_id", ""), "missing_field", "payload.request_id"),
    (_set("decision_request.time_limit_ms", -1), "out_of_range", "payload.time_limit_ms"),
    (_set("decision_request.checkpoint", "ABC"), "bad_name", "payload.checkpoint"),
    (_set("decision_request.mode", 9), "out_of_range", "payload.mode"),
    (lambda e: e.decision_request.ClearField("state"), "missing_field", "payload.state"),
    (_set(f"{STATE}.phase", Phase.PHASE_UNSPECIFIED), "missing_field", "payload.state.phase"),
    (_set(f"{STATE}.phase", 77), "missing_field", "payload.state.phase"),
    (_set(f"{STATE}.phase", Phase.PHASE_TRANSITION), "bad_legal", "payload.state.phase"),
    (_set(f"{STATE}.hands_left", -1), "out_of_range", "payload.state.hands_left"),
    (_set(f"{STATE}.stake", 9), "out_of_range", "payload.state.stake"),
    (_set(f"{STATE}.chips", float("nan")), "bad_score", "payload.state.chips"),
    (_set(f"{STATE}.chips", float("inf")), "bad_score", "payload.state.chips"),
    (_set(f"{STATE}.chips", -1.0), "bad_score", "payload.state.chips"),
    (_set(f"{STATE}.chips_exact", "1" + "0" * 400), "bad_score", "payload.state.chips_exact"),
    (_set(f"{STATE}.chips_exact", "9" * 309), "bad_score", "payload.state.chips_exact"),
    (_set(f"{STATE}.chips_exact", "12.5"), "bad_score", "payload.state.chips_exact"),
    (_set(f"{STATE}.chips_exact", "7"), "bad_score", "payload.state.chips_exact"),
    (_set(f"{STATE}.chips_exact", str(2**60)), "bad_score", "payload.state.chips_exact"),
    (
        _set(f"{STATE}.blind.chips_required", float("nan")),
        "bad_score",
        "payload.state.blind.chips_required",
    ),
    (_set(f"{STATE}.hand.2.rank", 15), "out_of_range", "payload.state.hand[2].rank"),
    (_set(f"{STATE}.hand.2.suit", 5), "out_of_range", "payload.state.hand[2].suit"),
    (_set(f"{STATE}.hand.2.id", -4), "out_of_range", "payload.state.hand[2].id"),
    (_set(f"{STATE}.hand.2.id", 1), "bad_cards", "payload.state.hand[2].id"),
    (_set(f"{STATE}.draw_pile.0.id", 1), "bad_cards", "payload.state.draw_pile[0].id"),
    (_legal(), "bad_legal", "payload.legal[0].verb"),
    (_legal(verb=ActionVerb.ACTION_VERB_CASH_OUT), "bad_legal", "payload.legal[0].verb"),
    (_legal(verb=PLAY), "bad_legal", "payload.legal[0].max_cards"),
    (
        _legal(verb=PLAY, min_cards=1, max_cards=1, selectable_cards=[8]),
        "bad_cards",
        "payload.legal[0].selectable_cards",
    ),
    (
        _legal(verb=PLAY, min_cards=1, max_cards=1, selectable_cards=[2, 1]),
        "bad_cards",
        "payload.legal[0].selectable_cards[1]",
    ),
    (
        _legal(verb=PLAY, min_cards=3, max_cards=2, selectable_cards=[0, 1, 2]),
        "bad_legal",
        "payload.legal[0].max_cards",
    ),
    (
        _legal(verb=PLAY, min_cards=1, max_cards=6, selectable_cards=range(8)),
        "bad_legal",
        "payload.legal[0].max_cards",
    ),
    (
        _legal(verb=PLAY, min_cards=1, max_cards=1, selectable_cards=[1], forced_cards=[0]),
        "bad_legal",
        "payload.legal[0].forced_cards",
    ),
    (
        _legal(verb=ActionVerb.ACTION_VERB_SELL_JOKER, slots=[1]),
        "bad_cards",
        "payload.legal[0].slots",
    ),
    (_legal(verb=ActionVerb.ACTION_VERB_SELL_JOKER), "bad_legal", "payload.legal[0].slots"),
    (
        _legal(verb=PLAY, min_cards=1, max_cards=1, selectable_cards=[1], slots=[0]),
        "bad_legal",
        "payload.legal[0].slots",
    ),
]


def test_a_request_in_order_passes(request_event: Event) -> None:
    validate(request_event)


@pytest.mark.parametrize(
    ("change", "reason", "field"),
    BAD,
    ids=[f"{number}-{reason}-{field}" for number, (_, reason, field) in enumerate(BAD)],
)
def test_whatever_is_wrong_is_refused_by_name(
    request_event: Event, change: Change, reason: str, field: str
) -> None:
    change(request_event)
    with pytest.raises(Rejected) as caught:
        validate(request_event)
    assert (caught.value.reason, caught.value.field) == (reason, field)
    assert caught.value.detail


def test_playing_without_hands_left_is_not_legal(request_event: Event) -> None:
    request_event.decision_request.state.hands_left = 0
    with pytest.raises(Rejected) as caught:
        validate(request_event)
    assert caught.value.reason == "bad_legal"


def test_one_verb_may_be_listed_once(request_event: Event) -> None:
    request_event.decision_request.legal.append(request_event.decision_request.legal[0])
    with pytest.raises(Rejected) as caught:
        validate(request_event)
    assert caught.value.field == "payload.legal[1].verb"


def test_a_score_past_what_a_double_counts_exactly_passes_with_its_exact_form(
    request_event: Event,
) -> None:
    state = request_event.decision_request.state
    state.chips, state.chips_exact = float(10**300), str(10**300)
    validate(request_event)


def test_what_is_hidden_is_taken_out_rather_than_refused(request_event: Event) -> None:
    state = request_event.decision_request.state
    pile = list(state.draw_pile)
    del state.draw_pile[:]
    state.draw_pile.extend(reversed(pile))
    state.hand[0].face_down = True
    validate(request_event)
    assert state.hand[0] == Card(face_down=True)
    assert [card.id for card in state.draw_pile] == [1, *range(9, 20)]


def _event(kind: EventType, sequence: int) -> Event:
    return Event(type=kind, source="s", schema_version=1, game_id="g", sequence=sequence)


def test_a_game_starts_at_number_0_or_at_none() -> None:
    for sequence, fine in ((0, True), (-1, True), (1, False)):
        event = _event(EventType.EVENT_TYPE_GAME_STARTED, sequence)
        event.game_started.CopyFrom(GameStarted(seed="S"))
        if fine:
            validate(event)
        else:
            with pytest.raises(Rejected, match="bad_sequence"):
                validate(event)


@pytest.mark.parametrize(
    ("action", "field"),
    [
        (Action(), "payload.action.verb"),
        (Action(verb=PLAY), "payload.action.cards"),
        (Action(verb=PLAY, cards=range(6)), "payload.action.cards"),
        (Action(verb=PLAY, cards=[1, 0]), "payload.action.cards[1]"),
        (Action(verb=PLAY, cards=[1, 1]), "payload.action.cards[1]"),
        (Action(verb=PLAY, cards=[-1]), "payload.action.cards[0]"),
        (Action(verb=PLAY, cards=[0], slot=1), "payload.action.slot"),
        (Action(verb=ActionVerb.ACTION_VERB_REROLL, cards=[0]), "payload.action.cards"),
        (Action(verb=ActionVerb.ACTION_VERB_SELL_JOKER, target=1), "payload.action.target"),
        (Action(verb=ActionVerb.ACTION_VERB_SELL_JOKER, slot=-1), "payload.action.slot"),
    ],
    ids=range(10),
)
def test_an_action_that_no_state_allows_is_refused(action: Action, field: str) -> None:
    event = _event(EventType.EVENT_TYPE_ACTION_APPLIED, 2)
    event.action_applied.CopyFrom(ActionApplied(state_sequence=1, action=action))
    with pytest.raises(Rejected) as caught:
        validate(event)
    assert caught.value.field == field


def test_a_best_score_that_is_no_number_is_refused() -> None:
    event = _event(EventType.EVENT_TYPE_GAME_ENDED, 9)
    event.game_ended.CopyFrom(GameEnded(best_score=float("nan")))
    with pytest.raises(Rejected, match="bad_score"):
        validate(event)


def test_what_only_workers_send_is_not_taken_from_games() -> None:
    event = _event(EventType.EVENT_TYPE_DECISION_REPLY, 1)
    event.decision_reply.CopyFrom(DecisionReply(request_id="r"))
    with pytest.raises(Rejected, match="unknown_type"):
        validate(event)


def test_numbered_events_belong_on_their_topic(request_event: Event) -> None:
    check_topic(request_event, "learning.decision.request")
    for topic in ("game.state", "learning.episode"):
        with pytest.raises(Rejected, match="wrong_topic"):
            check_topic(request_event, topic)


def test_events_without_a_number_may_share_a_topic_of_games(request_event: Event) -> None:
    request_event.sequence = -1
    check_topic(request_event, "game.state")
    with pytest.raises(Rejected, match="wrong_topic"):
        check_topic(request_event, "learning.training")


def test_every_reason_is_explained_and_every_explanation_is_a_reason() -> None:
    assert set(REASONS) == set(reasons())
    assert all(text.endswith(".") for text in REASONS.values())


def test_suits_are_those_of_the_contract() -> None:
    assert max(Suit.values()) == 4
