"""DSSE: a statement, and signatures over its bytes together with what kind of bytes they are.

Source: secure-systems-lab/dsse, protocol.md and envelope.md, v1.0.2.
"""

from base64 import b64decode, b64encode
from typing import Any, Final

import orjson

from jimbot_stream.replay.seals.keys import PrivateKey, PublicKey

PAYLOAD_TYPE: Final = "application/vnd.in-toto+json"


class EnvelopeError(ValueError):
    """An envelope cannot be read, or is not signed by whom it should be."""


def authenticated(kind: str, payload: bytes) -> bytes:
    """The bytes that are signed: PAE of the protocol."""
    name = kind.encode()
    return b"DSSEv1 %d %s %d %s" % (len(name), name, len(payload), payload)


def enclose(payload: bytes, key: PrivateKey) -> bytes:
    """The envelope of a statement, signed."""
    signature = key.sign(authenticated(PAYLOAD_TYPE, payload))
    told = {
        "payloadType": PAYLOAD_TYPE,
        "payload": b64encode(payload).decode(),
        "signatures": [{"keyid": str(key.public), "sig": b64encode(signature).decode()}],
    }
    return orjson.dumps(told, option=orjson.OPT_INDENT_2)


def disclose(envelope: bytes, key: PublicKey) -> bytes:
    """The statement of an envelope that a key signed.

    Raises:
        EnvelopeError: it is none, or the key did not sign it.
    """
    try:
        told: Any = orjson.loads(envelope)
        kind, payload = str(told["payloadType"]), b64decode(told["payload"], validate=True)
        signatures = [b64decode(each["sig"], validate=True) for each in told["signatures"]]
    except (ValueError, KeyError, TypeError) as error:
        raise EnvelopeError(f"not a signed statement: {error!r}") from error
    if kind != PAYLOAD_TYPE:
        raise EnvelopeError(f"it holds {kind!r}, and not {PAYLOAD_TYPE!r}")
    signed = authenticated(kind, payload)
    if not any(key.signed(signed, signature) for signature in signatures):
        raise EnvelopeError(f"it does not bear the signature of {key.name}")
    return payload
