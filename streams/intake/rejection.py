"""Why input is refused: every reason code, and the exception that carries it."""

from collections.abc import Mapping
from typing import Literal, get_args

Reason = Literal[
    "oversize",  # the record is longer than MAX_RECORD_BYTES
    "not_protobuf",  # neither an EventBatch nor JSON
    "not_json",  # begins like JSON and is none
    "unknown_shape",  # JSON, but of no accepted format
    "wrong_type",  # a JSON value of another type than its field
    "unknown_type",  # an event type that this release does not know
    "unknown_schema",  # a schema version that this release does not know
    "payload_mismatch",  # type and payload name different things
    "wrong_topic",  # an event that does not belong on its topic
    "missing_field",  # a field without which nothing can be done
    "bad_name",  # an id with characters that a stream or a key cannot bear
    "bad_sequence",  # a number that cannot stand in a game's order
    "bad_timestamp",  # a time outside the years 1 to 9999
    "bad_score",  # a score that is no number, or that no double can hold
    "out_of_range",  # a count or position that cannot be
    "bad_cards",  # cards twice, out of order or out of range
    "bad_action",  # an action that no state allows
    "bad_legal",  # a legal action that its own state does not allow
    "illegal_action",  # an action that its state did not allow
    "state_backwards",  # a state that lies before one already seen
    "sequence_conflict",  # a number that is taken by another event
    "after_end",  # an event of a game that is over
    "sequence_gap",  # an event whose predecessors never came
    "unknown_checkpoint",  # a checkpoint that is not stored, or cannot be loaded
    "undecidable",  # a request that no rung of the ladder can answer
    "internal_error",  # a fault of the worker, not of the input
    "unknown_function",  # a recorded call that no verb stands for
]

REASONS: Mapping[Reason, str] = {
    "oversize": "The record's value is longer than 512 KiB. Send smaller batches.",
    "not_protobuf": "The value is neither a protobuf EventBatch nor JSON.",
    "not_json": "The value begins like JSON but cannot be parsed; a number that no double can"
    " hold (`1e400`) and the bare words `NaN` and `Infinity` count as well.",
    "unknown_shape": "The value is JSON, but neither an EventBatch, nor a BalatroMCP event or"
    " batch, nor a BalatroBot game state.",
    "wrong_type": "A JSON value is of another type than its field.",
    "unknown_type": "The event's type is unspecified or newer than this release.",
    "unknown_schema": "The event's schema version is newer than this release, or none.",
    "payload_mismatch": "The event's type and the payload that is set name different things.",
    "wrong_topic": "The event's type does not belong on the topic that it came by.",
    "missing_field": "A required field is empty or not set.",
    "bad_name": "An id holds characters that a stream name or a key cannot bear, or is longer"
    " than 128: letters, digits and `. _ : -` are allowed, the first a letter or digit.",
    "bad_sequence": "A number cannot be: GameStarted is 0, everything else is at least 1"
    " (-1: the worker assigns it).",
    "bad_timestamp": "The time lies outside the years 1 to 9999 or has impossible nanoseconds.",
    "bad_score": "A score is NaN, infinite or negative, its exact form is not the decimal"
    " string of the same number, or no double can hold it.",
    "out_of_range": "A count, price or position is outside of what the game knows.",
    "bad_cards": "Cards are named twice, out of order or out of range, or two cards of the"
    " state bear one id.",
    "bad_action": "The action has no verb, or parts that its verb does not take.",
    "bad_legal": "A legal action is not possible in the state that it came with.",
    "illegal_action": "The action was not allowed in the state in which it was carried out.",
    "state_backwards": "The state lies before one that was already seen: a lower round, or"
    " a lower ante in the same round.",
    "sequence_conflict": "Another event of the game already bears this number.",
    "after_end": "The game was already over.",
    "sequence_gap": "Events of the game before this one never came, and too many wait for them"
    " or they waited too long. Send the game's events again from the first missing one.",
    "unknown_checkpoint": "The checkpoint that must decide is not stored, or cannot be loaded.",
    "undecidable": "No action is legal in the state, or the policy answered with no numbers.",
    "internal_error": "The worker failed on this input: a fault of ours; the detail names it.",
    "unknown_function": "A recorded call is not known, so its action cannot be told.",
}
"""What each reason means, for the reference page and for people."""


class Rejected(Exception):  # noqa: N818 - it is the outcome of intake, not a fault in it
    """Input that cannot be used."""

    def __init__(self, reason: Reason, field: str, detail: str) -> None:
        """Name the reason, the path of the offending field, and what is wrong in one sentence."""
        super().__init__(f"{reason} at {field or 'the record'}: {detail}")
        self.reason: Reason = reason
        self.field = field
        self.detail = detail


def reasons() -> tuple[Reason, ...]:
    """Every reason code, in the order of the page."""
    return get_args(Reason)
