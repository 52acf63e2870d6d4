"""One event, by itself: is its envelope complete, and can its payload be?"""

import re
from collections.abc import Callable, Mapping

from jimbot_stream.contracts import (
    ActionApplied,
    DecisionMode,
    DecisionRequest,
    Event,
    EventType,
    GameEnded,
    GameStarted,
    StateObserved,
)
from jimbot_stream.streams import topics
from jimbot_stream.streams.intake.rejection import Rejected
from jimbot_stream.streams.intake.scores import check_score
from jimbot_stream.streams.intake.state import check_action, check_counts, check_legal, check_state

SCHEMA_VERSION = 1
"""Newest schema of the payloads that games send."""

PAYLOADS: Mapping[int, str] = {
    EventType.EVENT_TYPE_GAME_STARTED: "game_started",
    EventType.EVENT_TYPE_STATE_OBSERVED: "state_observed",
    EventType.EVENT_TYPE_ACTION_APPLIED: "action_applied",
    EventType.EVENT_TYPE_GAME_ENDED: "game_ended",
    EventType.EVENT_TYPE_DECISION_REQUEST: "decision_request",
}
"""What games send: type to the payload that must be set."""

BY_TOPIC: Mapping[str, frozenset[int]] = {
    topics.GAME_STATE.name: frozenset(
        {EventType.EVENT_TYPE_STATE_OBSERVED, EventType.EVENT_TYPE_ACTION_APPLIED}
    ),
    topics.GAME_LIFECYCLE.name: frozenset(
        {EventType.EVENT_TYPE_GAME_STARTED, EventType.EVENT_TYPE_GAME_ENDED}
    ),
    topics.DECISION_REQUEST.name: frozenset({EventType.EVENT_TYPE_DECISION_REQUEST}),
}
"""Which types belong on which topic (without the prefix of the settings)."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,127}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_SECONDS = (-62_135_596_800, 253_402_300_799)  # the years 1 to 9999


def validate(event: Event) -> None:
    """Check an event that a game sent; a state in it loses, in place, what must stay hidden.

    Raises:
        Rejected: it cannot be used; the field is a path within the event.
    """
    check_envelope(event)
    kind = PAYLOADS[event.type]
    _CHECKS[kind](getattr(event, kind))


def check_topic(event: Event, topic: str) -> None:
    """Check that the event's type belongs on the topic, given without prefix.

    Whoever does not number its events may send all of them by any one topic of games: a
    foreign state comes with the beginning of its game, and perhaps with the end.

    Raises:
        Rejected: it does not.
    """
    allowed = BY_TOPIC.get(topic, frozenset())
    if allowed and event.sequence == -1:
        return
    if event.type not in allowed:
        wanted = ", ".join(EventType.Name(kind) for kind in sorted(allowed)) or "nothing of games"
        raise Rejected("wrong_topic", "type", f"{topic} takes {wanted}")


def check_envelope(event: Event) -> None:
    """Check everything around the payload.

    Raises:
        Rejected: something is missing, unknown or contradictory.
    """
    _check_type(event)
    if event.schema_version != SCHEMA_VERSION:
        detail = f"this release reads schema {SCHEMA_VERSION}, not {event.schema_version}"
        raise Rejected("unknown_schema", "schema_version", detail)
    check_name(event.game_id, "game_id")
    check_name(event.source, "source")
    if event.event_id:  # whoever has none is told apart by its place on the bus
        check_name(event.event_id, "event_id")
    _check_sequence(event)
    _check_timestamp(event)


def check_name(name: str, field: str) -> None:
    """Check an id that becomes part of a stream's name or a key.

    Raises:
        Rejected: it is empty or holds characters that must not be there.
    """
    if not name:
        raise Rejected("missing_field", field, "must not be empty")
    if not _NAME.fullmatch(name):
        raise Rejected("bad_name", field, "letters, digits and . _ : - only, at most 128 of them")


def _check_type(event: Event) -> None:
    kind = PAYLOADS.get(event.type)
    if kind is None:
        known = event.type in EventType.values()
        name = EventType.Name(event.type) if known else str(event.type)
        raise Rejected("unknown_type", "type", f"{name} is not an event that games send")
    given = event.WhichOneof("payload")
    if given is None:
        raise Rejected("missing_field", kind, "the payload is not set")
    if given != kind:
        name = EventType.Name(event.type)
        raise Rejected("payload_mismatch", given, f"type {name} belongs to payload {kind}")


def _check_sequence(event: Event) -> None:
    started = event.type == EventType.EVENT_TYPE_GAME_STARTED
    number = event.sequence
    if number != -1 and (number != 0 if started else number < 1):
        wanted = "0" if started else "at least 1"
        raise Rejected("bad_sequence", "sequence", f"expected {wanted} (or -1), got {number}")


def _check_timestamp(event: Event) -> None:
    seconds, nanos = event.timestamp.seconds, event.timestamp.nanos
    if not (_SECONDS[0] <= seconds <= _SECONDS[1] and 0 <= nanos < 1_000_000_000):
        raise Rejected("bad_timestamp", "timestamp", f"{seconds} s and {nanos} ns is no time")


def _check_game_started(payload: GameStarted) -> None:
    check_counts(payload, ("stake", "win_ante"), "payload.")


def _check_state_observed(payload: StateObserved) -> None:
    if not payload.HasField("state"):
        raise Rejected("missing_field", "payload.state", "there is no state in it")
    check_state(payload.state, "payload.state")


def _check_action_applied(payload: ActionApplied) -> None:
    if payload.state_sequence < -1:
        raise Rejected("bad_sequence", "payload.state_sequence", "must not be below -1")
    if not payload.HasField("action"):
        raise Rejected("missing_field", "payload.action", "there is no action in it")
    check_action(payload.action, "payload.action")


def _check_game_ended(payload: GameEnded) -> None:
    check_counts(payload, ("round",), "payload.")
    check_score(payload.best_score, "", "payload.best_score")


def _check_decision_request(payload: DecisionRequest) -> None:
    check_name(payload.request_id, "payload.request_id")
    if not payload.HasField("state"):
        raise Rejected("missing_field", "payload.state", "there is no state in it")
    check_counts(payload, ("time_limit_ms", "decision_number"), "payload.")
    if payload.checkpoint and not _SHA256.fullmatch(payload.checkpoint):
        raise Rejected("bad_name", "payload.checkpoint", "expected a sha256 in hex, or nothing")
    if payload.mode not in DecisionMode.values():
        raise Rejected("out_of_range", "payload.mode", f"{payload.mode} is no DecisionMode")
    check_state(payload.state, "payload.state")
    check_legal(payload.state, payload.legal, "payload.legal")


_CHECKS: Mapping[str, Callable[..., None]] = {
    "game_started": _check_game_started,
    "state_observed": _check_state_observed,
    "action_applied": _check_action_applied,
    "game_ended": _check_game_ended,
    "decision_request": _check_decision_request,
}
