"""The text that names a root: a checkpoint of a transparency log, as a C2SP signed note.

Three lines, the log's origin, the number of events and the root in base64; an empty line; a line
for each signature. So tools for such logs read what is anchored, and a person does.
"""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass, field

from jimbot_stream.replay.seals.keys import PrivateKey, PublicKey
from jimbot_stream.replay.seals.merkle import ProofError

_DASH = "\N{EM DASH} "


@dataclass(frozen=True, slots=True)
class Signature:
    """A line below a note."""

    name: str
    key_id: bytes
    raw: bytes


@dataclass(frozen=True, slots=True)
class Note:
    """A root, and who vouches for it."""

    origin: str
    """Which log; names the first event."""
    size: int
    """Events under the root."""
    root: bytes
    signatures: Sequence[Signature] = field(default=())

    @property
    def body(self) -> bytes:
        """What is signed."""
        root = base64.b64encode(self.root).decode()
        return f"{self.origin}\n{self.size}\n{root}\n".encode()

    def __str__(self) -> str:
        """The whole text."""
        return self.body.decode() + "\n" + "".join(_line(each) for each in self.signatures)

    def sign(self, key: PrivateKey) -> "Note":
        """The note with one more signature."""
        signature = Signature(key.name, key.public.id, key.sign(self.body))
        return Note(self.origin, self.size, self.root, [*self.signatures, signature])

    def signed_by(self, key: PublicKey) -> bool:
        """Whether the key's owner signed it."""
        return any(
            key.signed(self.body, each.raw)
            for each in self.signatures
            if (each.name, each.key_id) == (key.name, key.id)
        )


def read_note(text: str) -> Note:
    """The note of a text.

    Raises:
        ProofError: it is none.
    """
    try:
        body, signatures = text.split("\n\n", 1)
        origin, size, root = body.split("\n")
        note = Note(origin, int(size), base64.b64decode(root, validate=True))
        lines = signatures.splitlines()
        note = Note(note.origin, note.size, note.root, [_signature(line) for line in lines])
    except (ValueError, binascii.Error) as error:
        raise ProofError(f"not the note of a seal: {error}") from error
    if len(note.root) != 32 or str(note) != text:
        raise ProofError("not the note of a seal: it is not written the way a seal writes it")
    return note


def _line(signature: Signature) -> str:
    coded = base64.b64encode(signature.key_id + signature.raw).decode()
    return f"{_DASH}{signature.name} {coded}\n"


def _signature(line: str) -> Signature:
    name, coded = line.removeprefix(_DASH).split(" ")
    raw = base64.b64decode(coded, validate=True)
    return Signature(name, raw[:4], raw[4:])
