"""Between runs and contract messages: states, legal actions, actions, observations.

``telling`` makes a message of a run, ``reading`` a record of a message, whoever told it;
``acting`` knows what may be done there and what a policy looks at.
"""

from jimbot_stream.balatro.wire.acting import (
    CANDIDATE_FEATURES,
    CAPACITY,
    FEATURES,
    Encoded,
    action_message,
    allowed,
    allows,
    canonical,
    decidable,
    encode,
    legal_messages,
    step_message,
)
from jimbot_stream.balatro.wire.reading import record
from jimbot_stream.balatro.wire.telling import message_of, state_message

__all__ = [
    "CANDIDATE_FEATURES",
    "CAPACITY",
    "FEATURES",
    "Encoded",
    "action_message",
    "allowed",
    "allows",
    "canonical",
    "decidable",
    "encode",
    "legal_messages",
    "message_of",
    "record",
    "state_message",
    "step_message",
]
