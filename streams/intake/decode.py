"""From the bytes of a record, in any accepted format, to an EventBatch.

Formats are told apart by shape: a protobuf EventBatch; the same as JSON, or one Event;
an event or a batch of BalatroMCP; a game state of BalatroBot, a list of them, or the
JSON-RPC answer around one. Headers of foreign records: ``jimbot-source`` (else the key)
and ``jimbot-game`` (else derived from source and seed).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

import orjson
from google.protobuf.message import DecodeError

from jimbot_stream.contracts import Event, EventBatch, Phase
from jimbot_stream.contracts.batch import is_json
from jimbot_stream.contracts.json_codec import M, ShapeError, from_dict
from jimbot_stream.streams import topics
from jimbot_stream.streams.intake import balatrobot, balatromcp
from jimbot_stream.streams.intake.foreign import LAST_MS, UNNUMBERED, Origin, Sight, batch_of
from jimbot_stream.streams.intake.loose import Given
from jimbot_stream.streams.intake.rejection import Rejected
from jimbot_stream.streams.intake.validate import check_name

MAX_RECORD_BYTES = 512 * 1024
"""Longer records are refused: with its reason, one must still fit into a dead letter."""
MAX_EVENTS = 1024
"""More events than this in one record are refused."""

SOURCE_HEADER = "jimbot-source"
GAME_HEADER = "jimbot-game"

Headers = Mapping[str, bytes] | Iterable[tuple[str, bytes]]
Form = Literal["protobuf", "json", "balatromcp", "balatrobot"]


@dataclass(frozen=True, slots=True)
class Decoded:
    """What a record held."""

    batch: EventBatch
    """Not numbered (first_sequence -1) and perhaps without events when it is foreign."""
    form: Form
    left_out: tuple[str, ...] = ()
    """Per part that is known and not needed, such as ``balatromcp:heartbeat``."""


def decode(
    value: bytes | None,
    key: bytes | None = None,
    headers: Headers | None = None,
    *,
    topic: str = "",
    timestamp_ms: int = 0,
) -> EventBatch:
    """As decode_record, without telling the format and what was left out."""
    return decode_record(value, key, headers, topic=topic, timestamp_ms=timestamp_ms).batch


def decode_record(
    value: bytes | None,
    key: bytes | None = None,
    headers: Headers | None = None,
    *,
    topic: str = "",
    timestamp_ms: int = 0,
) -> Decoded:
    """Read a record of any accepted format; its events are yet to be validated.

    Args:
        value: the record's value.
        key: the record's key, the source of foreign formats.
        headers: the record's headers.
        topic: its topic without prefix; on ``learning.decision.request``, a foreign state
            is a request for a decision.
        timestamp_ms: the record's timestamp, the time of foreign events.

    Raises:
        Rejected: the record as a whole cannot be used.
    """
    if value is None or not value:
        raise Rejected("missing_field", "", "the record has no value")
    if len(value) > MAX_RECORD_BYTES:
        raise Rejected("oversize", "", f"{len(value)} bytes, at most {MAX_RECORD_BYTES} are read")
    if not is_json(value):
        return Decoded(_numbered(_protobuf(value)), "protobuf")
    content = balatrobot.unwrap(_json(value))
    if balatromcp.is_batch(content):
        return _balatromcp(content, _origin("balatromcp", key, headers, topic, timestamp_ms))
    if isinstance(content, dict) and _is_ours(content):
        return Decoded(_ours(content), "json")
    if balatromcp.is_event(content):
        return _balatromcp(content, _origin("balatromcp", key, headers, topic, timestamp_ms))
    snapshots = content if isinstance(content, list) else [content]
    if snapshots and all(map(balatrobot.is_state, map(balatrobot.unwrap, snapshots))):
        return _balatrobot(snapshots, _origin("balatrobot", key, headers, topic, timestamp_ms))
    raise Rejected("unknown_shape", "", "JSON of no accepted format")


def _protobuf(value: bytes) -> EventBatch:
    try:
        return EventBatch.FromString(value)
    except DecodeError as error:
        raise Rejected("not_protobuf", "", f"no EventBatch: {error}") from None


def _json(value: bytes) -> object:
    try:
        content: object = orjson.loads(value)
    except orjson.JSONDecodeError as error:
        raise Rejected("not_json", "", str(error)) from None
    return content


def _is_ours(content: Mapping[str, object]) -> bool:
    kind = content.get("type")
    return "events" in content or (isinstance(kind, str) and kind.startswith("EVENT_TYPE_"))


def _ours(content: Mapping[str, object]) -> EventBatch:
    if "events" in content:
        return _numbered(_message(EventBatch, content))
    event = _message(Event, content)
    batch = EventBatch(source=event.source, first_sequence=UNNUMBERED, events=[event])
    return _numbered(batch)


def _message(cls: type[M], content: object) -> M:
    try:
        return from_dict(cls, content)
    except ShapeError as error:
        is_type = error.path == "type" or error.path.endswith("].type")
        reason: Literal["unknown_type", "wrong_type"] = "unknown_type" if is_type else "wrong_type"
        raise Rejected(reason, error.path, error.detail) from None


def _numbered(batch: EventBatch) -> EventBatch:
    check_name(batch.source, "source")
    if not batch.events:
        raise Rejected("missing_field", "events", "there is no event in the batch")
    _check_size(batch)
    if batch.epoch < 0 or batch.first_sequence < UNNUMBERED:
        raise Rejected("bad_sequence", "first_sequence", "epoch and numbers start at 0")
    for event in batch.events:
        event.source = event.source or batch.source
    return batch


def _check_size(batch: EventBatch) -> None:
    if len(batch.events) > MAX_EVENTS:
        detail = f"{len(batch.events)} events, at most {MAX_EVENTS} are read"
        raise Rejected("oversize", "events", detail)


def _origin(
    program: str, key: bytes | None, headers: Headers | None, topic: str, timestamp_ms: int
) -> Origin:
    pairs = headers.items() if isinstance(headers, Mapping) else headers or ()
    given = dict(pairs)
    source = _text(given.get(SOURCE_HEADER) or key, "source")
    check_name(source, "source")
    game = _text(given.get(GAME_HEADER), "game_id")
    if game:
        check_name(game, "game_id")
    asks = topic == topics.DECISION_REQUEST.name
    time_ms = timestamp_ms if 0 <= timestamp_ms <= LAST_MS else 0
    return Origin(source, program, game, time_ms * 1_000_000, asks)


def _text(value: bytes | str | None, field: str) -> str:
    if isinstance(value, str) or value is None:
        return value or ""
    try:
        return value.decode()
    except UnicodeDecodeError:
        raise Rejected("bad_name", field, "is not UTF-8") from None


def _balatrobot(snapshots: list[object], origin: Origin) -> Decoded:
    sights: list[Sight] = []
    left_out = []
    for index, snapshot in enumerate(snapshots):
        path = f"[{index}]" if len(snapshots) > 1 else ""
        state = balatrobot.state_message(Given(balatrobot.unwrap(snapshot), path))
        if state.phase == Phase.PHASE_MENU:
            left_out.append("balatrobot:menu")
        else:
            sights.append(Sight(state))
    return _foreign(origin, sights, "balatrobot", left_out)


def _balatromcp(content: object, origin: Origin) -> Decoded:
    told = [balatromcp.read_event(raw) for raw in balatromcp.events_of(content)]
    sights = [each.sight for each in told if each.sight is not None]
    left_out = [each.left_out for each in told if each.sight is None]
    return _foreign(origin, sights, "balatromcp", left_out)


def _foreign(origin: Origin, sights: list[Sight], form: Form, left_out: list[str]) -> Decoded:
    batch = batch_of(origin, sights)
    _check_size(batch)
    return Decoded(batch, form, tuple(left_out))
